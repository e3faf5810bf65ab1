import { InputError } from '@oinr/errors';

/**
 * Which slices are kept. The paper (appendix H) keeps every k-th slice, k = 2 .. 6, and names the five cases by the
 * share that is missing.
 */
export interface SamplingPattern {
  /** Number of slices of the full volume. */
  readonly length: number;
  /** Every how many slices one is kept; an integer >= 1. */
  readonly every: number;
  /** Index of the first kept slice, 0 <= offset < every; 0 where not given. */
  readonly offset?: number;
}

/**
 * The paper's names: 50, 66, 75, 80 and 82 % missing for k = 2 .. 6. The last is what its volumes came out at; k = 6
 * leaves 83.3 % missing of an infinite volume.
 */
const paperPercentages: ReadonlyMap<number, number> = new Map([
  [2, 50],
  [3, 66],
  [4, 75],
  [5, 80],
  [6, 82],
]);
const largestEvery = 100;

/** Indices of the kept slices: offset, offset + every, ... Throws an InputError where fewer than two are kept. */
export function keepEvery({ length, every, offset = 0 }: SamplingPattern): number[] {
  if (!(Number.isInteger(every) && every >= 1))
    throw new InputError(
      `Slices are kept every k-th with k a positive integer, but k = ${every}; give 2, 3, 4, ...`,
    );
  if (!(Number.isInteger(offset) && offset >= 0 && offset < every))
    throw new InputError(
      `The first kept slice must be one of 0 .. ${every - 1} when one slice in ${every} is kept, but the offset is ${offset}.`,
    );
  const kept: number[] = [];
  for (let p = offset; p < length; p += every) kept.push(p);
  checkKept(kept, length);
  return kept;
}

/**
 * Throws an InputError, with a sentence, unless `kept` is a strictly increasing list of at least two slice indices
 * within 0 .. length - 1.
 */
export function checkKept(kept: readonly number[], length: number): void {
  if (kept.length < 2)
    throw new InputError(
      `At least two slices must be kept to impute those between them, but of ${length} slices ` +
        `${kept.length === 0 ? 'none' : 'only one'} would be kept; keep more slices or choose another axis.`,
    );
  kept.forEach((p, n) => {
    if (!(Number.isInteger(p) && p >= 0 && p < length))
      throw new InputError(
        `Kept slice number ${n} has the index ${p}; expected an integer in 0 .. ${length - 1}.`,
      );
    const before = kept[n - 1];
    if (before !== undefined && p <= before)
      throw new InputError(
        `Kept slices must be listed in increasing order, each once, but ${p} follows ${before}.`,
      );
  });
}

/** The percentage missing by which k is named: the paper's for k = 2 .. 6, else 100 (k - 1) / k rounded down. */
export function missingPercent(every: number): number {
  if (!(Number.isInteger(every) && every >= 1))
    throw new InputError(`k must be a positive integer, but is ${every}.`);
  return paperPercentages.get(every) ?? Math.floor((100 * (every - 1)) / every);
}

/**
 * The k of a percentage missing: 50 -> 2, 66 or 67 -> 3, 75 -> 4, 80 -> 5, 82 or 83 -> 6, 85 or 86 -> 7, ...
 * Throws an InputError for a percentage that keeping every k-th slice does not give.
 */
export function everyFromMissingPercent(percent: number): number {
  const every = Array.from({ length: largestEvery - 1 }, (_, n) => n + 2);
  // The name itself first: 88 is k = 9, although k = 8 leaves 87.5 %.
  const found =
    every.find((k) => percent === missingPercent(k)) ??
    every.find((k) => Math.abs(percent - (100 * (k - 1)) / k) <= 0.5);
  if (found !== undefined) return found;
  throw new InputError(
    `No pattern that keeps every k-th slice leaves ${percent} % missing; ` +
      'choose among 50, 66, 75, 80, 82 (k = 2 .. 6), 85, 87, 88, 90 (k = 7 .. 10).',
  );
}

/** How a distance of slices is simulated on slices that lie closer. */
export interface NearestPattern {
  /** Every how many slices one is kept. */
  readonly every: number;
  /** Distance of the kept slices in mm. */
  readonly distance: number;
  /** Whether that is the distance that was asked for, to 2 %. */
  readonly isExact: boolean;
}

/**
 * The k that keeps slices nearest to `distance` apart, of slices that are `spacing` apart (both in mm). Throws an
 * InputError where the slices lie too far apart for it already, or where more than every 100th would be kept.
 */
export function everyFromDistance(distance: number, spacing: number): NearestPattern {
  const round = (value: number): number => Number(value.toPrecision(4));
  const every = Math.round(distance / spacing);
  if (!(every >= 2))
    throw new InputError(
      `Slices ${round(distance)} mm apart cannot be simulated on slices that are ${round(spacing)} mm apart: at least ` +
        `every second one has to be missing, which is ${round(2 * spacing)} mm.`,
    );
  if (every > largestEvery)
    throw new InputError(
      `Slices ${round(distance)} mm apart would be every ${every}th of slices that are ${round(spacing)} mm apart; at ` +
        `most every ${largestEvery}th is kept, which is ${round(largestEvery * spacing)} mm.`,
    );
  const kept = every * spacing;
  return { every, distance: kept, isExact: Math.abs(kept - distance) <= 0.02 * distance };
}
