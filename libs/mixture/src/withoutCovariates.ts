import { dot } from './dot.ts';
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
 * Gram and Schmidt on the columns without mean and group. What one subtracts from a direction is done to its column too, so
 * that the columns span what the covariates span, and coefficients are those beside the groups.
 */
function directionsOf(labels: Uint8Array, columns: readonly ArrayLike<number>[]): Direction[] {
  const share = labels.reduce((sum, label) => sum + label, 0) / labels.length;
  const groups = Float64Array.from(labels, (label) => label - share);
  const directions: Direction[] = [];
  for (const values of columns) {
    const column = centred(values);
    const measure = Float64Array.from(column);
    const before = norm(measure);
    // Twice: rounding leaves a little the first time.
    for (let round = 0; round < 2; round++) {
      remove(measure, groups, dot(measure, groups) / dot(groups, groups));
      for (const one of directions) {
        const amount = dot(measure, one.measure);
        remove(measure, one.measure, amount);
        remove(column, one.column, amount);
      }
    }
    const length = norm(measure);
    if (!(length > 1e-6 * before)) continue;
    directions.push({
      measure: measure.map((value) => value / length),
      column: column.map((value) => value / length),
    });
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

function remove(vector: Float64Array, direction: Float64Array, amount: number): void {
  for (let i = 0; i < vector.length; i++) vector[i] -= amount * direction[i];
}

function norm(vector: Float64Array): number {
  return Math.sqrt(dot(vector, vector));
}
