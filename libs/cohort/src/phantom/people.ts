import type { RandomStream } from '@oinr/random';
import { stream } from '@oinr/random';
import type { PhantomGroup, PhantomOptions } from './options.ts';
import { groupSeverity } from './options.ts';
import type { PhantomRegion } from './regions.ts';
import { changingRegions } from './regions.ts';

/** One phantom person: who they are and how much of each changing region they have. */
export interface Person {
  /** The group and a number from 1, such as AD007: the same person in every cohort with the same seed. */
  readonly id: string;
  readonly group: PhantomGroup;
  /** Years, one decimal. */
  readonly age: number;
  readonly sex: 'F' | 'M';
  /** Intracranial volume in mm3 before the head was brought to MNI space. */
  readonly icv: number;
  /** Volume of each changing region as a fraction of the base brain's, in the order of `changingRegions`. */
  readonly fractions: readonly number[];
}

/** How a region's deviation from its group's mean is made up; the squares sum to 1. */
const AGE_SHARE = 0.45;
const COMMON_SHARE = 0.55;
const OWN_SHARE = Math.sqrt(1 - AGE_SHARE ** 2 - COMMON_SHARE ** 2);
/** No region deviates from its group's mean by more than this many standard deviations. */
const LARGEST_DEVIATION = 2;

const MEAN_AGE = 74;
const AGE_DEVIATION = 6;

/** The random stream of one person for one purpose; persons and purposes do not disturb each other. */
export function personStream(
  options: PhantomOptions,
  id: string,
  ...purpose: readonly (string | number)[]
): RandomStream {
  return stream(options.seed, 'phantom', id, ...purpose);
}

/** The identifier of the number-th person (from 1) of a group. */
export function personId(group: PhantomGroup, number: number): string {
  return `${group}${String(number).padStart(3, '0')}`;
}

/** Draws the person with this number (from 1) in a group. Age, sex and head size do not depend on the group. */
export function drawPerson(options: PhantomOptions, group: PhantomGroup, number: number): Person {
  const id = personId(group, number);
  const random = personStream(options, id, 'person');
  const ageDeviation = normalWithin(random, 2.5);
  const sex = random.integer(2) === 0 ? 'F' : 'M';
  const icv = Math.round(((sex === 'F' ? 1400 : 1560) + 110 * normalWithin(random, 2.5)) * 1000);
  const common = random.normal();
  const severity = options.effectScale * groupSeverity[group];
  const fractions = changingRegions.map((region) => {
    const deviation = AGE_SHARE * ageDeviation + COMMON_SHARE * common + OWN_SHARE * random.normal();
    const cut = Math.max(-LARGEST_DEVIATION, Math.min(LARGEST_DEVIATION, deviation));
    return meanFraction(region, severity) + directionOfLoss(region) * region.spread * cut;
  });
  const age = Math.round(10 * (MEAN_AGE + AGE_DEVIATION * ageDeviation)) / 10;
  return { id, group, age, sex, icv, fractions };
}

/** The mean volume of a region at this severity (1 in AD), as a fraction of the base brain's. */
export function meanFraction(region: PhantomRegion, severity: number): number {
  return 1 + severity * region.change;
}

/** Age and common burden take from tissue and give to fluid. */
function directionOfLoss(region: PhantomRegion): number {
  return region.change < 0 ? -1 : 1;
}

function normalWithin(random: RandomStream, limit: number): number {
  let value = random.normal();
  while (Math.abs(value) > limit) value = random.normal();
  return value;
}
