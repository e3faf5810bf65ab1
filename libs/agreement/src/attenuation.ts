import { InputError } from '@oinr/errors';

/** The least-squares line imputed = intercept + slope * full, and how tightly the voxels follow it. */
export interface Attenuation {
  readonly voxels: number;
  /** 1: effects keep their size; below 1: they are attenuated. Undefined where the full map is constant. */
  readonly slope: number | undefined;
  readonly intercept: number | undefined;
  /** Pearson correlation; undefined where either map is constant. */
  readonly correlation: number | undefined;
  /** Root of the mean squared difference of the two maps. */
  readonly rootMeanSquareDifference: number | undefined;
}

/**
 * Ordinary least squares of one statistic map on another (T of imputed data on T of full data), over the voxels of
 * `within` where both are finite. Two passes in float64, so that large offsets lose no digits.
 *
 * @throws InputError when the maps differ in length.
 */
export function attenuation(
  full: ArrayLike<number>,
  imputed: ArrayLike<number>,
  within?: Uint8Array,
): Attenuation {
  if (full.length !== imputed.length || (within !== undefined && within.length !== full.length)) {
    throw new InputError(
      `The maps cover ${full.length} and ${imputed.length} voxels; a regression needs maps of one grid.`,
    );
  }
  const used = (voxel: number): boolean =>
    (within === undefined || within[voxel] === 1) &&
    Number.isFinite(full[voxel]) &&
    Number.isFinite(imputed[voxel]);
  let voxels = 0;
  let meanFull = 0;
  let meanImputed = 0;
  for (let voxel = 0; voxel < full.length; voxel += 1) {
    if (!used(voxel)) continue;
    voxels += 1;
    meanFull += full[voxel];
    meanImputed += imputed[voxel];
  }
  if (voxels === 0) return nothing;
  meanFull /= voxels;
  meanImputed /= voxels;
  let fullSquares = 0;
  let imputedSquares = 0;
  let products = 0;
  let differenceSquares = 0;
  for (let voxel = 0; voxel < full.length; voxel += 1) {
    if (!used(voxel)) continue;
    const x = full[voxel] - meanFull;
    const y = imputed[voxel] - meanImputed;
    fullSquares += x * x;
    imputedSquares += y * y;
    products += x * y;
    differenceSquares += (imputed[voxel] - full[voxel]) ** 2;
  }
  const slope = fullSquares > 0 ? products / fullSquares : undefined;
  return {
    voxels,
    slope,
    intercept: slope === undefined ? undefined : meanImputed - slope * meanFull,
    correlation:
      fullSquares > 0 && imputedSquares > 0 ? products / Math.sqrt(fullSquares * imputedSquares) : undefined,
    rootMeanSquareDifference: Math.sqrt(differenceSquares / voxels),
  };
}

const nothing: Attenuation = {
  voxels: 0,
  slope: undefined,
  intercept: undefined,
  correlation: undefined,
  rootMeanSquareDifference: undefined,
};
