import type { ValuePair } from './values.ts';

/** How imputed scans differ from full ones of the same people. */
export interface KindDifference {
  /** People who have both scans. */
  readonly people: number;
  /** Mean of the imputed minus mean of the full, over people and voxels, as a share of the mean of the full. */
  readonly mean: number;
  /** The same voxel by voxel before it is averaged: root mean square over voxels. What means hide may be large here. */
  readonly voxelwise: number;
  /**
   * Standard deviation over people (within groups) of the imputed over that of the full: median over voxels. Undefined
   * with too few people, and where nothing varies.
   */
  readonly deviationRatio: number | undefined;
}

/** A factor for every person's volumes. */
export interface Scales {
  readonly full: ArrayLike<number>;
  readonly imputed: ArrayLike<number>;
}

/**
 * Mean and spread of imputed against full scans of the same people; undefined where nobody has both. `scales`: what every
 * volume is multiplied by first, which takes back a normalisation.
 *
 * @param labels the group of each person: 0 or 1.
 */
export function kindDifference(
  { full, imputed }: ValuePair,
  labels: ArrayLike<number>,
  scales?: Scales,
): KindDifference | undefined {
  const { voxels } = full;
  const sums = [0, 1].map(() => [0, 1].map(() => new Float64Array(voxels)));
  const squares = [0, 1].map(() => new Float64Array(voxels));
  const counts = [0, 0];
  for (let person = 0; person < labels.length; person++) {
    const rows = [full.rows[person], imputed.rows[person]];
    const factors = [scales?.full[person] ?? 1, scales?.imputed[person] ?? 1];
    const [one, other] = rows;
    if (one === undefined || other === undefined) continue;
    counts[labels[person]] += 1;
    [one, other].forEach((row, kind) => {
      const sum = sums[kind][labels[person]];
      const square = squares[kind];
      for (let voxel = 0; voxel < voxels; voxel++) {
        const value = factors[kind] * row[voxel];
        sum[voxel] += value;
        square[voxel] += value * value;
      }
    });
  }
  const people = counts[0] + counts[1];
  if (people === 0) return undefined;
  let [total, difference, squared] = [0, 0, 0];
  const ratios: number[] = [];
  for (let voxel = 0; voxel < voxels; voxel++) {
    const [fullSum, imputedSum] = sums.map(([second, first]) => second[voxel] + first[voxel]);
    total += fullSum;
    difference += imputedSum - fullSum;
    squared += (imputedSum - fullSum) ** 2;
    const [within, other] = sums.map((groups, kind) =>
      groups.reduce(
        (rest, sum, group) => rest - (counts[group] === 0 ? 0 : sum[voxel] ** 2 / counts[group]),
        squares[kind][voxel],
      ),
    );
    // What rounding leaves of a constant voxel is no variation.
    if (within > 1e-12 * squares[0][voxel]) ratios.push(Math.sqrt(Math.max(0, other) / within));
  }
  return {
    people,
    mean: difference / total,
    voxelwise: Math.sqrt(squared * voxels) / total,
    deviationRatio: ratios.length === 0 || people < 4 ? undefined : median(ratios),
  };
}

function median(values: readonly number[]): number {
  const sorted = Float64Array.from(values).sort();
  const middle = (sorted.length - 1) / 2;
  return (sorted[Math.floor(middle)] + sorted[Math.ceil(middle)]) / 2;
}
