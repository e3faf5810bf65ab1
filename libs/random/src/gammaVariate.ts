import { naturalLogarithm } from './naturalLogarithm.ts';
import type { RandomStream } from './randomStream.ts';

/**
 * A number from the gamma distribution with this shape and the rate 1 (mean and variance are the shape).
 *
 * Marsaglia and Tsang 2000, "A simple method for generating gamma variables": d v with d = shape - 1/3 and
 * v = (1 + x / sqrt(9 d))^3 for a normal x, accepted with a probability that makes it exact. Made of exact operations
 * and `naturalLogarithm`, so it is the same on every machine. Throws a RangeError for a shape below 1.
 */
export function gammaVariate(random: RandomStream, shape: number): number {
  if (!(shape >= 1 && Number.isFinite(shape))) {
    throw new RangeError(`gammaVariate needs a finite shape of at least 1, but got ${shape}.`);
  }
  const d = shape - 1 / 3;
  for (;;) {
    const x = random.normal();
    const root = 1 + x / Math.sqrt(9 * d);
    if (root <= 0) continue;
    const v = root * root * root;
    const u = random.uniform();
    if (u > 0 && naturalLogarithm(u) < 0.5 * x * x + d - d * v + d * naturalLogarithm(v)) return d * v;
  }
}
