import { nearest } from './options/nearest.ts';
import { UsageError } from './options/parse.ts';
import type { Terminal } from './terminal.ts';

type Stage = (words: readonly string[], terminal: Terminal) => Promise<number>;

// Loaded when they are run: a stage's libraries take a second or two to load, and help should not wait for them.
const stages: Readonly<Record<string, () => Promise<Stage>>> = {
  prepare: async () => (await import('./prepare/stage.ts')).prepare,
  impute: async () => (await import('./impute/stage.ts')).impute,
  train: async () => (await import('./train/stage.ts')).train,
  compare: async () => (await import('./compare/stage.ts')).compare,
  figures: async () => (await import('./figures/stage.ts')).figures,
  report: async () => (await import('./report/stage.ts')).report,
  study: async () => (await import('./study.ts')).study,
  scans: async () => (await import('./scans/stage.ts')).imputeScans,
  group: async () => (await import('./group.ts')).group,
  help: async () => (await import('./help.ts')).help,
};

/** Runs a stage of the project `pipeline` and returns its exit status. `--help` anywhere shows the help. */
export async function runStage(
  name: string | undefined,
  words: readonly string[],
  terminal: Terminal,
): Promise<number> {
  if (name === undefined || name === '--help' || words.includes('--help')) {
    const help = await stages.help?.();
    return help === undefined ? 0 : help(name === undefined || name.startsWith('-') ? [] : [name], terminal);
  }
  const load = stages[name];
  if (load === undefined) {
    const guess = nearest(name, Object.keys(stages));
    const suggestion = guess === undefined ? '' : ` Did you mean ${guess}?`;
    throw new UsageError(
      `There is no stage ${JSON.stringify(name)}; choose among ${Object.keys(stages).join(', ')}.${suggestion}`,
    );
  }
  const stage = await load();
  return stage(words, terminal);
}
