import { internalName } from './internal/oinrInternal.ts';
import type { PredictedErrors } from './internal/predictedErrors.ts';
import type { InternalSettings } from './internal/settings.ts';
import { internalOnce } from './internal/sharedFit.ts';
import type { InterpolationName } from './interpolation.ts';
import { interpolateVolume, interpolations } from './interpolation.ts';
import type { ImputationMethod } from './method.ts';
import type { HeldOutErrors } from './prior/fineTuning.ts';
import { priorName } from './prior/oinrPrior.ts';
import { canTestPrior, priorInternalName, tunedPriorOnce } from './prior/oinrPriorInternal.ts';

export const autoName = 'auto';

/** Predicted mean squared errors by method. */
export type Predictions = Readonly<Record<string, number>>;

/** The method with the smallest predicted error; of equal ones the first. Undefined where nothing was predicted. */
export function bestPredicted(predicted: Predictions): string | undefined {
  let best: string | undefined;
  for (const [name, error] of Object.entries(predicted)) {
    if (error < (best === undefined ? Number.POSITIVE_INFINITY : (predicted[best] ?? 0))) best = name;
  }
  return best;
}

/**
 * All predictions on one scale. Both tests drop in-plane lines of kept slices that their training did not see, but
 * not the same lines; PCHIP is in both, so an operator's error is its ratio to PCHIP in its own test times PCHIP's
 * error in the other.
 */
export function allPredictions(
  internal: PredictedErrors | undefined,
  operator: HeldOutErrors | undefined,
): Predictions {
  const pchip = internal?.pchip ?? operator?.pchip;
  if (pchip === undefined) return {};
  return {
    ...(internal ?? { pchip }),
    ...(operator && {
      [priorName]: (operator.prior / operator.pchip) * pchip,
      [priorInternalName]: (operator.tuned / operator.pchip) * pchip,
    }),
  };
}

/**
 * Chooses the method without truth. The same gap is simulated in kept slices that no training saw, the error of every
 * candidate is taken there, and the volume is filled by the one with the smallest. Candidates are the interpolations,
 * `oinr-internal`, `oinr-prior` and `oinr-prior-internal`; plain `oinr` is not among them, since testing it would need
 * a fit of its own for every direction. The operator is left out, and not computed, where it cannot be tested (thick
 * slices, gaps that it was not learned for). The sidecar lists all predictions.
 */
export function auto(choose?: (every: number, keptVoxels: number) => InternalSettings): ImputationMethod {
  return {
    name: autoName,
    async impute(known, context) {
      const internal = await internalOnce(known, context, choose);
      const operator = (await canTestPrior(known, context))
        ? await tunedPriorOnce(known, context)
        : undefined;
      const predicted = allPredictions(internal.predicted, operator?.errors);
      const chosen = bestPredicted(predicted);
      const steps = internal.steps + (operator?.steps ?? 0);
      const sharedSeconds = internal.sharedSeconds + (operator?.sharedSeconds ?? 0);
      const details = {
        ...internal.details,
        ...Object.fromEntries(
          Object.entries(predicted).map(([name, error]) => [`heldOutMse.${name}`, error] as const),
        ),
        ...(operator?.details.operator !== undefined && { operator: operator.details.operator }),
        chosen: chosen ?? 'pchip',
      };
      if (chosen === undefined)
        return {
          data: internal.data,
          steps,
          remarks: [...internal.remarks, 'No error could be predicted, so nothing was compared.'],
          details,
          sharedSeconds,
        };
      // The guard of oinr-prior-internal fills the volume by the better of tuned operator and operator as it came.
      if (operator !== undefined && (chosen === priorName || chosen === priorInternalName))
        return { data: operator.data, steps, remarks: operator.remarks, details, sharedSeconds };
      // With PCHIP ahead the guard of oinr-internal has already filled the volume with it.
      const isFilled = chosen === internalName || chosen === 'pchip';
      return {
        data: isFilled
          ? internal.data
          : interpolateVolume(known, interpolations[chosen as InterpolationName]),
        steps,
        remarks: isFilled ? internal.remarks : [],
        details,
        sharedSeconds,
      };
    },
  };
}
