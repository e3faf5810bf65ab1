import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { stoppable } from '@oinr/run';
import { ProgressLine, runTTest } from '@oinr/ttest';
import type { StageContext } from '../stageContext.ts';
import type { StageResult } from '../stageEnd.ts';
import type { TTestConfig } from './config.ts';

/** The permutation t-test on files, with a progress line and Ctrl-C. */
export async function ttest(config: TTestConfig, { terminal }: StageContext): Promise<StageResult> {
  const progress = new ProgressLine(terminal.error);
  const { tfce, tfceStep, out } = config;
  const request = { ...config, tfce: tfce || tfceStep !== undefined };
  const quiet = { say: () => undefined, close: () => progress.close() };
  const { isStopped } = await stoppable(quiet, (signal) => runTTest(request, progress, signal));
  if (!isStopped) return { status: 'complete' };
  progress.say(
    existsSync(join(out, '.resume', 'ttest', 'checkpoint'))
      ? `The test was stopped. What is finished is kept in ${out}/.resume/ttest; the same command goes on from there.`
      : 'The test was stopped before the first pass was finished; nothing was written.',
  );
  return { status: 'stopped' };
}
