import type { Executor, TensorValues, Trainer, TrainingProgram, TrainingState } from '@oinr/graph';
import { adamCorrections, forwardProgram, input, optimiserInputs, packStart, unpackState } from '@oinr/graph';
import { feedsOfPart } from './batchParts.ts';

/**
 * A trainer for devices whose memory does not hold a whole batch: every step takes its batch in `parts`, one after the
 * other, adds up their gradients, and updates once. `program` is the step for one part. Its loss must be a mean over
 * the batch; then losses and parameters are those of the whole batch, but for float32 rounding. Parameters and
 * moments are on the host between calls of the device.
 */
export async function accumulatingTrainer(
  executor: Executor,
  program: TrainingProgram,
  parts: number,
  start: TensorValues | TrainingState,
  residents?: TensorValues,
): Promise<Trainer> {
  const { loss, gradient, packing, adam } = program;
  const forward = forwardProgram({ loss, gradient });
  const state = packStart(program, start, (size) => new Float32Array(size));
  const size = state.parameters.length;
  const carried = {
    parameters: input('parameters', [size]),
    firstMoments: input('firstMoments', [size]),
    secondMoments: input('secondMoments', [size]),
  };
  const update = forwardProgram({ ...program.optimise(carried, input('gradient', [size])) });
  const asked = new Set(update.inputs.map(({ attributes: { name } }) => name));
  const own = Object.fromEntries(
    forward.residents.map(({ attributes: { name } }) => [name, residents?.[name] ?? new Float32Array()]),
  );
  const [gradientOf, updateBy] = await Promise.all([
    executor.predictor(forward, own),
    executor.predictor(update),
  ]);

  const step = async (feeds: TensorValues, first: number, rate: number): Promise<number> => {
    const parameters = Object.fromEntries(
      packing.map(({ parameter, offset, size: length }) => [
        parameter.attributes.name,
        state.parameters.subarray(offset, offset + length),
      ]),
    );
    const sum = new Float64Array(size);
    let mean = 0;
    for (let part = 0; part < parts; part++) {
      const results = await gradientOf.run(parameters, feedsOfPart(forward, feeds, first + part));
      mean += results.loss[0] / parts;
      for (let i = 0; i < size; i++) sum[i] += results.gradient[i];
    }
    const [forFirst, forSecond] = adamCorrections(state.step + 1, adam);
    const scalars: TensorValues = {
      [optimiserInputs.learningRate]: Float32Array.of(rate),
      [optimiserInputs.firstCorrection]: Float32Array.of(forFirst),
      [optimiserInputs.secondCorrection]: Float32Array.of(forSecond),
    };
    const next = await updateBy.run(
      {},
      {
        parameters: state.parameters,
        gradient: Float32Array.from(sum, (value) => value / parts),
        firstMoments: state.firstMoments,
        secondMoments: state.secondMoments,
        // Muon alone has no bias corrections.
        ...Object.fromEntries(Object.entries(scalars).filter(([name]) => asked.has(name))),
      },
    );
    Object.assign(state, next, { step: state.step + 1 });
    return mean;
  };

  return {
    async run(steps, feeds) {
      const rates = feeds[optimiserInputs.learningRate];
      const losses = new Float32Array(steps);
      for (let n = 0; n < steps; n++) losses[n] = await step(feeds, n * parts, rates[n]);
      return losses;
    },
    async state() {
      return unpackState(program, state);
    },
    async dispose() {
      await Promise.all([gradientOf.dispose(), updateBy.dispose()]);
    },
  };
}
