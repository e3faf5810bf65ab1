import type { Executor, ForwardProgram, Predictor, TensorValues } from '@oinr/graph';
import { DeviceMemoryError } from '@oinr/graph';
import type { Division } from './batchParts.ts';
import { feedsOfPart, nextParts } from './batchParts.ts';

/**
 * Evaluates a program on a batch; where the device's memory does not hold it, on parts of it one after the other, for
 * this call and all later ones. The batch is the first axis of all inputs and outputs. Throws DeviceMemoryError where
 * not even one sample fits.
 */
export async function batchPredictor(
  executor: Executor,
  { batch, program }: Division<ForwardProgram>,
  residents?: TensorValues,
): Promise<Predictor> {
  let parts = 1;
  let current: { forward: ForwardProgram; predictor: Predictor } | undefined;
  const open = async () => {
    const forward = program(batch / parts);
    return { forward, predictor: await executor.predictor(forward, residents) };
  };
  const runParts = async (parameters: TensorValues, feeds: TensorValues) => {
    current ??= await open();
    const { forward, predictor } = current;
    if (parts === 1) return predictor.run(parameters, feeds);
    const joined: Record<string, Float32Array> = {};
    for (let part = 0; part < parts; part++) {
      const results = await predictor.run(parameters, feedsOfPart(forward, feeds, part));
      for (const [name, values] of Object.entries(results)) {
        joined[name] ??= new Float32Array(values.length * parts);
        joined[name].set(values, part * values.length);
      }
    }
    return joined;
  };
  const dispose = async () => {
    await current?.predictor.dispose();
    current = undefined;
  };
  return {
    async run(parameters, feeds) {
      for (;;) {
        try {
          return await runParts(parameters, feeds);
        } catch (error) {
          const more = error instanceof DeviceMemoryError ? nextParts(batch, parts) : undefined;
          if (more === undefined) throw error;
          await dispose();
          parts = more;
        }
      }
    },
    dispose,
  };
}
