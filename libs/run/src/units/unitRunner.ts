import { fileURLToPath } from 'node:url';
import { errorMessage } from '@oinr/errors';
import { codeVersion } from '../codeVersion.ts';
import { manifestFolder, type OutputFolder } from '../folder.ts';
import type { JobPlan } from '../jobs.ts';
import { TaskFailure, WorkerPool } from '../pool.ts';
import { Progress, type ProgressStream } from '../progress.ts';
import { interruptible } from '../stage.ts';
import type { WorkKind } from '../timeLeft.ts';
import type { FailedUnit, FinishedUnit, UnitMessage, WorkerSetup } from './unit.ts';

export interface UnitWork<Plan> {
  /** The worker's module, which calls serveUnits; it must not change while the run goes on. */
  readonly entry: URL;
  readonly plan: Plan;
  readonly folder: OutputFolder;
  readonly jobs: JobPlan;
  /** All units by kind, for the estimate of the time left. */
  readonly kinds: Readonly<Record<string, WorkKind>>;
  /** What a unit makes, in the plural: `volumes`. */
  readonly things: string;
  readonly out: ProgressStream;
}

const tickMilliseconds = 1000;

/** What came of one task. */
export interface TaskOutcome<Row> {
  readonly finished: readonly FinishedUnit<Row>[];
  readonly failed: readonly FailedUnit[];
  /** Stopped on request: what is not finished is no failure. */
  readonly isStopped: boolean;
  readonly seconds: number;
}

/** What came of all tasks of a stage. */
export interface WorkOutcome<Result> {
  readonly result: Result;
  /** By Ctrl-C. */
  readonly isStopped: boolean;
  /** Why the run ended before its last task, other than by Ctrl-C. */
  readonly stopReason?: string;
  /** Paths of what all finished units have written. */
  readonly outputs: readonly string[];
}

/**
 * The units of a stage at work in processes of their own: pool, progress, log, Ctrl-C and what stops a run. `work` hands
 * tasks to the runner, one subject each, and makes what it wants of their outcomes.
 */
export async function runUnits<Plan, Task, Row, Result>(
  { entry, plan, folder, jobs, kinds, things, out }: UnitWork<Plan>,
  work: (runner: UnitRunner<Task, Row>) => Promise<Result>,
): Promise<WorkOutcome<Result>> {
  const setup: WorkerSetup<Plan> = {
    plan,
    folder: folder.path,
    records: manifestFolder(folder.path, folder.stage),
    code: await codeVersion(entry),
    threads: jobs.threadsPerJob,
  };
  const pool = new WorkerPool<Task, null, UnitMessage<Row>>({
    entry: fileURLToPath(entry),
    jobs: jobs.jobs,
    setup,
    onOutput: (line) => folder.log.write(`worker: ${line}`),
  });
  const progress = new Progress({ stream: out, kinds, jobs: jobs.jobs, things });
  const ticking = setInterval(() => progress.tick(), tickMilliseconds);
  try {
    return await interruptible({ pool, progress }, async (signal) => {
      const runner = new UnitRunner<Task, Row>(pool, progress, folder, signal);
      const result = await work(runner);
      const { stopReason, outputs } = runner;
      return { result, isStopped: signal.aborted, stopReason, outputs };
    });
  } finally {
    clearInterval(ticking);
  }
}

/** Hands tasks to the workers and keeps count of their units. */
export class UnitRunner<Task, Row> {
  readonly #pool: WorkerPool<Task, null, UnitMessage<Row>>;
  readonly #progress: Progress;
  readonly #folder: OutputFolder;
  /** Aborted when the run is to be stopped. */
  readonly signal: AbortSignal;
  /** Why no further task is begun; undefined as long as all is well. */
  stopReason: string | undefined;
  /** Paths of what finished units have written. */
  readonly outputs: string[] = [];

  constructor(
    pool: WorkerPool<Task, null, UnitMessage<Row>>,
    progress: Progress,
    folder: OutputFolder,
    signal: AbortSignal,
  ) {
    this.#pool = pool;
    this.#progress = progress;
    this.#folder = folder;
    this.signal = signal;
  }

  /**
   * Does all units of a task, called `name` before people (`sub-01`). Never rejects: what fails is in the outcome.
   *
   * @param announced kinds of its units, one entry each, as they stand in the estimate of the time left.
   * @param onFinished gets every unit as soon as it is done.
   */
  async task(
    task: Task,
    name: string,
    announced: readonly string[],
    onFinished: (unit: FinishedUnit<Row>) => void = () => undefined,
  ): Promise<TaskOutcome<Row>> {
    const finished: FinishedUnit<Row>[] = [];
    const failed: FailedUnit[] = [];
    const open = [...announced];
    const close = (kind: string | undefined): boolean => {
      const at = kind === undefined ? -1 : open.indexOf(kind);
      if (at >= 0) open.splice(at, 1);
      return at >= 0;
    };
    let job = 0;
    let began: number | undefined;
    let isStopped = false;
    try {
      await this.#pool.run(task, (message, inJob) => {
        began ??= performance.now();
        job = inJob;
        if (message.kind === 'activity')
          this.#progress.update(job, { subject: name, method: message.what, ...message });
        else if (message.kind === 'note') this.#folder.log.write(`${name}: ${message.text}`);
        else if (message.kind === 'finished') {
          const { unit } = message;
          finished.push(unit);
          this.outputs.push(...unit.outputs);
          if (close(unit.kind)) {
            if (unit.isReused) this.#progress.unitsDropped(unit.kind);
            else this.#progress.unitDone(unit.kind, unit.seconds);
          }
          onFinished(unit);
        } else {
          failed.push(message.unit);
          this.#log(name, message.unit);
        }
      });
    } catch (error) {
      const failure = error instanceof TaskFailure ? error : undefined;
      isStopped = failure?.stopped ?? false;
      if (!isStopped) {
        const whole = { message: errorMessage(error), trace: failure?.trace ?? '' };
        failed.push(whole);
        this.#log(name, whole);
        if (failure?.stopsTheRun) {
          this.stopReason ??= whole.message;
          this.#pool.stop();
        }
      }
    } finally {
      this.#progress.idle(job);
      // What is still open when the task has ended is not going to be done.
      for (const kind of open) this.#progress.unitsDropped(kind);
    }
    const seconds = began === undefined ? 0 : (performance.now() - began) / 1000;
    return { finished, failed, isStopped, seconds };
  }

  /** A line that stays on the terminal, in the log too. */
  say(line: string): void {
    this.#progress.say(line);
    this.#folder.log.write(line);
  }

  #log(name: string, { name: unit, message, trace }: FailedUnit): void {
    const where = unit === undefined ? name : `${name}, ${unit.at(-1)}`;
    this.#folder.log.write(`${where}: ${message} ${trace}`);
  }
}
