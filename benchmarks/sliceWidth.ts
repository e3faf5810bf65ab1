// How well the width of slices is estimated from a scan itself, and the regression that does it (libs/slices/src/sliceWidthModel.ts).
//   node benchmarks/sliceWidth.ts sub-*/anat/*_T1w.nii.gz --held-out 9
//   node benchmarks/sliceWidth.ts brain.nii.gz head.nii.gz --elsewhere
// Full scans lose slices along all three axes by profiles that are known: thin samples, boxes that touch, Gaussians, and
// boxes with gaps between them, 3 to 7.2 mm apart. Without --elsewhere the regression is fitted to all but the
// last --held-out files and tried on these; --write replaces the shipped one. With it the shipped one is tried. Per file: trials with thick
// slices within 20 % of the true width (as the box of the same variance), beyond 40 %, and unknown; thin slices called
// thin, thick, and unknown.
import { writeFile } from 'node:fs/promises';
import { basename } from 'node:path';
import { parseArgs } from 'node:util';
import { readVolume } from '@oinr/nifti';
import { stream } from '@oinr/random';
import {
  acquireSlices,
  designOf,
  estimateSliceWidth,
  keepEvery,
  keptVolume,
  predictedShare,
  type SliceProfile,
  type SliceWidthModel,
  shownPart,
  sliceWidthFeatures,
} from '@oinr/slices';
import { type ArrayAxis, axisDirections, type Volume, voxelSizes } from '@oinr/volume';

const { values: options, positionals: files } = parseArgs({
  allowPositionals: true,
  options: {
    'held-out': { type: 'string', default: '0' },
    elsewhere: { type: 'boolean', default: false },
    write: { type: 'boolean', default: false },
    trials: { type: 'string', default: '10' },
    seed: { type: 'string', default: '1' },
  },
});
if (files.length === 0) {
  console.error('Give full-resolution scans (NIfTI), such as sub-*/anat/*_T1w.nii.gz.');
  process.exit(1);
}
const distances = [3, 7.2] as const;
const ridge = 3;
const kinds = ['thin', 'box', 'gauss', 'gap'] as const;

interface Trial {
  readonly file: string;
  readonly kind: (typeof kinds)[number];
  readonly scan: Volume;
  readonly axis: ArrayAxis;
  readonly world: ArrayAxis;
  /** Width of the box of the same variance over the distance of slices. */
  readonly share: number;
  readonly features: readonly number[];
}

/** The width of the box of the same variance. */
function boxWidth(kind: Trial['kind'], thickness: number): number {
  return kind === 'gauss' ? (thickness * Math.sqrt(12)) / Math.sqrt(8 * Math.LN2) : thickness;
}

async function trialsOf(file: string): Promise<Trial[]> {
  const volume = await readVolume(file);
  const sizes = voxelSizes(volume.grid.affine);
  const random = stream(Number(options.seed), 'slice widths', basename(file));
  const trials: Trial[] = [];
  for (const axis of [0, 1, 2] as const)
    for (let n = 0; n < Number(options.trials); n++) {
      const every = Math.max(2, Math.round(random.uniformIn(...distances) / sizes[axis]));
      const kind = kinds[n % kinds.length];
      const width = {
        thin: 1,
        box: random.uniformIn(0.9, 1),
        gauss: random.uniformIn(0.7, 1),
        gap: random.uniformIn(0.6, 0.9),
      };
      const thickness = kind === 'thin' ? 1 : every * width[kind];
      const profile: SliceProfile =
        kind === 'thin' ? { kind } : { kind: kind === 'gauss' ? 'gauss' : 'box', thickness };
      const kept = keepEvery({ length: volume.grid.shape[axis], every, offset: random.integer(every) });
      const scan = keptVolume(acquireSlices(volume, axis, kept, profile));
      const features = sliceWidthFeatures(shownPart(scan), axis);
      const world = axisDirections(scan.grid.affine)[axis].world;
      const share = boxWidth(kind, thickness) / every;
      if (features)
        trials.push({ file: basename(file).slice(0, 24), kind, scan, axis, world, share, features });
    }
  return trials;
}

/** Ridge regression of the square of the share on the standardised design. */
function fitted(trials: readonly Trial[]): SliceWidthModel {
  const designs = trials.map(({ features, world }) => designOf(features, world));
  const columns = designs[0].map((_, n) => designs.map((row) => row[n]));
  const means = columns.map((column, n) => (n === 0 ? 0 : mean(column)));
  const spreads = columns.map((column, n) =>
    n === 0 ? 1 : Math.sqrt(mean(column.map((value) => (value - means[n]) ** 2))) || 1,
  );
  const z = designs.map((row) => row.map((value, n) => (value - means[n]) / spreads[n]));
  const gram = means.map((_, a) =>
    means.map((_, b) => z.reduce((sum, row) => sum + row[a] * row[b], a === b ? ridge : 0)),
  );
  const inverse = inverted(gram);
  const moments = means.map((_, a) => z.reduce((sum, row, n) => sum + row[a] * trials[n].share ** 2, 0));
  const weights = inverse.map((row) => row.reduce((sum, value, n) => sum + value * moments[n], 0));
  const model = { distances, means, spreads, weights, inverse, mostLeverage: 0 };
  const leverages = trials
    .map(({ features, world }) => predictedShare(features, world, model).leverage)
    .toSorted((a, b) => a - b);
  return { ...model, mostLeverage: 2 * leverages[Math.floor(0.995 * leverages.length)] };
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

/** Gauss-Jordan elimination of a symmetric positive definite matrix. */
function inverted(matrix: readonly (readonly number[])[]): number[][] {
  const n = matrix.length;
  const rows = matrix.map((row, a) => [...row, ...row.map((_, b) => (a === b ? 1 : 0))]);
  for (let pivot = 0; pivot < n; pivot++) {
    const own = rows[pivot].map((value) => value / rows[pivot][pivot]);
    for (let a = 0; a < n; a++) {
      const factor = rows[a][pivot];
      rows[a] = a === pivot ? own : rows[a].map((value, b) => value - factor * own[b]);
    }
  }
  return rows.map((row) => row.slice(n));
}

function report(name: string, trials: readonly Trial[], model?: SliceWidthModel): void {
  const of = ({ features, world, scan, axis }: Trial): number | undefined => {
    if (model) {
      const { share, isFamiliar } = predictedShare(features, world, model);
      return isFamiliar ? share : undefined;
    }
    const found = estimateSliceWidth(scan, axis);
    if (found.kind === 'unknown') return undefined;
    const gap = voxelSizes(scan.grid.affine)[axis];
    if (found.kind === 'thin') return 0;
    return boxWidth(found.kind, found.thickness) / gap;
  };
  const thick = trials.filter(({ kind }) => kind !== 'thin').map((one) => ({ one, found: of(one) }));
  const thin = trials.filter(({ kind }) => kind === 'thin').map(of);
  const away = thick.flatMap(({ one, found }) =>
    found === undefined ? [] : [Math.abs(found / one.share - 1)],
  );
  const count = (values: readonly unknown[]) => `${values.length}`.padStart(4);
  console.log(
    `${name.padEnd(26)} thick ${count(thick)}: within 20 % ${count(away.filter((x) => x <= 0.2))}, beyond 40 % ${count(away.filter((x) => x > 0.4))}, unknown ${count(thick.filter(({ found }) => found === undefined))};` +
      ` thin ${count(thin)}: thin ${count(thin.filter((x) => x !== undefined && x <= 0.45))}, thick ${count(thin.filter((x) => x !== undefined && x > 0.45))}, unknown ${count(thin.filter((x) => x === undefined))}`,
  );
}

const all: Trial[][] = [];
for (const file of files) all.push(await trialsOf(file));
if (options.elsewhere) {
  for (const trials of all) if (trials.length > 0) report(trials[0].file, trials);
  report('all', all.flat());
} else {
  const heldOut = Number(options['held-out']);
  const model = fitted(all.slice(0, all.length - heldOut).flat());
  const tried = heldOut === 0 ? [] : all.slice(-heldOut);
  for (const trials of tried) report(trials[0].file, trials, model);
  report('held out', tried.flat(), model);
  if (options.write) {
    const digits = (value: number): number => Number(value.toPrecision(6));
    const rounded = {
      ...model,
      means: model.means.map(digits),
      spreads: model.spreads.map(digits),
      weights: model.weights.map(digits),
      inverse: model.inverse.map((row) => row.map(digits)),
      mostLeverage: digits(model.mostLeverage),
    };
    const target = new URL('../libs/slices/src/sliceWidthModel.ts', import.meta.url);
    await writeFile(
      target,
      `import type { SliceWidthModel } from './sliceWidth.ts';\n\n/** Written by benchmarks/sliceWidth.ts --write. */\nexport const sliceWidthModel: SliceWidthModel = ${JSON.stringify(rounded)};\n`,
    );
  }
}
