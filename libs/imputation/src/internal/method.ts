import type { ImputationMethod } from '../method.ts';
import { internalName } from './oinrInternal.ts';
import type { InternalSettings } from './settings.ts';
import { internalOnce } from './sharedFit.ts';

/** The method `oinr-internal` with its standard settings, or with others. */
export function oinrInternal(
  choose?: (every: number, keptVoxels: number) => InternalSettings,
): ImputationMethod {
  return {
    name: internalName,
    async impute(known, context) {
      const { predicted: _, ...imputation } = await internalOnce(known, context, choose);
      return imputation;
    },
  };
}
