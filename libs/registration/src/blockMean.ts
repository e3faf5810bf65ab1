import { type Affine, shiftOrigin, type Vector3, type Volume, voxelCount, voxelSizes } from '@oinr/volume';

/**
 * A smaller copy of a volume for registration: each of its voxels is the mean of a block of whole voxels, as many
 * along each stored axis as fit into `size` mm (at least one). Voxels at the end that fill no block are left out.
 */
export function blockMean(volume: Volume, size: number): Volume {
  const { affine, shape } = volume.grid;
  const sizes = voxelSizes(affine);
  const factor = (axis: 0 | 1 | 2): number =>
    Math.min(shape[axis], Math.max(1, Math.floor(size / sizes[axis] + 1e-3)));
  const factors: Vector3 = [factor(0), factor(1), factor(2)];
  const [fx, fy, fz] = factors;
  const small: Vector3 = [Math.floor(shape[0] / fx), Math.floor(shape[1] / fy), Math.floor(shape[2] / fz)];
  const grid = { shape: small, affine: blockAffine(affine, factors) };
  const sums = new Float64Array(voxelCount(grid));
  for (let k = 0; k < small[2] * fz; k += 1) {
    for (let j = 0; j < small[1] * fy; j += 1) {
      const source = shape[0] * (j + shape[1] * k);
      const target = small[0] * (Math.floor(j / fy) + small[1] * Math.floor(k / fz));
      for (let i = 0; i < small[0]; i += 1) {
        let sum = 0;
        for (let n = 0; n < fx; n += 1) sum += volume.data[source + i * fx + n];
        sums[target + i] += sum;
      }
    }
  }
  const count = fx * fy * fz;
  return { grid, data: Float32Array.from(sums, (sum) => sum / count) };
}

/** Columns grow by the factors, and the first voxel lies in the middle of the first block. */
function blockAffine(affine: Affine, factors: Vector3): Affine {
  const wide = affine.map((value, index) =>
    index < 12 && index % 4 < 3 ? value * factors[index % 4] : value,
  );
  const middle: Vector3 = [(factors[0] - 1) / 2, (factors[1] - 1) / 2, (factors[2] - 1) / 2];
  const [, , , x, , , , y, , , , z] = shiftOrigin(affine, middle);
  return wide.map((value, index) => (index === 3 ? x : index === 7 ? y : index === 11 ? z : value));
}
