import { missingPercent } from '@oinr/slices';
import { classicalNames } from './methods.ts';
import type { MeasuredVolume } from './outcome.ts';

/**
 * What the table of errors means, in a sentence or two: how the best trained method stands beside the best interpolation
 * at every k, and in how many subjects. Undefined where there is nothing to hold against each other.
 */
export function meaningOf(volumes: readonly MeasuredVolume[]): string | undefined {
  const hasMask = volumes.some(({ mse_missing_mask }) => mse_missing_mask !== null);
  const parts = [...new Set(volumes.map(({ every }) => every))]
    .sort((a, b) => a - b)
    .flatMap((every) =>
      standingAt(
        volumes.filter((one) => one.every === every),
        every,
        hasMask,
      ),
    );
  if (parts.length === 0) return undefined;
  const where = hasMask ? ' in the mask' : '';
  return `Over the missing slices${where}, ${parts.join('; ')}. A small reconstruction error does not guarantee that the group difference is preserved.`;
}

function standingAt(volumes: readonly MeasuredVolume[], every: number, hasMask: boolean): string[] {
  const errors = new Map<string, Map<string, number>>();
  for (const { subject, method, ...one } of volumes) {
    const error = hasMask ? one.mse_missing_mask : one.mse_missing;
    if (error !== null) errors.set(subject, (errors.get(subject) ?? new Map()).set(method, error));
  }
  const methods = [...new Set(volumes.map(({ method }) => method))];
  const complete = [...errors.values()].filter(({ size }) => size === methods.length);
  const mean = (method: string): number =>
    complete.reduce((sum, one) => sum + (one.get(method) ?? Number.NaN), 0) / complete.length;
  const best = (names: readonly string[]): string | undefined =>
    names.toSorted((a, b) => mean(a) - mean(b)).at(0);
  const classical = methods.filter((name) => classicalNames.includes(name));
  const interpolation = best(classical);
  const trained = best(methods.filter((name) => !classicalNames.includes(name)));
  if (interpolation === undefined || trained === undefined || complete.length === 0) return [];
  const better = complete.filter((one) =>
    classical.every((name) => (one.get(trained) ?? Number.NaN) < (one.get(name) ?? Number.NaN)),
  ).length;
  const ratio = mean(trained) / mean(interpolation);
  return [
    `at ${missingPercent(every)} % ${trained} makes ${ratio.toFixed(2)} of the error of the best interpolation (${interpolation}), less than all of them in ${better} of ${complete.length} subjects`,
  ];
}
