import { GroupSums, type Member } from './groupSums.ts';
import { quantile } from './quantile.ts';
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
  const both: (readonly [full: Member, imputed: Member])[] = [];
  for (let person = 0; person < labels.length; person++) {
    const [one, other] = [full.rows[person], imputed.rows[person]];
    if (one === undefined || other === undefined) continue;
    const group = labels[person];
    both.push([
      { row: one, group, factor: scales?.full[person] },
      { row: other, group, factor: scales?.imputed[person] },
    ]);
  }
  const people = both.length;
  if (people === 0) return undefined;
  const [ofFull, ofImputed] = [0, 1].map(
    (kind) =>
      new GroupSums(
        voxels,
        both.map((pair) => pair[kind]),
      ),
  );
  const [fullTotals, imputedTotals] = [ofFull.totals(), ofImputed.totals()];
  let [total, difference, squared] = [0, 0, 0];
  for (let voxel = 0; voxel < voxels; voxel++) {
    const apart = imputedTotals[voxel] - fullTotals[voxel];
    total += fullTotals[voxel];
    difference += apart;
    squared += apart ** 2;
  }
  const otherWithin = ofImputed.within();
  const ratios: number[] = [];
  ofFull.within().forEach((within, voxel) => {
    if (within > 0) ratios.push(Math.sqrt(otherWithin[voxel] / within));
  });
  return {
    people,
    mean: difference / total,
    voxelwise: Math.sqrt(squared * voxels) / total,
    deviationRatio:
      ratios.length === 0 || people < 4 ? undefined : quantile(Float64Array.from(ratios).sort(), 0.5),
  };
}
