import { stream } from '@oinr/random';
import test from 'ava';
import {
  type PermutationTestOptions,
  permutationTest,
  SubjectData,
  type TwoGroupDesign,
} from '../src/index.ts';

const shape = [17, 15, 13] as const;
const indices = Int32Array.from({ length: shape[0] * shape[1] * shape[2] }, (_, i) => i).filter(
  (i) => i % 11 !== 3,
);
const subjects = 24;

function data(): SubjectData {
  const random = stream(1, 'invariance');
  const values = Float64Array.from({ length: subjects * indices.length }, () => random.normal());
  values[5] = Number.NaN;
  return SubjectData.from(values, subjects);
}

const labels = Uint8Array.from({ length: subjects }, (_, i) => (i % 5 < 2 ? 1 : 0));
const random = stream(2, 'covariate');
const age = { name: 'age', values: Array.from({ length: subjects }, () => random.normal()) };

const cases: [string, TwoGroupDesign, Partial<PermutationTestOptions>][] = [
  ['clusters and TFCE', { labels }, { clusters: { threshold: 2.2 }, tfce: {} }],
  [
    'a covariate, clusters and TFCE',
    { labels, covariates: [age] },
    { clusters: { threshold: 2.2 }, tfce: {} },
  ],
  ['Welch, clusters and TFCE', { labels, statistic: 'welch' }, { clusters: { threshold: 2.2 }, tfce: {} }],
  ['smoothed variance', { labels }, { clusters: { threshold: 2 }, tfce: {}, varianceSigma: [1, 1.2, 0.8] }],
];

for (const [name, design, options] of cases) {
  test(`${name}: the same bits for any number of threads and any batch size, and when resumed`, async (t) => {
    const grid = { shape, indices };
    const common = { relabelings: { permutations: 230, seed: 4 }, grid, ...options };
    const whole = await permutationTest(data(), design, { ...common, threads: 1 });
    t.is(whole.excludedVoxels, 1);
    for (const [threads, batch] of [
      [2, 230],
      [3, 37],
    ]) {
      const other = await permutationTest(data(), design, { ...common, threads, batch });
      t.deepEqual(other, whole, `${threads} threads, batches of ${batch}`);
    }
    const checkpoints: Parameters<NonNullable<PermutationTestOptions['onCheckpoint']>>[0][] = [];
    await permutationTest(data(), design, {
      ...common,
      batch: 60,
      onCheckpoint: (one) => void checkpoints.push(one),
    });
    t.is(checkpoints.length, 3);
    const resume = checkpoints[1];
    t.deepEqual(await permutationTest(data(), design, { ...common, resume, threads: 2 }), whole, 'resumed');
  });
}
