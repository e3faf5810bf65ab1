import type { KeptSlices, MethodContext } from '../method.ts';
import { sharedWork } from '../sharedWork.ts';
import { type InternalImputation, imputeInternally } from './oinrInternal.ts';
import type { InternalSettings } from './settings.ts';

/**
 * `imputeInternally`, and with its standard settings only once for `oinr-internal` and `auto`, which need the very
 * same fit. Settings of one's own (`choose`) are always fitted anew.
 */
export async function internalOnce(
  known: KeptSlices,
  context: MethodContext,
  choose?: (every: number, keptVoxels: number) => InternalSettings,
): Promise<InternalImputation & { readonly sharedSeconds: number }> {
  if (choose) return { ...(await imputeInternally(known, context, choose)), sharedSeconds: 0 };
  const key = `oinr-internal, seed ${context.seed}, ${context.executor.name}`;
  const { result, sharedSeconds } = await sharedWork(known, key, () => imputeInternally(known, context));
  return { ...result, data: result.data.slice(), sharedSeconds };
}
