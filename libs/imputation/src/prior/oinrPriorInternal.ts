import { isThick } from '@oinr/slices';
import { interpolateVolume } from '../interpolation.ts';
import { checkKnown } from '../known.ts';
import type { Imputation, ImputationMethod, KeptSlices, MethodContext } from '../method.ts';
import { pchip } from '../pchip.ts';
import { sharedWork } from '../sharedWork.ts';
import { applyPrior, gapGeometry } from './applyPrior.ts';
import type { FineTuningSettings, HeldOutErrors } from './fineTuning.ts';
import { fineTune, fineTuningSettings } from './fineTuning.ts';
import { outsideRange } from './gapFunctions.ts';
import type { PriorMethodOptions } from './oinrPrior.ts';
import { operatorOf, priorOnce } from './oinrPrior.ts';
import type { PriorModel } from './priorModel.ts';

export const priorInternalName = 'oinr-prior-internal';

/** An imputation with the errors on held-out in-plane lines that decided it; absent where nothing could be tested. */
export interface TunedImputation extends Imputation {
  readonly errors?: HeldOutErrors;
}

/**
 * The operator learned across people, then trained on for some steps inside the subject. On kept slices that the
 * training did not see, PCHIP, the operator as it came and the tuned one are compared where in-plane lines were
 * dropped, and the best of the three fills the volume; a remark says so when it is not the tuned one.
 */
export function oinrPriorInternal(
  options: PriorMethodOptions = {},
  settings: FineTuningSettings = fineTuningSettings,
): ImputationMethod {
  return {
    name: priorInternalName,
    async impute(known, context) {
      const { errors: _, ...imputation } = await tunedPriorOnce(known, context, options, settings);
      return imputation;
    },
  };
}

/** The work of `oinr-prior-internal`, done once for it and for `auto`. */
export async function tunedPriorOnce(
  known: KeptSlices,
  context: MethodContext,
  options: PriorMethodOptions = {},
  settings: FineTuningSettings = fineTuningSettings,
): Promise<TunedImputation> {
  checkKnown(known);
  context.signal?.throwIfAborted();
  const { operator, volume, sharedSeconds } = await priorOnce(
    known,
    withProgress(context, 0, filled),
    options,
  );
  const key = `${priorInternalName}, ${operator.checksum}, ${context.seed}, ${context.executor.name}, ${JSON.stringify(settings)}`;
  const { result, sharedSeconds: tuningSeconds } = await sharedWork(known, key, () =>
    tunePrior(known, context, operator, volume, settings),
  );
  context.onProgress?.(1);
  return { ...result, data: result.data.slice(), sharedSeconds: sharedSeconds + tuningSeconds };
}

/**
 * Whether the operator can be tested inside the subject. Where it cannot, nobody can tell without truth whether it is
 * the best, and who chooses need not compute it.
 */
export async function canTestPrior(
  known: KeptSlices,
  context: MethodContext,
  options: PriorMethodOptions = {},
): Promise<boolean> {
  return testableGap(known, await operatorOf(context, options)) !== undefined;
}

/** The gap size that the operator is trained for and tested at; undefined where slices are thick or gaps out of range. */
function testableGap(known: KeptSlices, { range }: PriorModel): number | undefined {
  if (isThick(known.profile)) return undefined;
  const size = commonGap(known.kept);
  return size === undefined || outsideRange(gapGeometry(known, size, 0), range) ? undefined : size;
}

// Shares of the work, for progress.
const filled = 0.2;
const tuned = 0.8;

async function tunePrior(
  known: KeptSlices,
  context: MethodContext,
  operator: PriorModel,
  first: Awaited<ReturnType<typeof priorOnce>>['volume'],
  settings: FineTuningSettings,
): Promise<TunedImputation> {
  const { executor, seed, signal } = context;
  const details = { operator: operator.checksum };
  const size = testableGap(known, operator);
  if (size === undefined) {
    const remark =
      'The operator was used as it came: it is trained inside the subject only where slices are thin.';
    const remarks = isThick(known.profile) ? [...first.remarks, remark] : first.remarks;
    return { data: first.data, steps: 0, remarks, details };
  }
  const { onProgress } = withProgress(context, filled, tuned);
  const result = await fineTune(
    known,
    first.data,
    size,
    operator,
    executor,
    seed,
    settings,
    onProgress,
    signal,
  );
  if (!result) {
    const remark =
      'The operator was not trained on: the slices are too few or too small for it, or the loss was not finite.';
    return { data: first.data, steps: 0, remarks: [...first.remarks, remark], details };
  }
  const { errors, weights } = result;
  const measured = {
    ...details,
    'heldOutMse.pchip': errors.pchip,
    'heldOutMse.oinr-prior': errors.prior,
    'heldOutMse.oinr-prior-internal': errors.tuned,
  };
  const numbers =
    `(mean squared errors on held-out in-plane lines: PCHIP ${errors.pchip.toExponential(2)}, operator ` +
    `${errors.prior.toExponential(2)}, tuned ${errors.tuned.toExponential(2)})`;
  const done = (data: Float32Array, remarks: readonly string[]): TunedImputation => ({
    data,
    steps: settings.steps,
    remarks,
    details: measured,
    errors,
  });
  // Written so that NaN, where nothing could be tested, leaves the operator as it came.
  if (errors.tuned < errors.prior && errors.tuned < errors.pchip) {
    const again = withProgress(context, tuned, 1);
    const second = await applyPrior(known, { ...operator, weights }, executor, {
      ...(again.onProgress && { onProgress: again.onProgress }),
      ...(signal && { signal }),
    });
    return done(second.data, second.remarks);
  }
  if (errors.pchip < errors.prior) {
    const remark = `PCHIP was used, which the operator did not beat in this subject ${numbers}.`;
    return done(interpolateVolume(known, pchip), [...first.remarks, remark]);
  }
  const remark = `The operator was used as it came, since training inside the subject did not help ${numbers}.`;
  return done(first.data, [...first.remarks, remark]);
}

/** The context with its progress between two shares of the whole. */
function withProgress(context: MethodContext, from: number, to: number): MethodContext {
  const { onProgress } = context;
  return onProgress
    ? { ...context, onProgress: (done, loss) => onProgress(from + done * (to - from), loss) }
    : context;
}

/** The gap size with most missing slices; undefined where none is missing. */
function commonGap(kept: readonly number[]): number | undefined {
  const missing = new Map<number, number>();
  for (const [n, slice] of kept.slice(0, -1).entries()) {
    const size = (kept[n + 1] ?? 0) - slice;
    if (size > 1) missing.set(size, (missing.get(size) ?? 0) + size - 1);
  }
  return [...missing].sort(([, a], [, b]) => b - a)[0]?.[0];
}
