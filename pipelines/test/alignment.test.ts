// Images on one grid are taken as they are only where they look like it, whatever their headers say.
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { Subject } from '@oinr/cohort';
import { type SpaceName, writeVolume } from '@oinr/nifti';
import type { Target } from '@oinr/registration';
import { applyAffine, type Grid, type Volume, voxelCount } from '@oinr/volume';
import test from 'ava';
import { alignmentOf } from '../src/prepare/alignment.ts';
import { runStage } from '../src/runStage.ts';
import { contextOf } from '../src/stageContext.ts';
import { recordedTerminal } from './support/recordedTerminal.ts';
import { scanPath, temporaryFolder } from './support/study.ts';

const grid: Grid = {
  shape: [40, 48, 40],
  affine: [5, 0, 0, -97.5, 0, 5, 0, -117.5, 0, 0, 5, -97.5, 0, 0, 0, 1],
};

/** An ellipsoid of the size of a head around a point, mm. */
function head([x, y, z]: readonly [number, number, number], size = 1): Volume {
  const [nx, ny] = grid.shape;
  const data = Float32Array.from({ length: voxelCount(grid) }, (_, index) => {
    const voxel = [index % nx, Math.floor(index / nx) % ny, Math.floor(index / (nx * ny))] as const;
    const [a, b, c] = applyAffine(grid.affine, voxel);
    const radius = Math.hypot((a - x) / 70, (b - y) / 85, (c - z) / 65) / size;
    return radius > 1 ? 0 : 800 - 300 * radius + (index % 7);
  });
  return { grid, data };
}

/** A BIDS folder of such heads. */
async function cohort(
  heads: readonly Volume[],
  space: SpaceName,
): Promise<{ root: string; subjects: Subject[] }> {
  const root = temporaryFolder();
  const subjects = heads.map((_, n): Subject => {
    const id = String(n + 1).padStart(2, '0');
    return { id, group: n % 2 === 0 ? 'AD' : 'CN', image: scanPath(root, id), columns: {} };
  });
  for (const [n, { image }] of subjects.entries()) {
    mkdirSync(dirname(image), { recursive: true });
    await writeVolume(image, heads[n] ?? head([0, 0, 0]), { space });
  }
  const rows = subjects.map(({ id, group }) => `sub-${id}\t${group}`);
  writeFileSync(join(root, 'participants.tsv'), `participant_id\tgroup\n${rows.join('\n')}\n`);
  writeFileSync(join(root, 'dataset_description.json'), '{"Name": "heads", "BIDSVersion": "1.9.0"}\n');
  return { root, subjects };
}

async function prepare(root: string, ...words: string[]): Promise<{ code: number; text: string }> {
  const terminal = recordedTerminal();
  const where = ['--cohort', 'bids', '--root', root, '--out', temporaryFolder()];
  try {
    return {
      code: await runStage('prepare', [...where, ...words], contextOf(terminal)),
      text: terminal.text(),
    };
  } catch (error) {
    return { code: -1, text: `${terminal.text()}${error instanceof Error ? error.message : error}` };
  }
}

/** Heads as registration leaves them: alike in place and size, not the same. */
const registered = Array.from({ length: 12 }, (_, n) =>
  head([(n % 3) - 1, (n % 5) / 2 - 18, 8 - (n % 2)], 1 + (n % 4) / 100),
);

test('heads in one place are common, heads in two places are not, whoever says so', async (t) => {
  const common = await alignmentOf((await cohort(registered, 'aligned')).subjects);
  t.true(common.isCommon, common.inWords);
  t.deepEqual(common.doubtful, []);
  for (const [name, heads] of Object.entries({
    'two of them, 40 mm apart': [head([0, 20, 0]), head([0, -20, 0])],
    'two of them, 6 mm apart': [head([0, 3, 0]), head([0, -3, 0])],
    'every one a little elsewhere': registered.map((_, n) =>
      head([9 * Math.sin(n), 9 * Math.cos(2 * n), 9 * Math.sin(3 * n)]),
    ),
    'two of six elsewhere': [...registered.slice(0, 4), head([0, 0, 8]), head([0, -40, 8])],
  })) {
    const { isCommon, doubtful } = await alignmentOf((await cohort(heads, 'mni')).subjects);
    t.false(isCommon, name);
    t.true(name.startsWith('every') || doubtful.length === 2, name);
  }
});

test('heads that share a place far from the template that their headers name are not in its space', async (t) => {
  const { data } = head([0, -18, 8]);
  const template: Target = {
    template: { grid, data },
    mask: Uint8Array.from(data, (value) => (value > 0 ? 1 : 0)),
  };
  t.true((await alignmentOf((await cohort(registered.slice(0, 3), 'mni')).subjects, template)).isCommon);
  const below = (await cohort([head([0, -18, -75]), head([0, -18, -74])], 'mni')).subjects;
  t.true((await alignmentOf(below)).isCommon);
  const { isCommon, inWords } = await alignmentOf(below, template);
  t.false(isCommon);
  t.regex(inWords, /only \d+ % of what they show lies in the template's brain/);
});

test('prepare takes what lies in one place as it is and lists who does not; what does not is registered', async (t) => {
  const good = await prepare((await cohort([...registered, head([0, 12, 8])], 'aligned')).root);
  t.is(good.code, 0, good.text);
  t.regex(good.text, /they are used as is/);
  t.regex(
    good.text,
    /Flagged, need a look \(1\)[^\n]*\n {2}sub-13: overlap with the others 0\.\d+, centre \d+\.\d mm away/,
  );
  const apart = (await cohort([head([0, 20, 0]), head([0, -20, 0])], 'aligned')).root;
  // It would be registered to a template that is not there: what is tested here is said before.
  const registers = await prepare(apart, '--template', join(apart, 'none.nii'));
  t.regex(
    registers.text,
    /but they do not look so \(their foregrounds overlap by 0\.\d+ and their centres lie \d+\.\d mm apart/,
  );
  t.regex(registers.text, /none\.nii does not exist/);
  const never = await prepare(apart, '--register', 'never');
  t.is(never.code, 0);
  t.regex(never.text, /Nothing is registered \(--register never\)/);
});

test('heads that share a silhouette alone, as brains moved to one centre do, are doubtful, all of them', async (t) => {
  // Ventricles and folds at other places in everybody.
  const folded = (n: number): Volume => {
    const { data } = head([0, -18, 8]);
    const [nx, ny] = grid.shape;
    return {
      grid,
      data: data.map((value, index) => {
        const [i, j, k] = [index % nx, Math.floor(index / nx) % ny, Math.floor(index / (nx * ny))];
        return value === 0
          ? 0
          : value + 300 * Math.sin(i / 2 + n) * Math.sin(j / 2 + 2 * n) * Math.sin(k / 2 + 3 * n);
      }),
    };
  };
  const moved = await alignmentOf(
    (
      await cohort(
        Array.from({ length: 6 }, (_, n) => folded(n)),
        'aligned',
      )
    ).subjects,
  );
  t.true(moved.isCommon, moved.inWords);
  t.regex(moved.doubtful.join(), /^all of them: intensities agree .* only \(median\).*--register always/);
  const alike = await alignmentOf(
    (
      await cohort(
        Array.from({ length: 6 }, () => folded(1)),
        'aligned',
      )
    ).subjects,
  );
  t.deepEqual(alike.doubtful, []);
});
