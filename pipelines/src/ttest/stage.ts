import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { stoppable } from '@oinr/run';
import { ProgressLine, runTTest, type TTestRequest } from '@oinr/ttest';
import type { StageContext } from '../stageContext.ts';
import type { StageResult } from '../stageEnd.ts';
import type { TTestConfig } from './config.ts';

/** What the test is asked to do. */
export function testRequest(config: TTestConfig): TTestRequest {
  return { ...config, tfce: config.tfce || config.tfceStep !== undefined };
}

/** The permutation t-test on files, with a progress line and Ctrl-C. */
export async function ttest(config: TTestConfig, { terminal, isQuiet }: StageContext): Promise<StageResult> {
  const progress = new ProgressLine(isQuiet === true ? terminal.out : terminal.error);
  const { out } = config;
  const request = testRequest(config);
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
