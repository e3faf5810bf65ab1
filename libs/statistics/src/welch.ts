import type { ResolvedDesign } from './design.ts';
import { blockVoxels } from './subjectData.ts';

/**
 * The statistic of Welch: the difference of two means over its standard error, each group with a variance of its own. Its
 * denominator changes with every relabeling, so besides the sums over the first group it needs the sums of squares.
 */

/** Below this share of the sum of squares, the variance within a group is rounding. */
const constantShare = 1e-15;

/** Sums of a voxel over the subjects of a group. */
export interface GroupSums {
  readonly sum: number;
  readonly squares: number;
}

/**
 * What voxels and relabelings are compared by: T / sqrt(T^2 + n - 2), which grows with T and is 1 where the groups are
 * separated perfectly; 0 where the means are equal. `all`: sums over both groups.
 */
export function welchScore(first: GroupSums, all: GroupSums, [n1, n2]: readonly [number, number]): number {
  const second = { sum: all.sum - first.sum, squares: all.squares - first.squares };
  const difference = first.sum / n1 - second.sum / n2;
  if (difference === 0) return 0;
  const variance = squaredError(first, n1) + squaredError(second, n2);
  return difference / Math.sqrt(difference * difference + (n1 + n2 - 2) * variance);
}

/** Squared standard error of a mean. */
function squaredError({ sum, squares }: GroupSums, size: number): number {
  const within = squares - (sum * sum) / size;
  return within <= constantShare * squares ? 0 : within / (size * (size - 1));
}

/** Sums of a voxel of one block of 16 over the subjects with these labels, and over all. */
export function groupSums(
  values: ArrayLike<number>,
  lane: number,
  labels: ArrayLike<number>,
): { readonly first: GroupSums; readonly all: GroupSums } {
  const first = { sum: 0, squares: 0 };
  const all = { sum: 0, squares: 0 };
  for (let i = 0, at = lane; i < labels.length; i++, at += blockVoxels) {
    const value = values[at];
    for (const sums of labels[i] ? [first, all] : [all]) {
      sums.sum += value;
      sums.squares += value * value;
    }
  }
  return { first, all };
}

/** Welch's T of a voxel of one block of 16, from values with any offset: by the deviations from the group means. */
export function welchT(
  values: ArrayLike<number>,
  lane: number,
  { labels, groups }: Pick<ResolvedDesign, 'labels' | 'groups'>,
): number {
  const sums = [0, 0];
  for (let i = 0, at = lane; i < labels.length; i++, at += blockVoxels) sums[labels[i]] += values[at];
  const means = [sums[0] / groups[1], sums[1] / groups[0]];
  const within = [0, 0];
  for (let i = 0, at = lane; i < labels.length; i++, at += blockVoxels)
    within[labels[i]] += (values[at] - means[labels[i]]) ** 2;
  const difference = means[1] - means[0];
  const variance = within[1] / (groups[0] * (groups[0] - 1)) + within[0] / (groups[1] * (groups[1] - 1));
  if (difference === 0) return 0;
  if (variance <= constantShare * difference * difference)
    return Math.sign(difference) * Number.POSITIVE_INFINITY;
  return difference / Math.sqrt(variance);
}

/** Squares of the fixed-point values are cut into this many pieces, each of which the label kernel can add up. */
export const squarePieces = 3;

/** Number formats by which all sums are exact: a value has `valueBits`, a piece of its square `pieceBits`. */
export function welchBits(subjects: number): { readonly valueBits: number; readonly pieceBits: number } {
  // The sum of a piece over all subjects fits into an int32, the sum of all squares (2^(2 valueBits)) into a float64.
  const pieceBits = Math.min(18, Math.floor(Math.log2((2 ** 31 - 1) / subjects)));
  return { pieceBits, valueBits: Math.min(26, Math.floor((squarePieces * pieceBits - 1) / 2)) };
}
