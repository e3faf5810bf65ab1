import { type ArrayAxis, type AxisDirection, axisDirections, type Grid } from '@oinr/volume';
import type { PixelPlane } from './coarsePlanes.ts';

/**
 * Slices as they stand in the body, whatever the order and the direction of the array's axes: rows grow towards superior
 * (axial slices: towards anterior), columns towards right (sagittal slices: towards anterior). A network that sees them
 * like that alone need not learn brains that lie on their side or on their head.
 */
export interface UprightPlane {
  readonly rows: UprightAxis;
  readonly columns: UprightAxis;
  /** Columns run from left to right, so that their mirror image is a brain again. */
  readonly isSymmetric: boolean;
}

/** An array axis, and whether the index grows against the direction wanted. */
interface UprightAxis {
  readonly axis: ArrayAxis;
  readonly isReversed: boolean;
}

/** How the slices along an array axis stand upright; `directions` are those of the array's axes. */
export function uprightPlane(directions: readonly AxisDirection[], sliceAxis: number): UprightPlane {
  const [columns, rows] = ([0, 1, 2] as const)
    .filter((axis) => axis !== sliceAxis)
    .toSorted((a, b) => directions[a].world - directions[b].world)
    .map((axis): UprightAxis => ({ axis, isReversed: directions[axis].sign < 0 }));
  return { rows, columns, isSymmetric: directions[columns.axis].world === 0 };
}

/** What is done to a plane of an array, whose rows run along `rowAxis`, so that it stands upright. */
export interface PlaneTurn {
  readonly isTransposed: boolean;
  readonly areRowsReversed: boolean;
  readonly areColumnsReversed: boolean;
}

/** The turn of the planes of a grid along an axis, whose rows run along `rowAxis`. */
export function uprightTurn(grid: Grid, sliceAxis: ArrayAxis, rowAxis: ArrayAxis): PlaneTurn {
  const { rows, columns } = uprightPlane(axisDirections(grid.affine), sliceAxis);
  return {
    isTransposed: rows.axis !== rowAxis,
    areRowsReversed: rows.isReversed,
    areColumnsReversed: columns.isReversed,
  };
}

/** The plane upright. */
export function turned(plane: PixelPlane, { isTransposed, ...reversed }: PlaneTurn): PixelPlane {
  return reversedPlane(isTransposed ? transposed(plane) : plane, reversed);
}

/** The inverse of `turned`. */
export function turnedBack(plane: PixelPlane, { isTransposed, ...reversed }: PlaneTurn): PixelPlane {
  const asStored = reversedPlane(plane, reversed);
  return isTransposed ? transposed(asStored) : asStored;
}

function transposed({ values, rows, columns }: PixelPlane): PixelPlane {
  const out = new Float32Array(values.length);
  for (let row = 0; row < rows; row++)
    for (let column = 0; column < columns; column++)
      out[column * rows + row] = values[row * columns + column];
  return { values: out, rows: columns, columns: rows };
}

function reversedPlane(
  plane: PixelPlane,
  { areRowsReversed, areColumnsReversed }: Omit<PlaneTurn, 'isTransposed'>,
): PixelPlane {
  if (!areRowsReversed && !areColumnsReversed) return plane;
  const { values, rows, columns } = plane;
  const out = new Float32Array(values.length);
  for (let row = 0; row < rows; row++) {
    const from = (areRowsReversed ? rows - 1 - row : row) * columns;
    const line = values.subarray(from, from + columns);
    out.set(areColumnsReversed ? line.toReversed() : line, row * columns);
  }
  return { values: out, rows, columns };
}
