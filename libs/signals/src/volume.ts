/** Which voxels a body fills: shape (depth, height, width), row-major, 1 inside and 0 outside. */
export interface OccupancyVolume {
  readonly shape: readonly [number, number, number];
  readonly data: Float32Array;
  readonly remarks: readonly string[];
}

/** The share of voxels that are filled. */
export function filledShare({ data }: OccupancyVolume): number {
  return data.reduce((sum, value) => sum + value, 0) / data.length;
}
