import { compareDetections, type VoxelSet } from '@oinr/agreement';
import { stream } from '@oinr/random';
import { groupsOf } from './mixture.ts';
import { type MixedPeople, testOfSample } from './models.ts';
import { type SmallTestsOptions, smallTests } from './smallTests.ts';
import type { ValuePair } from './values.ts';

/** What resampled people are tested by. */
export interface ResampleOptions extends SmallTestsOptions {
  readonly seed: number;
  /** Level of the uncorrected, two-sided p of Student's t: resampled people are too many tests for permutations. */
  readonly level: number;
}

type People = Pick<MixedPeople, 'labels' | 'strata' | 'covariates'>;

/**
 * The yardstick beside every Dice: how far the full data agree with themselves when one subject of each group is left out.
 * Up to `most` random pairs, no subject in two of them.
 *
 * @returns a Dice for every pair; those are left out where neither all people nor the others show anything.
 */
export async function leaveOneOutDice(
  values: ValuePair,
  people: People,
  { most, seed, ...how }: ResampleOptions & { readonly most: number },
): Promise<number[]> {
  const everybody = Int32Array.from(people.labels.keys());
  const orders = groupsOf(people.labels).map((group, label) =>
    stream(seed, 'left out', label).shuffle([...group]),
  );
  const pairs = Math.min(most, ...orders.map(({ length }) => length));
  const samples = [
    everybody,
    ...Array.from({ length: pairs }, (_, pair) =>
      everybody.filter((person) => orders.every((order) => order[pair] !== person)),
    ),
  ];
  const [all, ...others] = await foundVoxels(
    values,
    people,
    samples.map((members) => ({ members, isImputed: false })),
    how,
  );
  if (all === undefined) return [];
  return others.flatMap((other) => (other && compareDetections(all, other).dice) ?? []);
}

/**
 * Dice of imputed with full data in random halves of each group, the same halves for every data set: how far halves of the
 * people disagree is how far new people of this number would (the variance of a half without replacement about the whole
 * is that of the whole).
 *
 * @returns a Dice for every half; undefined where neither data show anything, or the half cannot be tested.
 */
export async function diceOfHalves(
  values: ValuePair,
  people: People,
  { halves, seed, ...how }: ResampleOptions & { readonly halves: number },
): Promise<(number | undefined)[]> {
  const groups = groupsOf(people.labels);
  const samples = Array.from({ length: halves }, (_, half) =>
    Int32Array.from(
      groups.flatMap((group, label) =>
        stream(seed, 'half of the people', half, label)
          .shuffle([...group])
          .slice(0, Math.floor(group.length / 2)),
      ),
    ),
  );
  const found = await foundVoxels(
    values,
    people,
    samples.flatMap((members) => [
      { members, isImputed: false },
      { members, isImputed: true },
    ]),
    how,
  );
  return samples.map((_, half) => {
    const [full, imputed] = [found[2 * half], found[2 * half + 1]];
    return full && imputed && compareDetections(full, imputed).dice;
  });
}

interface Sample {
  readonly members: Int32Array;
  readonly isImputed: boolean;
}

/** The voxels that every sample finds; undefined where it cannot be tested. */
async function foundVoxels(
  values: ValuePair,
  people: People,
  samples: readonly Sample[],
  { level, ...how }: Omit<ResampleOptions, 'seed'>,
): Promise<(VoxelSet | undefined)[]> {
  const tests = samples.flatMap(({ members, isImputed }, sample) => {
    const scans = new Uint8Array(members.length).fill(isImputed ? 1 : 0);
    const test = testOfSample(people, members, scans, people.strata === undefined ? 'naive' : 'kinds');
    return test === undefined ? [] : [{ sample, test }];
  });
  const found: (VoxelSet | undefined)[] = samples.map(() => undefined);
  await smallTests(
    values,
    tests.length,
    (index) => ({ ...tests[index].test, ask: { what: 'voxels', level } }),
    (result, index) => {
      found[tests[index].sample] = result.found;
    },
    how,
  );
  return found;
}
