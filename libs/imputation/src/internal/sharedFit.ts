import type { KeptSlices, MethodContext } from '../method.ts';
import { type InternalImputation, imputeInternally } from './oinrInternal.ts';
import type { InternalSettings } from './settings.ts';

interface Fit {
  readonly seed: number;
  readonly executor: string;
  readonly imputation: InternalImputation;
  readonly seconds: number;
}

/** The last fit of each set of kept slices, for as long as the caller holds on to them. */
const fits = new WeakMap<KeptSlices, Fit>();

/**
 * `imputeInternally`, and with its standard settings only once. `oinr-internal` and `auto` need the very same fit; asked for with
 * the same object of kept slices, seed and executor, the second gets a copy of what the first computed, and
 * `sharedSeconds` says what it would have cost alone. Settings of one's own (`choose`) are always fitted anew.
 */
export async function internalOnce(
  known: KeptSlices,
  context: MethodContext,
  choose?: (every: number, keptVoxels: number) => InternalSettings,
): Promise<InternalImputation & { readonly sharedSeconds: number }> {
  if (choose) return { ...(await imputeInternally(known, context, choose)), sharedSeconds: 0 };
  const before = fits.get(known);
  if (before && before.seed === context.seed && before.executor === context.executor.name) {
    context.onProgress?.(1);
    const { imputation, seconds } = before;
    return { ...imputation, data: imputation.data.slice(), sharedSeconds: seconds };
  }
  const began = performance.now();
  const imputation = await imputeInternally(known, context);
  const seconds = (performance.now() - began) / 1000;
  fits.set(known, { seed: context.seed, executor: context.executor.name, imputation, seconds });
  return { ...imputation, data: imputation.data.slice(), sharedSeconds: 0 };
}
