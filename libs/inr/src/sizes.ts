import type { Executor, TensorValues, Trainer, TrainingProgram, TrainingState } from '@oinr/graph';
import { gradientPredictor, hostTrainer } from './hostTrainer.ts';

/** A training step on a signal of one size. All have the same parameters. */
export interface SizedStep {
  readonly program: TrainingProgram;
  readonly residents: TensorValues;
}

/**
 * A trainer on signals of several sizes, one of them in each step: `which` says it for every step since the beginning of the
 * fit. Programs are opened when they are first needed.
 */
export async function sizesTrainer(
  executor: Executor,
  sizes: readonly SizedStep[],
  which: (step: number) => number,
  start: TensorValues | TrainingState,
): Promise<Trainer> {
  const opened = new Map<number, ReturnType<typeof gradientPredictor>>();
  let step = 'step' in start && typeof start.step === 'number' ? start.step : 0;
  return hostTrainer(executor, sizes[0].program, start, {
    async gradient(parameters) {
      const size = which(step++);
      const { program, residents } = sizes[size];
      const known = opened.get(size) ?? gradientPredictor(executor, program, residents);
      opened.set(size, known);
      const results = await (await known).predictor.run(parameters, {});
      return { loss: results.loss[0], gradient: results.gradient };
    },
    async dispose() {
      for (const each of opened.values()) await (await each).predictor.dispose();
    },
  });
}
