import { compareOptions } from './compare/options.ts';
import { compare } from './compare/stage.ts';
import { readingOptions } from './figures/options.ts';
import { parseOptions } from './options/parse.ts';
import { report } from './report/stage.ts';
import { wordsFor } from './study.ts';
import type { Terminal } from './terminal.ts';

/** The group level of a BIDS App: compare and report on what `impute` has written. */
export async function group(words: readonly string[], terminal: Terminal): Promise<number> {
  parseOptions(words, { ...compareOptions, ...readingOptions });
  const compared = await compare(wordsFor(words, compareOptions), terminal);
  if (compared !== 0) return compared;
  return report(wordsFor(words, readingOptions), terminal);
}
