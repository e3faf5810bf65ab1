import { dirname } from 'node:path';
import { type OutputFolder, openRunFolder } from '@oinr/run';
import type { RunResults } from './runResults.ts';
import type { Terminal } from './terminal.ts';

/** Lets a stage that has no record in run.json write results into the run's folder, and publishes them. */
export async function writeIntoRun<Result>(
  { cohort, run, folder: path }: RunResults,
  stage: string,
  terminal: Terminal,
  write: (folder: OutputFolder) => Promise<Result>,
): Promise<Result> {
  const folder = await openRunFolder({ out: dirname(dirname(path)), cohort, run, stage, terminal });
  try {
    const result = await write(folder);
    for (const remark of await folder.publish()) terminal.out.write(`${remark}\n`);
    return result;
  } finally {
    await folder.close();
  }
}
