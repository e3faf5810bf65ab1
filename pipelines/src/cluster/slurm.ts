import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { RunError } from '@oinr/run';
import { printCommandLine } from '../config/commandLine.ts';
import { shellWord } from '../config/shell.ts';
import { type AnyStageConfig, partOf } from '../config/stageConfig.ts';
import type { Terminal } from '../terminal.ts';
import type { ClusterRequest } from './request.ts';

/** Of TypeScript in the workspace, of JavaScript where the program is installed. */
const main = fileURLToPath(
  new URL(import.meta.url.endsWith('.ts') ? '../main.ts' : '../main.js', import.meta.url),
);

/** A stage that is done in parts before another job needs it. */
export interface StageInParts {
  readonly stage: AnyStageConfig;
  readonly values: Readonly<Record<string, unknown>>;
}

export interface SlurmWork {
  /** Each becomes a job array. */
  readonly inParts: readonly StageInParts[];
  /** What is done when all arrays have ended: it finds their parts done, does what is missing, and makes the tables. */
  readonly last: StageInParts;
}

/**
 * Submits a stage to Slurm: a job array for each stage that can be done in parts, and behind them one job that does the rest.
 * That job starts when all parts have ended, well or not (`afterany`): a part that was killed loses the unit that it was
 * at, and the last job does it. Jobs run in the folder and with the environment of the command that submits them.
 *
 * @throws RunError where there is no Slurm, or where it refuses a job, with its own words.
 */
export function submitToSlurm(
  { inParts, last }: SlurmWork,
  { parts, options }: ClusterRequest,
  terminal: Terminal,
): void {
  const arrays = inParts.map(({ stage, values }) => {
    const line = `${commandOf(stage, values)} --shard $SLURM_ARRAY_TASK_ID/${parts}`;
    const id = submit(`oinr-${stage.stage}`, [`--array=1-${parts}`, ...options], line);
    terminal.out.write(`Job ${id}: ${stage.stage} in ${parts} parts.\n`);
    return id;
  });
  const { stage, values } = last;
  const behind = [`--dependency=afterany:${arrays.join(':')}`, ...options];
  const id = submit(`oinr-${stage.stage}-end`, behind, commandOf(stage, values));
  terminal.out.write(
    `Job ${id}: ${stage.stage}, when ${arrays.length === 1 ? 'that has' : 'those have'} ended. ` +
      `squeue --me shows where they stand; what they say is in slurm-*.out here. ` +
      `If a job never starts, squeue names the reason; scancel ${[...arrays, id].join(' ')} takes all back, and what is finished is kept.\n`,
  );
}

/**
 * A line for a shell that starts a stage without Nx, whose own files many nodes would write at once. As many subjects at once
 * as the job has processors, where nobody has said how many.
 */
function commandOf(stage: AnyStageConfig, values: Readonly<Record<string, unknown>>): string {
  const words = printCommandLine(stage, partOf(stage, values));
  const line = [process.execPath, main, stage.stage, ...words].map(shellWord).join(' ');
  return values.jobs === undefined && Object.hasOwn(stage.options, 'jobs')
    ? `${line} --jobs $SLURM_CPUS_PER_TASK`
    : line;
}

/** @returns the number of the job. */
function submit(name: string, options: readonly string[], line: string): string {
  // A job that did not ask for several processors has one, whatever the machine has.
  const script = `#!/bin/sh\ntest -n "$SLURM_CPUS_PER_TASK" || SLURM_CPUS_PER_TASK=1\nexec ${line}\n`;
  const { error, status, stdout, stderr } = spawnSync(
    'sbatch',
    ['--parsable', `--job-name=${name}`, ...options],
    { input: script, encoding: 'utf8' },
  );
  if (error !== undefined)
    throw new RunError(
      `sbatch, the command of Slurm that takes jobs in, could not be started (${error.message}). Give the command on a machine of the cluster from which jobs are submitted, or leave --cluster out.`,
    );
  if (status !== 0)
    throw new RunError(
      `Slurm did not take the job ${name}: ${stderr.trim().replace(/\s+/g, ' ')}. Options for sbatch, such as a partition that exists, go into --cluster-options "--partition=NAME --time=4:00:00 --mem=8G".`,
    );
  return stdout.trim().split(';')[0];
}
