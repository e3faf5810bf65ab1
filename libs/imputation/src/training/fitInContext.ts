import type { FitOptions, FitResult } from '@oinr/inr';
import { fit } from '@oinr/inr';
import type { MethodContext } from '../method.ts';

/**
 * `fit` as the context of a method wants it: on its executor, kept under `name` where it may be interrupted, stopped by
 * its signal, its progress told. It takes a batch in parts where memory is short, and halves a rate that diverges.
 */
export function fitInContext(
  { executor, keeper, signal, onProgress }: MethodContext,
  name: string,
  options: Omit<FitOptions, 'executor' | 'keeper' | 'signal' | 'onProgress'>,
): Promise<FitResult> {
  return fit({ ...options, executor, keeper: keeper?.(name), signal, onProgress });
}
