import type { TensorValues } from '@oinr/graph';

/**
 * Parameters on the straight line between two networks of one architecture: (1 - t) a + t b (paper, appendix: the
 * operator of a person between two visits). t = 0 gives a and t = 1 gives b. Throws a RangeError, naming the
 * parameter, where the two do not have the same ones.
 */
export function interpolateParameters(
  a: TensorValues,
  b: TensorValues,
  t: number,
): Record<string, Float32Array> {
  const between: Record<string, Float32Array> = {};
  for (const name of new Set([...Object.keys(a), ...Object.keys(b)])) {
    const [from, to] = [a[name], b[name]];
    if (!from || !to || from.length !== to.length)
      throw new RangeError(
        `Networks of different architecture have no weights between them: "${name}" has ${from?.length ?? 'none'} ` +
          `values in the first and ${to?.length ?? 'none'} in the second.`,
      );
    between[name] = Float32Array.from(from, (value, i) => (1 - t) * value + t * (to[i] ?? 0));
  }
  return between;
}
