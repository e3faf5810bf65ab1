import { slicesToKept } from '@oinr/slices';
import type { AnatomicalAxis, Grid } from '@oinr/volume';

/** The slice farthest from kept ones, as near to the middle as can be, of a grid in RAS order. */
export function missingSliceNearMiddle(grid: Grid, axis: AnatomicalAxis, kept: readonly number[]): number {
  const length = grid.shape[{ sagittal: 0, coronal: 1, axial: 2 }[axis]];
  const distance = (slice: number): number => slicesToKept(kept, slice);
  let best = Math.floor(length / 2);
  for (let slice = 0; slice < length; slice += 1) {
    const gain = distance(slice) - distance(best);
    if (gain > 0 && Math.abs(slice - length / 2) < length / 4) best = slice;
    else if (gain === 0 && Math.abs(slice - length / 2) < Math.abs(best - length / 2)) best = slice;
  }
  return best;
}
