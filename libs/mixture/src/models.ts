import { type Covariate, DesignError, resolveDesign, type TwoGroupDesign } from '@oinr/statistics';

/**
 * How a mixture is tested.
 * - `naive`: as if all scans were alike. Not valid where the groups hold different shares of imputed scans.
 * - `covariate`: the resolution is a covariate, labels move freely (Freedman and Lane). For comparison only: not valid where
 *   variances and group sizes differ.
 * - `kinds`: labels move among scans of one kind, and the means of kinds are in the model.
 * - `equalised`: full scans are thinned and imputed like the others. Who was thin stays a kind where both groups hold both,
 *   since thinning equalises sampling and not scanner, noise or contrast. Nobody is left out for it.
 */
export const modelNames = ['naive', 'covariate', 'kinds', 'equalised'] as const;
export type ModelName = (typeof modelNames)[number];

/** The people of a mixture; arrays have one entry per person. */
export interface MixedPeople {
  /** 1 = first group, 0 = second group. */
  readonly labels: Uint8Array;
  /** 1 where the scan has few slices and is imputed. */
  readonly isImputed: Uint8Array;
  /** What else makes people exchangeable among each other only, such as the site or scanner. One stratum by default. */
  readonly strata?: Int32Array;
  /** Which operator imputes each person's scan, where people have different ones (cross-fit folds). */
  readonly operators?: Int32Array;
  readonly covariates?: readonly Covariate[];
  /** How far kinds vary: alike, or each on its own; pooled by default. */
  readonly variance?: TwoGroupDesign['variance'];
}

/** A test of a mixture: who takes part, with which volume, and the design. */
export interface MixedTest {
  /** Persons that take part, in the order of the design. */
  readonly people: Int32Array;
  /** 1 where the imputed volume is tested, 0 where the full one is; one entry per taking part. */
  readonly usesImputed: Uint8Array;
  readonly design: TwoGroupDesign;
  /** How many kinds have their mean in the model; 1 where there is none. */
  readonly kinds: number;
  /** Whether scans of different resolution are different kinds in it. */
  readonly isResolutionKind: boolean;
  /** People of kinds that one group alone has: they say nothing of the groups. */
  readonly leftOut: number;
}

/**
 * The test of a mixture by a model; undefined where resolution and group cannot be told apart by it: every kind holds one
 * group only, or resolution is the same as the group.
 */
export function mixedTest(people: MixedPeople, model: ModelName): MixedTest | undefined {
  const { labels, isImputed, strata, operators, covariates, variance } = people;
  const everybody = Int32Array.from(labels, (_, person) => person);
  const isEqualised = model === 'equalised';
  const usesImputed = isEqualised ? new Uint8Array(labels.length).fill(1) : isImputed;
  if (model === 'naive' || model === 'covariate') {
    const resolution = { name: 'resolution', values: isImputed };
    if (model === 'covariate' && (isAlike(isImputed) || isDetermined(labels, isImputed))) return undefined;
    const held = [...(covariates ?? []), ...(model === 'covariate' ? [resolution] : [])];
    const design = { labels, blocks: strata, covariates: held };
    return { people: everybody, usesImputed, design, kinds: 1, isResolutionKind: false, leftOut: 0 };
  }
  const byResolution = kindsThatHoldBoth(
    labels,
    combined([isImputed, strata, operators?.map((one, person) => (usesImputed[person] === 1 ? one + 1 : 0))]),
  );
  // Scans that were made alike can be compared whoever was thin: that is a kind only where it leaves nobody out.
  const alike = isEqualised
    ? kindsThatHoldBoth(labels, combined([new Uint8Array(labels.length), strata, operators]))
    : undefined;
  const found =
    byResolution === undefined || (alike !== undefined && sumOf(alike.kept) > sumOf(byResolution.kept))
      ? alike
      : byResolution;
  if (found === undefined) return undefined;
  const { kept, kinds, count } = found;
  const pick = <A extends Uint8Array | Int32Array>(all: A): A =>
    all.filter((_, person) => kept[person] === 1) as A;
  return {
    people: pick(everybody),
    usesImputed: pick(usesImputed),
    design: {
      labels: pick(labels),
      kinds: count > 1 ? pick(kinds) : undefined,
      // One kind has one variance.
      variance: count > 1 ? variance : undefined,
      covariates: covariates?.map(({ name, values }) => ({
        name,
        values: Array.from(values).filter((_, person) => kept[person] === 1),
      })),
    },
    kinds: count,
    isResolutionKind: found === byResolution && new Set(pick(isImputed)).size === 2,
    leftOut: labels.length - sumOf(kept),
  };
}

/** The test of people who are some of all: `members` are their numbers among all. */
export function ofMembers(test: MixedTest, members: Int32Array): MixedTest {
  return { ...test, people: test.people.map((index) => members[index]) };
}

/**
 * The test of some of the people with scans of their own: `members` are their numbers among all. Undefined where a small
 * sample holds no kind with both groups, or too few people for its kinds.
 */
export function testOfSample(
  people: SampledPeople,
  members: Int32Array,
  isImputed: Uint8Array,
  model: ModelName,
): MixedTest | undefined {
  const test = mixedTest(sampled(people, members, isImputed), model);
  return test !== undefined && canBeTested(test) ? ofMembers(test, members) : undefined;
}

type SampledPeople = Pick<MixedPeople, 'labels' | 'strata' | 'covariates'>;

function sampled(
  { labels, strata, covariates }: SampledPeople,
  members: Int32Array,
  isImputed: Uint8Array,
): MixedPeople {
  return {
    labels: Uint8Array.from(members, (person) => labels[person]),
    isImputed,
    strata: strata && members.map((person) => strata[person]),
    covariates: covariates?.map(({ name, values }) => ({
      name,
      values: Array.from(members, (person) => values[person]),
    })),
  };
}

/** Whether enough people take part for the model. */
function canBeTested({ design }: MixedTest): boolean {
  try {
    resolveDesign(design);
    return true;
  } catch (error) {
    if (error instanceof DesignError) return false;
    throw error;
  }
}

/** One number per combination of what is known of people; lists that are left out are the same for all. */
function combined(lists: readonly [Uint8Array, ...(Int32Array | undefined)[]]): Int32Array {
  const known = lists.filter((list) => list !== undefined);
  const numbers = new Map<string, number>();
  return Int32Array.from(lists[0], (_, person) => {
    const combination = known.map((list) => list[person]).join();
    const number = numbers.get(combination) ?? numbers.size;
    numbers.set(combination, number);
    return number;
  });
}

/** Kinds that hold both groups, numbered from 0, and who is of one (`kept`: 1); undefined where none does. */
export function kindsThatHoldBoth(
  labels: Uint8Array,
  kinds: Int32Array,
): { readonly kept: Uint8Array; readonly kinds: Int32Array; readonly count: number } | undefined {
  const held = new Map<number, Set<number>>();
  kinds.forEach((kind, person) => {
    held.set(kind, (held.get(kind) ?? new Set()).add(labels[person]));
  });
  const both = [...held].filter(([, groups]) => groups.size === 2).map(([kind]) => kind);
  if (both.length === 0) return undefined;
  return {
    kept: Uint8Array.from(kinds, (kind) => (both.includes(kind) ? 1 : 0)),
    kinds: kinds.map((kind) => both.indexOf(kind)),
    count: both.length,
  };
}

function sumOf(values: Uint8Array): number {
  return values.reduce((sum, one) => sum + one, 0);
}

function isAlike(values: Uint8Array): boolean {
  return values.every((value) => value === values[0]);
}

function isDetermined(labels: Uint8Array, isImputed: Uint8Array): boolean {
  return isAlike(labels.map((label, person) => label ^ isImputed[person]));
}
