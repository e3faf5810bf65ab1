import { stream } from '@oinr/random';

/** Where a method stands among those that imputed the same subjects. */
export interface Ranked {
  /** Mean error over subjects. */
  readonly mean: number;
  /** 1 for the smallest mean; equal means share the better rank. */
  readonly rank: number;
  /** 95 % interval of the rank; absent where there are too few subjects for one. */
  readonly interval?: readonly [number, number];
  /** Whether the difference from the method of the smallest mean may be chance: always so of too few subjects. */
  readonly isWithinNoise: boolean;
}

/**
 * Fewest subjects that can tell two methods apart: of five, all differences have the same sign with p = 2 / 2^5 = 0.06
 * where nothing differs, and no interval of 95 % can be had of them.
 */
export const leastSubjects = 6;
const draws = 2000;

/**
 * Ranks methods by their mean error, with what chance has in it: subjects are drawn with replacement (2000 times; the
 * percentiles 2.5 and 97.5; Efron and Tibshirani 1993), each with all its methods, so that what makes a subject hard for
 * every method does not count. A method is within noise of the best where the interval of the mean of its
 * differences from the best holds 0. `errors`: one array per subject, one error per method. The same errors give the same
 * intervals.
 */
export function rankMethods(errors: readonly (readonly number[])[]): Ranked[] {
  const means = meansOf(errors);
  const best = means.indexOf(Math.min(...means));
  const ranks = ranksOf(means);
  if (errors.length < leastSubjects)
    return means.map((mean, method) => ({ mean, rank: ranks[method], isWithinNoise: true }));
  const random = stream(0, 'ranks of methods', errors.length);
  const drawn = Array.from({ length: draws }, () =>
    meansOf(errors.map(() => errors[random.integer(errors.length)])),
  );
  const drawnRanks = drawn.map(ranksOf);
  return means.map((mean, method) => {
    const [nearest] = interval(drawn.map((values) => values[method] - values[best]));
    return {
      mean,
      rank: ranks[method],
      interval: interval(drawnRanks.map((values) => values[method])),
      isWithinNoise: nearest <= 0,
    };
  });
}

function meansOf(errors: readonly (readonly number[])[]): number[] {
  return errors[0].map((_, method) => errors.reduce((sum, own) => sum + own[method], 0) / errors.length);
}

function ranksOf(means: readonly number[]): number[] {
  return means.map((mean) => 1 + means.filter((other) => other < mean).length);
}

/** The values that 2.5 % of all lie below and above; of the values themselves, so that an end of ranks is a rank. */
function interval(values: readonly number[]): readonly [number, number] {
  const sorted = values.toSorted((a, b) => a - b);
  const outside = Math.floor(0.025 * sorted.length);
  return [sorted[outside], sorted[sorted.length - 1 - outside]];
}
