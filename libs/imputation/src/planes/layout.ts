import { type AxisLayout, axisLayout } from '@oinr/slices';
import { type ArrayAxis, stridesOf } from '@oinr/volume';

/**
 * The slices along one axis of an x-fastest array, seen as planes of rows x columns pixels; columns run along the faster
 * of the two other axes. The voxel of a pixel is `slice * sliceStride + row * rowStride + column * columnStride`.
 */
export interface PlaneLayout {
  readonly slices: AxisLayout;
  readonly rows: number;
  readonly columns: number;
  readonly rowAxis: ArrayAxis;
  readonly columnAxis: ArrayAxis;
  readonly sliceStride: number;
  readonly rowStride: number;
  readonly columnStride: number;
}

/** A rectangle of pixels, ends excluded. */
export interface Rectangle {
  readonly rows: readonly [number, number];
  readonly columns: readonly [number, number];
}

const inPlaneAxes = [
  [2, 1],
  [2, 0],
  [1, 0],
] as const;

/** The planes of a volume of this shape [nx, ny, nz]. */
export function planeLayout(shape: readonly [number, number, number], axis: ArrayAxis): PlaneLayout {
  const strides = stridesOf(shape);
  const [rowAxis, columnAxis] = inPlaneAxes[axis];
  return {
    slices: axisLayout(shape, axis),
    rows: shape[rowAxis],
    columns: shape[columnAxis],
    rowAxis,
    columnAxis,
    sliceStride: strides[axis],
    rowStride: strides[rowAxis],
    columnStride: strides[columnAxis],
  };
}

export function rowsOf({ rows }: Rectangle): number {
  return rows[1] - rows[0];
}
export function columnsOf({ columns }: Rectangle): number {
  return columns[1] - columns[0];
}

/** Copies a rectangle of one slice into a new array, (rows, columns), columns fastest. */
export function readPlane(
  data: Float32Array,
  layout: PlaneLayout,
  rectangle: Rectangle,
  slice: number,
): Float32Array {
  const columns = columnsOf(rectangle);
  const out = new Float32Array(rowsOf(rectangle) * columns);
  let to = 0;
  for (let row = rectangle.rows[0]; row < rectangle.rows[1]; row++) {
    let from =
      slice * layout.sliceStride + row * layout.rowStride + rectangle.columns[0] * layout.columnStride;
    for (let column = 0; column < columns; column++, from += layout.columnStride) out[to++] = data[from];
  }
  return out;
}

/**
 * The smallest rectangle, widened by a margin, outside of which no slice has a value above `threshold`; empty where none
 * has one anywhere.
 */
export function occupiedRectangle(
  data: Float32Array,
  { slices, rows, columns, sliceStride, rowStride, columnStride }: PlaneLayout,
  threshold: number,
  margin: number,
): Rectangle {
  let [top, bottom, left, right] = [rows, -1, columns, -1];
  for (let slice = 0; slice < slices.length; slice++)
    for (let row = 0; row < rows; row++) {
      let i = slice * sliceStride + row * rowStride;
      for (let column = 0; column < columns; column++, i += columnStride) {
        if (!(data[i] > threshold)) continue;
        if (row < top) top = row;
        if (row > bottom) bottom = row;
        if (column < left) left = column;
        if (column > right) right = column;
      }
    }
  if (bottom < 0) return { rows: [0, 0], columns: [0, 0] };
  return {
    rows: [Math.max(0, top - margin), Math.min(rows, bottom + 1 + margin)],
    columns: [Math.max(0, left - margin), Math.min(columns, right + 1 + margin)],
  };
}
