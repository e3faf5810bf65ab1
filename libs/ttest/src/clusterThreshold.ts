import { UsageError } from '@oinr/errors';
import { studentQuantile } from '@oinr/statistics';
import { RequestError } from './errors.ts';

/** Beyond what voxels form clusters: a T, or the T of a one-sided parametric p. */
export interface ClusterThreshold {
  readonly kind: 'T' | 'p';
  readonly value: number;
}

/**
 * Reads `T=3.1` or `p=0.001`: a bare number is refused, since 0.001 could be meant as either.
 *
 * @throws UsageError with a sentence.
 */
export function parseClusterThreshold(text: string): ClusterThreshold {
  const match = /^([tTpP])=([+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?)$/.exec(text.trim());
  if (match === null) {
    const isNumber = /^[\d.]+$/.test(text);
    throw new UsageError(
      `--cluster-threshold ${text} does not say whether it is a T or a p: write T=${isNumber && Number(text) >= 1 ? text : '3.1'} or p=${isNumber && Number(text) < 1 ? text : '0.001'}.`,
    );
  }
  const kind = match[1].toUpperCase() === 'T' ? 'T' : 'p';
  const value = Number(match[2]);
  if (kind === 'T' && !(value > 0))
    throw new UsageError(`--cluster-threshold ${text}: a T above 0 was expected.`);
  if (kind === 'p' && !(value > 0 && value < 0.5))
    throw new UsageError(`--cluster-threshold ${text}: a one-sided p between 0 and 0.5 was expected.`);
  return { kind, value };
}

/**
 * The T above which, and below minus which, voxels form clusters.
 *
 * @throws RequestError for a T that is not above 0, or a p outside 0 to 0.5.
 */
export function clusterFormingT({ kind, value }: ClusterThreshold, degreesOfFreedom: number): number {
  if (kind === 'T') {
    if (value > 0 && Number.isFinite(value)) return value;
    throw new RequestError(`--cluster-threshold T=${value}: a T above 0 was expected.`);
  }
  if (value > 0 && value < 0.5) return studentQuantile(value, degreesOfFreedom);
  throw new RequestError(`--cluster-threshold p=${value}: a one-sided p between 0 and 0.5 was expected.`);
}
