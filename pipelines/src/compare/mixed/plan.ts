import type { Subject } from '@oinr/cohort';
import { errorMessage } from '@oinr/errors';
import { drawMixture, type MixedPeople, mixedTest } from '@oinr/mixture';
import { RunError } from '@oinr/run';
import { resolveDesign, type TwoGroupDesign } from '@oinr/statistics';
import { readResolution } from '../../thinScans.ts';
import type { DataSet, Study } from '../dataSets.ts';
import { type NamedShares, parseMixtures } from './mixtureWords.ts';
import type { MixedConfig } from './options.ts';

/** Who has few slices in one mixture. */
export interface Mixture {
  /** As tables name it: `CN=0.5 AD=0.5`, or `column resolution`. */
  readonly name: string;
  /** One entry per draw: 1 where a person's scan has few slices. */
  readonly draws: readonly Uint8Array[];
}

/** What of joining full and imputed scans a comparison does. */
export interface MixedPlan {
  /** Everybody: those with full scans in the order of the study, then those whose scans really have few slices. */
  readonly subjects: readonly Subject[];
  readonly people: Omit<MixedPeople, 'isImputed' | 'operators'>;
  /** Those with full scans, of whom imputed and full volumes can be compared. */
  readonly peopleWithFull: Omit<MixedPeople, 'isImputed' | 'operators'>;
  readonly mixtures: readonly Mixture[];
  /** The imputed data that can be mixed. */
  readonly dataSets: readonly DataSet[];
  /** All imputed data, `auto` too. */
  readonly imputed: readonly DataSet[];
  readonly remarks: readonly string[];
}

/** Fewest scans of a kind: with fewer its mean in the model leaves next to nothing. */
export const fewestOfKind = 4;

/** Its choice of a method differs between people, which is one more kind. */
const choosingMethod = 'auto';

/**
 * Settles who has few slices, before any work is done.
 *
 * @throws RunError for groups that are none, a column with other than two values, fewer than four scans of a kind, and
 * where nothing was imputed that can be mixed.
 */
export function planMixed(
  config: MixedConfig,
  { subjects: withFull, groups, design: designWithFull, dataSets, cohort, thin }: Study,
): MixedPlan {
  const subjects = thin === undefined ? withFull : [...withFull, ...thin.subjects];
  const design = thin?.design ?? designWithFull;
  if (thin !== undefined && config.mix !== undefined)
    throw new RunError(
      `${thin.subjects.length} people of this run really have few slices, so nothing is to be drawn by --mix; give --resolution-column, as to impute.`,
    );
  const mixtures = mixturesOf(config, { cohort, subjects, groups });
  if (config.variance === 'by-kind')
    for (const { name, draws } of mixtures) checkVariance(name, draws, design);
  const imputed = dataSets.slice(1);
  const isMixed = mixtures.length > 0 || config.power !== undefined || config.falsePositives !== undefined;
  const usable = imputed.filter(({ method }) => method !== choosingMethod);
  if (isMixed && imputed.length > 0 && usable.length === 0)
    throw new RunError(
      `Only '${choosingMethod}' was imputed, which is no method for a mixture: it chooses another method for each person, and that is one more kind of scans. Run the stage impute with a method of its own, such as linear.`,
    );
  if (config.falsePositives !== undefined && 2 * config.falsePositivesSize > withFull.length)
    throw new RunError(
      `--false-positives draws two groups of ${config.falsePositivesSize} from everybody, but there are ${withFull.length} people with full scans. Give a smaller --false-positives-size, or a larger cohort.`,
    );
  return {
    subjects,
    people: { ...peopleOf(design), variance: config.variance },
    peopleWithFull: peopleOf(designWithFull),
    mixtures,
    dataSets: usable,
    imputed,
    remarks: [
      ...(thin !== undefined && config.resolutionColumn === undefined
        ? [
            `${thin.subjects.length} people whose scans have few slices take no part; --resolution-column joins them.`,
          ]
        : []),
      ...(isMixed && usable.length < imputed.length
        ? [
            `'${choosingMethod}' is in no mixture: it chooses another method for each person, and that is one more kind of scans.`,
          ]
        : []),
    ],
  };
}

/** What a mixture needs to know of a cohort. */
interface Grouped {
  readonly cohort: string;
  readonly subjects: readonly Subject[];
  readonly groups: readonly [string, string];
}

/** @throws RunError as planMixed. */
export function mixturesOf(
  { mix, resolutionColumn, draws, mixSeed }: MixedConfig,
  about: Grouped,
): Mixture[] {
  const { subjects, groups } = about;
  const labels = Uint8Array.from(subjects, ({ group }) => (group === groups[0] ? 1 : 0));
  const mixtures: Mixture[] = [];
  for (const shares of mix === undefined ? [] : parseMixtures(mix)) {
    const both = sharesOf(shares, about);
    const name = groups.map((group, index) => `${group}=${both[index]}`).join(' ');
    // Where nothing is left to chance, one draw says all.
    const isSettled = both.every((share) => share === 0 || share === 1);
    const drawn = Array.from({ length: isSettled ? 1 : draws }, (_, draw) =>
      drawMixture(labels, both, { seed: mixSeed, draw }),
    );
    mixtures.push({ name, draws: drawn });
  }
  if (resolutionColumn !== undefined)
    mixtures.push({
      name: `column ${resolutionColumn}`,
      draws: [readResolution(subjects, resolutionColumn)],
    });
  for (const [index, { name, draws: drawn }] of mixtures.entries()) {
    if (mixtures.findIndex((other) => other.name === name) !== index)
      throw new RunError(
        `--mix gives the mixture ${name} twice; give it once (--draws repeats the drawing).`,
      );
    checkKinds(name, drawn[0]);
  }
  return mixtures;
}

/** Shares in the order of the groups. */
function sharesOf(shares: NamedShares, { cohort, groups }: Grouped): readonly [number, number] {
  for (const name of shares.keys())
    if (!groups.includes(name))
      throw new RunError(
        `--mix names the group '${name}', but '${groups[0]}' and '${groups[1]}' of the cohort '${cohort}' are compared.`,
      );
  const [first, second] = groups.map((name) => shares.get(name));
  if (first === undefined || second === undefined)
    throw new RunError(
      `--mix gives no share for the group '${groups[first === undefined ? 0 : 1]}'; name both groups, such as --mix ${groups[0]}=0.5 ${groups[1]}=0.5.`,
    );
  return [first, second];
}

/** @throws RunError where a kind has a few scans, too few for a mean of its own. */
function checkKinds(name: string, isImputed: Uint8Array): void {
  const imputed = isImputed.reduce((sum, one) => sum + one, 0);
  if (imputed === 0 || imputed === isImputed.length)
    throw new RunError(
      `In the mixture ${name} ${imputed === 0 ? 'nobody has' : 'all have'} few slices, so nothing is joined; everybody full and everybody imputed are in the tables anyway. Take other shares.`,
    );
  for (const [count, kind] of [
    [isImputed.length - imputed, 'all slices'],
    [imputed, 'few slices'],
  ] as const)
    if (count > 0 && count < fewestOfKind)
      throw new RunError(
        `The mixture ${name} has ${count} scans with ${kind}; at least ${fewestOfKind} of a kind are needed, or none. Take other shares, or more people.`,
      );
}

/** @throws RunError where a kind is too small for a variance of its own. */
function checkVariance(name: string, draws: readonly Uint8Array[], { labels, blocks }: TwoGroupDesign): void {
  for (const isImputed of draws) {
    const mixed = {
      labels,
      isImputed,
      strata: blocks && Int32Array.from(blocks),
      variance: 'by-kind',
    } as const;
    const kinds = mixedTest(mixed, 'kinds');
    try {
      if (kinds !== undefined) resolveDesign(kinds.design);
    } catch (error) {
      throw new RunError(`The mixture ${name} with --variance by-kind: ${errorMessage(error)}`, {
        cause: error,
      });
    }
  }
}

function peopleOf({ labels, blocks, covariates }: TwoGroupDesign): MixedPlan['people'] {
  return { labels, strata: blocks && Int32Array.from(blocks), covariates };
}
