import { fileURLToPath } from 'node:url';
import type { Subject } from '@oinr/cohort';
import { errorMessage, type Progress, type RunFolder, TaskFailure, WorkerPool } from '@oinr/run';
import type { PreparedSubject, PrepareMessage, PreparePlan, PrepareTask } from './plan.ts';

export interface PreparedEntry extends PreparedSubject {
  readonly subject: Subject;
}

export interface FailedEntry {
  readonly subject: Subject;
  readonly message: string;
}

/** What came of a run so far. */
export interface PrepareOutcome {
  readonly prepared: PreparedEntry[];
  readonly failures: FailedEntry[];
  /** Registrations and carried volumes that an earlier run had finished. */
  reused: number;
  /** Volumes carried along, now or earlier. */
  carried: number;
  /** Why the run ended before its last subject, other than by Ctrl-C. */
  stopReason?: string;
}

export type PreparePool = WorkerPool<PrepareTask, PreparedSubject, PrepareMessage>;

export function openPool(jobs: number, folder: RunFolder): PreparePool {
  return new WorkerPool({
    entry: fileURLToPath(new URL('./worker.ts', import.meta.url)),
    jobs,
    onOutput: (line) => folder.log.write(`worker: ${line}`),
  });
}

/** Kinds of work for the estimate of the time left, with how long they take beside each other. */
export function workKinds(subjects: number, imputed: number) {
  return { register: { units: subjects, guess: 10 }, carry: { units: imputed, guess: 3 } };
}

/** Hands every subject to a worker process and collects what comes of it; one bad subject does not stop the others. */
export async function prepareSubjects(
  plan: PreparePlan,
  subjects: readonly Subject[],
  pool: PreparePool,
  progress: Progress,
  folder: RunFolder,
): Promise<PrepareOutcome> {
  const outcome: PrepareOutcome = { prepared: [], failures: [], reused: 0, carried: 0 };
  let done = 0;
  const one = async (subject: Subject): Promise<void> => {
    const name = `sub-${subject.id}`;
    // Without the time that the subject waited for its turn.
    let seconds = 0;
    let job = 0;
    let line: string;
    try {
      const result = await pool.run({ subject, plan }, (message, inJob) => {
        job = inJob;
        if (message.kind !== 'activity') seconds += message.seconds;
        if (message.kind === 'activity') {
          progress.update(job, { subject: name, method: message.what, share: message.share });
          return;
        }
        const kind = message.kind === 'registered' ? 'register' : 'carry';
        if (message.kind === 'carried') outcome.carried += 1;
        if (message.isReused) {
          outcome.reused += 1;
          progress.unitsDropped(kind);
        } else progress.unitDone(kind, message.seconds);
      });
      outcome.prepared.push({ subject, ...result });
      const carried = result.carried.length === 0 ? '' : `, ${result.carried.length} imputed volumes carried`;
      line = `overlap ${result.scan.dice.toFixed(3)}${carried}, ${seconds.toFixed(1)} s`;
    } catch (error) {
      if (error instanceof TaskFailure && error.stopped) return;
      const message = errorMessage(error);
      folder.log.write(`${name}: ${message} ${error instanceof TaskFailure ? error.trace : ''}`);
      outcome.failures.push({ subject, message });
      if (error instanceof TaskFailure && error.stopsTheRun) {
        outcome.stopReason ??= message;
        pool.stop();
      }
      line = 'failed';
    } finally {
      progress.idle(job);
    }
    done += 1;
    const told = `${name} (${done} of ${subjects.length}): ${line}`;
    progress.say(told);
    folder.log.write(told);
  };
  await Promise.all(subjects.map(one));
  outcome.prepared.sort((a, b) => (a.subject.id < b.subject.id ? -1 : 1));
  return outcome;
}
