import { checkKnown } from '../known.ts';
import type { ImputationMethod } from '../method.ts';
import { applyPrior } from './applyPrior.ts';
import type { PriorModel } from './priorModel.ts';
import { shippedPriorModel } from './priorModel.ts';

export const priorName = 'oinr-prior';

export interface PriorMethodOptions {
  /** The operator; the one that comes with this package where absent. */
  readonly model?: () => Promise<PriorModel>;
  /** Thickness over which kept slices average, in slices of the full grid; 0, thin slices, where absent. */
  readonly thickness?: number;
}

/**
 * O-INR on functions of the data, learned across people and applied as it is: nothing is trained on the subject.
 * Any pattern of kept slices along any axis; gaps of a size that the operator was not trained on are left to PCHIP,
 * and a remark says so. Adding a constant to all intensities, multiplying them by a positive number, or reversing
 * the slice axis does the same to the result. Throws PriorModelError for weights that are damaged or of another
 * version.
 */
export function oinrPrior({
  model = shippedPriorModel,
  thickness = 0,
}: PriorMethodOptions = {}): ImputationMethod {
  return {
    name: priorName,
    async impute(known, context) {
      checkKnown(known);
      context.signal?.throwIfAborted();
      const operator = await model();
      const { data, remarks, gaps } = await applyPrior(known, operator, context.executor, {
        thickness,
        ...(context.onProgress && { onProgress: context.onProgress }),
        ...(context.signal && { signal: context.signal }),
      });
      context.onProgress?.(1);
      return { data, steps: 0, remarks, details: { operator: operator.checksum, gapsByOperator: gaps } };
    },
  };
}
