import { keptShape } from '@oinr/slices';
import type { KeptSlices } from './method.ts';

/**
 * The kept slices as a stack of images around the head, brought to one scale: (kept, rows, columns), columns fastest,
 * values (intensity - offset) / scale. Both training pairs and the planes to be filled are views of it.
 */
export interface KeptPlanes {
  readonly values: Float32Array;
  readonly kept: number;
  readonly rows: number;
  readonly columns: number;
  /** Array axes of the volume that rows and columns run along; columns along the faster one. */
  readonly rowAxis: 0 | 1 | 2;
  readonly columnAxis: 0 | 1 | 2;
  /** First row and column within the slice. */
  readonly rowStart: number;
  readonly columnStart: number;
  readonly offset: number;
  readonly scale: number;
}

const inPlaneAxes = [
  [2, 1],
  [2, 0],
  [1, 0],
] as const;
/** A voxel is taken for head when it is above this share of the scale: noise of the air around stays outside. */
const headThreshold = 0.03;
const margin = 2;

/**
 * Cuts the kept slices to the box of the head and scales them: `offset` is the smallest kept value, `scale` the
 * 99.5th percentile of what lies above it. Undefined for a constant volume, where there is nothing to learn.
 */
export function keptPlanes(known: KeptSlices): KeptPlanes | undefined {
  const { axis, data, kept } = known;
  const shape = keptShape(known);
  const [rowAxis, columnAxis] = inPlaneAxes[axis];
  const strides = [1, shape[0], shape[0] * shape[1]];
  const strideOf = (a: 0 | 1 | 2): number => strides[a] ?? 0;

  let offset = Number.POSITIVE_INFINITY;
  for (const value of data) if (value < offset) offset = value;
  const above = data.filter((value) => value > offset).sort();
  if (above.length === 0) return undefined;
  const scale = (above[Math.floor(0.995 * (above.length - 1))] ?? 0) - offset;
  if (!(scale > 0 && Number.isFinite(1 / scale))) return undefined;

  const threshold = offset + headThreshold * scale;
  let [firstRow, lastRow, firstColumn, lastColumn] = [shape[rowAxis], -1, shape[columnAxis], -1];
  for (let n = 0; n < kept.length; n++)
    for (let row = 0; row < shape[rowAxis]; row++)
      for (let column = 0; column < shape[columnAxis]; column++) {
        const i = n * strideOf(axis) + row * strideOf(rowAxis) + column * strideOf(columnAxis);
        if ((data[i] ?? 0) <= threshold) continue;
        if (row < firstRow) firstRow = row;
        if (row > lastRow) lastRow = row;
        if (column < firstColumn) firstColumn = column;
        if (column > lastColumn) lastColumn = column;
      }
  const rowStart = Math.max(0, firstRow - margin);
  const columnStart = Math.max(0, firstColumn - margin);
  const rows = Math.min(shape[rowAxis], lastRow + 1 + margin) - rowStart;
  const columns = Math.min(shape[columnAxis], lastColumn + 1 + margin) - columnStart;

  const values = new Float32Array(kept.length * rows * columns);
  let to = 0;
  for (let n = 0; n < kept.length; n++)
    for (let row = rowStart; row < rowStart + rows; row++) {
      let from = n * strideOf(axis) + row * strideOf(rowAxis) + columnStart * strideOf(columnAxis);
      for (let column = 0; column < columns; column++, from += strideOf(columnAxis))
        values[to++] = ((data[from] ?? 0) - offset) / scale;
    }
  return {
    values,
    kept: kept.length,
    rows,
    columns,
    rowAxis,
    columnAxis,
    rowStart,
    columnStart,
    offset,
    scale,
  };
}
