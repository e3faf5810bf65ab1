// What errors are predicted without truth, beside the true ones, and the factors between errors on held-out lines and errors between
// slices (libs/imputation/src/methods/internal/calibration.ts).
//   node benchmarks/predictedErrors.ts --fit 'scanner-a/*.nii.gz' --fit 'scanner-b/*.nii.gz'
//   node benchmarks/predictedErrors.ts scan.nii.gz ... --kind thin thick --figure predicted.svg
// --fit: full scans, one glob for each scanner, all of equal weight, lose slices along all axes, 2 to 8 mm apart (with the word thick: become
// boxes and Gaussians of 4 to 6 mm); the factors are fitted to the errors of linear interpolation and printed, with what is left over. Else every scan is imputed once for each --kind (thin:
// k = 3, 4, 5, 6 in turn, from --first on; thick: boxes and Gaussians of 4 to 6 mm; axes in turn), and predicted over true errors are printed
// by method, over missing slices (thick: all) and voxels above 2 % of the scale. --axis: along this axis alone. --method with oinr-prior or auto: predictions are
// those of auto, and auto itself is held against that of the method which it took.
import { globSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { cpus } from 'node:os';
import { basename } from 'node:path';
import { parseArgs } from 'node:util';
import { openExecutor } from '@oinr/engines';
import { predictionPlot } from '@oinr/figures';
import { errorsInIntensities, findMethod, headOf, SubjectSession } from '@oinr/imputation';
import { readVolume } from '@oinr/nifti';
import {
  acquireSlices,
  isThick,
  type KeptSlices,
  keepEvery,
  missingPercent,
  type SliceProfile,
} from '@oinr/slices';
import { type AnatomicalAxis, arrayAxis, stridesOf, type Volume, voxelSizes } from '@oinr/volume';
import { headScale } from '../libs/imputation/src/intensities.ts';
import { thickTerms, thinTerms } from '../libs/imputation/src/methods/internal/calibration.ts';
import { scanPairs } from '../libs/imputation/src/methods/internal/scanPairs.ts';
import { keptPlanes } from '../libs/imputation/src/planes/keptPlanes.ts';

const { values: options, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    fit: { type: 'string', multiple: true, default: [] },
    kind: { type: 'string', multiple: true, default: [] },
    method: { type: 'string', multiple: true, default: ['linear', 'pchip', 'oinr-internal'] },
    figure: { type: 'string' },
    first: { type: 'string', default: '0' },
    axis: { type: 'string' },
    table: { type: 'string' },
  },
});
const axes: readonly AnatomicalAxis[] = ['sagittal', 'coronal', 'axial'];
const kinds = [...options.kind, ...positionals.filter((word) => ['thin', 'thick'].includes(word))];
const files = positionals.filter((word) => /\.nii(\.gz)?$/.test(word));
const within = (ratio: number): boolean => ratio >= 0.8 && ratio <= 1.25;

/** Mean squared error where slices are estimated, over voxels above 2 % of the scale. */
function errorOf(data: Float32Array, truth: Volume, known: KeptSlices, scale: number): number {
  const stride = stridesOf(truth.grid.shape)[known.axis];
  const measured = new Set(isThick(known.profile) ? [] : known.kept);
  const least = 0.02 * scale;
  let sum = 0;
  let count = 0;
  for (let i = 0; i < data.length; i++) {
    if (!(truth.data[i] > least) || measured.has(Math.floor(i / stride) % truth.grid.shape[known.axis]))
      continue;
    sum += (data[i] - truth.data[i]) ** 2;
    count += 1;
  }
  return sum / count;
}

/** A row of the regression: what the factors' terms are, and the logarithm that they add up to. */
interface Row {
  readonly name: string;
  readonly axis: AnatomicalAxis;
  readonly every: number;
  readonly terms: readonly number[];
  readonly wanted: number;
  readonly weight: number;
}

/** Thin slices of one scan, 2 to 8 mm apart along every axis. */
async function thinRows(file: string): Promise<Row[]> {
  const scan = await scanOf(file);
  const rows: (Row | undefined)[] = [];
  for (const axis of axes)
    for (let every = 2; every * scan.sizeAlong(axis) <= 8 && every <= 8; every++)
      rows.push(await rowOf(scan, axis, every, { kind: 'thin' }));
  return rows.filter((row) => row !== undefined);
}

/** Slices of one scan that are boxes or Gaussians as wide as their distance of 4 to 6 mm, along every axis. */
async function thickRows(file: string): Promise<Row[]> {
  const scan = await scanOf(file);
  const rows: (Row | undefined)[] = [];
  for (const [n, axis] of axes.entries())
    for (const [m, kind] of (['box', 'gauss'] as const).entries()) {
      const every = Math.round((4 + ((n + m) % 3)) / scan.sizeAlong(axis));
      rows.push(await rowOf(scan, axis, every, { kind, thickness: every }));
    }
  return rows.filter((row) => row !== undefined);
}

interface Scan {
  readonly name: string;
  readonly truth: Volume;
  readonly scale: number;
  readonly sizeAlong: (axis: AnatomicalAxis) => number;
}

async function scanOf(file: string): Promise<Scan> {
  const truth = headOf(await readVolume(file));
  const sizes = voxelSizes(truth.grid.affine);
  return {
    name: basename(file).slice(0, 12),
    truth,
    scale: headScale(truth.data),
    sizeAlong: (axis) => sizes[arrayAxis(truth.grid, axis)],
  };
}

async function rowOf(
  { name, truth, scale, sizeAlong }: Scan,
  axis: AnatomicalAxis,
  every: number,
  profile: SliceProfile,
): Promise<Row | undefined> {
  const array = arrayAxis(truth.grid, axis);
  const kept = keepEvery({ length: truth.grid.shape[array], every });
  const known = acquireSlices(truth, array, kept, profile);
  const planes = keptPlanes(known);
  if (planes === undefined) return undefined;
  const { source, geometry } = scanPairs(known, planes, every);
  const context = { executor, seed: 1 };
  const found = isThick(profile)
    ? await thickTerms(source, geometry, profile, context)
    : thinTerms(source, geometry);
  if (found.within === undefined) return undefined;
  const { data } = await findMethod('linear').impute(known, context);
  const wanted = Math.log(errorOf(data, truth, known, scale) / planes.scale ** 2 / found.within);
  const grown = Math.log(found.acrossOverWithin);
  const away = Math.log((every * sizeAlong(axis)) / 4);
  const at = (one: AnatomicalAxis) => Number(axis === one);
  const ofAxes = axes.flatMap((one) => [at(one), at(one) * away]);
  return { name, axis, every, terms: [grown, ...(isThick(profile) ? [1] : ofAxes)], wanted, weight: 1 };
}

/** Weighted least squares with a little ridge, so that axes share what they have in common with the ratio. */
function fitted(rows: readonly Row[]): number[] {
  const n = rows[0].terms.length;
  const ridge = 0.02;
  const matrix = Array.from({ length: n }, (_, a) => [
    ...Array.from({ length: n }, (_, b) =>
      rows.reduce((sum, { terms, weight }) => sum + weight * terms[a] * terms[b], a === b ? ridge : 0),
    ),
    rows.reduce((sum, { terms, weight, wanted }) => sum + weight * terms[a] * wanted, 0),
  ]);
  for (let pivot = 0; pivot < n; pivot++) {
    const own = matrix[pivot].map((value) => value / matrix[pivot][pivot]);
    for (let a = 0; a < n; a++) {
      const factor = matrix[a][pivot];
      matrix[a] = a === pivot ? own : matrix[a].map((value, b) => value - factor * own[b]);
    }
  }
  return matrix.map((row) => row[n]);
}

function summary(name: string, ratios: readonly number[]): string {
  const sorted = ratios.toSorted((a, b) => a - b);
  return `${name}: ${sorted.length} trials, ${sorted[0]?.toFixed(2)} to ${sorted.at(-1)?.toFixed(2)}, within 0.8 to 1.25 ${sorted.filter(within).length}`;
}

const executor = await openExecutor('cpu');
console.log(`${cpus()[0]?.model ?? 'unknown processor'}, engine ${executor.name}`);
if (options.fit.length > 0) {
  const rows: Row[] = [];
  for (const glob of options.fit) {
    const scans = globSync(glob).sort();
    if (scans.length === 0) throw new Error(`No file matches ${glob}.`);
    const own: Row[] = [];
    for (const file of scans)
      own.push(...(await (kinds.includes('thick') ? thickRows(file) : thinRows(file))));
    rows.push(...own.map((row) => ({ ...row, weight: 1 / own.length })));
  }
  const weights = fitted(rows);
  console.log(
    `fitted: ${weights.map((weight) => weight.toFixed(3)).join(', ')} (across over within; of each axis: at 4 mm, per logarithm)`,
  );
  const left = ({ terms, wanted }: Row): number =>
    Math.exp(terms.reduce((sum, term, n) => sum + term * weights[n], 0) - wanted);
  console.log(
    summary(
      'without factors',
      rows.map(({ wanted }) => Math.exp(-wanted)),
    ),
  );
  console.log(summary('with the factors', rows.map(left)));
  if (options.table)
    await writeFile(
      options.table,
      rows
        .map(({ name, axis, every, terms, wanted }) => [name, axis, every, ...terms, wanted].join('\t'))
        .join('\n'),
    );
}

// What oinr-internal does not test, auto does.
const predictor = options.method.some((name) => name.includes('prior') || name === 'auto')
  ? 'auto'
  : 'oinr-internal';
const drawn: { method: string; missingPercent: number; predicted: number; actual: number }[] = [];
const all: Record<string, number[]> = {};
for (const [number, file] of files.entries()) {
  const turn = Number(options.first) + number;
  const truth = headOf(await readVolume(file));
  const scale = headScale(truth.data);
  for (const [shift, kind] of (kinds.length > 0 ? kinds : ['thin', 'thick']).entries()) {
    const along = (options.axis as AnatomicalAxis | undefined) ?? axes[(turn + shift) % 3];
    const axis = arrayAxis(truth.grid, along);
    const size = voxelSizes(truth.grid.affine)[axis];
    const length = truth.grid.shape[axis];
    const every = kind === 'thin' ? 3 + (turn % 4) : Math.round((4 + (turn % 3)) / size);
    const profile: SliceProfile =
      kind === 'thin' ? { kind } : { kind: turn % 2 === 0 ? 'box' : 'gauss', thickness: every };
    const known = acquireSlices(truth, axis, keepEvery({ length, every }), profile);
    const context = { executor, seed: 1, session: new SubjectSession(known) };
    const { predicted } = await findMethod(predictor).impute(known, context);
    const foreseen = predicted ? errorsInIntensities(predicted) : {};
    const line: string[] = [];
    for (const method of options.method) {
      const { data, filledBy = method } = await findMethod(method).impute(known, context);
      const error = errorOf(data, truth, known, scale);
      const ratio = (foreseen[filledBy] ?? Number.NaN) / error;
      line.push(`${method} ${(error / scale ** 2).toExponential(2)} ${ratio.toFixed(2)}`);
      all[`${kind} ${method}`] = [...(all[`${kind} ${method}`] ?? []), ratio];
      drawn.push({
        method,
        missingPercent: missingPercent(every),
        predicted: (foreseen[filledBy] ?? Number.NaN) / scale ** 2,
        actual: error / scale ** 2,
      });
    }
    console.log(
      `${basename(file).slice(0, 12).padEnd(12)} ${along.padEnd(8)} k = ${every} ${profile.kind.padEnd(5)}  ${line.join('   ')}`,
    );
  }
}
for (const [name, ratios] of Object.entries(all)) console.log(summary(name, ratios));
if (options.figure)
  await writeFile(
    options.figure,
    predictionPlot({
      title: 'Predicted and true errors',
      description: `Mean squared errors of ${files.length} scans, ${kinds.join(' and ')} slices, over missing slices (thick: all) and voxels above 2 % of the scale; intensities over their 99.5th percentile.`,
      rows: drawn,
      measure: 'intensity / 99.5th percentile',
    }),
  );
