import { internalName } from './internal/oinrInternal.ts';
import type { PredictedErrors, PredictedMethod } from './internal/predictedErrors.ts';
import type { InternalSettings } from './internal/settings.ts';
import { internalOnce } from './internal/sharedFit.ts';
import { interpolateVolume, interpolations } from './interpolation.ts';
import type { ImputationMethod } from './method.ts';

export const autoName = 'auto';

/** The method with the smallest predicted error; of equal ones the first. Undefined where nothing was predicted. */
export function bestPredicted(predicted: PredictedErrors): PredictedMethod | undefined {
  let best: PredictedMethod | undefined;
  for (const name of Object.keys(predicted) as PredictedMethod[]) {
    if (predicted[name] < (best === undefined ? Number.POSITIVE_INFINITY : predicted[best])) best = name;
  }
  return best;
}

/**
 * Chooses the method without truth. The same gap is simulated in the planes of slices that were held out of training
 * and the error of every candidate is taken there (`PredictedErrors`); the volume is filled by the one with the
 * smallest. Candidates are the interpolations and `oinr-internal`; plain `oinr` is not among them, since testing it
 * would need a fit of its own for every direction. The sidecar lists all predictions.
 */
export function auto(choose?: (every: number, keptVoxels: number) => InternalSettings): ImputationMethod {
  return {
    name: autoName,
    async impute(known, context) {
      const { data, steps, remarks, details, predicted, sharedSeconds } = await internalOnce(
        known,
        context,
        choose,
      );
      const chosen = predicted ? bestPredicted(predicted) : undefined;
      if (chosen === undefined)
        return {
          data,
          steps,
          remarks: [...remarks, 'No error could be predicted, so nothing was compared.'],
          details: { ...details, chosen: 'pchip' },
          sharedSeconds,
        };
      // With PCHIP ahead the guard of oinr-internal has already filled the volume with it.
      const isFilled = chosen === internalName || chosen === 'pchip';
      return {
        data: isFilled ? data : interpolateVolume(known, interpolations[chosen]),
        steps,
        remarks: isFilled ? remarks : [],
        details: { ...details, chosen },
        sharedSeconds,
      };
    },
  };
}
