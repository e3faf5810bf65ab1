// How often the truth lies within the error maps: full scans lose slices (or are averaged to thick ones), are imputed, and
// the maps follow from the error that was predicted.
//   node benchmarks/errorMaps.ts brain.nii.gz ... --axis axial --every 5 --profile box --method linear oinr-prior
// Coverage in percent of the estimated voxels above 2 % of the scale (99.5th percentile of voxels above 0), within s68 and
// s95: all, the lowest and the highest decile of s68, and in how many deciles it lies between 60 and 76 and between 92 and 98.
// `auto` predicts for all methods that it weighs. With --true the maps are made from the true error instead, which tells
// what is wrong with the maps from what is wrong with the prediction. --figure FILE.svg draws the coverage of every decile.
// --fit prints the half widths over the root of the mean squared error, by complexity, of these scans: what the maps are made by.
import { writeFile } from 'node:fs/promises';
import { cpus } from 'node:os';
import { basename } from 'node:path';
import { parseArgs } from 'node:util';
import { openExecutor } from '@oinr/engines';
import { type Coverage, coverageCurves } from '@oinr/figures';
import { errorMaps, errorsInIntensities, findMethod, SubjectSession } from '@oinr/imputation';
import { intensityScale } from '@oinr/metrics';
import { readVolume } from '@oinr/nifti';
import { acquireSlices, isThick, keepEvery, type SliceProfile } from '@oinr/slices';
import { type AnatomicalAxis, arrayAxis, boundingBox, crop, stridesOf } from '@oinr/volume';
import { complexities, relativeComplexity } from '../libs/imputation/src/errorMaps.ts';
import { interpolations } from '../libs/imputation/src/lines/interpolateVolume.ts';

const { values: options, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    axis: { type: 'string', default: 'coronal' },
    every: { type: 'string', default: '3' },
    profile: { type: 'string', default: 'thin' },
    method: { type: 'string', multiple: true, default: [] },
    true: { type: 'boolean', default: false },
    figure: { type: 'string' },
    fit: { type: 'boolean', default: false },
  },
});
const files = positionals.filter((word) => /\.nii(\.gz)?$/.test(word));
const methods = [...options.method, ...positionals.filter((word) => !files.includes(word))];
if (methods.length === 0) methods.push('linear', 'oinr-internal', 'oinr-prior');
const every = Number(options.every);
if (files.length === 0 || !Number.isInteger(every) || every < 2) {
  console.error('Give NIfTI files of full scans, and --every a whole number from 2 on.');
  process.exit(1);
}
const profile: SliceProfile =
  options.profile === 'thin' ? { kind: 'thin' } : { kind: options.profile as 'box', thickness: every };
const executor = await openExecutor('auto');
/** By complexity, of interpolations and of operators: sizes of errors over their root mean square. */
const fitted: Record<'interpolation' | 'operator', number[][]> = {
  interpolation: complexities.map(() => []),
  operator: complexities.map(() => []),
};
/** Errors count at a complexity that lies at most this factor away. */
const around = 1.35;
const drawn: Record<'s68' | 's95', Coverage[]> = { s68: [], s95: [] };
console.log(
  `${cpus()[0]?.model ?? 'unknown processor'}: ${options.axis}, k = ${every}, ${options.profile}, errors as ${options.true ? 'they are' : 'predicted'}`,
);
console.log(
  'scan            method           predicted / true  within s68          within s95          deciles',
);
for (const [file, along] of files.flatMap((file) => options.axis.split(',').map((axis) => [file, axis]))) {
  const whole = await readVolume(file);
  const box = boundingBox(whole, 2, 0);
  const truth = box ? crop(whole, box) : whole;
  const scale = intensityScale(
    truth.data,
    truth.data.map((value) => (value > 0 ? 1 : 0)),
  ).value;
  const axis = arrayAxis(truth.grid, along as AnatomicalAxis);
  const length = truth.grid.shape[axis];
  const known = acquireSlices(truth, axis, keepEvery({ length, every }), profile);
  const context = { executor, seed: 1, session: new SubjectSession(known) };
  const { predicted } = options.true || options.fit ? {} : await findMethod('auto').impute(known, context);
  const foreseen = predicted ? errorsInIntensities(predicted) : {};
  const stride = stridesOf(truth.grid.shape)[axis];
  const measured = new Set(isThick(profile) ? [] : known.kept);
  for (const method of methods) {
    const { data, filledBy } = await findMethod(method).impute(known, context);
    const counted: number[] = [];
    let sum = 0;
    for (let i = 0; i < data.length; i++) {
      if (truth.data[i] <= 0.02 * scale || measured.has(Math.floor(i / stride) % length)) continue;
      counted.push(i);
      sum += (data[i] - truth.data[i]) ** 2;
    }
    const mse = sum / counted.length;
    if (options.fit) {
      const complexity = relativeComplexity(known);
      const bins = fitted[(filledBy ?? method) in interpolations ? 'interpolation' : 'operator'];
      for (const i of counted)
        for (const [n, place] of complexities.entries()) {
          const ratio = (complexity?.[i] ?? 0) / place;
          if (ratio > 1 / around && ratio < around)
            bins[n].push(Math.abs(data[i] - truth.data[i]) / Math.sqrt(mse));
        }
      continue;
    }
    const size = options.true ? mse : foreseen[method];
    if (size === undefined) {
      console.log(`${basename(file)} ${method}: no error was predicted.`);
      continue;
    }
    const maps = errorMaps(known, filledBy ?? method, size);
    counted.sort((a, b) => maps.s68[a] - maps.s68[b]);
    const coverage = (map: Float32Array, indices: readonly number[]): number =>
      (100 * indices.filter((i) => Math.abs(data[i] - truth.data[i]) <= map[i]).length) / indices.length;
    const deciles = Array.from({ length: 10 }, (_, n) =>
      counted.slice(Math.floor((n * counted.length) / 10), Math.floor(((n + 1) * counted.length) / 10)),
    );
    const told = (name: 's68' | 's95', low: number, high: number): readonly [string, number] => {
      const map = maps[name];
      const each = deciles.map((indices) => coverage(map, indices));
      drawn[name].push({
        method: files.length > 1 ? `${basename(file).slice(0, 6)} ${method}` : method,
        tenths: each,
      });
      const range = `${coverage(map, counted).toFixed(1)} (${Math.min(...each).toFixed(0)} to ${Math.max(...each).toFixed(0)})`;
      return [range.padEnd(18), each.filter((value) => value >= low && value <= high).length];
    };
    const [within68, good68] = told('s68', 60, 76);
    const [within95, good95] = told('s95', 92, 98);
    console.log(
      `${basename(file).slice(0, 14).padEnd(14)}  ${method.padEnd(15)}  ${(size / mse).toFixed(2).padEnd(16)}  ${within68}  ${within95}  ${good68} and ${good95} of 10`,
    );
  }
}
if (options.fit)
  for (const [kind, bins] of Object.entries(fitted))
    for (const [name, share] of [
      ['s68', 0.68],
      ['s95', 0.95],
    ] as const) {
      const widths = bins.map((values) => {
        const sorted = Float64Array.from(values).sort();
        return (sorted[Math.floor(share * sorted.length)] ?? Number.NaN).toFixed(3);
      });
      console.log(`${kind} ${name}: [${widths.join(', ')}]`);
    }
if (options.figure) {
  const panels = [
    { name: 'within s68, %', wanted: 68, from: 60, to: 76, measured: drawn.s68 },
    { name: 'within s95, %', wanted: 95, from: 92, to: 98, measured: drawn.s95 },
  ];
  await writeFile(
    options.figure,
    coverageCurves(panels, {
      title: 'How often the truth lies within the error maps',
      description: `Coverage in every tenth of the missing voxels above 2 % of the scale: ${options.axis} slices, k = ${every}, ${options.profile}, errors as ${options.true ? 'they are' : 'predicted'}. Grey: what counts as held.`,
    }),
  );
}
