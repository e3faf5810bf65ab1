import { median } from '@oinr/metrics';

/** Iglewicz and Hoaglin (1993): a robust z score beyond this is called an outlier. */
export const mostDeviations = 3.5;
/** A smaller cohort does not say what is usual in it. */
const leastCohort = 6;

/**
 * Robust z scores, 0.6745 (x - median) / (median absolute deviation), of every value among all; none where there are fewer
 * than six, or where more than half of them are equal.
 */
export function robustZ(values: readonly number[]): (number | undefined)[] {
  const middle = median(values);
  const spread = median(values.map((value) => Math.abs(value - middle)));
  return values.map((value) =>
    values.length < leastCohort || spread === 0 ? undefined : (0.6745 * (value - middle)) / spread,
  );
}
