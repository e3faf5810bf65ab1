import { compareOptions } from './compare/options.ts';
import { compare } from './compare/stage.ts';
import { readingOptions } from './figures/options.ts';
import { imputeOptions } from './impute/options.ts';
import { impute } from './impute/stage.ts';
import { parseOptions } from './options/parse.ts';
import type { OptionSpecifications } from './options/specification.ts';
import { report } from './report/stage.ts';
import type { Terminal } from './terminal.ts';

/** Everything that the stages of a study understand. */
export const studyOptions = {
  ...compareOptions,
  ...readingOptions,
  ...imputeOptions,
} satisfies OptionSpecifications;

/**
 * The stage `study`: impute, compare, report. Each stage gets the options that it knows. A subject that fails in
 * impute does not stop the study: the others are compared, and the exit status says that something failed.
 */
export async function study(words: readonly string[], terminal: Terminal): Promise<number> {
  // Refuses what no stage knows, before hours of work.
  parseOptions(words, studyOptions);
  const started = performance.now();
  const imputed = await impute(wordsFor(words, imputeOptions), terminal);
  // 130: stopped by the user; the message of the stage says how to go on.
  if (imputed === 130) return imputed;
  const compared = await compare(wordsFor(words, compareOptions), terminal);
  if (compared !== 0) return compared;
  const reported = await report(wordsFor(words, readingOptions), terminal);
  terminal.out.write(`The study took ${Math.round((performance.now() - started) / 1000)} s.\n`);
  return Math.max(imputed, reported);
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
