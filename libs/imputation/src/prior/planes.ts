import type { AxisLayout } from '@oinr/slices';
import { axisLayout } from '@oinr/slices';
import type { ArrayAxis } from '@oinr/volume';

type Shape3 = readonly [number, number, number];

/** How the slices along one axis are seen as planes of rows x columns pixels, columns fastest. */
export interface PlaneLayout {
  readonly slices: AxisLayout;
  readonly rows: number;
  readonly columns: number;
}

/** A rectangle of pixels, ends excluded. */
export interface Rectangle {
  readonly rows: readonly [number, number];
  readonly columns: readonly [number, number];
}

/** The planes of a volume of this shape [nx, ny, nz]: columns run along the first of the two other axes. */
export function planeLayout(shape: Shape3, axis: ArrayAxis): PlaneLayout {
  const [columns = 1, rows = 1] = shape.filter((_, a) => a !== axis);
  return { slices: axisLayout(shape, axis), rows, columns };
}

/** Copies a rectangle of the slice at `index` into `out` (rows x columns of the rectangle). */
export function readPlane(
  data: Float32Array,
  { slices, columns }: PlaneLayout,
  index: number,
  rectangle: Rectangle,
  out: Float32Array,
): Float32Array {
  let to = 0;
  for (let row = rectangle.rows[0]; row < rectangle.rows[1]; row++) {
    for (let column = rectangle.columns[0]; column < rectangle.columns[1]; column++) {
      out[to++] = data[voxelOf(slices, index, row * columns + column)] as number;
    }
  }
  return out;
}

/** Index into the volume of one pixel of a slice: pixels of a plane are numbered as i + inner * o of its layout. */
export function voxelOf({ inner, length, outer }: AxisLayout, slice: number, pixel: number): number {
  if (outer === 1) return pixel + inner * slice;
  if (inner === 1) return slice + length * pixel;
  const o = Math.floor(pixel / inner);
  return pixel - inner * o + inner * (slice + length * o);
}

/** The smallest rectangle, with a margin, outside of which all given slices show background. */
export function occupiedRectangle(
  data: Float32Array,
  { slices, rows, columns }: PlaneLayout,
  background: number,
  margin: number,
): Rectangle {
  let [top, bottom, left, right] = [rows, -1, columns, -1];
  for (let slice = 0; slice < slices.length; slice++) {
    for (let row = 0; row < rows; row++) {
      for (let column = 0; column < columns; column++) {
        if (data[voxelOf(slices, slice, row * columns + column)] === background) continue;
        if (row < top) top = row;
        if (row > bottom) bottom = row;
        if (column < left) left = column;
        if (column > right) right = column;
      }
    }
  }
  if (bottom < 0) return { rows: [0, 0], columns: [0, 0] };
  return {
    rows: [Math.max(0, top - margin), Math.min(rows, bottom + 1 + margin)],
    columns: [Math.max(0, left - margin), Math.min(columns, right + 1 + margin)],
  };
}
