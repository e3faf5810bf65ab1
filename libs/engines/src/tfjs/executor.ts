import type {
  Executor,
  ForwardProgram,
  OperationName,
  Predictor,
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
  evaluationPlan,
  optimiserInputs,
  packStart,
  refuseUnknown,
  sizeOf,
  unpackState,
  valuesOf,
} from '@oinr/graph';
import { explainMemory } from '../memory.ts';
import type { Kernel, TensorFlow, Value } from './kernels.ts';
import { kernels } from './kernels.ts';

/**
 * Runs graphs operation by operation on the current TensorFlow.js backend. Every intermediate tensor is disposed
 * after its last use, so memory stays flat and no higher than the graph needs.
 */
export function tfjsExecutor(tf: TensorFlow): Executor {
  return {
    name: 'tfjs',
    trainer: (program, start, residents = {}) =>
      explainMemory('tfjs', 'a program', () => trainer(tf, program, start, residents)),
    predictor: (program, residents = {}) =>
      explainMemory('tfjs', 'a program', () => predictor(tf, program, residents)),
  };
}

async function trainer(
  tf: TensorFlow,
  program: TrainingProgram,
  start: TensorValues | TrainingState,
  residents: TensorValues,
): Promise<Trainer> {
  checkResidents(program, residents);
  const initial = packStart(program, start, (size) => new Float32Array(size));
  let step = initial.step;
  let state = (['parameters', 'firstMoments', 'secondMoments'] as const).map((name) =>
    tf.tensor1d(initial[name]),
  ) as Value[];
  const fixed = upload(tf, program.residents, residents);
  const inputs = callerInputs(program);
  const { update, loss } = program;
  const evaluate = evaluator(tf, [loss, update.parameters, update.firstMoments, update.secondMoments]);
  const sourcesOfStep = (feeds: TensorValues, steps: number, index: number): [Tensor, Value][] => {
    const [first, second] = adamCorrections(step + 1, program.adam);
    return program.inputs.map((input) => {
      const { name } = input.attributes;
      if (name === optimiserInputs.firstCorrection) return [input, tf.scalar(first)];
      if (name === optimiserInputs.secondCorrection) return [input, tf.scalar(second)];
      const size = sizeOf(input.shape);
      return [
        input,
        toTensor(tf, input, valuesOf(input, feeds, steps).slice(index * size, (index + 1) * size)),
      ];
    });
  };
  return {
    async run(steps, feeds) {
      checkSteps(steps);
      refuseUnknown('per-step input', inputs, feeds);
      for (const input of inputs) valuesOf(input, feeds, steps);
      const losses: Value[] = [];
      for (let index = 0; index < steps; index++) {
        const own = sourcesOfStep(feeds, steps, index);
        const [parameters] = state;
        if (parameters) {
          for (const { parameter, offset, size } of program.packing) {
            own.push([
              parameter,
              tf.tidy(() => tf.reshape(tf.slice(parameters, offset, size), [...parameter.shape])),
            ]);
          }
        }
        const carried: [Tensor, Value][] = Object.values(program.state).flatMap((node, i) => {
          const value = state[i];
          return value ? [[node, value]] : [];
        });
        const [value, ...next] = await explainMemory('tfjs', 'a training step', async () => {
          try {
            return evaluate(new Map([...fixed, ...own, ...carried]));
          } finally {
            for (const [, tensor] of own) tensor.dispose();
          }
        });
        for (const tensor of state) tensor.dispose();
        state = next;
        if (value) losses.push(value);
        step += 1;
      }
      const joined = tf.tidy(() => tf.concat(losses.map((value) => tf.reshape(value, [1]))));
      for (const value of losses) value.dispose();
      const result = Float32Array.from(await joined.data());
      joined.dispose();
      return result;
    },
    async state() {
      const [parameters, firstMoments, secondMoments] = await Promise.all(
        state.map(async (tensor) => Float32Array.from(await tensor.data())),
      );
      const none = new Float32Array();
      return unpackState(program, {
        step,
        parameters: parameters ?? none,
        firstMoments: firstMoments ?? none,
        secondMoments: secondMoments ?? none,
      });
    },
    async dispose() {
      for (const tensor of [...state, ...fixed.values()]) tensor.dispose();
    },
  };
}

async function predictor(
  tf: TensorFlow,
  program: ForwardProgram,
  residents: TensorValues,
): Promise<Predictor> {
  checkResidents(program, residents);
  const fixed = upload(tf, program.residents, residents);
  const evaluate = evaluator(tf, Object.values(program.outputs));
  return {
    async run(parameters, feeds) {
      refuseUnknown('input', program.inputs, feeds);
      const own = new Map([
        ...upload(tf, program.parameters, parameters),
        ...upload(tf, program.inputs, feeds),
      ]);
      const results = await explainMemory('tfjs', 'a prediction', async () => {
        try {
          return evaluate(new Map([...fixed, ...own]));
        } finally {
          for (const tensor of own.values()) tensor.dispose();
        }
      });
      const entries = Object.keys(program.outputs).map(async (name, i) => {
        const data = await results[i]?.data();
        return [name, Float32Array.from(data ?? [])] as const;
      });
      const outputs = Object.fromEntries(await Promise.all(entries));
      for (const tensor of results) tensor.dispose();
      return outputs;
    },
    async dispose() {
      for (const tensor of fixed.values()) tensor.dispose();
    },
  };
}

/**
 * A function from the values of the sources, which stay the caller's, to new tensors of the outputs. When it fails,
 * because memory ran out, nothing that it made is left behind.
 */
function evaluator(
  tf: TensorFlow,
  outputs: readonly Tensor[],
): (sources: ReadonlyMap<Tensor, Value>) => Value[] {
  const plan = evaluationPlan(outputs);
  return (sources) => {
    const made = new Map<Tensor, Value>();
    const valueFor = (node: Tensor): Value => {
      const value = sources.get(node) ?? made.get(node);
      if (!value) throw new Error(`No value was given for a ${node.operation}.`);
      return value;
    };
    try {
      for (const { node, done } of plan) {
        if (sources.has(node)) continue;
        const kernel = (kernels as Partial<Record<OperationName, Kernel<never>>>)[node.operation];
        if (!kernel) throw new Error(`No value was given for a ${node.operation}.`);
        made.set(
          node,
          tf.tidy(() => kernel(tf, node as never, node.inputs.map(valueFor))),
        );
        for (const value of done) {
          made.get(value)?.dispose();
          made.delete(value);
        }
      }
      return outputs.map((output) => tf.clone(valueFor(output)));
    } finally {
      for (const value of made.values()) value.dispose();
    }
  };
}

function upload(
  tf: TensorFlow,
  sources: readonly Tensor<'parameter' | 'resident' | 'input'>[],
  values: TensorValues,
): Map<Tensor, Value> {
  return new Map(sources.map((source) => [source, toTensor(tf, source, valuesOf(source, values))]));
}

function toTensor(tf: TensorFlow, source: Tensor, values: TensorValues[string]): Value {
  // TensorFlow.js keeps the array it is given: a copy protects it from a caller who fills the array anew.
  if (values instanceof Int32Array) return tf.tensor(values.slice(), [...source.shape], 'int32');
  return tf.tensor(Float32Array.from(values), [...source.shape], 'float32');
}
