import { describeTest } from '@oinr/ttest';
import type { AnyStageConfig } from './config/stageConfig.ts';
import { optionName } from './config/stageConfig.ts';
import { exclusionsInWords, shortList } from './excluded.ts';
import type { ScansConfig } from './scans/config.ts';
import { findScans } from './scans/findScans.ts';
import { acquisitionOf } from './scans/scanUnit.ts';
import { describeCohort, openSource, type SourceConfig } from './source.ts';
import type { StageContext } from './stageContext.ts';
import type { TTestConfig } from './ttest/config.ts';
import { testRequest } from './ttest/stage.ts';

/** `--dry-run`: says what the options mean and what would be read; nothing is computed or written. */
export async function dryRun(
  stage: AnyStageConfig,
  config: Readonly<Record<string, unknown>>,
  { terminal }: StageContext,
): Promise<void> {
  const say = (line: string): unknown => terminal.out.write(`${line}\n`);
  say(`Dry run of ${stage.stage}: nothing is computed or written.`);
  for (const [key, option] of Object.entries(stage.options)) {
    const value = config[key];
    if (value === undefined || value === false) continue;
    const words = value === true ? 'yes' : option.print(value as never).join(' ');
    if (words !== '')
      say(
        `  ${(key === stage.operand ? (option.value ?? key) : `--${optionName(key)}`).padEnd(24)} ${words}`,
      );
  }
  if (stage.stage === 'ttest') say(await describeTest(testRequest(config as unknown as TTestConfig)));
  else if (stage.stage === 'scans') await sayScans(config as unknown as ScansConfig, say);
  else if (typeof config.cohort === 'string' && config.full === undefined)
    await sayCohort(config as unknown as SourceConfig & { readonly study?: string }, terminal, say);
}

/** Every scan with what would be made of it, or why it cannot be imputed. */
async function sayScans(config: ScansConfig, say: (line: string) => unknown): Promise<void> {
  const { scans, excluded } = await findScans(config);
  const lines: string[] = [];
  for (const file of scans) {
    const words = await acquisitionOf(file, config).catch((error: unknown) =>
      error instanceof Error ? error.message : String(error),
    );
    lines.push(`${file.stem}: ${words}`);
  }
  say(`${scans.length === 1 ? '1 scan' : `${scans.length} scans`}:${shortList(lines, (line) => line)}`);
  if (excluded.length > 0) say(`Not usable (${excluded.length}):${exclusionsInWords(excluded)}`);
}

/** Who is in the cohort; of one that is made, that it would be. */
async function sayCohort(
  config: SourceConfig & { readonly study?: string },
  terminal: StageContext['terminal'],
  say: (line: string) => unknown,
): Promise<void> {
  const { layout } = await describeCohort(config.cohort);
  if (layout === 'phantom' || layout === 'inserted') {
    say(`The cohort ${config.cohort} is made when the stage runs.`);
    return;
  }
  const root = config.root ?? config.study;
  const { cohort } = await openSource({ ...config, root }, terminal);
  const counts = cohort.groups.map(
    (group) => `${cohort.subjects.filter((subject) => subject.group === group).length} ${group}`,
  );
  say(`${cohort.subjects.length} subjects of ${cohort.name}: ${counts.join(', ')}.`);
  if (cohort.excluded.length > 0)
    say(`Not usable (${cohort.excluded.length}):${exclusionsInWords(cohort.excluded)}`);
}
