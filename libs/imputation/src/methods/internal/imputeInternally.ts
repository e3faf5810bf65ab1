import { architectureName, DivergedError } from '@oinr/inr';
import { isThick } from '@oinr/slices';
import { type GapSize, gapSizes, gapsOf } from '../../gaps.ts';
import { checkKnown, keptRange, restoreKept } from '../../keptSlices.ts';
import { interpolateVolume } from '../../lines/interpolateVolume.ts';
import { pchip } from '../../lines/pchip.ts';
import type { Imputation, KeptSlices, MethodContext } from '../../method.ts';
import { type KeptPlanes, keptPlanes } from '../../planes/keptPlanes.ts';
import { planeLayout } from '../../planes/layout.ts';
import type { PredictedErrors } from '../../predictedErrors.ts';
import { withProgress } from '../../progress.ts';
import { fitRemarks } from '../../training/fitRemarks.ts';
import { correctRun } from './applyOperator.ts';
import { expectedLinearError } from './calibration.ts';
import { measureGains, trainGapOperator } from './gapOperator.ts';
import { gapPhases } from './gapPairs.ts';
import { predictErrors } from './predictErrors.ts';
import { scanPairs } from './scanPairs.ts';
import type { ChooseSettings } from './settings.ts';
import { gapNetwork, internalName, internalSettings } from './settings.ts';
import { windowSize } from './trainingPairs.ts';

/** Gap sizes that hold less than this share of the missing slices are left to PCHIP: each needs a network. */
const leastShare = 0.15;

/**
 * O-INR on functions of the data, trained inside the subject (docs/method.md): PCHIP plus the corrections of a small
 * convolutional network that works on low-resolution planes. It learns on the kept slices, whose in-plane lines are
 * dropped like slices, and is applied in the planes that contain the slice axis. Values are clipped to the range of
 * the kept slices, extended to 0 where all are positive. Where slices are thick, the in-plane lines are averaged in the
 * same way and the network gives all lines of a gap, those of the kept slices too. Where the network does not beat PCHIP
 * on held-out slices, or there are too few lines to learn from, the result is PCHIP, and a remark says so. Errors are
 * predicted for the gap size with most missing slices.
 */
export async function imputeInternally(
  known: KeptSlices,
  context: MethodContext,
  choose: ChooseSettings = internalSettings,
): Promise<Imputation> {
  checkKnown(known);
  context.signal?.throwIfAborted();
  const data = interpolateVolume(known, pchip);
  const planes = keptPlanes(known);
  if (!planes) {
    context.onProgress?.(1);
    const remark = 'The kept slices are constant, so there is nothing to train on: PCHIP was used.';
    return { data, steps: 0, remarks: [remark], details: {}, filledBy: 'pchip' };
  }
  const sizes = gapSizes(known.kept).sort((a, b) => b.missing - a.missing || a.every - b.every);
  const allMissing = sizes.reduce((sum, size) => sum + size.missing, 0);
  const learned = sizes.filter((size) => size.missing >= leastShare * allMissing);
  const left = sizes.filter((size) => !learned.includes(size));
  const remarks: string[] = [];
  if (left.length > 0)
    remarks.push(
      `PCHIP fills the ${left.reduce((sum, size) => sum + size.missing, 0)} slices in gaps of ` +
        `${left.map((size) => size.every).join(', ')} slices, which are too few to train a network for.`,
    );
  const shareOf = cornerShares(learned, known.kept.length);
  const filled: GapsFilled[] = [];
  for (const [n, size] of learned.entries()) {
    const part = withProgress(context, n / learned.length, (n + 1) / learned.length);
    filled.push(await fillGaps({ known, planes, size, shareOf, choose }, data, part));
  }
  if (!isThick(known.profile)) restoreKept(data, known);
  context.onProgress?.(1);
  const [most] = filled;
  return {
    data,
    steps: filled.reduce((sum, { steps }) => sum + steps, 0),
    remarks: [...remarks, ...filled.flatMap((gaps) => gaps.remarks)],
    details: most?.details ?? {},
    predicted: most?.predicted,
    filledBy: most?.byNetwork ? internalName : 'pchip',
  };
}

/** The gaps of one size that a network is trained for, and where they lie. */
interface GapTask {
  readonly known: KeptSlices;
  readonly planes: KeptPlanes;
  readonly size: GapSize;
  readonly shareOf: readonly number[];
  readonly choose: ChooseSettings;
}

interface GapsFilled extends Pick<Imputation, 'steps' | 'remarks' | 'details'> {
  readonly predicted?: PredictedErrors;
  readonly byNetwork: boolean;
}

const trainingShare = 0.8;

/** Trains for one gap size and adds the corrections to `data`, which holds PCHIP. */
async function fillGaps(task: GapTask, data: Float32Array, context: MethodContext): Promise<GapsFilled> {
  const { known, planes, size, choose } = task;
  const { every } = size;
  const settings = choose(every, planes.values.length);
  const phases = gapPhases(every, isThick(known.profile));
  const network = gapNetwork(settings.hidden, phases.length);
  const { source, heldOut, geometry } = scanPairs(known, planes, every);
  const leftToPchip = (remark: string): GapsFilled => ({
    steps: 0,
    remarks: [remark],
    details: {},
    byNetwork: false,
  });
  if (!windowSize(source, settings))
    return leftToPchip(
      `The slices are too small (${planes.rows} x ${planes.columns} voxels around the head) to train for gaps of ` +
        `${every} slices: PCHIP was used.`,
    );
  const gains = measureGains(source, settings, context.seed);
  if (!gains)
    return leftToPchip(
      `The kept slices show no structure that PCHIP misses in gaps of ${every}: PCHIP was used.`,
    );
  const training = withProgress(context, 0, trainingShare);
  const trained = await trainGapOperator(source, { network, gains, settings }, training).catch(
    (error: unknown) => {
      if (error instanceof DivergedError) return error;
      throw error;
    },
  );
  if (trained instanceof DivergedError) return leftToPchip(`${trained.message} PCHIP was used.`);

  const { operator, result } = trained;
  const mse = await predictErrors(heldOut, known.profile, { operator }, context);
  const expected = await expectedLinearError({ source, geometry }, known.profile, context);
  const predicted = { mse: times(mse, (expected ?? mse.linear) / mse.linear), scale: planes.scale };
  const { steps } = settings;
  const remarks = fitRemarks(result);
  const details = { network: architectureName(network) };
  // Written so that a comparison with NaN, where no line could be tested, falls on the safe side.
  if (!(mse[internalName] < mse.pchip)) {
    remarks.push(
      `On held-out in-plane lines the network (${mse[internalName].toExponential(2)}) did not beat PCHIP ` +
        `(${mse.pchip.toExponential(2)}) in gaps of ${every}: PCHIP was used.`,
    );
    return { steps, remarks, details, predicted, byNetwork: false };
  }
  let familyWeight = Number.NaN;
  for (const [n, run] of size.runs.entries()) {
    const share = (done: number): number =>
      trainingShare + ((1 - trainingShare) * (n + done)) / size.runs.length;
    const applying = withProgress(context, share(0), share(1));
    const { values, weight } = await correctRun(planes, run, operator, applying);
    addCorrections(data, task, { firstGap: run.first, gaps: run.gaps, phases, values });
    familyWeight = weight;
  }
  return { steps, remarks, details: { ...details, familyWeight }, predicted, byNetwork: true };
}

function times(errors: Readonly<Record<string, number>>, factor: number): Record<string, number> {
  return Object.fromEntries(Object.entries(errors).map(([name, error]) => [name, error * factor]));
}

/**
 * What each kept slice takes of the correction that a gap beside it gives: all where one learned gap touches it, half
 * between two. Counts only where slices are thick.
 */
export function cornerShares(learned: readonly GapSize[], kept: number): number[] {
  const touching = new Array<number>(kept).fill(0);
  for (const size of learned)
    for (const gap of gapsOf(size)) for (const n of [gap, gap + 1]) touching[n] += 1;
  return touching.map((count) => 1 / Math.max(1, count));
}

/** Corrections (gaps, phases, rows, columns) of neighbouring gaps, in units of the planes' scale. */
interface RunCorrections {
  readonly firstGap: number;
  readonly gaps: number;
  readonly phases: readonly number[];
  readonly values: Float32Array;
}

/** Adds the corrections of a run to the volume and clips. */
function addCorrections(
  data: Float32Array,
  { known, planes, size, shareOf }: GapTask,
  { firstGap, gaps, phases, values }: RunCorrections,
): void {
  const { rows, columns, box, scale } = planes;
  const { sliceStride, rowStride, columnStride } = planeLayout(known.grid.shape, known.axis);
  const [low, high] = keptRange(known);
  let from = 0;
  for (let gap = firstGap; gap < firstGap + gaps; gap++)
    for (const phase of phases) {
      const slice = (known.kept[gap] + phase) * sliceStride;
      const corner = phase === 0 ? gap : phase === size.every ? gap + 1 : undefined;
      const factor = scale * (corner === undefined ? 1 : shareOf[corner]);
      for (let row = 0; row < rows; row++) {
        let to = slice + (box.rows[0] + row) * rowStride + box.columns[0] * columnStride;
        for (let column = 0; column < columns; column++, to += columnStride) {
          const correction = values[from++];
          if (correction === 0) continue;
          data[to] = Math.min(high, Math.max(low, data[to] + correction * factor));
        }
      }
    }
}
