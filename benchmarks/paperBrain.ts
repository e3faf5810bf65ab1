// The paper's own network and schedule on one volume (1.35 million weights, batches of eight slices, 10,000 steps), and the error of
// the missing slices on its way: at --points, until --steps.
//   node benchmarks/paperBrain.ts scan.nii.gz --mask mask.nii.gz --axis coronal --every 6
//   node benchmarks/paperBrain.ts scan.nii.gz --mask mask.nii.gz --engine webgpu --steps 10000
// The learning rate falls as in a fit of all 10,000 steps, wherever this one stops. Errors are over the missing slices in the
// mask (voxels above 0 where none is given), as `oinr-paper` writes them: with the interpolation of the residual at the kept
// slices added. The loss, of the steps since the point before, is that of the network alone on its own slices. Seconds are CPU time of the fit.
import { cpus } from 'node:os';
import { parseArgs } from 'node:util';
import { engineNames, openExecutor } from '@oinr/engines';
import { findMethod } from '@oinr/imputation';
import type { FitKeeper, FitProgress } from '@oinr/inr';
import { intensityScale, sliceErrors } from '@oinr/metrics';
import { readVolume } from '@oinr/nifti';
import { dropSlices, keepEvery } from '@oinr/slices';
import { type AnatomicalAxis, arrayAxis } from '@oinr/volume';
import { oinrPaper } from '../libs/imputation/src/methods/oinr/oinr.ts';
import { paperPreset } from '../libs/imputation/src/methods/oinr/presets.ts';

const { values: options, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    mask: { type: 'string' },
    axis: { type: 'string', default: 'coronal' },
    every: { type: 'string', default: '6' },
    steps: { type: 'string', default: '1000' },
    points: { type: 'string', default: '100,200,300,400,600,800,1000,1500,2000,3000,5000,7500,10000' },
    engine: { type: 'string', default: 'cpu' },
    threads: { type: 'string', default: '1' },
    seed: { type: 'string', default: '1' },
  },
});
const [file] = positionals;
const [every, steps, threads, seed] = [options.every, options.steps, options.threads, options.seed].map(
  Number,
);
const points = options.points.split(',').map(Number);
const wrong = points.find((point) => point % paperPreset.stepsPerCall !== 0);
if (
  file === undefined ||
  wrong !== undefined ||
  !(engineNames as readonly string[]).includes(options.engine)
) {
  console.error(
    `Give a NIfTI file, points that are multiples of ${paperPreset.stepsPerCall}${wrong === undefined ? '' : ` (not ${wrong})`}, ` +
      `and an engine of ${engineNames.join(', ')}.`,
  );
  process.exit(1);
}

const volume = await readVolume(file);
const { shape } = volume.grid;
const axis = arrayAxis(volume.grid, options.axis as AnatomicalAxis);
const kept = keepEvery({ length: shape[axis], every });
const known = dropSlices(volume, axis, kept);
const mask =
  options.mask === undefined
    ? Uint8Array.from(volume.data, (value) => (value > 0 ? 1 : 0))
    : Uint8Array.from((await readVolume(options.mask)).data, (value) => (value > 0 ? 1 : 0));
const { value: scale } = intensityScale(volume.data, mask);
const errorOf = (imputed: Float32Array): number =>
  sliceErrors({ truth: volume.data, imputed, shape, axis, kept, mask, scale }).mask?.missing.mse ??
  Number.NaN;

const executor = await openExecutor(options.engine, { threads });
console.log(
  `${cpus()[0]?.model}, engine ${executor.name}, ${threads} threads, seed ${seed}: ${shape.join(' x ')}, k = ${every}`,
);
let best = Number.POSITIVE_INFINITY;
for (const name of ['linear', 'pchip', 'cubic', 'oinr']) {
  const before = cpuSeconds();
  const error = errorOf((await findMethod(name).impute(known, { executor, seed })).data);
  if (name !== 'oinr') best = Math.min(best, error);
  console.log(
    `${name}: ${error.toExponential(3)}, ${(error / best).toFixed(3)} of the best interpolation, ${(cpuSeconds() - before).toFixed(1)} CPU s`,
  );
}

console.log(
  '\n| step | loss | error in the mask | of the best interpolation | CPU s |\n| --- | --- | --- | --- | --- |',
);
const stopped = new AbortController();
/** CPU seconds of what is not the fit: reading, and the errors at the points before. */
let others = cpuSeconds();
let taken = 0;
const keeper: FitKeeper = {
  load: async () => undefined,
  offer: async (take) => {
    taken += paperPreset.stepsPerCall;
    if (points.includes(taken)) await writePoint(await take());
    if (taken >= steps) stopped.abort();
  },
};
const context = { executor, seed, signal: stopped.signal, keeper: () => keeper };
try {
  const { data } = await oinrPaper().impute(known, context);
  console.log(
    `| ${paperPreset.steps} | | ${errorOf(data).toExponential(3)} | ${(errorOf(data) / best).toFixed(3)} | ${(cpuSeconds() - others).toFixed(0)} |`,
  );
} catch (error) {
  if (!stopped.signal.aborted) throw error;
}

/** One line of the table: a fit that goes on from `progress` to its own step has nothing left to do but to fill the volume. */
async function writePoint(progress: FitProgress): Promise<void> {
  const at = cpuSeconds();
  const { step } = progress.state;
  const finished: FitKeeper = { load: async () => progress, offer: async () => undefined };
  const { data } = await oinrPaper({ ...paperPreset, steps: step }).impute(known, {
    executor,
    seed,
    keeper: () => finished,
  });
  const error = errorOf(data);
  const before = points.filter((point) => point < step).at(-1) ?? 0;
  const losses = progress.losses.subarray(before);
  const loss = losses.reduce((sum, value) => sum + value, 0) / losses.length;
  console.log(
    `| ${step} | ${loss.toExponential(2)} | ${error.toExponential(3)} | ${(error / best).toFixed(3)} | ${(at - others).toFixed(0)} |`,
  );
  others += cpuSeconds() - at;
}

function cpuSeconds(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1e6;
}
