import { stream } from '@oinr/random';
import { binomialInterval } from '@oinr/statistics';
import type { Shares } from './mixture.ts';
import { type ModelName, mixedTest, ofMembers } from './models.ts';
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
  readonly draws: number;
  /** People of each group. */
  readonly size: number;
  readonly permutations: number;
  readonly alpha: number;
  readonly seed: number;
}

/** How often anything was significant where nothing is, with the binomial interval of 95 % (Clopper and Pearson). */
export interface FamilyWiseError {
  readonly draws: number;
  readonly errors: number;
  /** One digit per draw: 1 where anything was significant. */
  readonly outcomes: string;
  readonly rate: number;
  readonly low: number;
  readonly high: number;
}

/**
 * The family-wise error of a design among people of whom no group differs: `size` and `size` of them are drawn without
 * replacement and called two groups, and who is imputed is drawn anew every time. The same people for every design.
 */
export async function familyWiseError(
  values: ValuePair,
  design: NullDesign,
  { draws, size, permutations, alpha, seed, ...how }: NullDraws,
): Promise<FamilyWiseError> {
  const everybody = values.full.rows.length;
  const labels = Uint8Array.from({ length: 2 * size }, (_, index) => (index < size ? 1 : 0));
  const outcomes = new Uint8Array(draws);
  await smallTests(
    values,
    draws,
    (draw) => {
      const members = stream(seed, 'null draw', draw)
        .permutation(everybody)
        .subarray(0, 2 * size);
      // In random order already, so the first of each group are a random share of it.
      const isImputed = Uint8Array.from(labels, (label, index) => {
        const share = design.shares[1 - label];
        return (label === 1 ? index : index - size) < Math.round(share * size) ? 1 : 0;
      });
      const test = mixedTest({ labels, isImputed }, design.model);
      if (test === undefined) throw new TypeError(`The design ${design.name} has no kind with both groups.`);
      return { ...ofMembers(test, members), ask: { what: 'any', permutations, seed: seed + draw, alpha } };
    },
    ({ isAnySignificant }, draw) => {
      outcomes[draw] = isAnySignificant === true ? 1 : 0;
    },
    how,
  );
  const errors = outcomes.reduce((sum, one) => sum + one, 0);
  const [low, high] = binomialInterval(errors, draws);
  return { draws, errors, outcomes: outcomes.join(''), rate: errors / draws, low, high };
}
