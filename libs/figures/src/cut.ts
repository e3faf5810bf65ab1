import { InputError } from '@oinr/errors';
import type { AnatomicalAxis, Vector3, Volume } from '@oinr/volume';
import { applyAffine, invertAffine, stridesOf, voxelSizes } from '@oinr/volume';

/**
 * One cut through a volume as it is shown: `values` row by row from the top left. Left of the picture is the
 * subject's left (axial, coronal) or the back of the head (sagittal); up is anterior (axial) or superior.
 */
export interface Cut {
  readonly axis: AnatomicalAxis;
  readonly columns: number;
  readonly rows: number;
  readonly values: Float32Array;
  /** Size of a pixel in mm. */
  readonly columnSize: number;
  readonly rowSize: number;
  /** World coordinate of the plane's centre along its axis (x, y or z), in mm. */
  readonly position: number;
}

/** The world axis that a plane is perpendicular to, and those that run along its columns and rows. */
export const layout = {
  sagittal: { along: 0, across: 1, up: 2 },
  coronal: { along: 1, across: 0, up: 2 },
  axial: { along: 2, across: 0, up: 1 },
} as const;

/** What stands at the left and right edge of a plane's picture. */
export const edgeMarks: Readonly<Record<AnatomicalAxis, readonly [string, string]>> = {
  sagittal: ['P', 'A'],
  coronal: ['L', 'R'],
  axial: ['L', 'R'],
};

/**
 * The slice `index` of a volume whose stored axes are in RAS order (as `reorientToRas` makes them). Nothing is
 * resampled. @throws InputError for a slice outside the volume.
 */
export function cut(volume: Volume, axis: AnatomicalAxis, index: number): Cut {
  const { along, across, up } = layout[axis];
  const { shape, affine } = volume.grid;
  if (!Number.isInteger(index) || index < 0 || index >= shape[along]) {
    throw new InputError(
      `The ${axis} cut ${index} lies outside the volume, which has ${shape[along]} such slices; choose 0 to ${shape[along] - 1}.`,
    );
  }
  const strides = stridesOf(shape);
  const columns = shape[across];
  const rows = shape[up];
  const values = new Float32Array(columns * rows);
  for (let row = 0; row < rows; row += 1) {
    for (let column = 0; column < columns; column += 1) {
      values[row * columns + column] =
        volume.data[index * strides[along] + column * strides[across] + (rows - 1 - row) * strides[up]];
    }
  }
  const center: [number, number, number] = [(shape[0] - 1) / 2, (shape[1] - 1) / 2, (shape[2] - 1) / 2];
  center[along] = index;
  const sizes = voxelSizes(affine);
  return {
    axis,
    columns,
    rows,
    values,
    columnSize: sizes[across],
    rowSize: sizes[up],
    position: applyAffine(affine, center)[along],
  };
}

/** The slice indices [sagittal, coronal, axial] nearest to a point in RAS+ mm, kept inside the volume. */
export function cutIndices(volume: Volume, point: Vector3): [number, number, number] {
  const { shape, affine } = volume.grid;
  const found = applyAffine(invertAffine(affine), point);
  const inside = (axis: 0 | 1 | 2): number => Math.min(shape[axis] - 1, Math.max(0, Math.round(found[axis])));
  return [inside(0), inside(1), inside(2)];
}

/** `x = -24 mm`: the plane's place as people write it. */
export function planeName({ axis, position }: Cut): string {
  const letter = { sagittal: 'x', coronal: 'y', axial: 'z' }[axis];
  const rounded = Math.round(position);
  return `${letter} = ${rounded < 0 ? '\u2212' : ''}${Math.abs(rounded)} mm`;
}
