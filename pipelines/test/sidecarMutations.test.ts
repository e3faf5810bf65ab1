// Sidecars as people have them and worse, over a whole tree: what is read of them is what the rules of BIDS say, or a
// sentence, and what becomes of the numbers fits the image.
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { readSidecar } from '@oinr/cohort';
import { isUserError } from '@oinr/errors';
import { describeAcquisition } from '@oinr/scan';
import type { SliceFields } from '@oinr/slices';
import { applyAffine, type Grid, voxelSizes } from '@oinr/volume';
import test from 'ava';
import fc from 'fast-check';
import { readSliceFields } from '../src/scans/readSliceFields.ts';
import { temporaryFolder } from './support/study.ts';

const runs = Number(process.env.OINR_MUTATIONS ?? 3000);
const seed = Number(process.env.OINR_MUTATION_SEED ?? 20261128);

const levels = ['.', 'sub-01', 'sub-01/ses-1', 'sub-01/ses-1/anat'];
const own = 'sub-01_ses-1_acq-a_T1w';
/** Which names belong to the image, written down by hand. */
const applies = ['T1w', 'sub-01_T1w', 'ses-1_T1w', 'acq-a_T1w', 'sub-01_ses-1_T1w', own];
const foreign = [
  'T2w',
  'sub-02_T1w',
  'sub-01_ses-1_acq-a_run-1_T1w',
  'acq-b_T1w',
  'task-rest_T1w',
  '._T1w',
  `._${own}`,
  'sub-01_T1w_T1w',
  'participants',
  'sub-1_T1w',
];

const millimetres = fc.oneof(
  fc.constantFrom(0, -5, 0.005, 1, 1.2, 4.9, 5, 5.1, 6, 8000, 1e308, -0),
  fc.double({ noNaN: true, noDefaultInfinity: true }),
);
const value = fc.oneof(
  { weight: 6, arbitrary: millimetres },
  fc.constantFrom(null, '5', '', true, [5], {}, 'k', 'i-', 'j', 'x', ['ORIGINAL', 'P'], ['M'], [1]),
);
const names = [
  'SliceThickness',
  'SpacingBetweenSlices',
  'SliceEncodingDirection',
  'ImageType',
  '__proto__',
  'EchoTime',
];
const object = fc
  .uniqueArray(fc.tuple(fc.constantFrom(...names), value), { selector: ([name]) => name, maxLength: 4 })
  .map(
    (fields) =>
      `{${fields.map(([name, one]) => `${JSON.stringify(name)}: ${JSON.stringify(one)}`).join(', ')}}`,
  );
const text = fc.oneof(
  { weight: 12, arbitrary: object },
  object.map((json) => `\uFEFF${json}`),
  object.map((json) => json.slice(1)),
  object.map((json) => `// made by hand\n${json}`),
  object.map((json) => json.replace('5', '5,')),
  object.map((json) => json.replaceAll('5', 'NaN')),
  object.map((json) => json.replaceAll('5', '1e999')),
  object.map((json) => `${json}${json}`),
  fc.constantFrom('', ' ', '[]', 'null', '5', '"x"', '[{}]', '{"a":', '\u0000'),
);
const tree = fc.uniqueArray(
  fc.record({
    level: fc.constantFrom(...levels),
    name: fc.oneof({ weight: 3, arbitrary: fc.constantFrom(...applies) }, fc.constantFrom(...foreign)),
    text,
  }),
  { selector: ({ level, name }) => `${level}/${name}`, maxLength: 4 },
);
type Tree = typeof tree extends fc.Arbitrary<infer T> ? T : never;

/** What the rules say: the fields, or the files of which a sentence has to tell. */
function expected(files: Tree): { fields: Record<string, unknown> } | { refused: string[] } {
  const fields = new Map<string, unknown>();
  for (const level of levels) {
    const here = files.filter((file) => file.level === level && applies.includes(file.name));
    if (here.length > 1) return { refused: here.map(({ name }) => `${name}.json`) };
    for (const { name, text: json } of here) {
      let parsed: unknown;
      try {
        parsed = JSON.parse(json.startsWith('\uFEFF') ? json.slice(1) : json);
      } catch {
        return { refused: [`${name}.json`] };
      }
      if (Object.prototype.toString.call(parsed) !== '[object Object]') return { refused: [`${name}.json`] };
      for (const key of Object.keys(parsed as object))
        fields.set(key, (parsed as Record<string, unknown>)[key]);
    }
  }
  return { fields: Object.fromEntries(fields) };
}

function sentence(error: unknown): string {
  if (!isUserError(error)) throw error;
  const { message } = error as Error;
  if (!/^.{20,}\.$/s.test(message)) throw new Error(`No sentence: ${message}`, { cause: error });
  return message;
}

test(`${runs} trees of sidecars are read by the rules of BIDS or refused with the names of the files`, async (t) => {
  const root = temporaryFolder();
  const image = join(root, 'sub-01/ses-1/anat', `${own}.nii.gz`);
  mkdirSync(dirname(image), { recursive: true });
  writeFileSync(join(root, 'dataset_description.json'), '{}');
  let [read, refused] = [0, 0];
  await fc.assert(
    fc.asyncProperty(tree, async (files) => {
      const paths = files.map(({ level, name }) => join(root, level, `${name}.json`));
      files.forEach(({ text: json }, n) => {
        writeFileSync(paths[n] ?? '', json);
      });
      try {
        const wanted = expected(files);
        let found: Record<string, unknown>;
        try {
          found = Object.fromEntries(
            [...(await readSidecar(image))].map(([key, field]) => [key, field.value]),
          );
        } catch (error) {
          const message = sentence(error);
          if (!('refused' in wanted)) throw new Error(`Refused without reason: ${message}`, { cause: error });
          for (const name of wanted.refused)
            if (!message.includes(name))
              throw new Error(`${name} is not named in: ${message}`, { cause: error });
          refused += 1;
          return;
        }
        if ('refused' in wanted) throw new Error(`Read what is no sidecar: ${wanted.refused}`);
        if (
          JSON.stringify(Object.entries(found).sort()) !==
          JSON.stringify(Object.entries(wanted.fields).sort())
        )
          throw new Error(`${JSON.stringify(found)} is not ${JSON.stringify(wanted.fields)}`);
        await readSliceFields(image).catch(sentence);
        read += 1;
      } finally {
        for (const path of paths) rmSync(path);
      }
    }),
    { numRuns: runs, seed },
  );
  t.log(`${read} read, ${refused} refused`);
  t.true(read > runs / 5 && refused > runs / 10);
});

const size = fc.oneof(fc.constantFrom(1, 1.2, 5, 6), fc.double({ min: 0.3, max: 12, noNaN: true }));
const numbers = fc.record(
  {
    SliceThickness: millimetres,
    SpacingBetweenSlices: millimetres,
    SliceEncodingDirection: fc.constantFrom('i', 'j-', 'k', 'k-', 'x', ''),
  },
  { requiredKeys: [] },
);
const options = fc.record(
  {
    axis: fc.constantFrom('sagittal' as const, 'coronal' as const, 'axial' as const),
    spacing: fc.double({ min: 0.5, max: 3, noNaN: true }),
    profile: fc.constantFrom('thin' as const, 'box' as const, 'gauss' as const),
  },
  { requiredKeys: [] },
);

/** What must hold of what was made of an image, its sidecar and the options. */
function problemOf(
  grid: Grid,
  fields: SliceFields,
  given: { readonly profile?: string },
  acquired: ReturnType<typeof describeAcquisition>,
): string | undefined {
  const { axis, gap, finer, profile, thickness, profileFrom, remarks } = acquired;
  const sizes = voxelSizes(grid.affine);
  if (Math.abs(gap - sizes[axis]) > 1e-9) return 'another distance than the image';
  const stated = fields.SliceThickness;
  if (profileFrom === 'sidecar' && !(stated !== undefined && stated > 0 && stated <= 2 * gap))
    return 'a thickness that does not fit was believed';
  if (thickness !== undefined && !(thickness > 0 && thickness <= 2 * gap)) return 'an impossible thickness';
  const isUsed = thickness === stated || (stated !== undefined && stated <= 1.001 * finer.spacing);
  if (
    stated !== undefined &&
    given.profile !== 'thin' &&
    !isUsed &&
    !remarks.some((one) => one.includes('SliceThickness'))
  )
    return 'a thickness was dropped in silence';
  const [first] = finer.kept;
  for (const slice of [0, grid.shape[axis] - 1]) {
    const [before, after] = [[3, 2, 1] as const, [3, 2, 1] as const].map((voxel) => [...voxel]) as [
      number[],
      number[],
    ];
    before[axis] = slice;
    after[axis] = finer.kept[slice] ?? Number.NaN;
    const [a, b] = [
      applyAffine(grid.affine, before as [number, number, number]),
      applyAffine(finer.grid.affine, after as [number, number, number]),
    ];
    if (!(Math.hypot(a[0] - b[0], a[1] - b[1], a[2] - b[2]) < 1e-6)) return 'an acquired slice was moved';
  }
  if ((finer.kept.at(-1) ?? 0) + (first ?? 0) !== finer.grid.shape[axis] - 1) return 'ends that differ';
  const seen = profile.kind === 'thin' ? 0 : Math.min(thickness ?? gap, gap);
  const lacking = (grid.shape[axis] - 1) * gap + seen - finer.grid.shape[axis] * finer.spacing;
  // At each end nothing that was seen is missing but a twentieth of a finer slice, and less than one is invented.
  if (lacking > 0.101 * finer.spacing || lacking < -2 * finer.spacing)
    return `an extent that is ${lacking} mm short`;
  return undefined;
}

test(`${runs} acquisitions are what image and sidecar say together, or a sentence`, (t) => {
  let [described, refused] = [0, 0];
  fc.assert(
    fc.property(
      fc.tuple(size, size, size),
      fc.integer({ min: 2, max: 40 }),
      numbers,
      options,
      (sizes, slices, fields, given) => {
        const [dx, dy, dz] = sizes;
        const grid: Grid = {
          shape: [slices, slices + 3, slices + 5],
          affine: [-dx, 0, 0, 40, 0, 0, dz, -50, 0, dy, 0, -60, 0, 0, 0, 1],
        };
        try {
          const problem = problemOf(grid, fields, given, describeAcquisition(grid, fields, given));
          if (problem !== undefined) throw new Error(problem);
          described += 1;
        } catch (error) {
          sentence(error);
          refused += 1;
        }
      },
    ),
    { numRuns: runs, seed },
  );
  t.log(`${described} described, ${refused} refused`);
  t.true(described > runs / 10 && refused > runs / 20);
});
