import type { Executor } from '@oinr/graph';
import { constant, forwardProgram, gradients, multiply, parameter, resident, sizeOf, sum } from '@oinr/graph';
import { referenceExecutor } from '../src/reference/executor.ts';
import { gatherCase, operationCases } from './operationCases.ts';
import { randomValues } from './random.ts';
import { referenceStep } from './referenceStep.ts';

/*
 * What every engine is held to, against the reference: each operation with its gradients, training steps, and a
 * trajectory of 50 steps. Needs no Node, so that engines of browsers are held to it in a browser.
 */

/** Largest error of an engine, relative to the largest value of the array it belongs to. */
export interface Tolerance {
  readonly operation: number;
  readonly trajectory: number;
}

/** One demand on an engine; its check gives a sentence for each way in which it is not met. */
export interface Demand {
  readonly title: string;
  readonly check: () => Promise<readonly string[]>;
}

/** All demands on an engine, with inputs that follow from the seed. */
export function demandsOn(executor: Executor, { operation, trajectory }: Tolerance, seed: number): Demand[] {
  const reference = referenceExecutor();
  return [
    ...operationCases.map(({ name, shapes, range, build }) => ({
      title: `${name} and its gradients`,
      async check() {
        const random = randomValues(seed);
        const inputs = shapes.map((shape, i) => parameter(`x${i}`, shape));
        const result = build(...inputs);
        const weights = constant(random(sizeOf(result.shape), [0.5, 1.5]), result.shape);
        const slopes = gradients(sum(multiply(result, weights)), inputs);
        const program = forwardProgram({
          result,
          ...Object.fromEntries(slopes.map((g, i) => [`gradient${i}`, g])),
        });
        const values = Object.fromEntries(
          inputs.map((x) => [x.attributes.name, random(sizeOf(x.shape), range)]),
        );
        // A parameter that the outputs do not need is not part of the program.
        const used = new Set(program.parameters.map((x) => x.attributes.name));
        const given = Object.fromEntries(Object.entries(values).filter(([key]) => used.has(key)));
        const expected = await predict(reference, program, given);
        const actual = await predict(executor, program, given);
        return Object.keys(program.outputs).flatMap((key) =>
          tooFar(key, actual[key], expected[key], operation),
        );
      },
    })),
    {
      title: 'gather from a resident',
      async check() {
        const slices = randomValues(seed)(sizeOf(gatherCase.table));
        const program = forwardProgram({ result: gatherCase.build(resident('table', gatherCase.table)) });
        const predictor = await executor.predictor(program, { table: slices });
        const { result } = await predictor.run({}, { which: gatherCase.indices });
        await predictor.dispose();
        const rows = [...gatherCase.indices].flatMap((row) => [...slices.subarray(row * 6, row * 6 + 6)]);
        return areEqual(result ?? [], rows) ? [] : ['other rows were gathered'];
      },
    },
    // Kernel gradients of an image that never changes take another form where its layer has fewer channels than it has.
    ...[
      { batch: 2, widths: [8, 16, 16, 1] },
      { batch: 1, widths: [24, 8, 1] },
    ].map(({ batch, widths }) => ({
      title: `a trajectory of 50 training steps, in calls of 1, 9 and 40, channels ${widths.join(', ')}`,
      async check() {
        const { program, parameters, residents } = referenceStep({ batch, height: 9, width: 11, widths });
        const rates = Float32Array.from({ length: 50 }, (_, i) => 2e-3 - i * 2e-5);
        const truth = await reference.trainer(program, parameters, residents);
        const expected = await truth.run(50, { learningRate: rates });
        const trainer = await executor.trainer(program, parameters, residents);
        const losses: number[] = [];
        for (const [from, to] of [
          [0, 1],
          [1, 10],
          [10, 50],
        ] as const) {
          losses.push(...(await trainer.run(to - from, { learningRate: rates.slice(from, to) })));
        }
        const [mine, other] = [await trainer.state(), await truth.state()];
        await trainer.dispose();
        return [
          ...learns(expected, 0.5),
          ...tooFar('losses', losses, expected, trajectory),
          ...(mine.step === 50 ? [] : [`${mine.step} steps were counted`]),
          ...Object.keys(parameters).flatMap((key) =>
            tooFar(key, mine.parameters[key], other.parameters[key], 10 * trajectory),
          ),
        ];
      },
    })),
    ...[['w1'], ['w0', 'w1', 'w2']].map((names) => ({
      title: `20 training steps, ${names.join(' and ')} by Muon and the rest by Adam`,
      async check() {
        const sizes = { batch: 2, height: 9, width: 11, widths: [8, 16, 16, 1] };
        const { program, parameters, residents } = referenceStep(sizes, { muon: { parameters: names } });
        const rates = { learningRate: new Float32Array(20).fill(1e-3) };
        const [truth, trainer] = [
          await reference.trainer(program, parameters, residents),
          await executor.trainer(program, parameters, residents),
        ];
        const expected = await truth.run(20, rates);
        const losses = await trainer.run(20, rates);
        const [mine, other] = [await trainer.state(), await truth.state()];
        await trainer.dispose();
        return [
          ...learns(expected, 0.7),
          ...tooFar('losses', losses, expected, 5 * trajectory),
          ...Object.keys(parameters).flatMap((key) =>
            tooFar(key, mine.parameters[key], other.parameters[key], 20 * trajectory),
          ),
        ];
      },
    })),
    {
      title: 'a fit stopped and started again from its state goes on bit for bit',
      async check() {
        const { program, parameters, residents } = referenceStep({
          batch: 1,
          height: 8,
          width: 10,
          widths: [4, 16, 1],
        });
        const rates = (n: number) => ({ learningRate: new Float32Array(n).fill(1e-3) });
        const whole = await executor.trainer(program, parameters, residents);
        const expected = await whole.run(12, rates(12));
        const first = await executor.trainer(program, parameters, residents);
        const begun = await first.run(5, rates(5));
        const state = await first.state();
        await first.dispose();
        const second = await executor.trainer(program, state, residents);
        const rest = await second.run(7, rates(7));
        const [mine, other] = [await second.state(), await whole.state()];
        await second.dispose();
        await whole.dispose();
        return [
          ...(areEqual([...begun, ...rest], expected) ? [] : ['the losses differ']),
          ...Object.keys(parameters).flatMap((key) =>
            areEqual(mine.parameters[key], other.parameters[key]) &&
            areEqual(mine.firstMoments[key], other.firstMoments[key]) &&
            areEqual(mine.secondMoments[key], other.secondMoments[key])
              ? []
              : [`${key} differs`],
          ),
        ];
      },
    },
  ];
}

async function predict(
  executor: Executor,
  program: ReturnType<typeof forwardProgram>,
  values: Record<string, Float32Array>,
) {
  const predictor = await executor.predictor(program);
  const results = await predictor.run(values, {});
  await predictor.dispose();
  return results;
}

function learns(losses: ArrayLike<number>, share: number): string[] {
  return losses[losses.length - 1] < share * losses[0] ? [] : ['the network does not learn'];
}

function areEqual(a: ArrayLike<number>, b: ArrayLike<number>): boolean {
  return a.length === b.length && Array.from(a).every((value, i) => Object.is(value, b[i]));
}

/** Largest difference over the largest expected value. */
function tooFar(
  what: string,
  actual: ArrayLike<number> | undefined,
  expected: ArrayLike<number> | undefined,
  tolerance: number,
): string[] {
  const error = relativeError(actual, expected);
  return error < tolerance ? [] : [`${what}: ${error}, where ${tolerance} is allowed`];
}

function relativeError(
  actual: ArrayLike<number> | undefined,
  expected: ArrayLike<number> | undefined,
): number {
  const [a, e] = [Array.from(actual ?? []), Array.from(expected ?? [])];
  if (a.length !== e.length || e.length === 0) return Number.POSITIVE_INFINITY;
  const scale = Math.max(...e.map(Math.abs), 1e-3);
  return (
    Math.max(...e.map((value, i) => (Number.isFinite(a[i]) ? Math.abs((a[i] ?? 0) - value) : Infinity))) /
    scale
  );
}
