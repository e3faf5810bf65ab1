import type { Executor, TensorValues, Trainer, TrainingProgram, TrainingState } from '@oinr/graph';
import { feedsOfPart } from './batchParts.ts';
import { gradientPredictor, hostTrainer } from './hostTrainer.ts';

/**
 * A trainer for devices whose memory does not hold a whole batch: every step takes its batch in `parts`, one after the
 * other, adds up their gradients, and updates once. `program` is the step for one part. Its loss must be a mean over
 * the batch; then losses and parameters are those of the whole batch, but for float32 rounding.
 */
export async function accumulatingTrainer(
  executor: Executor,
  program: TrainingProgram,
  parts: number,
  start: TensorValues | TrainingState,
  residents?: TensorValues,
): Promise<Trainer> {
  const { forward, predictor } = await gradientPredictor(executor, program, residents);
  return hostTrainer(executor, program, start, {
    async gradient(parameters, feeds, index) {
      const sum = new Float64Array(program.gradient.shape[0]);
      let loss = 0;
      for (let part = 0; part < parts; part++) {
        const results = await predictor.run(parameters, feedsOfPart(forward, feeds, index * parts + part));
        loss += results.loss[0] / parts;
        for (let i = 0; i < sum.length; i++) sum[i] += results.gradient[i];
      }
      return { loss, gradient: Float32Array.from(sum, (value) => value / parts) };
    },
    dispose: () => predictor.dispose(),
  });
}
