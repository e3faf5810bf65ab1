import type { Executor, TensorValues, Trainer, TrainingProgram, TrainingState } from '@oinr/graph';
import { adamCorrections, forwardProgram, input, optimiserInputs, packStart, unpackState } from '@oinr/graph';

/** The loss of one step and its gradient, flat over all parameters in the order of the program's packing. */
export interface StepGradient {
  readonly loss: number;
  readonly gradient: Float32Array;
}

/** Where the gradients of a trainer's steps come from. */
export interface GradientSource {
  /** `index` counts the steps of the call from 0, and `feeds` are those of the whole call. */
  gradient(parameters: TensorValues, feeds: TensorValues, index: number): Promise<StepGradient>;
  dispose(): Promise<void>;
}

/**
 * A trainer whose parameters and moments are on the host between calls of the device, for steps that are not one run of one
 * program: batches taken in parts, signals of several sizes. `program` says what is trained, and how it is optimised.
 */
export async function hostTrainer(
  executor: Executor,
  program: TrainingProgram,
  start: TensorValues | TrainingState,
  source: GradientSource,
): Promise<Trainer> {
  const { packing, adam } = program;
  const state = packStart(program, start, (size) => new Float32Array(size));
  const size = state.parameters.length;
  const carried = {
    parameters: input('parameters', [size]),
    firstMoments: input('firstMoments', [size]),
    secondMoments: input('secondMoments', [size]),
  };
  const update = forwardProgram({ ...program.optimise(carried, input('gradient', [size])) });
  const asked = new Set(update.inputs.map(({ attributes: { name } }) => name));
  const updateBy = await executor.predictor(update);

  const step = async (feeds: TensorValues, index: number, rate: number): Promise<number> => {
    const parameters = Object.fromEntries(
      packing.map(({ parameter, offset, size: length }) => [
        parameter.attributes.name,
        state.parameters.subarray(offset, offset + length),
      ]),
    );
    const { loss, gradient } = await source.gradient(parameters, feeds, index);
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
        gradient,
        firstMoments: state.firstMoments,
        secondMoments: state.secondMoments,
        // Muon alone has no bias corrections.
        ...Object.fromEntries(Object.entries(scalars).filter(([name]) => asked.has(name))),
      },
    );
    Object.assign(state, next, { step: state.step + 1 });
    return loss;
  };

  return {
    async run(steps, feeds) {
      const rates = feeds[optimiserInputs.learningRate];
      const losses = new Float32Array(steps);
      for (let n = 0; n < steps; n++) losses[n] = await step(feeds, n, rates[n]);
      return losses;
    },
    async state() {
      return unpackState(program, state);
    },
    async dispose() {
      await Promise.all([source.dispose(), updateBy.dispose()]);
    },
  };
}

/** Calculates the loss and the gradient of a training program. */
export async function gradientPredictor(
  executor: Executor,
  { loss, gradient }: TrainingProgram,
  residents: TensorValues = {},
) {
  const forward = forwardProgram({ loss, gradient });
  const own = Object.fromEntries(
    forward.residents.map(({ attributes: { name } }) => [name, residents[name] ?? new Float32Array()]),
  );
  return { forward, predictor: await executor.predictor(forward, own) };
}
