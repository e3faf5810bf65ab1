import { fileURLToPath } from 'node:url';
import type { Subject } from '@oinr/cohort';
import {
  errorMessage,
  type Progress,
  type RunFolder,
  TaskFailure,
  WorkerPool,
  type WorkKind,
} from '@oinr/run';
import { hasWarmStart, isTrained } from './methods.ts';
import { type CohortBase, type ImputePlan, kindOf, type SubjectMessage, type SubjectTask } from './plan.ts';
import { SubjectTally } from './subjectTally.ts';
import type { FailedSubject, MeasuredUnit } from './tables.ts';
import { basesNeeded } from './warmStart.ts';

/** What came of a run so far. */
export interface Outcome {
  readonly units: MeasuredUnit[];
  readonly failures: FailedSubject[];
  reused: number;
  /** Why the run ended before its last subject, other than by Ctrl-C. */
  stopReason?: string;
}

export function emptyOutcome(): Outcome {
  return { units: [], failures: [], reused: 0 };
}

export interface Workplace {
  readonly folder: RunFolder;
  readonly progress: Progress;
  readonly outcome: Outcome;
  readonly signal: AbortSignal;
}

// A trained method takes some hundred times as long as an interpolation; seen times replace the guess at once.
const guesses = { interpolated: 1, trained: 100 };

/** All work of a run, by kind, for the estimate of the time left. */
export function workKinds(plan: ImputePlan, subjects: number): Record<string, WorkKind> {
  const kinds = plan.methods.flatMap((method) =>
    plan.everys.map((every) => {
      const guess = isTrained(method) ? guesses.trained : guesses.interpolated;
      return [kindOf(method, every), { units: subjects, guess }] as const;
    }),
  );
  return Object.fromEntries(kinds);
}

/** The worker processes of a run. */
export type ImputePool = WorkerPool<SubjectTask, CohortBase | null, SubjectMessage>;

export function openPool(jobs: number, folder: RunFolder): ImputePool {
  return new WorkerPool({
    entry: fileURLToPath(new URL('./worker.ts', import.meta.url)),
    jobs,
    onOutput: (line) => folder.log.write(`worker: ${line}`),
  });
}

/**
 * Fits the base networks that `oinr` starts from, to the first subjects that can be read. Without them (a cohort of
 * one) fits start from random weights. A donor that fails is passed over: as a subject it fails again, and is told.
 */
export async function fitBases(
  plan: ImputePlan,
  donors: readonly Subject[],
  pool: ImputePool,
  { folder, progress, signal }: Workplace,
): Promise<readonly CohortBase[]> {
  if (!plan.methods.some(hasWarmStart) || donors.length < basesNeeded) return [];
  const waiting = [...donors];
  const bases: CohortBase[] = [];
  while (bases.length < basesNeeded && waiting.length > 0 && !signal.aborted) {
    const next = waiting.splice(0, basesNeeded - bases.length);
    const fitted = await Promise.all(
      next.map(async (subject) => {
        try {
          return await pool.run({ kind: 'base', subject, plan }, (message, job) => {
            if (message.kind === 'note') folder.log.write(message.text);
            if (message.kind !== 'activity') return;
            const { what, share, loss } = message;
            progress.update(job, { subject: `sub-${subject.id}`, method: what, share, loss });
          });
        } catch (error) {
          folder.log.write(`No base network from sub-${subject.id}: ${errorMessage(error)}`);
          return null;
        }
      }),
    );
    bases.push(...fitted.filter((base) => base !== null));
  }
  return bases;
}

/** Hands every subject to a worker process and collects what comes of it; one bad subject does not stop the others. */
export async function imputeSubjects(
  plan: ImputePlan,
  subjects: readonly Subject[],
  pool: ImputePool,
  { folder, progress, outcome }: Workplace,
): Promise<void> {
  let subjectsDone = 0;
  const one = async (subject: Subject) => {
    const name = `sub-${subject.id}`;
    const tally = new SubjectTally(subject, plan, progress, outcome);
    let job = 0;
    try {
      await pool.run({ kind: 'impute', subject, plan }, (message, inJob) => {
        job = inJob;
        tally.receive(message, inJob);
        if (message.kind === 'note') folder.log.write(message.text);
        if (message.kind === 'failed')
          folder.log.write(`${name}: ${message.unit.message} ${message.unit.trace}`);
      });
    } catch (error) {
      if (error instanceof TaskFailure && error.stopped) return;
      const message = errorMessage(error);
      const trace = error instanceof TaskFailure ? error.trace : '';
      folder.log.write(`${name}: ${message} ${trace}`);
      outcome.failures.push({ subject: subject.id, group: subject.group, message, trace });
      if (error instanceof TaskFailure && error.stopsTheRun) {
        outcome.stopReason ??= message;
        pool.stop();
      }
    } finally {
      progress.idle(job);
      tally.dropRest();
    }
    subjectsDone += 1;
    const line = tally.summary(`${subjectsDone} of ${subjects.length}`);
    progress.say(line);
    folder.log.write(line);
  };
  await Promise.all(subjects.map(one));
}
