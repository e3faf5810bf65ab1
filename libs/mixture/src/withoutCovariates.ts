import { dot, orthonormalTo, remove } from '@oinr/statistics';
import type { ValuePair, Values } from './values.ts';

/**
 * The volumes without what covariates and strata explain beside the groups: per voxel the linear model of mean, group,
 * covariates and strata is fitted, full and imputed each for itself, and the part of covariates and strata is taken off
 * (Frisch and Waugh 1933). What the groups differ by stays. Means of strata are columns like any other.
 *
 * @param labels 1 = first group, 0 = second; everybody has both volumes.
 * @param columns one array per covariate, an entry per person; what is a combination of the others or of the groups is
 *   passed over.
 */
export function withoutCovariates(
  { full, imputed }: ValuePair,
  labels: Uint8Array,
  columns: readonly ArrayLike<number>[],
): ValuePair {
  const pairs = directionsOf(labels, columns);
  if (pairs.length === 0) return { full, imputed };
  return { full: adjusted(full, pairs), imputed: adjusted(imputed, pairs) };
}

/** One column per stratum but the first: 1 for its people. */
export function columnsOfStrata(strata: Int32Array): Float64Array[] {
  return [...new Set(strata)]
    .slice(1)
    .map((one) => Float64Array.from(strata, (other) => Number(other === one)));
}

/** `measure` gives a coefficient from a voxel's values, `column` times it is what is taken off. */
interface Direction {
  readonly measure: Float64Array;
  readonly column: Float64Array;
}

/**
 * Directions at right angles to mean, groups and each other. What the directions before it take from a column is taken from it
 * with their own columns, so that these span what the covariates span, and coefficients are those beside the groups.
 */
function directionsOf(labels: Uint8Array, columns: readonly ArrayLike<number>[]): Direction[] {
  const groups = orthonormalTo([], centred(labels));
  if (groups === undefined) throw new TypeError('Everybody is of one group.');
  const directions: Direction[] = [];
  for (const values of columns) {
    const column = centred(values);
    const measure = orthonormalTo([groups, ...directions.map((one) => one.measure)], column);
    if (measure === undefined) continue;
    const own = Float64Array.from(column);
    for (const one of directions) remove(own, one.column, dot(column, one.measure));
    const length = dot(column, measure);
    directions.push({ measure, column: own.map((value) => value / length) });
  }
  return directions;
}

function adjusted({ rows, voxels }: Values, directions: readonly Direction[]): Values {
  const coefficients = directions.map(({ measure }) => {
    const sums = new Float64Array(voxels);
    rows.forEach((row, person) => {
      if (row === undefined) throw new TypeError(`Person ${person} lacks a volume.`);
      for (let voxel = 0; voxel < voxels; voxel++) sums[voxel] += measure[person] * row[voxel];
    });
    return sums;
  });
  return {
    voxels,
    rows: rows.map((row, person) => {
      const own = Float32Array.from(row ?? []);
      directions.forEach(({ column }, index) => {
        const [weight, of] = [column[person], coefficients[index]];
        for (let voxel = 0; voxel < voxels; voxel++) own[voxel] -= weight * of[voxel];
      });
      return own;
    }),
  };
}

function centred(values: ArrayLike<number>): Float64Array {
  const own = Float64Array.from(values);
  const mean = own.reduce((sum, value) => sum + value, 0) / own.length;
  return own.map((value) => value - mean);
}
