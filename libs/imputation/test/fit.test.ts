import { openExecutor } from '@oinr/engines';
import {
  input,
  matmul,
  meanSquaredError,
  parameter,
  peakBytes,
  square,
  subtract,
  sum,
  tanh,
  trainingProgram,
} from '@oinr/graph';
import type { FitKeeper, FitOptions, FitProgress } from '@oinr/inr';
import { DivergedError, fit } from '@oinr/inr';
import { stream } from '@oinr/random';
import test from 'ava';

// The fitting loop of @oinr/inr, tested here because engines lie on its own floor.
const executor = await openExecutor('cpu');
const program = (samples: number) =>
  trainingProgram(
    meanSquaredError(matmul(input('x', [samples, 2]), parameter('w', [2, 1])), input('y', [samples, 1])),
  );
const truth = [1.5, -0.5];

function feeds(first: number, count: number): { x: Float32Array; y: Float32Array } {
  const xs: number[] = [];
  const ys: number[] = [];
  for (let step = first; step < first + count; step++) {
    const random = stream(1, 'fit', step);
    for (let n = 0; n < 4; n++) {
      const [a, b] = [random.normal(), random.normal()];
      xs.push(a, b);
      ys.push((truth[0] ?? 0) * a + (truth[1] ?? 0) * b);
    }
  }
  return { x: Float32Array.from(xs), y: Float32Array.from(ys) };
}
const rate = (_: number, count: number): Float32Array => new Float32Array(count).fill(0.05);
const start = { w: Float32Array.of(0, 0) };
const options = {
  executor,
  step: { batch: 4, program },
  start,
  feeds,
  learningRate: rate,
  steps: 200,
  chunk: 30,
};

test('a fit finds the weights that made the data, and chunks do not change it', async (t) => {
  const { state, losses, restarts } = await fit(options);
  t.is(losses.length, 200);
  t.is(restarts, 0);
  t.is(state.step, 200);
  const w = state.parameters.w ?? new Float32Array();
  t.true(Math.abs((w[0] ?? 0) - 1.5) < 1e-3 && Math.abs((w[1] ?? 0) + 0.5) < 1e-3);
  const other = await fit({ ...options, chunk: 200 });
  t.deepEqual(other.losses, losses);
});

/** Keeps what it is offered from a step on, and stops the fit there. */
function stoppingAt(step: number) {
  const stop = new AbortController();
  const memory: { kept?: FitProgress } = {};
  const keeper: FitKeeper = {
    load: async () => memory.kept,
    offer: async (take) => {
      const progress = await take();
      if (progress.state.step < step || memory.kept) return;
      memory.kept = progress;
      stop.abort();
    },
  };
  return { keeper, signal: stop.signal, memory };
}

test('a fit that was stopped goes on to where the uninterrupted one ends, bit for bit', async (t) => {
  const whole = await fit(options);
  const { keeper, signal, memory } = stoppingAt(100);
  await t.throwsAsync(async () => fit({ ...options, keeper, signal }), { name: 'AbortError' });
  t.is(memory.kept?.state.step, 120, 'the end of the fourth call of 30');
  t.is(memory.kept?.losses.length, 120);
  t.deepEqual(await fit({ ...options, keeper }), whole);
});

test('a fit that explodes starts again with half the rate; one that cannot be saved says so', async (t) => {
  // x^4 from 1: a first step of 4 throws the weight far beyond where it started, one of 1 does not.
  const w = parameter('w', [1]);
  const steep = trainingProgram(sum(square(square(subtract(w, input('zero', [1]))))));
  const zero = (_: number, count: number) => ({ zero: new Float32Array(count) });
  const run = (first: number, more: Partial<FitOptions> = {}) =>
    fit({
      ...more,
      executor,
      step: { batch: 1, program: () => steep },
      start: { w: Float32Array.of(1) },
      feeds: zero,
      learningRate: (_, count) => new Float32Array(count).fill(first),
      steps: 40,
      chunk: 1,
    });
  t.is((await run(0.05)).restarts, 0);
  // Stopped in its second attempt, it goes on there, at the lower rate.
  const { keeper, signal, memory } = stoppingAt(20);
  await t.throwsAsync(async () => run(6, { keeper, signal }), { name: 'AbortError' });
  t.true((memory.kept?.restarts ?? 0) > 0);
  const saved = await run(6);
  t.deepEqual(await run(6, { keeper }), saved);
  t.true(saved.restarts > 0, `restarts: ${saved.restarts}`);
  t.true(saved.losses.every(Number.isFinite));
  await t.throwsAsync(async () => run(1e6), { instanceOf: DivergedError, message: /diverged 5 times/ });
});

test('a batch taken in parts trains as the whole one does, by Muon and by Adam', async (t) => {
  const batch = 60;
  const step = {
    batch,
    program: (samples: number) => {
      const hidden = tanh(matmul(input('x', [samples, 3]), parameter('byMuon', [3, 4])));
      const out = matmul(hidden, parameter('byAdam', [4, 1]));
      const loss = meanSquaredError(out, input('y', [samples, 1]));
      return trainingProgram(loss, { muon: { parameters: ['byMuon'] } });
    },
  };
  const random = stream(2, 'parts');
  const normal = (size: number) => Float32Array.from({ length: size }, () => random.normal());
  const start = { byMuon: normal(12), byAdam: normal(4) };
  const batches = { x: normal(20 * batch * 3), y: normal(20 * batch) };
  const run = async (memoryLimit?: number) =>
    fit({
      executor: await openExecutor('reference', memoryLimit === undefined ? {} : { memoryLimit }),
      step,
      start,
      feeds: (first, count) => ({
        x: batches.x.slice(first * batch * 3, (first + count) * batch * 3),
        y: batches.y.slice(first * batch, (first + count) * batch),
      }),
      learningRate: (_, count) => new Float32Array(count).fill(0.01),
      steps: 20,
      chunk: 7,
    });
  const whole = await run();
  const parts = await run(peakBytes(step.program(batch / 3)));
  t.is(whole.parts, 1);
  t.is(parts.parts, 3);
  for (const part of ['parameters', 'firstMoments', 'secondMoments'] as const) {
    for (const name of ['byMuon', 'byAdam']) {
      const [a, b] = [whole.state[part][name] ?? [], parts.state[part][name] ?? []];
      const largest = Math.max(...[...a].map(Math.abs), 1e-6);
      const difference = Math.max(...[...a].map((value, i) => Math.abs(value - (b[i] ?? Number.NaN))));
      t.true(difference < 1e-4 * largest, `${part} of ${name} differ by ${difference / largest}`);
    }
  }
  t.true(whole.losses.every((loss, n) => Math.abs(loss - (parts.losses[n] ?? 0)) < 1e-5));
  t.notDeepEqual(whole.state.parameters, start);
});
