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
import { missingPercent } from '@oinr/slices';
import { isTrained } from './methods.ts';
import { type ImputePlan, kindOf, type SubjectMessage, type SubjectTask } from './plan.ts';
import type { FailedSubject, MeasuredUnit } from './tables.ts';

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
  /** Gets a function that ends all worker processes at once. */
  readonly onPool: (endNow: () => void) => void;
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

/** Hands every subject to a worker process and collects what comes of it; one bad subject does not stop the others. */
export async function imputeSubjects(
  plan: ImputePlan,
  subjects: readonly Subject[],
  jobs: number,
  { folder, progress, outcome, signal, onPool }: Workplace,
): Promise<void> {
  const pool = new WorkerPool<SubjectTask, null, SubjectMessage>({
    entry: fileURLToPath(new URL('./worker.ts', import.meta.url)),
    jobs,
    onOutput: (line) => folder.log.write(`worker: ${line}`),
  });
  onPool(() => pool.kill());
  const stop = () => pool.stop();
  signal.addEventListener('abort', stop);
  if (signal.aborted) stop();
  let subjectsDone = 0;
  const one = async (subject: Subject) => {
    const tally = new SubjectTally(subject, plan, progress, outcome);
    let job = 0;
    try {
      await pool.run({ subject, plan }, (message, inJob) => {
        job = inJob;
        tally.receive(message, inJob);
        if (message.kind === 'failed')
          folder.log.write(`sub-${subject.id}: ${message.unit.message} ${message.unit.trace}`);
      });
    } catch (error) {
      if (error instanceof TaskFailure && error.stopped) return;
      const trace = error instanceof TaskFailure ? error.trace : '';
      folder.log.write(`sub-${subject.id}: ${errorMessage(error)} ${trace}`);
      outcome.failures.push({
        subject: subject.id,
        group: subject.group,
        message: errorMessage(error),
        trace,
      });
      if (error instanceof TaskFailure && error.stopsTheRun) {
        outcome.stopReason ??= errorMessage(error);
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
  try {
    await Promise.all(subjects.map(one));
  } finally {
    signal.removeEventListener('abort', stop);
    await pool.close();
  }
}

/** Keeps count of one subject's units. */
class SubjectTally {
  readonly #subject: Subject;
  readonly #plan: ImputePlan;
  readonly #progress: Progress;
  readonly #outcome: Outcome;
  readonly #open = new Set<string>();
  #began: number | undefined;
  #reused = 0;
  #done = 0;

  constructor(subject: Subject, plan: ImputePlan, progress: Progress, outcome: Outcome) {
    this.#subject = subject;
    this.#plan = plan;
    this.#progress = progress;
    this.#outcome = outcome;
    for (const every of plan.everys) for (const method of plan.methods) this.#open.add(kindOf(method, every));
  }

  receive(message: SubjectMessage, job: number): void {
    const { id, group } = this.#subject;
    if (message.kind === 'started') {
      this.#began = performance.now();
      return;
    }
    if (message.kind === 'activity') {
      const method = `${message.method} ${missingPercent(message.every)} %`;
      this.#progress.update(job, { subject: `sub-${id}`, method, share: message.share, loss: message.loss });
      return;
    }
    if (message.kind === 'failed') {
      this.#outcome.failures.push({ subject: id, group, ...message.unit });
      this.#drop(kindOf(message.unit.method ?? '', message.unit.every ?? 0));
      return;
    }
    const { method, every, result, isReused } = message.unit;
    this.#outcome.units.push({ subject: id, group, method, every, result });
    if (isReused) {
      this.#reused += 1;
      this.#outcome.reused += 1;
      this.#drop(kindOf(method, every));
    } else {
      this.#done += 1;
      this.#open.delete(kindOf(method, every));
      this.#progress.unitDone(kindOf(method, every), message.unit.seconds);
    }
  }

  #drop(kind: string): void {
    if (this.#open.delete(kind)) this.#progress.unitsDropped(kind);
  }

  /** What is still open when the subject has ended is not going to be done. */
  dropRest(): void {
    for (const kind of [...this.#open]) this.#drop(kind);
  }

  summary(place: string): string {
    const seconds = this.#began === undefined ? 0 : (performance.now() - this.#began) / 1000;
    const { length: methods } = this.#plan.methods;
    const all = methods * this.#plan.everys.length;
    const failed = all - this.#done - this.#reused;
    const parts = [
      ...(this.#done > 0 ? [`${this.#done} imputed`] : []),
      ...(this.#reused > 0 ? [`${this.#reused} kept from an earlier run`] : []),
      ...(failed > 0 ? [`${failed} failed`] : []),
    ];
    return `sub-${this.#subject.id} (${place}): ${parts.join(', ')}, ${seconds.toFixed(1)} s`;
  }
}
