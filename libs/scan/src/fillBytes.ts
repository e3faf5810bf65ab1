// The program, the libraries and the executor; then copies of the volume (truth, scaled, imputed twice, file bytes, mask) and,
// for trained methods, what a fit holds of it. An estimate, held against two measurements only: 0.97 GB with
// interpolations and 0.5 GB with oinr-internal, both on 15 million voxels, one job.
const fixedBytes = 250 * 2 ** 20;
const bytesPerVoxel = { interpolated: 40, trained: 80 };

/** Bytes that may be held at the peak while a volume of so many voxels is filled. */
export function fillBytes(voxels: number, isTrained: boolean): number {
  return fixedBytes + (isTrained ? bytesPerVoxel.trained : bytesPerVoxel.interpolated) * voxels;
}
