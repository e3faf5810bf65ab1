import { architectureName, DivergedError } from '@oinr/inr';
import { isThick } from '@oinr/slices';
import { voxelSizes } from '@oinr/volume';
import { fitRemarks } from '../fitRemarks.ts';
import { interpolateVolume } from '../interpolation.ts';
import type { KeptPlanes } from '../keptPlanes.ts';
import { keptPlanes } from '../keptPlanes.ts';
import { checkKnown, keptRange, restoreKept } from '../known.ts';
import type { Imputation, KeptSlices, MethodContext } from '../method.ts';
import { pchip } from '../pchip.ts';
import { acquiredPlanes } from './acquiredPlanes.ts';
import { correctRun } from './applyOperator.ts';
import { measureGains, trainGapOperator } from './gapOperator.ts';
import { gapPhases } from './gapPairs.ts';
import type { GapSize } from './gapSizes.ts';
import { gapSizes } from './gapSizes.ts';
import type { PredictedErrors } from './predictedErrors.ts';
import { predictErrors } from './predictedErrors.ts';
import type { InternalSettings } from './settings.ts';
import { gapNetwork, internalSettings } from './settings.ts';
import type { PairSource } from './trainingPairs.ts';
import { linesPerSlice, windowSize } from './trainingPairs.ts';

export const internalName = 'oinr-internal';

/** Gap sizes that hold less than this share of the missing slices are left to PCHIP: each needs a network. */
const leastShare = 0.15;
/** Every how many kept slices one is held out of training. */
const heldOutEvery = 10;

/** An imputation with the errors that were predicted on the way, for `auto`. */
export interface InternalImputation extends Imputation {
  /** For the gap size with most missing slices; undefined where nothing could be tested. */
  readonly predicted: PredictedErrors | undefined;
}

/**
 * O-INR on functions of the data, trained inside the subject (docs/method.md): PCHIP plus the corrections of a small
 * convolutional network that works on low-resolution planes. It learns on the kept slices, whose in-plane lines are
 * dropped like slices, and is applied in the planes that contain the slice axis. Values are clipped to the range of
 * the kept slices, extended to 0 where all are positive. Where slices are thick, the in-plane lines are averaged in the
 * same way and the network gives all lines of a gap, those of the kept slices too. Where the network does not beat PCHIP on held-out slices,
 * or there are too few lines to learn from, the result is PCHIP, and a remark says so.
 */
export async function imputeInternally(
  known: KeptSlices,
  context: MethodContext,
  choose: (every: number, keptVoxels: number) => InternalSettings = internalSettings,
): Promise<InternalImputation> {
  checkKnown(known);
  context.signal?.throwIfAborted();
  const data = interpolateVolume(known, pchip);
  const remarks: string[] = [];
  const details: Record<string, number | string> = {};
  let steps = 0;
  let predicted: PredictedErrors | undefined;

  const sizes = gapSizes(known.kept);
  const planes = keptPlanes(known);
  const allMissing = sizes.reduce((sum, size) => sum + size.missing, 0);
  if (!planes) remarks.push('The kept slices are constant, so there is nothing to learn: PCHIP was used.');
  const learned = planes ? sizes.filter((size) => size.missing >= leastShare * allMissing) : [];
  const left = sizes.filter((size) => !learned.includes(size));
  if (planes && left.length > 0)
    remarks.push(
      `PCHIP fills the ${left.reduce((sum, size) => sum + size.missing, 0)} slices in gaps of ` +
        `${left.map((size) => size.every).join(', ')} slices, which are too few to train a network for.`,
    );
  const shareOf = cornerShares(learned, known.kept.length);
  for (const [n, size] of learned.entries()) {
    if (!planes) break;
    const onProgress = (done: number, loss?: number): void =>
      context.onProgress?.((n + done) / learned.length, loss);
    const part = await imputeGaps(known, planes, size, shareOf, data, { ...context, onProgress }, choose);
    steps += part.steps;
    remarks.push(...part.remarks);
    if (n === 0) {
      predicted = part.predicted;
      Object.assign(details, part.details);
    }
  }
  if (!isThick(known.profile)) restoreKept(data, known);
  context.onProgress?.(1);
  return { data, steps, remarks, details, predicted };
}

interface GapsFilled {
  readonly steps: number;
  readonly remarks: readonly string[];
  readonly details: Readonly<Record<string, number | string>>;
  readonly predicted: PredictedErrors | undefined;
}

/** Trains for one gap size and adds the corrections to `data`, which holds PCHIP. */
async function imputeGaps(
  known: KeptSlices,
  planes: KeptPlanes,
  size: GapSize,
  shareOf: readonly number[],
  data: Float32Array,
  context: MethodContext,
  choose: (every: number, keptVoxels: number) => InternalSettings,
): Promise<GapsFilled> {
  const { every } = size;
  const settings = choose(every, planes.values.length);
  const phases = gapPhases(every, isThick(known.profile));
  const network = gapNetwork(settings.hidden, phases.length);
  const [dx, dy, dz] = voxelSizes(known.grid.affine);
  const millimetres = [dx, dy, dz];
  const perSlice = linesPerSlice(planes, every, {
    slice: millimetres[known.axis] ?? 1,
    row: millimetres[planes.rowAxis] ?? 1,
    column: millimetres[planes.columnAxis] ?? 1,
  });
  const heldOut = heldOutSlices(planes.kept);
  const all = Array.from({ length: planes.kept }, (_, n) => n);
  const source: PairSource = {
    planes,
    every,
    linesPerSlice: perSlice,
    slices: all.filter((n) => !heldOut.includes(n)),
    phases,
    acquired: acquiredPlanes(planes, known.profile, perSlice),
  };
  const nothing = { steps: 0, details: {}, predicted: undefined };
  if (!windowSize(source, settings))
    return {
      ...nothing,
      remarks: [
        `The slices are too small (${planes.rows} x ${planes.columns} voxels around the head) to train for gaps of ` +
          `${every} slices: PCHIP was used.`,
      ],
    };
  const gains = measureGains(source, settings, context.seed);
  if (!gains)
    return {
      ...nothing,
      remarks: [`The kept slices show no structure that PCHIP misses in gaps of ${every}: PCHIP was used.`],
    };

  const trained = await trainOrExplain(source, network, gains, settings, context);
  if (typeof trained === 'string') return { ...nothing, remarks: [trained] };
  const { operator, result } = trained;
  const predicted = await predictErrors({ ...source, slices: heldOut }, known.profile, operator, context);
  const remarks = fitRemarks(result);
  const details: Record<string, number | string> = {
    network: architectureName(network),
    heldOutScale: planes.scale,
    ...Object.fromEntries(
      Object.entries(predicted).map(([name, error]) => [`heldOutMse.${name}`, error] as const),
    ),
  };
  // Written so that a comparison with NaN, where no line could be tested, falls on the safe side.
  if (!(predicted['oinr-internal'] < predicted.pchip)) {
    remarks.push(
      `On held-out in-plane lines the network (${predicted['oinr-internal'].toExponential(2)}) did not beat PCHIP ` +
        `(${predicted.pchip.toExponential(2)}) in gaps of ${every}: PCHIP was used.`,
    );
    return { steps: settings.steps, remarks, details, predicted };
  }
  for (const [n, run] of size.runs.entries()) {
    const corrections = await correctRun(planes, run, operator, context, (done) =>
      context.onProgress?.(trainingShare + ((1 - trainingShare) * (n + done)) / size.runs.length),
    );
    addCorrections(data, known, planes, { firstGap: run.first, every, phases, shareOf }, corrections.values);
    details.familyWeight = corrections.weight;
  }
  return { steps: settings.steps, remarks, details, predicted };
}

const trainingShare = 0.8;

async function trainOrExplain(
  source: PairSource,
  network: ReturnType<typeof gapNetwork>,
  gains: NonNullable<ReturnType<typeof measureGains>>,
  settings: InternalSettings,
  context: MethodContext,
): Promise<Awaited<ReturnType<typeof trainGapOperator>> | string> {
  const onProgress = (done: number, loss?: number): void => context.onProgress?.(trainingShare * done, loss);
  try {
    return await trainGapOperator(source, network, gains, settings, { ...context, onProgress });
  } catch (error) {
    if (error instanceof DivergedError) return `${error.message} PCHIP was used.`;
    throw error;
  }
}

/** Slices that no training pair comes from: every tenth, and at least one of two. */
export function heldOutSlices(kept: number): number[] {
  const first = Math.min(Math.floor(heldOutEvery / 2), Math.floor(kept / 2));
  const chosen: number[] = [];
  for (let n = first; n < kept; n += heldOutEvery) chosen.push(n);
  return chosen;
}

/**
 * What each kept slice takes of the correction that a gap beside it gives: all where one learned gap touches it, half
 * between two. Counts only where slices are thick.
 */
export function cornerShares(learned: readonly GapSize[], kept: number): number[] {
  const touching = new Array<number>(kept).fill(0);
  for (const { runs } of learned)
    for (const { first, gaps } of runs)
      for (let gap = first; gap < first + gaps; gap++)
        for (const n of [gap, gap + 1]) touching[n] = (touching[n] ?? 0) + 1;
  return touching.map((count) => 1 / Math.max(1, count));
}

/** Adds corrections (gaps, phases, rows, columns) of a run to the volume and clips. */
function addCorrections(
  data: Float32Array,
  known: KeptSlices,
  planes: KeptPlanes,
  run: {
    readonly firstGap: number;
    readonly every: number;
    readonly phases: readonly number[];
    readonly shareOf: readonly number[];
  },
  corrections: Float32Array,
): void {
  const { shape } = known.grid;
  const strides = [1, shape[0], shape[0] * shape[1]];
  const strideOf = (axis: 0 | 1 | 2): number => strides[axis] ?? 0;
  const { rows, columns, scale } = planes;
  const [low, high] = keptRange(known);
  const { firstGap, every, phases, shareOf } = run;
  const gaps = corrections.length / (phases.length * rows * columns);
  let from = 0;
  for (let g = 0; g < gaps; g++)
    for (const phase of phases) {
      const slice = ((known.kept[firstGap + g] ?? 0) + phase) * strideOf(known.axis);
      const corner = phase === 0 ? firstGap + g : phase === every ? firstGap + g + 1 : undefined;
      const factor = scale * (corner === undefined ? 1 : (shareOf[corner] ?? 1));
      for (let row = 0; row < rows; row++) {
        let to =
          slice +
          (planes.rowStart + row) * strideOf(planes.rowAxis) +
          planes.columnStart * strideOf(planes.columnAxis);
        for (let column = 0; column < columns; column++, to += strideOf(planes.columnAxis)) {
          const correction = corrections[from++] ?? 0;
          if (correction === 0) continue;
          data[to] = Math.min(high, Math.max(low, (data[to] ?? 0) + correction * factor));
        }
      }
    }
}
