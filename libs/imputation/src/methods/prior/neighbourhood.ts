import { InputError } from '@oinr/errors';
import { evenSlope, phaseWeights } from '../../lines/pchip.ts';
import { blockOrder } from './blockOrder.ts';

/**
 * One gap as the network sees it. The slices around it are planes of rows x columns pixels (columns fastest), at the
 * uniform positions -2, -1, 0 | 1, 2, 3 in units of the gap; 0 and 1 are the two kept slices of the gap.
 */
export interface GapPlanes {
  readonly planes: readonly Float32Array[];
  readonly rows: number;
  readonly columns: number;
}

// Each feature is brought to about the size of the local contrast: mean and difference of the two kept slices of the
// gap, then two more for every further pair of slices. Of the mean only what differs from its
// surroundings counts: a correction does not depend on how bright a region is, and without a layer's bias the network
// would have to learn to cancel it first.
const surroundings = 9;
const meanGain = 2;
const differenceGain = 2;
const curvatureGain = 1.5;

/**
 * Writes the features of a gap as blocks: channel (feature, row in block, column in block), then block rows and block
 * columns. Rows and columns that do not fill a block are left as they are in `out`: they are to be zero, like all that lies
 * outside the image.
 */
export function writeFeatures({ planes, rows, columns }: GapPlanes, block: number, out: Float32Array): void {
  const reach = planes.length / 2;
  const { size, at } = blockOrder(rows, columns, block);
  const [left, right] = [plane(planes, reach - 1), plane(planes, reach)];
  const middle = left.map((l, i) => (l + right[i]) / 2);
  const around = boxMean(middle, rows, columns, surroundings);
  for (let pair = 0; pair < reach; pair++) {
    const [before, after] = [plane(planes, reach - 1 - pair), plane(planes, reach + pair)];
    const widening = 2 * pair + 1;
    for (let row = 0; row < rows; row++) {
      for (let column = 0; column < columns; column++) {
        const i = row * columns + column;
        const [l, r] = [left[i], right[i]];
        const half = (before[i] + after[i]) / 2;
        const even = pair === 0 ? meanGain * (half - around[i]) : curvatureGain * (half - (l + r) / 2);
        const odd = pair === 0 ? differenceGain * (r - l) : (after[i] - before[i] - widening * (r - l)) / 2;
        const to = 2 * pair * size + at(row, column);
        out[to] = even;
        out[to + size] = odd;
      }
    }
  }
}

/**
 * Turns the features of a gap into those of the gap seen from its other side, in place: feature 2i is even under mirroring of
 * the slice axis, and 2i + 1 odd. `size` is that of a plane in whole blocks.
 */
export function seeFromOtherSide(features: Float32Array, size: number): void {
  for (let from = size; from < features.length; from += 2 * size)
    for (let i = from; i < from + size; i++) features[i] = -features[i];
}

/** The mean over size x size pixels around each pixel of a plane; what lies outside counts as zero. */
function boxMean(values: Float32Array, rows: number, columns: number, size: number): Float32Array {
  const along = (from: Float32Array, lines: number, lineStride: number, length: number, stride: number) => {
    const out = new Float32Array(from.length);
    const half = (size - 1) / 2;
    for (let line = 0; line < lines; line++) {
      let sum = 0;
      for (let i = -half; i < length; i++) {
        const [enters, leaves] = [i + half, i - half - 1];
        if (enters < length) sum += from[line * lineStride + enters * stride];
        if (leaves >= 0) sum -= from[line * lineStride + leaves * stride];
        if (i >= 0) out[line * lineStride + i * stride] = sum / size;
      }
    }
    return out;
  };
  return along(along(values, rows, columns, columns, 1), columns, 1, rows, columns);
}

/**
 * Monotone cubic interpolation (PCHIP) of the four middle slices at a phase in [0, 1]: what the network corrects.
 * Slopes at the two kept slices are the harmonic means of their secants. Writes rows x columns values.
 */
export function writeGapPchip({ planes }: GapPlanes, phase: number, out: Float32Array): void {
  const reach = planes.length / 2;
  const before = plane(planes, reach - 2);
  const left = plane(planes, reach - 1);
  const right = plane(planes, reach);
  const after = plane(planes, reach + 1);
  const { rise, left: leftSlope, right: rightSlope } = phaseWeights(phase);
  for (let i = 0; i < out.length; i++) {
    const [a, b, c, d] = [before[i], left[i], right[i], after[i]];
    const secant = c - b;
    out[i] = b + rise * secant + leftSlope * evenSlope(b - a, secant) + rightSlope * evenSlope(secant, d - c);
  }
}

function plane(planes: readonly Float32Array[], n: number): Float32Array {
  const found = planes[n];
  if (!found)
    throw new InputError(`A gap needs an even number of planes, at least four; plane ${n} is absent.`);
  return found;
}
