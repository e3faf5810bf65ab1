import { InputError } from '@oinr/errors';
import jstat from 'jstat';

const { jStat } = jstat;

/**
 * Upper tail of Student's t: P(T >= t) with `degreesOfFreedom` > 0. Computed from the incomplete beta function of the
 * tail itself (Abramowitz and Stegun 26.7.1), so that small tails keep their relative accuracy (about 1e-7).
 */
export function studentTail(t: number, degreesOfFreedom: number): number {
  if (Number.isNaN(t)) return Number.NaN;
  if (t === Infinity) return 0;
  if (t === -Infinity) return 1;
  const half = jStat.ibeta(degreesOfFreedom / (degreesOfFreedom + t * t), degreesOfFreedom / 2, 0.5) / 2;
  return t >= 0 ? half : 1 - half;
}

/** The t whose upper tail is p, 0 < p < 1. Throws an InputError for another p. */
export function studentQuantile(p: number, degreesOfFreedom: number): number {
  if (!(p > 0 && p < 1)) {
    throw new InputError(`A tail probability lies strictly between 0 and 1, but got ${p}.`);
  }
  if (p > 0.5) return -studentQuantile(1 - p, degreesOfFreedom);
  if (p === 0.5) return 0;
  // jStat's own inverse is a start; bisection of the tail then gives every digit that the tail has.
  const guess = Math.abs(jStat.studentt.inv(p, degreesOfFreedom));
  let low = 0;
  let high = Number.isFinite(guess) && guess > 0 ? 2 * guess : 1;
  while (studentTail(high, degreesOfFreedom) > p) high *= 2;
  for (let step = 0; step < 200 && high - low > 1e-14 * high; step++) {
    const middle = (low + high) / 2;
    if (studentTail(middle, degreesOfFreedom) > p) low = middle;
    else high = middle;
  }
  return (low + high) / 2;
}
