import { InputError } from '@oinr/errors';
import { type RandomStream, stream } from '@oinr/random';
import { dot } from '@oinr/statistics';
import { GroupSums, type Member } from './groupSums.ts';
import { groupsOf } from './mixture.ts';
import { quantile } from './quantile.ts';
import type { ValuePair, Values } from './values.ts';

/** How worth is estimated; what is left out has a default. */
export interface WorthOptions {
  readonly seed: number;
  /** Random halvings of the people that the estimate averages over; 50 by default. */
  readonly splits?: number;
  /** Samples of the bootstrap over people; 200 by default. */
  readonly samples?: number;
  /** Halvings of every sample; 4 by default. */
  readonly splitsOfSample?: number;
  /** The interval looks at no more than this many voxels, evenly spaced; 20,000 by default. */
  readonly intervalVoxels?: number;
  /** True effect per voxel, any unit, where it is known: weights that no subject decides. */
  readonly trueEffect?: ArrayLike<number>;
  /** Called with the share that is done, 0 to 1; what it returns is awaited, so that others get a turn. */
  readonly onProgress?: (share: number) => void | Promise<void>;
}

/** What one imputed scan is worth: the number of full scans that it replaces. */
export interface Worth {
  /** Undefined where the halves of the full data, or a tenth of the samples, agree on no difference of groups. */
  readonly worth: number | undefined;
  /** 95 % of the bootstrap lies between. */
  readonly low: number | undefined;
  readonly high: number | undefined;
  /** The same by the true effect as weights, where it is known. */
  readonly worthInTruth: number | undefined;
  /** One row per split: 1 where a person was in the half that gave the weights first. */
  readonly halves: readonly Uint8Array[];
}

const usual = { splits: 50, samples: 200, splitsOfSample: 4, intervalVoxels: 20_000 };

/** Fewest people of a group: a half needs two for a standard deviation that means anything. */
export const fewestForWorth = 4;

/**
 * worth = sign(r) r^2 with r = sum(w d_imputed) / sum(w d_full): d is the standardised group difference, so r is how much of
 * it imputing leaves, and the square is in scans, since T grows with the root of their number. The weights w are d_full of
 * one half of the people and both d are of the other half, so that no voxel is weighted by the noise that it is measured
 * with; the halves change roles, and the sums are averaged over random halvings before the ratio is taken. No ratio is
 * taken voxel by voxel. The interval is that of a bootstrap over people within groups and halves (percentiles).
 *
 * It may exceed 1: imputing also smooths.
 *
 * @param labels 1 = first group, 0 = second; one entry per person, who all have both volumes.
 * @throws InputError where a group has fewer than four people.
 */
export async function worthOf(
  { full, imputed }: ValuePair,
  labels: Uint8Array,
  options: WorthOptions,
): Promise<Worth> {
  const { splits, samples, splitsOfSample, intervalVoxels } = { ...usual, ...options };
  const groups = groupsOf(labels);
  if (groups.some(({ length }) => length < fewestForWorth))
    throw new InputError(
      `What a scan is worth needs at least ${fewestForWorth} people in each group, but there are ${groups[1].length} and ${groups[0].length}.`,
    );
  const work = splits + samples * splitsOfSample;
  let done = 0;
  const tell = async (): Promise<void> => {
    done += 1;
    await options.onProgress?.(done / work);
  };
  const shared = { full, imputed, labels };
  const halves: Uint8Array[] = [];
  const whole: Agreement = { imputed: 0, full: 0 };
  for (let split = 0; split < splits; split++) {
    const half = halve(groups, stream(options.seed, 'worth', split));
    halves.push(half);
    addSplit(whole, shared, half);
    await tell();
  }
  const step = Math.ceil(full.voxels / intervalVoxels);
  const some = { full: everyNth(full, step), imputed: everyNth(imputed, step), labels };
  const resampled: number[] = [];
  for (let sample = 0; sample < samples; sample++) {
    const random = stream(options.seed, 'worth bootstrap', sample);
    const sums: Agreement = { imputed: 0, full: 0 };
    for (let split = 0; split < splitsOfSample; split++) {
      const half = halve(groups, random);
      addSplit(sums, some, half, drawTimes(groups, half, random));
      await tell();
    }
    const value = squared(sums);
    if (value !== undefined) resampled.push(value);
  }
  resampled.sort((a, b) => a - b);
  // Where many samples show no effect, the ratio of the others is of noise, and so is that of the whole.
  const hasEffect = squared(whole) !== undefined && resampled.length >= 0.9 * samples;
  return {
    worth: hasEffect ? squared(whole) : undefined,
    low: hasEffect ? quantile(resampled, 0.025) : undefined,
    high: hasEffect ? quantile(resampled, 0.975) : undefined,
    worthInTruth: options.trueEffect && worthInTruth(shared, options.trueEffect),
    halves,
  };
}

/** sum(w d_imputed) and sum(w d_full). */
interface Agreement {
  imputed: number;
  full: number;
}

interface Shared extends ValuePair {
  readonly labels: Uint8Array;
}

/** Undefined where the full data do not agree with themselves: then there is nothing to compare with. */
function squared({ imputed, full }: Agreement): number | undefined {
  if (!(full > 0)) return undefined;
  const ratio = imputed / full;
  return Math.sign(ratio) * ratio * ratio;
}

/** The values at every `step`-th voxel. */
function everyNth({ rows, voxels }: Values, step: number): Values {
  if (step === 1) return { rows, voxels };
  const length = Math.ceil(voxels / step);
  return {
    voxels: length,
    rows: rows.map((row) => row && Float32Array.from({ length }, (_, at) => row[step * at])),
  };
}

/** Adds both halves' turns to the sums. `times`: how often every person counts; once by default. */
function addSplit(
  sums: Agreement,
  { full, imputed, labels }: Shared,
  half: Uint8Array,
  times?: Uint8Array,
): void {
  const effects = [full, imputed].map((values) =>
    [0, 1].map((side) =>
      effectSizeOf(values, labels, (person) => (half[person] === side ? (times?.[person] ?? 1) : 0)),
    ),
  );
  for (const [weigh, measure] of [
    [0, 1],
    [1, 0],
  ]) {
    sums.full += dot(effects[0][weigh], effects[0][measure]);
    sums.imputed += dot(effects[0][weigh], effects[1][measure]);
  }
}

/** Everybody counts `timesOf` times. */
function effectSizeOf(
  { rows, voxels }: Values,
  labels: Uint8Array,
  timesOf: (person: number) => number = () => 1,
): Float64Array {
  const members = Array.from(labels, (group, person): Member => {
    return { row: rows[person] as Float32Array, group, times: timesOf(person) };
  });
  return new GroupSums(
    voxels,
    members.filter(({ times }) => times !== 0),
  ).effectSize();
}

function worthInTruth({ full, imputed, labels }: Shared, weights: ArrayLike<number>): number | undefined {
  const [d, other] = [full, imputed].map((values) => effectSizeOf(values, labels));
  const [inFull, inImputed] = [dot(weights, d), dot(weights, other)];
  // The sign of the truth's unit is not known here: what counts is that both show the same.
  return inFull === 0 ? undefined : squared({ full: 1, imputed: inImputed / inFull });
}

/** 1 for the people of one half: of every group half of its people, the odd one by chance. */
function halve(groups: readonly (readonly number[])[], random: RandomStream): Uint8Array {
  const half = new Uint8Array(groups[0].length + groups[1].length);
  for (const members of groups) {
    const order = random.shuffle([...members]);
    const size = Math.floor((members.length + random.integer(2)) / 2);
    for (const person of order.slice(0, size)) half[person] = 1;
  }
  return half;
}

/** How often each person is drawn, with replacement within group and half: never the same one in both halves. */
function drawTimes(
  groups: readonly (readonly number[])[],
  half: Uint8Array,
  random: RandomStream,
): Uint8Array {
  const times = new Uint8Array(half.length);
  for (const members of groups)
    for (const side of [0, 1]) {
      const own = members.filter((person) => half[person] === side);
      for (let i = 0; i < own.length; i++) times[own[random.integer(own.length)]] += 1;
    }
  return times;
}
