import { percentile } from '@oinr/metrics';
import {
  type ArrayAxis,
  axisDirections,
  boundingBox,
  crop,
  stridesOf,
  type Volume,
  voxelSizes,
} from '@oinr/volume';
import { profileWeights } from './profile.ts';
import { sliceWidthModel } from './sliceWidthModel.ts';

/** What the slices of a scan average over by all appearance; thickness in mm, of a Gaussian its full width at half maximum. */
export type SliceWidthEstimate =
  | { readonly kind: 'thin' }
  | { readonly kind: 'box' | 'gauss'; readonly thickness: number }
  | { readonly kind: 'unknown'; readonly why: string };

/** Widths, as shares of the distance of slices, over which lines within the slices are averaged to be compared. */
const compared = [0, 0.35, 0.7, 1] as const;

/** Of the box around a brain without its skull about 0.57 are empty, of that around a whole head at most 0.41. */
const leastEmpty = 0.48;
/** Fewer slices than this do not tell how much neighbours differ. */
const fewestSlices = 12;
/** Lines within the slices must lie this many pixels apart where they are as far apart as slices. */
const fewestPixels = 2;

// A box as wide as its distance has 1, a Gaussian of that full width at half maximum 1.47; thin samples have what their own
// thickness is of the distance, at most a third of it where slices of 1 mm lie 3 mm apart.
const [thinUpTo, boxFrom, boxUpTo] = [0.45, 0.62, 1.12] as const;
/** Slices whose width is this near to their distance touch, as most do. */
const touching = 0.12;
const gaussianWidth = Math.sqrt(8 * Math.LN2);

/**
 * Estimates over how much of its surroundings a slice averages, from the scan alone. Tissue changes about as much across the
 * slices as within them; averages change less. So neighbouring slices are compared with lines within the slices that are as
 * far apart, as they are and averaged over several widths: logarithms of ratios of mean squares and mean absolute values of
 * first and second differences (`sliceWidthFeatures`). A ridge regression on them, fitted to brains whose slices were
 * averaged by known profiles (benchmarks/sliceWidth.ts), gives the square of the width over the distance. Tissue
 * has no direction for it but the anatomical axis of the slices.
 *
 * `axis` is the array axis of the slices. Where the scan is unlike
 * those that were fitted to (whole heads above all), or lies between thin and thick, the answer is `unknown`.
 */
export function estimateSliceWidth(volume: Volume, axis: ArrayAxis): SliceWidthEstimate {
  const sizes = voxelSizes(volume.grid.affine);
  const gap = sizes[axis];
  const { distances } = sliceWidthModel;
  if (gap < distances[0] * 0.98 || gap > distances[1] * 1.02)
    return unknown(`its slices are not ${distances[0]} to ${distances[1]} mm apart`);
  if (sizes.some((size, n) => n !== axis && gap < fewestPixels * size))
    return unknown('its slices are hardly farther apart than its pixels');
  const shown = shownPart(volume);
  if (shown.grid.shape[axis] < fewestSlices)
    return unknown(`it shows fewer than ${fewestSlices} slices of the head`);
  if (isWholeHead(shown)) return unknown('it is no brain without its skull');
  const features = sliceWidthFeatures(shown, axis);
  if (features === undefined) return unknown('its slices are too small, or hold values that are not finite');
  const { share, isFamiliar } = predictedShare(features, axisDirections(volume.grid.affine)[axis].world);
  if (!isFamiliar) return unknown('it is unlike the brains without their skull that this was fitted to');
  if (share <= thinUpTo) return { kind: 'thin' };
  if (share < boxFrom) return unknown('it lies between thin and thick');
  if (share <= boxUpTo)
    return { kind: 'box', thickness: Math.abs(share - 1) <= touching ? gap : share * gap };
  return { kind: 'gauss', thickness: (share * gap * gaussianWidth) / Math.sqrt(12) };
}

function unknown(why: string): SliceWidthEstimate {
  return { kind: 'unknown', why };
}

/**
 * The width of the box of the same variance over the distance of slices, and whether features like these were among those
 * fitted to: by the leverage, the squared distance of the features from their mean in units of their spread.
 */
export function predictedShare(
  features: readonly number[],
  world: ArrayAxis,
  model: SliceWidthModel = sliceWidthModel,
): { readonly share: number; readonly isFamiliar: boolean; readonly leverage: number } {
  const design = designOf(features, world).map((value, n) => (value - model.means[n]) / model.spreads[n]);
  const square = dot(design, model.weights);
  const leverage = model.inverse.reduce((sum, row, n) => sum + design[n] * dot(row, design), 0);
  return { share: Math.sqrt(Math.max(0, square)), isFamiliar: leverage <= model.mostLeverage, leverage };
}

/** A constant, the features, and 1 for the anatomical axis: `world` is 0, 1 or 2 where slices are sagittal, coronal or axial. */
export function designOf(features: readonly number[], world: ArrayAxis): number[] {
  return [1, ...features, ...[0, 1, 2].map((axis) => (axis === world ? 1 : 0))];
}

function dot(a: readonly number[], b: readonly number[]): number {
  return a.reduce((sum, value, n) => sum + value * b[n], 0);
}

/** A fitted regression; see `estimateSliceWidth`. Written by benchmarks/sliceWidth.ts. */
export interface SliceWidthModel {
  /** Smallest and largest distance of slices that was fitted to, mm. */
  readonly distances: readonly [number, number];
  /** Of the design's columns. */
  readonly means: readonly number[];
  readonly spreads: readonly number[];
  readonly weights: readonly number[];
  /** (Z'Z + ridge)^-1 of the standardised design, for the leverage. */
  readonly inverse: readonly (readonly number[])[];
  readonly mostLeverage: number;
}

/**
 * For every width of `compared`: logarithms of how much slices differ over how much lines within the slices do (the
 * geometric mean of both directions), averaged over that width: mean square of first differences, of second ones, and of first ones at
 * twice the distance, then mean absolute values of first and second ones. `volume` is the part that shows the head
 * (`shownPart`). Undefined where its lines are too short, or values are not finite. Intensities may be of any scale.
 */
export function sliceWidthFeatures(volume: Volume, axis: ArrayAxis): number[] | undefined {
  const { shape, affine } = volume.grid;
  const sizes = voxelSizes(affine);
  if (shape[axis] < 3) return undefined;
  const across = differences(volume, axis, 1);
  const within = ([0, 1, 2] as const).filter((other) => other !== axis);
  const features: number[] = [];
  for (const share of compared) {
    const lines = within.map((other) => {
      const lag = Math.max(1, Math.round(sizes[axis] / sizes[other]));
      if (shape[other] < 3 * lag + 1) return undefined;
      return differences(averagedLines(volume, other, (share * sizes[axis]) / sizes[other]), other, lag);
    });
    const [first, second] = lines;
    if (first === undefined || second === undefined) return undefined;
    features.push(
      ...across.map((value, n) => Math.log(value) - (Math.log(first[n]) + Math.log(second[n])) / 2),
    );
  }
  return features.every(Number.isFinite) ? features : undefined;
}

/** The 99.5th percentile of the values above 0. */
function scaleOf(data: Float32Array): number {
  return percentile(
    data,
    99.5,
    data.map((value) => (value > 0 ? 1 : 0)),
  );
}

/** The part of a scan that shows the head. */
export function shownPart(whole: Volume): Volume {
  const box = boundingBox(whole, 0, 0.05 * scaleOf(whole.data));
  return box === undefined ? whole : crop(whole, box);
}

/** Whether a scan, cut to what it shows (`shownPart`), is a whole head: around a brain without its skull more of the box is empty. */
export function isWholeHead(shown: Volume): boolean {
  return emptyShare(shown.data) < leastEmpty;
}

/** The share of values below a fiftieth of the scale. */
function emptyShare(data: Float32Array): number {
  const limit = 0.02 * scaleOf(data);
  return data.reduce((count, value) => count + (value < limit ? 1 : 0), 0) / data.length;
}

/** Means over lines: squares of first differences, of second ones, of first ones at twice the lag; sizes of first and second ones. */
function differences({ grid, data }: Volume, axis: ArrayAxis, lag: number): number[] {
  const stride = stridesOf(grid.shape)[axis];
  const length = grid.shape[axis];
  const [once, twice] = [lag * stride, 2 * lag * stride];
  const sums = new Float64Array(5);
  let [near, far] = [0, 0];
  for (let i = 0; i < data.length; i++) {
    const place = Math.floor(i / stride) % length;
    if (place + lag >= length) continue;
    const first = data[i + once] - data[i];
    sums[0] += first * first;
    sums[3] += Math.abs(first);
    near += 1;
    if (place + 2 * lag >= length) continue;
    const wide = data[i + twice] - data[i];
    const second = wide - 2 * first;
    sums[1] += second * second;
    sums[2] += wide * wide;
    sums[4] += Math.abs(second);
    far += 1;
  }
  return [sums[0] / near, sums[1] / far, sums[2] / far, sums[3] / near, sums[4] / far];
}

/** Lines along an axis averaged over so many voxels; the outermost voxel is repeated beyond the ends. */
function averagedLines({ grid, data }: Volume, axis: ArrayAxis, voxels: number): Volume {
  if (voxels <= 1) return { grid, data };
  const { reach, weights } = profileWeights({ kind: 'box', thickness: voxels });
  const stride = stridesOf(grid.shape)[axis];
  const length = grid.shape[axis];
  const out = new Float32Array(data.length);
  for (let i = 0; i < data.length; i++) {
    const place = Math.floor(i / stride) % length;
    let sum = 0;
    for (let offset = -reach; offset <= reach; offset++) {
      const other = Math.min(length - 1, Math.max(0, place + offset));
      sum += weights[offset + reach] * data[i + (other - place) * stride];
    }
    out[i] = sum;
  }
  return { grid, data: out };
}
