/**
 * What of a known difference comes through: the regression through the origin of the imputed difference on the full one,
 * over the voxels of a blob. 1 where it comes through whole, 0 where nothing does. Undefined where there is no difference.
 *
 * @param full what the implant changes in the full volume, after the study's smoothing and normalisation; one per voxel.
 * @param imputed what it changes in the imputed one.
 */
export function transferOf(full: ArrayLike<number>, imputed: ArrayLike<number>): number | undefined {
  let products = 0;
  let squares = 0;
  for (let voxel = 0; voxel < full.length; voxel++) {
    products += full[voxel] * imputed[voxel];
    squares += full[voxel] * full[voxel];
  }
  return squares > 0 ? products / squares : undefined;
}

/** The values of people, one row each, at the voxels of a blob. */
export interface BlobOfPeople {
  /** Group of each person: a test looks at the spread within groups. */
  readonly groups: readonly string[];
  readonly full: readonly ArrayLike<number>[];
  readonly imputed: readonly ArrayLike<number>[];
  /** What the implant changes in the full volumes. */
  readonly effects: readonly ArrayLike<number>[];
}

/**
 * Standard deviation over people within their groups (pooled) of the imputed values divided by that of the full ones,
 * averaged over the voxels of a blob with the square of the mean effect as weight. The average is that of the logarithms
 * (geometric): a ratio of deviations of a few people is 1.2 on average where the truth is 1, its logarithm 0. Undefined
 * where no degree of freedom is left, or people do not differ.
 */
export function deviationRatio({ groups, full, imputed, effects }: BlobOfPeople): number | undefined {
  const people = groups.length;
  const names = [...new Set(groups)];
  if (people <= names.length) return undefined;
  const members = names.map((name) => [...groups.keys()].filter((person) => groups[person] === name));
  let sum = 0;
  let weights = 0;
  for (let voxel = 0; voxel < full[0].length; voxel++) {
    const spread = squaresWithin(full, voxel, members);
    const left = squaresWithin(imputed, voxel, members);
    if (!(spread > 0 && left > 0)) continue;
    const weight = (effects.reduce((total, effect) => total + effect[voxel], 0) / people) ** 2;
    sum += (weight * Math.log(left / spread)) / 2;
    weights += weight;
  }
  return weights > 0 ? Math.exp(sum / weights) : undefined;
}

/** Sum of squares of the deviations from the mean of the own group; `members`: the rows of every group. */
function squaresWithin(
  rows: readonly ArrayLike<number>[],
  voxel: number,
  members: readonly (readonly number[])[],
): number {
  let squares = 0;
  for (const group of members) {
    let mean = 0;
    for (const person of group) mean += rows[person][voxel] / group.length;
    for (const person of group) squares += (rows[person][voxel] - mean) ** 2;
  }
  return squares;
}

/**
 * How many times the people are needed that full scans would need to see an effect as surely: (ratio of standard
 * deviations / transfer)^2. Undefined where one of them is not known or nothing comes through.
 */
export function peopleNeeded(ratio: number | undefined, transfer: number | undefined): number | undefined {
  if (ratio === undefined || transfer === undefined || !(transfer > 0)) return undefined;
  return (ratio / transfer) ** 2;
}
