import { UserError } from '@oinr/errors';
import type { Executor, TensorValues, Trainer, TrainingProgram, TrainingState } from '@oinr/graph';
import { cosineDecay, DeviceMemoryError } from '@oinr/graph';
import { accumulatingTrainer } from './accumulation.ts';
import type { Division } from './batchParts.ts';
import { nextParts } from './batchParts.ts';

/** Opens a trainer at a start; see sizesTrainer. */
export type OwnTrainer = (start: TensorValues | TrainingState) => Promise<Trainer>;

/** What a fit is. Feeds are made chunk by chunk, so that no more than a chunk of batches is held at once. */
export interface FitOptions {
  readonly executor: Executor;
  /**
   * The training step of a batch. Where the device's memory does not hold it, the batch of each step is taken in parts
   * whose gradients are added up; see accumulatingTrainer. A step that is no run of one program brings its own trainer.
   */
  readonly step: Division<TrainingProgram> | OwnTrainer;
  /** Initial parameters, or the state of an earlier fit to go on from (its `step` counts towards `steps`). */
  readonly start: TensorValues | TrainingState;
  readonly residents?: TensorValues;
  /** Total number of steps. */
  readonly steps: number;
  /**
   * Steps in one call of the executor, 50 where not given; or how many follow a given step, where calls must end at
   * certain ones. Abort and progress are looked at between calls.
   */
  readonly chunk?: number | ((step: number) => number);
  /** Learning rates of steps first .. first + count - 1, shape (count). */
  readonly learningRate: (first: number, count: number) => Float32Array;
  /** All other per-step feeds of these steps, with a leading dimension of count. The same at every call for a step. */
  readonly feeds: (first: number, count: number) => TensorValues;
  readonly signal?: AbortSignal;
  /** Called after every call of the executor with the share done (0 to 1) and the mean loss of its steps. */
  readonly onProgress?: (done: number, loss?: number) => void;
  /** Called before `onProgress` with the loss of each step of the call, and the number of steps before it. */
  readonly onLosses?: (losses: Float32Array, first: number) => void;
  /** How often a fit that diverged starts again, each time with half the learning rate; 4 where not given. */
  readonly restarts?: number;
  /**
   * A mean loss of this many times the first level counts as diverged, 30 where not given: smooth losses of a healthy
   * fit never rise that much. Infinity leaves only losses that are not finite.
   */
  readonly explosion?: number;
  /** Keeps the fit where it may be interrupted. */
  readonly keeper?: FitKeeper;
}

/** All that an interrupted fit needs to go on bit for bit. */
export interface FitProgress {
  readonly state: TrainingState;
  /** The loss of every step so far. */
  readonly losses: Float32Array;
  readonly restarts: number;
}

/** Where a fit in progress is kept. */
export interface FitKeeper {
  /** What was kept of this very fit: same data, options, seed and engine. */
  load(): Promise<FitProgress | undefined>;
  /** Offered after every call of the executor; `take` copies the state from the device. `isLast`: the fit is stopping. */
  offer(take: () => Promise<FitProgress>, isLast: boolean): Promise<void>;
}

export interface FitResult {
  readonly state: TrainingState;
  /** Loss of every step, shape (steps from `start`), whether this call took it or an interrupted one before. */
  readonly losses: Float32Array;
  /** How often the fit diverged and was started again with half the learning rate. */
  readonly restarts: number;
  /** Parts that each batch was taken in, because the device's memory did not hold the whole; 1 where it did. */
  readonly parts: number;
}

/** Where a fit diverged: a step, counted from 1, and its loss. */
export interface Divergence {
  readonly step: number;
  readonly loss: number;
}

/** A fit whose loss became NaN or exploded at every learning rate that was tried. */
export class DivergedError extends UserError {
  override readonly name = 'DivergedError';
  /** Where its last attempt diverged. */
  readonly last: Divergence;

  constructor(message: string, last: Divergence) {
    super(message);
    this.last = last;
  }
}

/**
 * Trains with Adam in chunks of steps. A loss that is not finite, or that explodes, ends the attempt; the fit starts
 * again from `start` with half the learning rate, which is counted in `restarts`. So it does, with smaller parts of the
 * batch and the same rate, when memory runs out.
 * With a keeper, an interrupted fit goes on where it was kept last; the result is bit for bit that of one piece.
 * Throws DivergedError after the last restart, DeviceMemoryError where not even one sample of the batch fits into memory,
 * and the signal's reason when aborted.
 */
export async function fit(options: FitOptions): Promise<FitResult> {
  const { restarts: mostRestarts = 4 } = options;
  let parts = 1;
  let kept = await options.keeper?.load();
  for (let restarts = kept?.restarts ?? 0; ; ) {
    try {
      const outcome = await attempt(options, restarts, parts, kept);
      if (!('loss' in outcome)) return { ...outcome, restarts, parts };
      if (restarts >= mostRestarts) throw diverged(restarts, outcome);
      restarts += 1;
      kept = undefined;
    } catch (error) {
      if (!(error instanceof DeviceMemoryError)) throw error;
      const { step } = options;
      const more = typeof step === 'function' ? undefined : nextParts(step.batch, parts);
      if (more === undefined) throw doesNotFit(options, error);
      parts = more;
    }
  }
}

function diverged(restarts: number, last: Divergence): DivergedError {
  const message =
    restarts === 0
      ? `Training diverged: the loss at step ${last.step} is ${last.loss}; start again with a lower learning rate.`
      : `Training diverged ${restarts + 1} times, the last with 1/${2 ** restarts} of the learning rate; ` +
        'the intensities may span too many orders of magnitude.';
  return new DivergedError(message, last);
}

function doesNotFit({ executor }: FitOptions, cause: DeviceMemoryError): DeviceMemoryError {
  return new DeviceMemoryError(
    `A training step does not fit into the memory of the engine ${executor.name}, not even with one sample at a time; ` +
      `free memory on the device, or use the engine cpu or a smaller network. (${cause.message})`,
    { cause },
  );
}

function openTrainer(
  { executor, step, residents }: FitOptions,
  start: TensorValues | TrainingState,
  parts: number,
): Promise<Trainer> {
  if (typeof step === 'function') return step(start);
  const program = step.program(step.batch / parts);
  return parts === 1
    ? executor.trainer(program, start, residents)
    : accumulatingTrainer(executor, program, parts, start, residents);
}

async function attempt(
  options: FitOptions,
  restarts: number,
  parts: number,
  kept: FitProgress | undefined,
): Promise<Pick<FitResult, 'state' | 'losses'> | Divergence> {
  const { start, steps, chunk = 50, explosion = 30, signal, keeper } = options;
  const lengthOf = typeof chunk === 'number' ? () => chunk : chunk;
  const first = 'step' in start && typeof start.step === 'number' ? start.step : 0;
  const begin = kept?.state.step ?? first;
  const losses = new Float32Array(Math.max(0, steps - first));
  losses.set(kept?.losses ?? []);
  let highest = Number.POSITIVE_INFINITY;
  const trainer = await openTrainer(options, kept?.state ?? start, parts);
  try {
    for (let step = begin; step < steps; ) {
      signal?.throwIfAborted();
      const count = Math.min(lengthOf(step), steps - step);
      const learningRate = options.learningRate(step, count).map((rate) => rate * 0.5 ** restarts);
      const part = await trainer.run(count, { ...options.feeds(step, count), learningRate });
      losses.set(part, step - first);
      if (highest === Number.POSITIVE_INFINITY)
        highest = explosion * levelOf(losses.subarray(0, lengthOf(first)));
      const mean = meanOf(part);
      if (!Number.isFinite(mean) || mean > highest) return divergenceIn(part, step, highest);
      const done = step + count;
      options.onLosses?.(part, step);
      options.onProgress?.((done - first) / (steps - first), mean);
      const take = async (): Promise<FitProgress> => ({
        state: await trainer.state(),
        losses: losses.slice(0, done - first),
        restarts,
      });
      if (done < steps) await keeper?.offer(take, signal?.aborted ?? false);
      step = done;
    }
    const state = await trainer.state();
    const finite = Object.values(state.parameters).every((values) => values.every(Number.isFinite));
    return finite ? { state, losses } : { step: steps, loss: Number.NaN };
  } finally {
    await trainer.dispose();
  }
}

/** The first step of a call whose loss is not finite, else the first above the limit. */
function divergenceIn(losses: Float32Array, first: number, highest: number): Divergence {
  const bad = losses.findIndex((loss) => !Number.isFinite(loss));
  const n = bad >= 0 ? bad : losses.findIndex((loss) => loss > highest);
  return { step: first + n + 1, loss: losses[n] };
}

/** The level that a loss has at the beginning, from the first steps. */
function levelOf(losses: Float32Array): number {
  return Math.max(meanOf(losses), losses[0], Number.MIN_VALUE);
}

function meanOf(losses: Float32Array): number {
  return losses.reduce((sum, loss) => sum + loss, 0) / losses.length;
}

/** Learning rates for `fit` that fall from start to end over `total` steps along half a cosine. */
export function cosineRates(
  start: number,
  end: number,
  total: number,
): (first: number, count: number) => Float32Array {
  return (first, count) => cosineDecay(start, end, first, count, total);
}
