import { readHeader } from '@oinr/nifti';
import { chooseGroups } from './compare/groups.ts';
import { compareOptions, readCompareOptions } from './compare/options.ts';
import { compare } from './compare/stage.ts';
import { readingOptions } from './figures/options.ts';
import { crossFitOperators } from './impute/crossFit.ts';
import { imputeOptions, readImputeOptions } from './impute/options.ts';
import { impute } from './impute/stage.ts';
import { parseOptions } from './options/parse.ts';
import type { OptionSpecifications } from './options/specification.ts';
import { prepareOptions, readPrepareOptions } from './prepare/options.ts';
import { recordedPreparation } from './prepare/recorded.ts';
import { prepare } from './prepare/stage.ts';
import { report } from './report/stage.ts';
import { cohortName, openResults } from './runResults.ts';
import { openSource } from './source.ts';
import type { Terminal } from './terminal.ts';

/** Everything that the stages of a study understand. */
export const studyOptions = {
  ...compareOptions,
  ...readingOptions,
  ...prepareOptions,
  ...imputeOptions,
} satisfies OptionSpecifications;

/**
 * The stage `study`: prepare, impute, prepare again, compare, report. Scans lose slices on their own grids and are
 * imputed there; only then what was imputed goes to the common space, through the transform of the full scan. Images
 * that lie in one space already are not registered, and nothing is carried. Each stage gets the options that it knows.
 * A subject that fails does not stop the study: the others are compared, and the exit status says that something failed.
 */
export async function study(words: readonly string[], terminal: Terminal): Promise<number> {
  await refuseEarly(words, terminal);
  const started = performance.now();
  // Before hours of imputation: a registration that fails or looks wrong is known after minutes.
  const prepared = await prepare(wordsFor(words, prepareOptions), terminal);
  if (prepared === 130) return prepared;
  const isRegistered = await wasRegistered(words, terminal);
  const imputed = await impute(wordsFor(words, imputeOptions), terminal);
  // 130: stopped by the user; the message of the stage says how to go on.
  if (imputed === 130) return imputed;
  if (isRegistered) {
    // --force has had its effect: this time the transforms are kept.
    const again = words.filter((word) => word !== '--force');
    if ((await prepare(wordsFor(again, prepareOptions), terminal)) === 130) return 130;
  }
  const compared = await compare(wordsFor(words, compareOptions), terminal);
  if (compared !== 0) return compared;
  const reported = await report(wordsFor(words, readingOptions), terminal);
  terminal.out.write(`The study took ${Math.round((performance.now() - started) / 1000)} s.\n`);
  return Math.max(prepared, imputed, reported);
}

/** Refuses what a later stage would refuse only after hours of work: options, groups, operators, the mask of the test. */
async function refuseEarly(words: readonly string[], terminal: Terminal): Promise<void> {
  parseOptions(words, studyOptions);
  readPrepareOptions(wordsFor(words, prepareOptions));
  const { groups, mask } = readCompareOptions(wordsFor(words, compareOptions));
  const imputing = readImputeOptions(wordsFor(words, imputeOptions));
  const { cohort } = await openSource(imputing, terminal);
  chooseGroups(cohort, groups);
  if (mask !== undefined) await readHeader(mask);
  if (imputing.crossFit !== undefined)
    await crossFitOperators(imputing.out, cohort.name, imputing.crossFit, cohort.subjects);
}

/** Whether the stage prepare has registered the scans. @throws RunError where it could not go on. */
async function wasRegistered(words: readonly string[], terminal: Terminal): Promise<boolean> {
  const { out, cohort, run } = readPrepareOptions(wordsFor(words, prepareOptions));
  const results = await openResults(out, await cohortName(cohort), run, terminal);
  return recordedPreparation(results)?.images === 'registered';
}

/** The words of the options that a stage knows, with their values. */
export function wordsFor(words: readonly string[], known: OptionSpecifications): string[] {
  const kept: string[] = [];
  let isKept = false;
  for (const word of words) {
    if (word.startsWith('--')) isKept = Object.hasOwn(known, word.slice(2).split('=')[0]);
    if (isKept) kept.push(word);
  }
  return kept;
}
