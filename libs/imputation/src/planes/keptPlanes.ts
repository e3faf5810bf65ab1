import { keptShape } from '@oinr/slices';
import { headThreshold, type IntensityRange, intensityRange } from '../intensities.ts';
import type { KeptSlices } from '../method.ts';
import { columnsOf, occupiedRectangle, planeLayout, type Rectangle, readPlane, rowsOf } from './layout.ts';

/**
 * The kept slices as a stack of images around the head, brought to one scale: (kept, rows, columns), columns fastest,
 * values (intensity - offset) / scale. Both training pairs and the planes to be filled are views of it.
 */
export interface KeptPlanes extends IntensityRange {
  readonly values: Float32Array;
  readonly kept: number;
  readonly rows: number;
  readonly columns: number;
  /** Where the images lie within the slices. */
  readonly box: Rectangle;
}

const margin = 2;

/**
 * Cuts the kept slices to the box of the head and scales them by `intensityRange`. Undefined for a constant volume, where
 * there is nothing to learn.
 */
export function keptPlanes(known: KeptSlices): KeptPlanes | undefined {
  const range = intensityRange(known.data);
  if (!range) return undefined;
  const { offset, scale } = range;
  const kept = known.kept.length;
  const layout = planeLayout(keptShape(known), known.axis);
  const box = occupiedRectangle(known.data, layout, offset + headThreshold * scale, margin);
  const [rows, columns] = [rowsOf(box), columnsOf(box)];
  const values = new Float32Array(kept * rows * columns);
  for (let n = 0; n < kept; n++) {
    const plane = readPlane(known.data, layout, box, n);
    for (let i = 0; i < plane.length; i++) values[n * rows * columns + i] = (plane[i] - offset) / scale;
  }
  return { values, kept, rows, columns, box, offset, scale };
}
