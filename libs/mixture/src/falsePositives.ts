import { InputError } from '@oinr/errors';
import { stream } from '@oinr/random';
import { binomialInterval, type Covariate } from '@oinr/statistics';
import type { Shares } from './mixture.ts';
import { type ModelName, testOfSample } from './models.ts';
import { type SmallTestsOptions, smallTests } from './smallTests.ts';
import type { ValuePair } from './values.ts';

/** A design whose family-wise error is counted: who is imputed in each group, and the model. */
export interface NullDesign {
  readonly name: string;
  readonly shares: Shares;
  readonly model: ModelName;
}

/** The designs of the table, that of the full data first: the others need imputed ones. */
export const nullDesigns: readonly NullDesign[] = [
  { name: 'all full', shares: [0, 0], model: 'naive' },
  { name: 'all imputed', shares: [1, 1], model: 'naive' },
  { name: 'half of each group imputed', shares: [0.5, 0.5], model: 'naive' },
  { name: 'half of each group imputed', shares: [0.5, 0.5], model: 'kinds' },
  { name: '80 % against 20 % imputed', shares: [0.8, 0.2], model: 'naive' },
  { name: '80 % against 20 % imputed', shares: [0.8, 0.2], model: 'covariate' },
  { name: '80 % against 20 % imputed', shares: [0.8, 0.2], model: 'kinds' },
  { name: 'one group imputed', shares: [1, 0], model: 'naive' },
  { name: 'one group imputed', shares: [1, 0], model: 'equalised' },
];

/** Whether a design is known not to be valid: it is drawn less often, since its error is far from alpha. */
export function isNaiveMixture({ shares: [first, second], model }: NullDesign): boolean {
  return model === 'naive' && first !== second;
}

export interface NullDraws extends SmallTestsOptions {
  /** Held constant; every drawn person brings the own values along. None by default. */
  readonly covariates?: readonly Covariate[];
  readonly draws: number;
  /** People of each group. */
  readonly size: number;
  readonly permutations: number;
  readonly alpha: number;
  readonly seed: number;
}

/** How often anything was significant where nothing is, with the binomial interval of 95 % (Clopper and Pearson). */
export interface FamilyWiseError {
  /** Those that could be tested: a covariate may be the same for all who are drawn. */
  readonly draws: number;
  readonly errors: number;
  /** One character per draw: 1 where anything was significant, 0 where nothing was, - where it could not be tested. */
  readonly outcomes: string;
  readonly rate: number;
  readonly low: number;
  readonly high: number;
}

/**
 * The family-wise error of a design among people of whom no group differs: `size` and `size` of them are drawn without
 * replacement and called two groups, and who is imputed is drawn anew every time. The same people for every design.
 *
 * @throws InputError where no draw could be tested with the covariates.
 */
export async function familyWiseError(
  values: ValuePair,
  design: NullDesign,
  { draws, size, permutations, alpha, seed, covariates, ...how }: NullDraws,
): Promise<FamilyWiseError> {
  const everybody = values.full.rows.length;
  const tests = Array.from({ length: draws }, (_, draw) => {
    const members = stream(seed, 'null draw', draw)
      .permutation(everybody)
      .subarray(0, 2 * size);
    const labels = new Uint8Array(everybody);
    for (const person of members.subarray(0, size)) labels[person] = 1;
    // In random order already, so the first of each group are a random share of it.
    const isImputed = Uint8Array.from(members, (_person, index) => {
      const share = design.shares[index < size ? 0 : 1];
      return index % size < Math.round(share * size) ? 1 : 0;
    });
    return testOfSample({ labels, covariates }, members, isImputed, design.model);
  });
  const tested = tests.flatMap((test, draw) => (test === undefined ? [] : [{ test, draw }]));
  if (tested.length === 0)
    throw new InputError(
      `None of ${draws} groups of ${size} people drawn at random could be tested: in each of them a covariate is the same for all, or tells the groups apart. Leave that covariate out, or draw more people.`,
    );
  const outcomes = tests.map(() => '-');
  await smallTests(
    values,
    tested.length,
    (index) => {
      const { test, draw } = tested[index];
      return { ...test, ask: { what: 'any', permutations, seed: seed + draw, alpha } };
    },
    ({ isAnySignificant }, index) => {
      outcomes[tested[index].draw] = isAnySignificant === true ? '1' : '0';
    },
    how,
  );
  const errors = outcomes.filter((one) => one === '1').length;
  const [low, high] = binomialInterval(errors, tested.length);
  return {
    ...{ draws: tested.length, errors, outcomes: outcomes.join('') },
    ...{ rate: errors / tested.length, low, high },
  };
}
