import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { readVolume, writeVolume } from '@oinr/nifti';
import { resampleThrough } from '@oinr/registration';
import { parseNumber, readTsv } from '@oinr/tables';
import {
  type Affine,
  applyAffine,
  identityAffine,
  multiplyAffines,
  sameGrid,
  type Volume,
  voxelCount,
} from '@oinr/volume';
import test, { type ExecutionContext } from 'ava';
import fc from 'fast-check';
import { parseDescription } from '../src/description.ts';
import { CohortError } from '../src/errors.ts';
import { openCohort, readDescription } from '../src/index.ts';
import { insertedEffect } from '../src/inserted/effect.ts';
import { drawHalves } from '../src/inserted/halves.ts';
import { insertEffect } from '../src/inserted/insertEffect.ts';
import { smallMotion } from '../src/inserted/motion.ts';
import type { PhantomAnatomy } from '../src/phantom/index.ts';
import { phantomRegions, readPhantomAnatomy } from '../src/phantom/index.ts';
import { latticeGrid } from '../src/phantom/lattice.ts';
import { people, tree, tsv } from './trees.ts';

let anatomy: PhantomAnatomy;
test.before(async () => {
  anatomy = await readPhantomAnatomy();
});

const tenPercent = {
  effectScale: 0,
  lossPercent: { hippocampus: 10 },
  seed: 1,
  isBalanced: true,
  isNonlinear: false,
};

test('halves are equal in the whole and in every group, the same in any order of people, and another seed draws others (property)', (t) => {
  fc.assert(
    fc.property(
      fc.array(fc.constantFrom('a', 'b', 'c'), { minLength: 2, maxLength: 60 }),
      fc.integer(),
      (groups, seed) => {
        const everybody = groups.map((group, index) => ({ id: `${index}`, group }));
        const options = { seed, isBalanced: true };
        const halves = drawHalves(everybody, options);
        t.deepEqual(
          new Map([...drawHalves(everybody.toReversed(), options)].sort()),
          new Map([...halves].sort()),
        );
        const off = (part: typeof everybody): number =>
          Math.abs(
            part.filter(({ id }) => halves.get(id) === 'loss').length -
              part.filter(({ id }) => halves.get(id) === 'intact').length,
          );
        t.true(off(everybody) <= 1);
        for (const name of new Set(groups)) t.true(off(everybody.filter(({ group }) => group === name)) <= 1);
      },
    ),
  );
  const twenty = Array.from({ length: 20 }, (_, index) => ({ id: `${index}`, group: 'all' }));
  const drawn = (seed: number): string =>
    [...drawHalves(twenty, { seed, isBalanced: false })]
      .filter(([, half]) => half === 'loss')
      .sort()
      .join();
  t.not(drawn(1), drawn(2));
});

/** The base brain at 2 mm as a scan somewhere else in the world, tilted, and the affine that leads there. */
function displacedBrain(): { scan: Volume; labels: Volume; affine: Affine } {
  const [sin, cos] = [Math.sin(0.15), Math.cos(0.15)];
  const affine = [1.04, 0, 0, 6, 0, cos, -sin, -12, 0, sin, cos, 9, 0, 0, 0, 1];
  const shape = [84, 104, 90] as const;
  const grid = { shape, affine: [2, 0, 0, -80, 0, 2, 0, -132, 0, 0, 2, -78, 0, 0, 0, 1] };
  const { brain } = anatomy;
  const inverse = invert(affine);
  const seen = (data: Float32Array, how: 'linear' | 'nearest'): Volume =>
    resampleThrough({ grid: latticeGrid(brain.fine), data }, { affine: inverse }, grid, how);
  const hippocampus = phantomRegions.findIndex(({ name }) => name === 'hippocampus') + 1;
  return {
    scan: seen(brain.intensity, 'linear'),
    labels: seen(
      Float32Array.from(brain.labels, (label) => (label === hippocampus ? 1 : 0)),
      'linear',
    ),
    affine,
  };
}

function invert(affine: Affine): Affine {
  // Of a turn about x with a stretch along it.
  const [a, , , x, , c, s, y, , , , z] = affine;
  const turned = [1 / a, 0, 0, 0, 0, c, -s, 0, 0, s, c, 0, 0, 0, 0, 1];
  const [dx, dy, dz] = applyAffine(turned, [x, y, z]);
  return turned.map((value, index) => (index === 3 ? -dx : index === 7 ? -dy : index === 11 ? -dz : value));
}

test('ten percent of the hippocampus are lost where it is in this scan, and far from any region nothing changes, bit for bit', (t) => {
  const { scan, labels, affine } = displacedBrain();
  const close = multiplyAffines(affine, invert(affine));
  t.true(close.every((value, index) => Math.abs(value - identityAffine[index]) < 1e-9));
  const effect = insertedEffect(anatomy, tenPercent);
  const motion = smallMotion(1, '01', scan.grid);
  const request = { transform: { affine }, motion, effect };
  const brain = insertEffect({ scan, ...request });
  t.true(sameGrid(brain.grid, scan.grid));
  // The label moves as the scan does: its volume tells what is lost.
  const share = insertEffect({ scan: labels, ...request });
  const volume = (data: Float32Array): number => data.reduce((sum, one) => sum + one, 0);
  t.true(
    Math.abs(volume(share.loss) / volume(share.intact) - 0.9) < 0.015,
    `${volume(share.loss) / volume(share.intact)}`,
  );

  const changed = brain.loss.reduce((sum, value, index) => sum + (value === brain.intact[index] ? 0 : 1), 0);
  t.true(changed > 500 && changed < 0.2 * brain.loss.length);
  const [nx, ny] = brain.grid.shape;
  const places = Array.from(brain.loss.keys())
    .filter((index) => Math.abs(brain.loss[index] - brain.intact[index]) > 3)
    .map((index) =>
      applyAffine(multiplyAffines(invert(affine), multiplyAffines(motion, brain.grid.affine)), [
        index % nx,
        Math.floor(index / nx) % ny,
        Math.floor(index / (nx * ny)),
      ]),
    );
  t.true(places.length > 50);
  // Of the template: both hippocampi and what lies around them.
  const far = places.filter(
    ([x, y, z]) => Math.abs(Math.abs(x) - 26) > 24 || y > 12 || y < -55 || z > 18 || z < -42,
  );
  t.true(far.length < 0.02 * places.length, `${far.length} of ${places.length}`);
});

test('without a loss everybody is resampled all the same, so that sharpness tells nothing of the group', (t) => {
  const shape = [40, 40, 40] as const;
  const grid = { shape, affine: [1, 0, 0, -20, 0, 1, 0, -40, 0, 0, 1, -35, 0, 0, 0, 1] };
  // Noise in the middle of where the template loses tissue: what blurs it is the interpolation alone.
  const scan = {
    grid,
    data: Float32Array.from({ length: voxelCount(grid) }, (_, n) => 500 + ((n * 7919) % 101)),
  };
  const effect = insertedEffect(anatomy, tenPercent);
  let [intact, loss, before] = [0, 0, 0];
  for (const id of ['01', '02', '03', '04', '05', '06']) {
    const made = insertEffect({
      scan,
      transform: { affine: identityAffine },
      motion: smallMotion(1, id, grid),
      effect,
    });
    intact += roughness(made.intact, shape);
    loss += roughness(made.loss, shape);
    before += roughness(scan.data, shape);
  }
  t.true(intact < 0.9 * before, 'both are blurred');
  t.true(Math.abs(loss / intact - 1) < 0.02, `${loss / intact}`);
});

/** Mean squared difference of neighbours along x, away from the border. */
function roughness(data: Float32Array, [nx, ny, nz]: readonly [number, number, number]): number {
  let sum = 0;
  for (let z = 3; z < nz - 3; z++)
    for (let y = 3; y < ny - 3; y++)
      for (let x = 3; x < nx - 4; x++) {
        const at = x + nx * (y + ny * z);
        sum += (data[at + 1] - data[at]) ** 2;
      }
  return sum;
}

const filesOf = (folder: string): string[] =>
  readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name));

/** Two people and one whose scan is no brain, as a data set with a description of it and one of the inserted cohort. */
async function study(t: ExecutionContext, more = ''): Promise<string> {
  const root = await tree(t, {
    'data/participants.tsv': tsv('participant_id group age', 'sub-01 x 60', 'sub-02 x 70', 'sub-03 x 80'),
    'base.yaml': 'layout: bids\nname: base\ndescription: Brains.\nroot: data\ngroups:\n  column: group\n',
    'inserted.yaml': `layout: inserted\nname: lost\ndescription: A loss.\nbase: base.yaml\nloss_percent:\n  hippocampus: 10\n${more}`,
  });
  const { scan } = displacedBrain();
  for (const id of ['01', '02', '03'])
    await writeVolume(join(root, 'data', `sub-${id}`, 'anat', `sub-${id}_T1w.nii.gz`), {
      grid: scan.grid,
      data: id === '03' ? new Float32Array(scan.data.length).fill(7) : scan.data,
    });
  return root;
}

test('a cohort is made once, found again, goes on where it was stopped, and leaves out who has no usable scan', async (t) => {
  const root = await study(t);
  const workFolder = join(root, 'work');
  const description = await readDescription(join(root, 'inserted.yaml'));
  const seen: string[] = [];
  const stop = new Error('stopped');
  const interrupted = openCohort(description, {
    environment: {},
    workFolder,
    onProgress: ({ what }) => {
      seen.push(what);
      if (what === 'sub-02') throw stop;
    },
  });
  t.is(await t.throwsAsync(interrupted), stop);
  const hashes = (): Map<string, string> =>
    new Map(
      filesOf(workFolder).map((file) => [
        file,
        createHash('sha256').update(readFileSync(file)).digest('hex'),
      ]),
    );
  const partial = hashes();
  const cohort = await openCohort(description, { environment: {}, workFolder });
  const whole = hashes();
  for (const [file, hash] of partial) if (!file.endsWith('.lock')) t.is(whole.get(file), hash, file);

  t.deepEqual(cohort.groups, ['intact', 'loss']);
  t.is(new Set(people(cohort).map((one) => one.split(' ')[1])).size, 2);
  t.deepEqual(
    cohort.subjects.map(({ columns }) => [columns.base_group, columns.age]),
    [
      ['x', '60'],
      ['x', '70'],
    ],
  );
  const [lost] = cohort.excluded;
  t.is(cohort.excluded.length, 1);
  t.regex(lost.reason, /sub-03_T1w\.nii\.gz has the same value \(7\)/);
  t.false(lost.reason.includes(root), 'where scans lie is told to nobody');
  t.regex(cohort.notes.join(), /hippocampus loses 10 %; 1 with it, 1 without/);

  // The same scan twice: what differs between the two is the loss and a small motion.
  const truth = join(cohort.root, 'derivatives', 'truth');
  const effect = await readVolume(join(truth, 'desc-effect_T1w.nii.gz'));
  const none = await readVolume(join(truth, 'desc-null_mask.nii.gz'));
  const template = await readVolume(join(truth, 'desc-template_T1w.nii.gz'));
  t.true(sameGrid(effect.grid, none.grid) && sameGrid(effect.grid, template.grid));
  t.false(effect.data.some((value, index) => value !== 0 && none.data[index] === 1));
  t.true(none.data.some((value) => value === 1));
  t.true(
    effect.data.some((value) => Math.abs(value) > 50),
    'a twentieth of white matter somewhere',
  );
  t.is(JSON.parse(readFileSync(join(truth, 'desc-effect_T1w.json'), 'utf8')).SpatialReference, 'MNIColin27');
  const { rows } = await readTsv(join(truth, 'fractions.tsv'));
  t.deepEqual(rows.map((row) => parseNumber(row.hippocampus)).sort(), [0.9, 1]);
  const own = filesOf(truth).filter((file) => /sub-0._desc-effect/.test(file));
  t.is(own.length, 1, 'on its own grid only who has the loss');

  t.deepEqual(
    await openCohort(description, { environment: {}, workFolder, onProgress: () => t.fail() }),
    cohort,
  );
  // Another age changes tables and no image.
  await writeFile(
    join(root, 'data/participants.tsv'),
    tsv('participant_id group age', 'sub-01 x 61', 'sub-02 x 70', 'sub-03 x 80'),
  );
  const older = await openCohort(description, { environment: {}, workFolder });
  t.is(older.root, cohort.root);
  t.is(older.subjects[0].columns.age, '61');
  t.is(hashes().get(cohort.subjects[0].image), whole.get(cohort.subjects[0].image));
});

test('what cannot be understood is refused with a sentence before any scan is read', async (t) => {
  const text = (more: string): string => `layout: inserted\nname: x\ndescription: y\n${more}`;
  t.throws(() => parseDescription(text('base: b.yaml\nloss_percent:\n  hipocampus: 10\n'), 'own.yaml'), {
    instanceOf: CohortError,
    message: /^own\.yaml .*loss_percent/,
  });
  t.throws(() => parseDescription(text('base: b.yaml\nloss_percent:\n  hippocampus: 90\n'), 'own.yaml'), {
    message: /loss_percent\.hippocampus/,
  });
  t.throws(() => parseDescription(text(''), 'own.yaml'), { message: /base/ });
  const root = await study(t);
  const described = (name: string) => readDescription(join(root, name));
  await t.throwsAsync(openCohort(await described('inserted.yaml'), { environment: {} }), {
    message: /no folder was named to write it to.*--out DIR/,
  });
  await writeFile(join(root, 'twice.yaml'), text('base: inserted.yaml\n'));
  await t.throwsAsync(openCohort(await described('twice.yaml'), { environment: {}, workFolder: root }), {
    message: /itself a cohort with an inserted loss/,
  });
  await writeFile(join(root, 'gone.yaml'), text('base: nothing.yaml\n'));
  await t.throwsAsync(openCohort(await described('gone.yaml'), { environment: {}, workFolder: root }), {
    message: /nothing\.yaml does not exist/,
  });
  await writeFile(
    join(root, 'one.yaml'),
    text('base: base.yaml\nexclude:\n  - subject: "01"\n    reason: a\n  - subject: "02"\n    reason: b\n'),
  );
  await t.throwsAsync(openCohort(await described('one.yaml'), { environment: {}, workFolder: root }), {
    message: /at least two scans.*'base' has 1/,
  });
});
