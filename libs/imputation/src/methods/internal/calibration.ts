import { isThick, type SliceProfile } from '@oinr/slices';
import { headThreshold } from '../../intensities.ts';
import type { PairSource } from './trainingPairs.ts';

// Fitted to nine people of one study, and checked on three other scanners (docs/method.md, "Predicted errors").
const growth = 1.5;

/**
 * By what errors on held-out lines are multiplied to become those to be expected between slices; the same for every
 * method, so that none is chosen for it. 1 where slices are thin. Lines within thick slices are smoother than the tissue,
 * and the more so, the more neighbouring slices differ beside lines that lie as far apart.
 */
export function calibration(
  source: PairSource,
  kept: readonly number[],
  profile: SliceProfile | undefined,
): number {
  return isThick(profile) ? (acrossOverWithin(source, kept) ?? 1) ** growth : 1;
}

/**
 * How far a kept slice is from the mean of its two neighbours, over how far a line is from the mean of the lines that lie
 * at the same distance on both sides of it within the slices: squares, means over pixels of the head. Above 1 where tissue
 * or its resolution change more along the slice axis. Undefined where no kept slice has neighbours at that distance, or
 * no line within the slices.
 */
export function acrossOverWithin(
  { planes, every, linesPerSlice, acquired }: PairSource,
  positions: readonly number[],
): number | undefined {
  const { values, rows, columns, kept } = planes;
  const isBetween = (n: number): boolean =>
    positions[n] - positions[n - 1] === every && positions[n + 1] - positions[n] === every;
  const across = farFromNeighbours(values, { length: kept, stride: rows * columns }, 1, isBetween);
  const within = [
    farFromNeighbours(acquired.rows, { length: rows, stride: columns }, linesPerSlice.rows * every),
    farFromNeighbours(acquired.columns, { length: columns, stride: 1 }, linesPerSlice.columns * every),
  ].filter((value) => value !== undefined);
  const inside = within.reduce((sum, value) => sum + value, 0) / within.length;
  return across === undefined || !(inside > 0) ? undefined : across / inside;
}

/**
 * Mean square of how far values are from the mean of those `step` before and behind them along an axis, over values of the
 * head at places of the axis that have both and count. Undefined where there is none, or no step.
 */
function farFromNeighbours(
  values: Float32Array,
  { length, stride }: { readonly length: number; readonly stride: number },
  step: number,
  counts: (place: number) => boolean = () => true,
): number | undefined {
  if (step === 0) return undefined;
  let sum = 0;
  let count = 0;
  for (let i = 0; i < values.length; i++) {
    const place = Math.floor(i / stride) % length;
    if (place < step || place + step >= length || !(values[i] > headThreshold) || !counts(place)) continue;
    sum += (values[i] - (values[i - step * stride] + values[i + step * stride]) / 2) ** 2;
    count += 1;
  }
  return count === 0 ? undefined : sum / count;
}
