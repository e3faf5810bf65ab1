import type {
  Executor,
  ForwardProgram,
  OperationName,
  Predictor,
  Sources,
  Tensor,
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
  DeviceMemoryError,
  describe,
  evaluationPlan,
  optimiserInputs,
  packStart,
  refuseUnknown,
  sizeOf,
  unpackState,
  valuesOf,
} from '@oinr/graph';
import type { Kernel, Values } from './kernels.ts';
import { kernels } from './kernels.ts';

/**
 * The reference: plain TypeScript in float64, one node at a time. Slow; the truth in tests. With a limit it refuses
 * programs as a device with so many bytes of memory would, which holds values as float32 for as long as they are used.
 */
export function referenceExecutor(memoryLimit = Number.POSITIVE_INFINITY): Executor {
  return {
    name: 'reference',
    trainer: (program, start, residents = {}) => trainer(memoryLimit, program, start, residents),
    predictor: (program, residents = {}) => predictor(memoryLimit, program, residents),
  };
}

async function trainer(
  memoryLimit: number,
  program: TrainingProgram,
  start: TensorValues | TrainingState,
  residents: TensorValues,
): Promise<Trainer> {
  checkResidents(program, residents);
  const state = packStart(program, start, (size) => new Float64Array(size));
  const fixed = bind(program.residents, residents);
  const inputs = callerInputs(program);
  return {
    async run(steps, feeds) {
      checkSteps(steps);
      refuseUnknown('per-step input', inputs, feeds);
      const stacked = inputs.map((input) => [input, valuesOf(input, feeds, steps)] as const);
      const losses = new Float32Array(steps);
      for (let step = 0; step < steps; step++) {
        const values = new Map(fixed);
        for (const [input, all] of stacked) {
          const size = sizeOf(input.shape);
          values.set(input, Float64Array.from(all.subarray(step * size, (step + 1) * size)));
        }
        const [first, second] = adamCorrections(state.step + 1, program.adam);
        for (const input of program.inputs) {
          const { name } = input.attributes;
          if (name === optimiserInputs.firstCorrection) values.set(input, Float64Array.of(first));
          if (name === optimiserInputs.secondCorrection) values.set(input, Float64Array.of(second));
        }
        for (const { parameter, offset, size } of program.packing) {
          values.set(parameter, state.parameters.subarray(offset, offset + size));
        }
        values.set(program.state.parameters, state.parameters);
        values.set(program.state.firstMoments, state.firstMoments);
        values.set(program.state.secondMoments, state.secondMoments);
        const { update, loss } = program;
        const [value, parameters, firstMoments, secondMoments] = evaluate(
          [loss, update.parameters, update.firstMoments, update.secondMoments],
          values,
          memoryLimit,
        );
        losses[step] = value?.[0] ?? Number.NaN;
        Object.assign(state, { step: state.step + 1, parameters, firstMoments, secondMoments });
      }
      return losses;
    },
    async state() {
      return unpackState(program, state);
    },
    async dispose() {},
  };
}

async function predictor(
  memoryLimit: number,
  program: ForwardProgram,
  residents: TensorValues,
): Promise<Predictor> {
  checkResidents(program, residents);
  const fixed = bind(program.residents, residents);
  return {
    async run(parameters, feeds) {
      refuseUnknown('input', program.inputs, feeds);
      const values = new Map([
        ...fixed,
        ...bind(program.parameters, parameters),
        ...bind(program.inputs, feeds),
      ]);
      const results = evaluate(Object.values(program.outputs), values, memoryLimit);
      return Object.fromEntries(
        Object.keys(program.outputs).map((name, i) => [name, Float32Array.from(results[i] ?? [])]),
      );
    },
    async dispose() {},
  };
}

function bind(sources: Sources['inputs' | 'parameters' | 'residents'], values: TensorValues) {
  return new Map<Tensor, Values>(
    sources.map((source) => [source, Float64Array.from(valuesOf(source, values))]),
  );
}

/** The values of `outputs` in float64, given those of their sources; see referenceExecutor for the limit. */
export function evaluate(
  outputs: readonly Tensor[],
  sources: ReadonlyMap<Tensor, Values>,
  memoryLimit = Number.POSITIVE_INFINITY,
): Values[] {
  const memory = new Memory(memoryLimit);
  const values = new Map(sources);
  for (const source of sources.keys()) memory.take(source);
  for (const { node, done } of evaluationPlan(outputs)) {
    if (sources.has(node)) continue;
    const kernel = (kernels as Partial<Record<OperationName, Kernel<never>>>)[node.operation];
    if (!kernel) throw new Error(`No value was given for ${node.operation}.`);
    memory.take(node);
    const inputs = node.inputs.map((input) => values.get(input) ?? new Float64Array(0));
    values.set(node, kernel(node as never, inputs));
    for (const value of done) {
      if (sources.has(value)) continue;
      values.delete(value);
      memory.release(value);
    }
  }
  return outputs.map((output) => values.get(output) ?? new Float64Array(0));
}

/** Counts the float32 values that a device would hold, and refuses what is beyond its limit. */
class Memory {
  private readonly limit: number;
  private held = 0;

  constructor(limit: number) {
    this.limit = limit;
  }

  take(value: Tensor): void {
    const bytes = 4 * sizeOf(value.shape);
    if (this.held + bytes > this.limit) {
      throw new DeviceMemoryError(
        `The memory of the engine "reference" does not suffice: ${describe(value)} takes ${bytes} bytes, and ` +
          `${this.held} of ${this.limit} are in use; use smaller batches or another engine.`,
      );
    }
    this.held += bytes;
  }

  release(value: Tensor): void {
    this.held -= 4 * sizeOf(value.shape);
  }
}
