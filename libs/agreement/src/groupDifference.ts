/** Count, mean and standard deviation (n - 1) of one group's values. */
export interface GroupMean {
  readonly count: number;
  readonly mean: number | undefined;
  readonly standardDeviation: number | undefined;
}

/** The difference of two group means: first minus second. */
export interface GroupDifference {
  readonly first: GroupMean;
  readonly second: GroupMean;
  readonly difference: number | undefined;
  /** Welch's standard error and degrees of freedom; undefined with fewer than two values in a group. */
  readonly standardError: number | undefined;
  readonly degreesOfFreedom: number | undefined;
}

/** Mean and standard deviation of the finite values. */
export function groupMean(values: readonly number[]): GroupMean {
  const finite = values.filter(Number.isFinite);
  const count = finite.length;
  if (count === 0) return { count, mean: undefined, standardDeviation: undefined };
  const mean = finite.reduce((sum, value) => sum + value, 0) / count;
  if (count === 1) return { count, mean, standardDeviation: undefined };
  const squares = finite.reduce((sum, value) => sum + (value - mean) ** 2, 0);
  return { count, mean, standardDeviation: Math.sqrt(squares / (count - 1)) };
}

/**
 * Compares one number per subject between two groups without assuming equal variances (Welch 1947). Here it asks
 * whether a method's signed bias differs between the groups: a method that shrinks atrophy does, however small its
 * error. Where both groups have no spread at all the standard error is 0 and the degrees of freedom are undefined.
 */
export function groupDifference(first: readonly number[], second: readonly number[]): GroupDifference {
  const one = groupMean(first);
  const other = groupMean(second);
  const difference = one.mean === undefined || other.mean === undefined ? undefined : one.mean - other.mean;
  if (one.standardDeviation === undefined || other.standardDeviation === undefined) {
    return { first: one, second: other, difference, standardError: undefined, degreesOfFreedom: undefined };
  }
  const a = one.standardDeviation ** 2 / one.count;
  const b = other.standardDeviation ** 2 / other.count;
  const freedom = (a + b) ** 2 / (a ** 2 / (one.count - 1) + b ** 2 / (other.count - 1));
  return {
    first: one,
    second: other,
    difference,
    standardError: Math.sqrt(a + b),
    degreesOfFreedom: a + b > 0 ? freedom : undefined,
  };
}
