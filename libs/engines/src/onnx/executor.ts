import type {
  Executor,
  ForwardProgram,
  Tensor as GraphTensor,
  Predictor,
  TensorValues,
  Trainer,
  TrainingProgram,
  TrainingState,
} from '@oinr/graph';
import {
  adamCorrections,
  callerInputs,
  checkResidents,
  checkSteps,
  optimiserInputs,
  packStart,
  refuseUnknown,
  unpackState,
  valuesOf,
} from '@oinr/graph';
import type { InferenceSession, Tensor as OnnxTensor } from 'onnxruntime-node';
import { explainMemory } from '../memory.ts';
import type { Device } from './device.ts';
import type { OnnxRuntime } from './runtime.ts';
import { forwardModel, trainingModel } from './training.ts';

export interface OnnxOptions {
  readonly runtime: OnnxRuntime;
  /** What onnxruntime calls the device. */
  readonly provider: 'cpu' | 'wasm' | 'webgpu' | 'cuda';
  readonly device: Device;
  /** Threads inside one operation. */
  readonly threads: number;
  /** Writes an onnxruntime profile (JSON for chrome://tracing) beginning with this path. */
  readonly profile?: string;
}

/** An executor on one of onnxruntime's providers. */
export function onnxExecutor(options: OnnxOptions): Executor {
  return {
    name: `onnx-${options.provider}`,
    trainer: (program, start, residents = {}) => trainer(options, program, start, residents),
    predictor: (program, residents = {}) => predictor(options, program, residents),
  };
}

/** Opens a session for a serialised model. */
export async function openSession(model: Uint8Array, options: OnnxOptions): Promise<InferenceSession> {
  return explainMemory(options.provider, 'a program', () =>
    options.runtime.InferenceSession.create(model, {
      executionProviders: [options.provider],
      intraOpNumThreads: options.threads,
      interOpNumThreads: 1,
      executionMode: 'sequential',
      graphOptimizationLevel: 'all',
      enableCpuMemArena: true,
      enableMemPattern: true,
      logSeverityLevel: 4, // its errors reach us as exceptions
      ...(options.profile && { enableProfiling: true, profileFilePrefix: options.profile }),
    }),
  );
}

async function trainer(
  options: OnnxOptions,
  program: TrainingProgram,
  start: TensorValues | TrainingState,
  residents: TensorValues,
): Promise<Trainer> {
  const { Tensor, fillsGiven } = options.runtime;
  checkResidents(program, residents);
  const session = await openSession(trainingModel(program, options.device), options);
  const fixed = bind(options.runtime, program.residents, residents);
  const inputs = callerInputs(program);
  const state = packStart(program, start, (size) => new Float32Array(size));
  // Results are written into a second set of arrays, and the two sets change places: no garbage per call.
  const spare = packStart(program, start, (size) => new Float32Array(size));
  const carriedNames = ['parameters', 'firstMoments', 'secondMoments'] as const;
  return {
    async run(steps, feeds) {
      checkSteps(steps);
      refuseUnknown('per-step input', inputs, feeds);
      const all: Record<string, OnnxTensor> = {
        ...fixed,
        steps: new Tensor('int64', [BigInt(steps)], []),
      };
      for (const input of inputs) {
        all[`input.${input.attributes.name}`] = tensor(
          options.runtime,
          input,
          valuesOf(input, feeds, steps),
          steps,
        );
      }
      const corrections = Array.from({ length: steps }, (_, i) =>
        adamCorrections(state.step + 1 + i, program.adam),
      );
      for (const [i, name] of [optimiserInputs.firstCorrection, optimiserInputs.secondCorrection].entries()) {
        if (!program.inputs.some(({ attributes }) => attributes.name === name)) continue; // no parameter by Adam
        const values = Float32Array.from(corrections, (pair) => pair[i] ?? Number.NaN);
        all[`input.${name}`] = new Tensor('float32', values, [steps]);
      }
      const losses = new Float32Array(steps);
      const fetches: Record<string, OnnxTensor> = { losses: new Tensor('float32', losses, [steps]) };
      for (const name of carriedNames) {
        all[name] = new Tensor('float32', state[name], [state[name].length]);
        fetches[`next.${name}`] = new Tensor('float32', spare[name], [spare[name].length]);
      }
      const given = await explainMemory(options.provider, 'a training step', () =>
        fillsGiven ? session.run(all, fetches) : session.run(all),
      );
      if (!fillsGiven)
        for (const [name, { data }] of Object.entries(fetches))
          (data as Float32Array).set(given[name].data as Float32Array);
      for (const name of carriedNames) [state[name], spare[name]] = [spare[name], state[name]];
      state.step += steps;
      return losses;
    },
    async state() {
      return unpackState(program, state);
    },
    async dispose() {
      await session.release();
    },
  };
}

async function predictor(
  options: OnnxOptions,
  program: ForwardProgram,
  residents: TensorValues,
): Promise<Predictor> {
  checkResidents(program, residents);
  const session = await openSession(forwardModel(program, options.device), options);
  const fixed = bind(options.runtime, program.residents, residents);
  return {
    async run(parameters, feeds) {
      refuseUnknown('input', program.inputs, feeds);
      const all = {
        ...fixed,
        ...bind(options.runtime, program.parameters, parameters),
        ...bind(options.runtime, program.inputs, feeds),
      };
      const results = await explainMemory(options.provider, 'a prediction', () => session.run(all));
      return Object.fromEntries(
        Object.keys(program.outputs).map((name) => [name, results[`output.${name}`]?.data as Float32Array]),
      );
    },
    async dispose() {
      await session.release();
    },
  };
}

function bind(
  runtime: OnnxRuntime,
  sources: readonly GraphTensor<'parameter' | 'resident' | 'input'>[],
  values: TensorValues,
): Record<string, OnnxTensor> {
  return Object.fromEntries(
    sources.map((source) => [
      `${source.operation}.${source.attributes.name}`,
      tensor(runtime, source, valuesOf(source, values)),
    ]),
  );
}

/** onnxruntime-node reads the array in place, without a copy; float64 values are rounded to float32 first. */
function tensor(
  { Tensor }: OnnxRuntime,
  source: GraphTensor,
  values: TensorValues[string],
  steps?: number,
): OnnxTensor {
  const shape = steps === undefined ? source.shape : [steps, ...source.shape];
  if (values instanceof Int32Array) return new Tensor('int32', values, shape);
  return new Tensor('float32', values instanceof Float32Array ? values : Float32Array.from(values), shape);
}
