/** Voxels, or voxel sizes, along the three array axes. */
export type Shape3 = readonly [number, number, number];
