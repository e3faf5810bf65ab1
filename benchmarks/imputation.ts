// Error and cost of every imputation method on real scans.
//   node benchmarks/imputation.ts scan.nii.gz --mask mask.nii.gz --axis coronal --every 2 3 4 5 6
//   node benchmarks/imputation.ts --bids DIR --every 2 3 4 6 --method linear pchip cubic oinr-internal
// For one scan: the mean squared error of the missing slices, over whole slices and inside the mask. For a BIDS
// folder: per subject, the error inside the mask over that of the best of linear, PCHIP and cubic. Without a mask,
// voxels above 0 are the mask, which is meant for brain-extracted scans; --above 0.02 takes those above 2 % of the
// 99.5th percentile, for whole heads. With --operators DIR ... (folders of pipeline:train) a subject is imputed by the
// operator that it was held out from. Seconds are CPU time, training included; a fit that two methods share is counted
// for the one that came first. Where a method predicts errors without truth, their ratio to the true ones is told.
import { globSync } from 'node:fs';
import { cpus } from 'node:os';
import { basename, join } from 'node:path';
import { parseArgs } from 'node:util';
import { openExecutor } from '@oinr/engines';
import {
  errorsInIntensities,
  findMethod,
  loadPriorModel,
  type PriorModel,
  SubjectSession,
} from '@oinr/imputation';
import { intensityScale, sliceErrors } from '@oinr/metrics';
import { readVolume } from '@oinr/nifti';
import { dropSlices, keepEvery, missingPercent } from '@oinr/slices';
import type { AnatomicalAxis, Volume } from '@oinr/volume';
import { arrayAxis, boundingBox, crop } from '@oinr/volume';

const { values: options, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    mask: { type: 'string' },
    bids: { type: 'string' },
    axis: { type: 'string', default: 'coronal' },
    every: { type: 'string', multiple: true, default: [] },
    method: { type: 'string', multiple: true, default: [] },
    seed: { type: 'string', default: '1' },
    above: { type: 'string', default: '0' },
    operators: { type: 'string', multiple: true, default: [] },
    participant: { type: 'string', multiple: true, default: [] },
  },
});
// `--every 2 3 4` reads like the pipeline's options: what follows as a bare word belongs to the list before it.
const numbers = positionals.filter((word) => /^\d+$/.test(word));
const files = positionals.filter((word) => /\.(nii|nii\.gz|hdr|img)$/.test(word));
const folders = positionals.filter((word) => word.includes('/') && !files.includes(word));
const words = positionals.filter((word) => ![...numbers, ...files, ...folders].includes(word));
const chosenEvery = [...options.every, ...numbers].map(Number);
const everyList = chosenEvery.length > 0 ? chosenEvery.sort((a, b) => a - b) : [2, 3, 4, 5, 6];
const classical = ['linear', 'pchip', 'cubic'];
const asked = [...options.method, ...words];
const learned = asked.length > 0 ? asked.filter((name) => !classical.includes(name)) : ['oinr-internal'];
const names = [...classical, ...learned];
for (const name of names) findMethod(name);

if (files.length === 0 && options.bids === undefined) {
  console.error('Give a NIfTI file, or --bids DIR with brain-extracted sub-*/anat/*_T1w.nii.gz.');
  process.exit(1);
}
const scans = options.bids
  ? globSync(join(options.bids, 'sub-*', '{anat,ses-*/anat}', '*_T1w.nii.gz'))
      .filter(
        (file) =>
          options.participant.length === 0 || options.participant.some((id) => file.includes(`sub-${id}_`)),
      )
      .sort()
  : files;
if (scans.length === 0) {
  console.error(`No sub-*/anat/*_T1w.nii.gz was found in ${options.bids}.`);
  process.exit(1);
}
const operators = await Promise.all(
  [...options.operators, ...folders].map((folder) => loadPriorModel(folder)),
);
/** The operator that was learned without this subject; undefined where none was asked for. */
function operatorFor(file: string): PriorModel | undefined {
  if (operators.length === 0) return undefined;
  const id = /sub-([a-zA-Z0-9]+)/.exec(basename(file))?.[1] ?? '';
  const found = operators.find(({ training }) => String(training.heldOut).split(',').includes(id));
  if (!found) throw new Error(`None of the operators was trained without sub-${id}.`);
  return found;
}
const executor = await openExecutor('auto');
console.log(`${cpus()[0]?.model ?? 'unknown processor'}, engine ${executor.name}, seed ${options.seed}`);
const ratios = new Map<string, number[]>();

for (const file of scans) {
  const whole = await readVolume(file);
  const stored = options.mask ? (await readVolume(options.mask)).data : whole.data;
  const box = options.mask ? undefined : boundingBox(whole, 2, 0);
  const cut = (data: Float32Array): Volume =>
    box ? crop({ grid: whole.grid, data }, box) : { grid: whole.grid, data };
  const truth = cut(whole.data);
  const least = Number(options.above) * (options.above === '0' ? 0 : intensityScale(truth.data).value);
  const mask = cut(stored).data.map((value) => (value > least ? 1 : 0));
  const operator = operatorFor(file);
  const { shape } = truth.grid;
  const axis = arrayAxis(truth.grid, options.axis as AnatomicalAxis);
  const scale = intensityScale(truth.data, mask);
  console.log(`\n${basename(file)}: ${shape.join(' x ')} voxels, ${scale.description}`);
  console.log('k  missing %  method            mse missing  in mask    over best   CPU s  steps  remarks');
  for (const every of everyList) {
    const kept = keepEvery({ length: shape[axis], every });
    const known = dropSlices(truth, axis, kept);
    const session = new SubjectSession(known);
    let best = Number.POSITIVE_INFINITY;
    const errorOf: Record<string, number> = {};
    let foreseen: Record<string, number> = {};
    for (const name of names) {
      const before = process.cpuUsage();
      const { data, steps, remarks, predicted } = await findMethod(name).impute(known, {
        executor,
        seed: Number(options.seed),
        operator,
        session,
      });
      const used = process.cpuUsage(before);
      const errors = sliceErrors({
        truth: truth.data,
        imputed: data,
        shape,
        axis,
        kept,
        mask,
        scale: scale.value,
      });
      const inMask = errors.mask?.missing.mse ?? Number.NaN;
      errorOf[name] = inMask;
      if (predicted) foreseen = { ...foreseen, ...errorsInIntensities(predicted) };
      if (classical.includes(name)) best = Math.min(best, inMask);
      const ratio = inMask / best;
      if (!classical.includes(name)) {
        const key = `${every} ${name}`;
        ratios.set(key, [...(ratios.get(key) ?? []), ratio]);
      }
      console.log(
        [
          String(every).padEnd(2),
          String(missingPercent(every)).padEnd(10),
          name.padEnd(17),
          errors.missing.mse.toExponential(3).padEnd(12),
          inMask.toExponential(3).padEnd(10),
          (classical.includes(name) ? '' : ratio.toFixed(4)).padEnd(11),
          ((used.user + used.system) / 1e6).toFixed(1).padStart(5),
          String(steps).padStart(6),
          remarks.join(' '),
        ].join(' '),
      );
    }
    const over = names.flatMap((name) =>
      name in foreseen ? [`${name} ${(foreseen[name] / scale.value ** 2 / errorOf[name]).toFixed(2)}`] : [],
    );
    if (over.length > 0) console.log(`${every}  predicted over true error in the mask: ${over.join(', ')}`);
  }
}
if (scans.length > 1) {
  console.log('\nError in the mask over that of the best of linear, PCHIP and cubic');
  console.log('k  method            scans  mean    lowest  highest');
  for (const [key, list] of ratios) {
    const [every = '', name = ''] = key.split(' ');
    const mean = list.reduce((sum, ratio) => sum + ratio, 0) / list.length;
    console.log(
      `${every.padEnd(2)} ${name.padEnd(17)} ${String(list.length).padStart(5)}  ${mean.toFixed(4)}  ` +
        `${Math.min(...list).toFixed(4)}  ${Math.max(...list).toFixed(4)}`,
    );
  }
}
