import { psnr } from '@oinr/metrics';

/** Mean of the squared differences. */
export function meanSquare(a: ArrayLike<number>, b: ArrayLike<number>): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += (a[i] - b[i]) ** 2;
  return sum / a.length;
}

/** What float32 cannot tell from nothing: 120 dB, the PSNR of equal values. */
const leastError = 1e-12;

/** Peak signal-to-noise ratio in dB, peak 1, of values that are not cut to the range; at most 120. */
export function psnrOf(a: ArrayLike<number>, b: ArrayLike<number>): number {
  return psnr(Math.max(leastError, meanSquare(a, b)));
}

/**
 * The mean of the frames' PSNRs, as videos are quoted by. The PSNR of all their pixels together is lower (Jensen) and tells of
 * the worst frames alone: for blended frames of one clip 24.0 dB beside 26.6.
 */
export function meanPsnr(frames: readonly ArrayLike<number>[], truths: readonly ArrayLike<number>[]): number {
  return frames.reduce((sum, frame, n) => sum + psnrOf(frame, truths[n]), 0) / frames.length;
}

/** Intersection over union of what is above 0.5 in both; 1 where both are empty. */
export function intersectionOverUnion(a: ArrayLike<number>, b: ArrayLike<number>): number {
  let both = 0;
  let either = 0;
  for (let i = 0; i < a.length; i++) {
    const [inA, inB] = [a[i] > 0.5, b[i] > 0.5];
    if (inA && inB) both += 1;
    if (inA || inB) either += 1;
  }
  return either === 0 ? 1 : both / either;
}

/** Pearson's correlation; 0 where one of both does not vary. */
export function correlation(a: ArrayLike<number>, b: ArrayLike<number>): number {
  const [meanA, meanB] = [meanOf(a), meanOf(b)];
  let [ab, aa, bb] = [0, 0, 0];
  for (let i = 0; i < a.length; i++) {
    const [x, y] = [a[i] - meanA, b[i] - meanB];
    ab += x * y;
    aa += x * x;
    bb += y * y;
  }
  return aa > 0 && bb > 0 ? ab / Math.sqrt(aa * bb) : 0;
}

function meanOf(values: ArrayLike<number>): number {
  let sum = 0;
  for (let i = 0; i < values.length; i++) sum += values[i];
  return sum / values.length;
}
