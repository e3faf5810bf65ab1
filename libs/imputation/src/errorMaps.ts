import { isThick, isWholeHead, keptShape, shownPart } from '@oinr/slices';
import { voxelCount, voxelSizes } from '@oinr/volume';
import { headScale, intensityRange, maskShare } from './intensities.ts';
import { interpolateVolume, interpolations } from './lines/interpolateVolume.ts';
import { linear } from './lines/linear.ts';
import type { KeptSlices } from './method.ts';
import { type PlaneLayout, planeLayout, readPlane } from './planes/layout.ts';

/** Half widths of intervals around imputed values: so far from them the truth lies in 68 and 95 of 100 voxels. */
export interface ErrorMaps {
  /** The full grid, x fastest, in the intensities of the kept slices; 0 in slices that were measured. */
  readonly s68: Float32Array;
  readonly s95: Float32Array;
}

/** Half widths over the root of the mean squared error, at these complexities over their mean. */
interface WidthCurve {
  readonly s68: readonly number[];
  readonly s95: readonly number[];
}

export const complexities = [0.02, 0.05, 0.1, 0.2, 0.35, 0.6, 1, 1.6, 2.5, 4, 8] as const;

// Quantiles of true errors (docs/method.md, "Error maps"; benchmarks/errorMaps.ts --fit), of brains without their skull and of
// whole heads, whose largest errors lie in skull and fat. Thick slices are averages, so there is error where they are smooth too.
type Curves = Readonly<Record<'interpolation' | 'operator', WidthCurve>>;
const curves: Readonly<Record<'thin' | 'thick', Readonly<Record<'brain' | 'head', Curves>>>> = {
  thin: {
    brain: {
      interpolation: {
        s68: [0.172, 0.213, 0.255, 0.346, 0.48, 0.67, 0.884, 1.074, 1.229, 1.557, 2.439],
        s95: [0.372, 0.5, 0.692, 1.029, 1.357, 1.709, 2.087, 2.463, 2.935, 3.732, 5.5],
      },
      operator: {
        s68: [0.229, 0.285, 0.334, 0.421, 0.516, 0.618, 0.732, 0.861, 1.018, 1.269, 1.765],
        s95: [0.488, 0.659, 0.883, 1.187, 1.466, 1.722, 2.053, 2.451, 2.979, 3.747, 5.944],
      },
    },
    head: {
      interpolation: {
        s68: [0.239, 0.303, 0.404, 0.508, 0.621, 0.79, 1.01, 1.241, 1.467, 1.85, 2.804],
        s95: [0.505, 0.71, 0.903, 1.162, 1.465, 1.819, 2.223, 2.625, 3.132, 4.057, 6.15],
      },
      operator: {
        s68: [0.277, 0.37, 0.489, 0.598, 0.71, 0.829, 0.964, 1.102, 1.268, 1.531, 2.153],
        s95: [0.592, 0.83, 1.074, 1.366, 1.669, 2, 2.347, 2.719, 3.203, 4.083, 6.172],
      },
    },
  },
  thick: {
    brain: {
      interpolation: {
        s68: [0.164, 0.224, 0.313, 0.505, 0.648, 0.777, 0.91, 1.005, 1.102, 1.44, 2.004],
        s95: [0.371, 0.661, 1.128, 1.525, 1.785, 1.916, 2.082, 2.241, 2.584, 3.46, 4.412],
      },
      operator: {
        s68: [0.195, 0.259, 0.368, 0.54, 0.656, 0.739, 0.815, 0.893, 1.013, 1.26, 1.617],
        s95: [0.448, 0.756, 1.278, 1.676, 1.864, 1.965, 2.113, 2.281, 2.572, 3.099, 4.999],
      },
    },
    head: {
      interpolation: {
        s68: [0.245, 0.317, 0.39, 0.498, 0.613, 0.764, 0.941, 1.135, 1.352, 1.655, 2.417],
        s95: [0.535, 0.721, 0.937, 1.287, 1.622, 1.959, 2.291, 2.671, 3.218, 4.118, 5.672],
      },
      operator: {
        s68: [0.279, 0.358, 0.435, 0.545, 0.655, 0.784, 0.916, 1.074, 1.271, 1.546, 2.15],
        s95: [0.609, 0.813, 1.047, 1.413, 1.738, 2.043, 2.322, 2.672, 3.203, 4.072, 5.462],
      },
    },
  },
};

/** Half the side of the squares within the slices that complexity is averaged over. */
const surroundingsMillimetres = 1.75;

/**
 * How far imputed values may be from the truth, voxel by voxel. The size of all errors together is `mse`, the mean squared error
 * that was predicted for the method (`filledBy`) in the squared intensities of the kept slices; where they are larger follows
 * from the kept slices alone: the more the two around a gap differ from each other and from their other neighbours, the larger.
 * Where slices are thick the slices in their place are estimates too. Beyond the outermost kept slices the outermost gap
 * stands in. All 0 where the kept slices are constant.
 */
export function errorMaps(known: KeptSlices, filledBy: string, mse: number): ErrorMaps {
  const { grid, axis } = known;
  const maps: ErrorMaps = {
    s68: new Float32Array(voxelCount(grid)),
    s95: new Float32Array(voxelCount(grid)),
  };
  const complexity = relativeComplexity(known);
  if (complexity === undefined) return maps;
  const size = Math.sqrt(mse);
  const { brain, head } = curves[isThick(known.profile) ? 'thick' : 'thin'];
  const shown = shownPart({ grid: { ...grid, shape: keptShape(known) }, data: aboveDarkest(known.data) });
  const curve = (isWholeHead(shown) ? head : brain)[
    filledBy in interpolations ? 'interpolation' : 'operator'
  ];
  const widths = [widthTable(curve.s68, size), widthTable(curve.s95, size)] as const;
  const layout = planeLayout(grid.shape, axis);
  for (const { slice } of estimatedSlices(known))
    forEachPixel(layout, slice, (voxel) => {
      maps.s68[voxel] = widths[0](complexity[voxel]);
      maps.s95[voxel] = widths[1](complexity[voxel]);
    });
  return maps;
}

/**
 * How complex the kept slices are around every estimated voxel, over the mean in the head: the full grid, 0 in slices that were
 * measured. Undefined where the kept slices are constant.
 */
export function relativeComplexity(known: KeptSlices): Float32Array | undefined {
  const { grid, axis } = known;
  const range = intensityRange(known.data);
  if (range === undefined) return undefined;
  const gaps = complexityOfGaps(known);
  const layout = planeLayout(grid.shape, axis);
  const estimated = estimatedSlices(known);
  const threshold = range.offset + maskShare * headScale(aboveDarkest(known.data));
  const mean = meanInHead(known, estimated, gaps, layout, threshold);
  if (!(mean > 0)) return undefined;
  const complexity = new Float32Array(voxelCount(grid));
  for (const { slice, from } of estimated)
    forEachPixel(layout, slice, (voxel, pixel) => {
      complexity[voxel] = meanOf(gaps, from, pixel) / mean;
    });
  return complexity;
}

/** Intensities less the smallest one, so that an offset changes nothing. */
function aboveDarkest(data: Float32Array): Float32Array {
  const offset = data.reduce((least, value) => Math.min(least, value), Number.POSITIVE_INFINITY);
  return data.map((value) => value - offset);
}

/** A slice of the full grid that was estimated, and the gaps whose complexity counts there: one, or those on both sides. */
interface EstimatedSlice {
  readonly slice: number;
  readonly from: readonly number[];
}

function estimatedSlices({ grid, axis, kept, profile }: KeptSlices): EstimatedSlice[] {
  const last = kept.length - 2;
  return Array.from({ length: grid.shape[axis] }, (_, slice) => slice).flatMap((slice) => {
    const after = kept.findIndex((position) => position >= slice);
    if (kept[after] !== slice) return [{ slice, from: [after < 0 ? last : Math.max(0, after - 1)] }];
    if (!isThick(profile)) return [];
    return [{ slice, from: [...new Set([Math.max(0, after - 1), Math.min(last, after)])] }];
  });
}

/** Of every gap and pixel, averaged over its surroundings: the squared difference of the two kept slices, and how they bend. */
function complexityOfGaps(known: KeptSlices): Float32Array[] {
  const { axis, kept, grid } = known;
  const layout = planeLayout(keptShape(known), axis);
  const { rows, columns } = layout;
  const whole = { rows: [0, rows], columns: [0, columns] } as const;
  const planes = kept.map((_, n) => readPlane(known.data, layout, whole, n));
  const sizes = voxelSizes(grid.affine);
  const reach = [sizes[layout.rowAxis], sizes[layout.columnAxis]].map((side) =>
    Math.max(1, Math.round(surroundingsMillimetres / side)),
  );
  const averaged = (values: Float32Array): Float32Array =>
    meanAround(values, rows, columns, reach[0], reach[1]);
  const bends = planes.map((plane, n) => {
    const [before, after] = [planes[n - 1], planes[n + 1]];
    return averaged(
      before && after
        ? plane.map((value, i) => (before[i] - 2 * value + after[i]) ** 2)
        : new Float32Array(plane.length),
    );
  });
  return planes.slice(0, -1).map((plane, n) => {
    const differences = averaged(plane.map((value, i) => (planes[n + 1][i] - value) ** 2));
    return differences.map((value, i) => value + (bends[n][i] + bends[n + 1][i]) / 2);
  });
}

/** Means over rectangles of pixels that reach so far in each direction, smaller at the border; columns are fastest. */
function meanAround(
  values: Float32Array,
  rows: number,
  columns: number,
  rowReach: number,
  columnReach: number,
): Float32Array {
  const alongColumns = meanAlong(
    values,
    { lines: rows, lineStride: columns, length: columns, stride: 1 },
    columnReach,
  );
  return meanAlong(alongColumns, { lines: columns, lineStride: 1, length: rows, stride: columns }, rowReach);
}

interface Lines {
  readonly lines: number;
  readonly lineStride: number;
  readonly length: number;
  readonly stride: number;
}

function meanAlong(
  values: Float32Array,
  { lines, lineStride, length, stride }: Lines,
  reach: number,
): Float32Array {
  const out = new Float32Array(values.length);
  const sums = new Float64Array(length + 1);
  for (let line = 0; line < lines; line++) {
    const start = line * lineStride;
    for (let n = 0; n < length; n++) sums[n + 1] = sums[n] + values[start + n * stride];
    for (let n = 0; n < length; n++) {
      const [from, to] = [Math.max(0, n - reach), Math.min(length, n + reach + 1)];
      out[start + n * stride] = (sums[to] - sums[from]) / (to - from);
    }
  }
  return out;
}

function meanInHead(
  known: KeptSlices,
  estimated: readonly EstimatedSlice[],
  gaps: readonly Float32Array[],
  layout: PlaneLayout,
  threshold: number,
): number {
  const filled = interpolateVolume(known, linear);
  let [sum, count] = [0, 0];
  for (const { slice, from } of estimated)
    forEachPixel(layout, slice, (voxel, pixel) => {
      if (!(filled[voxel] > threshold)) return;
      sum += meanOf(gaps, from, pixel);
      count += 1;
    });
  return count === 0 ? 0 : sum / count;
}

/** The mean of these gaps at a pixel. */
function meanOf(gaps: readonly Float32Array[], from: readonly number[], pixel: number): number {
  let sum = 0;
  for (const gap of from) sum += gaps[gap][pixel];
  return sum / from.length;
}

/** Visits the voxels of a slice, with the place of their pixel in a plane whose columns are fastest. */
function forEachPixel(
  { rows, columns, sliceStride, rowStride, columnStride }: PlaneLayout,
  slice: number,
  visit: (voxel: number, pixel: number) => void,
): void {
  for (let row = 0, pixel = 0; row < rows; row++) {
    let voxel = slice * sliceStride + row * rowStride;
    for (let column = 0; column < columns; column++, pixel++, voxel += columnStride) visit(voxel, pixel);
  }
}

/** The half width by complexity over its mean: powers between the points of the curve, constant before and behind them. */
function widthTable(curve: readonly number[], size: number): (complexity: number) => number {
  const [places, heights] = [complexities, curve].map((values) => values.map(Math.log));
  return (complexity) => {
    if (complexity <= complexities[0]) return size * curve[0];
    const place = Math.log(complexity);
    const n = places.findIndex((one) => one >= place);
    if (n < 0) return size * curve[curve.length - 1];
    const share = (place - places[n - 1]) / (places[n] - places[n - 1]);
    return size * Math.exp(heights[n - 1] + share * (heights[n] - heights[n - 1]));
  };
}
