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
  const size = rows * columns;
  const between: number[] = [];
  for (let n = 1; n + 1 < kept; n++)
    if (positions[n] - positions[n - 1] === every && positions[n + 1] - positions[n] === every)
      between.push(n);
  const across = new MeanSquare();
  for (const n of between)
    for (let i = n * size; i < (n + 1) * size; i++) across.add(values[i], values[i - size], values[i + size]);

  const within: number[] = [];
  const [rowStep, columnStep] = [linesPerSlice.rows * every, linesPerSlice.columns * every];
  const along = (lines: Float32Array, step: number, length: number, stride: number): void => {
    if (step === 0) return;
    const mean = new MeanSquare();
    for (let i = 0; i < lines.length; i++) {
      const line = Math.floor((i % size) / stride) % length;
      if (line >= step && line + step < length)
        mean.add(lines[i], lines[i - step * stride], lines[i + step * stride]);
    }
    if (mean.value !== undefined) within.push(mean.value);
  };
  along(acquired.rows, rowStep, rows, columns);
  along(acquired.columns, columnStep, columns, 1);
  const inside = within.reduce((sum, value) => sum + value, 0) / within.length;
  return across.value === undefined || !(inside > 0) ? undefined : across.value / inside;
}

/** Mean square of how far values are from the mean of two others, over values of the head. */
class MeanSquare {
  #sum = 0;
  #count = 0;

  add(value: number, before: number, after: number): void {
    if (!(value > headThreshold)) return;
    this.#sum += (value - (before + after) / 2) ** 2;
    this.#count += 1;
  }

  get value(): number | undefined {
    return this.#count === 0 ? undefined : this.#sum / this.#count;
  }
}
