import { InputError } from '@oinr/errors';
import { type ArrayAxis, affineFromColumns, anatomicalAxis, type Grid, voxelSizes } from '@oinr/volume';

/** A slice distance is clearly the largest voxel size when it is this many times the next. */
const clearlyLarger = 1.5;
/** More slices than this in one gap would be invention. */
const mostPerGap = 20;

/**
 * The stored axis that a scan has few slices along: the one whose voxel size is clearly (1.5 times) the largest.
 * Throws an InputError, with a sentence, where there is none.
 */
export function lowResolutionAxis(grid: Grid): ArrayAxis {
  const sizes = voxelSizes(grid.affine);
  const [largest, next] = sizes.toSorted((a, b) => b - a);
  if (largest >= clearlyLarger * next) return sizes.indexOf(largest) as ArrayAxis;
  const axes = ([0, 1, 2] as const).map(
    (axis) => `${millimetres(sizes[axis])} ${anatomicalAxis(grid, axis)}`,
  );
  throw new InputError(
    `No axis has clearly the largest voxels (${axes.join(', ')}), so the scan has no low-resolution axis to impute ` +
      'slices along; where that is meant all the same, name the axis (--axis).',
  );
}

/** A finer slice beyond the ends of which less than this share was seen is left out: that is rounding. */
const leastSeen = 0.05;

/** A grid with slices between those of a scan. */
export interface FinerGrid {
  /** All that the scan's slices have seen: from the first to the last, and what they reach beyond these. */
  readonly grid: Grid;
  /** How many of its slices lie before the first acquired one, and as many behind the last. */
  readonly beyond: number;
  /** Every how many slices one was acquired. */
  readonly every: number;
  /** Indices of the acquired slices in the finer grid. */
  readonly kept: readonly number[];
  /** Distance of its slices in mm: the acquired distance divided by `every`. */
  readonly spacing: number;
}

/**
 * The grid of a scan with slices between those acquired. Their distance is the whole part of the acquired distance that
 * is nearest to `wanted` (mm; of two as near the finer): so every acquired slice stays where it is, and nothing is
 * interpolated twice. The affine's column along the axis is divided.
 *
 * Slices that average over their thickness (mm; at most their distance counts) have seen half of it beyond the first and
 * the last centre, so that n slices which fill their distance d come back as n d: where an odd number of finer slices
 * makes a distance, exactly; where it is even, an acquired slice lies on a centre and its edges lie on centres too, so
 * the outermost finer slices reach half of themselves farther. Thin samples (thickness 0, the default) know nothing
 * beyond: the grid ends at their centres. Throws an InputError where `wanted` puts no slice between two, or more than 20.
 */
export function finerGrid(scan: Grid, axis: ArrayAxis, wanted: number, thickness = 0): FinerGrid {
  const gap = voxelSizes(scan.affine)[axis];
  if (!(wanted > 0 && Number.isFinite(wanted)))
    throw new InputError(`A spacing is a positive number of millimetres, but got ${wanted}.`);
  const ratio = gap / wanted;
  const [fewer, more] = [Math.floor(ratio), Math.ceil(ratio)];
  const every = fewer >= 1 && wanted - gap / more > gap / fewer - wanted ? fewer : more;
  const distance = `the ${anatomicalAxis(scan, axis)} slices of the scan are ${millimetres(gap)} apart`;
  if (every < 2)
    throw new InputError(
      `With a spacing of ${millimetres(wanted)} there is nothing to impute: ${distance}. ` +
        `The largest spacing that puts slices between them is ${millimetres(gap / 2)}.`,
    );
  if (every - 1 > mostPerGap)
    throw new InputError(
      `A spacing of ${millimetres(wanted)} puts ${every - 1} slices between two: ${distance}. ` +
        `At most ${mostPerGap} are imputed, a spacing of ${millimetres(gap / (mostPerGap + 1))}.`,
    );
  const slices = scan.shape[axis];
  // Of finer slices, those beside a centre that half the thickness reaches into.
  const reach = Math.ceil((every * Math.min(thickness, gap)) / gap / 2 - 0.5 - leastSeen);
  const beyond = Math.max(0, reach);
  const shape: [number, number, number] = [...scan.shape];
  shape[axis] = (slices - 1) * every + 1 + 2 * beyond;
  const column = (n: ArrayAxis): [number, number, number] => {
    const factor = n === axis ? 1 / every : 1;
    return [scan.affine[n] * factor, scan.affine[4 + n] * factor, scan.affine[8 + n] * factor];
  };
  const step = column(axis);
  const origin: [number, number, number] = [
    scan.affine[3] - beyond * step[0],
    scan.affine[7] - beyond * step[1],
    scan.affine[11] - beyond * step[2],
  ];
  return {
    grid: { shape, affine: affineFromColumns(column(0), column(1), column(2), origin) },
    beyond,
    every,
    kept: Array.from({ length: slices }, (_, n) => beyond + n * every),
    spacing: gap / every,
  };
}

function millimetres(value: number): string {
  return `${Number(value.toPrecision(4))} mm`;
}
