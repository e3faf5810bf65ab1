import { type ArrayAxis, type Grid, reorientationToRas } from '@oinr/volume';

/** Slice numbers along a stored axis, as the volume counts them whose axes are in RAS order (`reorientToRas`). */
export function inRasOrder(slices: readonly number[], grid: Grid, axis: ArrayAxis): number[] {
  const { axes, flips } = reorientationToRas(grid);
  const length = grid.shape[axis];
  return flips[axes.indexOf(axis)] ? slices.map((slice) => length - 1 - slice) : [...slices];
}
