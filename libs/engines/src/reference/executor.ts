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
import { adamCorrections, optimiserInputs, sizeOf, topologicalOrder } from '@oinr/graph';
import {
  callerInputs,
  checkResidents,
  checkSteps,
  packStart,
  refuseUnknown,
  unpackState,
  valuesOf,
} from '../values.ts';
import type { Kernel, Values } from './kernels.ts';
import { kernels } from './kernels.ts';

/** The reference: plain TypeScript in float64, one node at a time. Slow; the truth in tests. */
export function referenceExecutor(): Executor {
  return { name: 'reference', trainer, predictor };
}

async function trainer(
  program: TrainingProgram,
  start: TensorValues | TrainingState,
  residents: TensorValues = {},
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

async function predictor(program: ForwardProgram, residents: TensorValues = {}): Promise<Predictor> {
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
      const results = evaluate(Object.values(program.outputs), values);
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

/** The values of `outputs` in float64, given those of their sources. */
export function evaluate(outputs: readonly Tensor[], sources: ReadonlyMap<Tensor, Values>): Values[] {
  const values = new Map(sources);
  for (const node of topologicalOrder(outputs)) {
    if (values.has(node)) continue;
    const kernel = (kernels as Partial<Record<OperationName, Kernel<never>>>)[node.operation];
    if (!kernel) throw new Error(`No value was given for ${node.operation}.`);
    const inputs = node.inputs.map((input) => values.get(input) ?? new Float64Array(0));
    values.set(node, kernel(node as never, inputs));
  }
  return outputs.map((output) => values.get(output) ?? new Float64Array(0));
}
