import { stream } from '@oinr/random';
import test from 'ava';
import {
  binomialInterval,
  countsThatStraddle,
  criticalValue,
  DesignError,
  falseDiscoveryRate,
  fitParetoTail,
  makeRelabelings,
  permutationTest,
  resolveDesign,
  SubjectData,
  significantVoxels,
  studentQuantile,
  studentTail,
} from '../src/index.ts';
import { significantCount } from '../src/nullDistribution.ts';
import { smallestP } from '../src/relabelings.ts';

const relative = (a: number, b: number) => Math.abs(a / b - 1);

test("Student's t: tails and quantiles as in SciPy", (t) => {
  t.true(relative(studentTail(3.1, 278), 0.0010669131317439) < 1e-6);
  t.true(relative(studentTail(12, 278), 2.58715943149e-27) < 1e-5);
  t.true(relative(studentTail(1, 1), 0.25) < 1e-7);
  t.true(relative(studentQuantile(0.001, 18), 3.6104848835268) < 1e-7);
  t.true(relative(studentQuantile(0.001, 278), 3.1198058152218) < 1e-7);
  t.is(studentTail(Number.POSITIVE_INFINITY, 5), 0);
});

test('binomial intervals as in SciPy (Clopper and Pearson), and which counts straddle alpha', (t) => {
  const [low, high] = binomialInterval(500, 10000);
  t.true(relative(low, 0.0458099422) < 1e-5 && relative(high, 0.05445452703) < 1e-6);
  t.deepEqual(binomialInterval(0, 100)[0], 0);
  const { first, last } = countsThatStraddle(0.05, 1000);
  for (const count of [first - 1, first, 50, last, last + 1]) {
    const [a, b] = binomialInterval(count, 1000);
    t.is(a <= 0.05 && 0.05 <= b, count >= first && count <= last, String(count));
  }
});

test('false discovery rate: the step-up procedure by hand, NaN left out', (t) => {
  const q = falseDiscoveryRate(Float64Array.of(0.01, Number.NaN, 0.04, 0.03, 0.5));
  t.deepEqual(
    Array.from(q, (value) => Math.round(value * 1e6) / 1e6),
    [0.04, Number.NaN, 0.053333, 0.053333, 0.5],
  );
});

test('critical value: the (floor(alpha P) + 1)-th largest, also where alpha P is an integer up to rounding', (t) => {
  const values = Float64Array.from({ length: 100 }, (_, i) => i);
  t.is(criticalValue(values, 0.05), 94);
  t.is(significantCount(0.29, 100), 29);
  t.is(criticalValue(values, 0.29), 70);
});

test('a generalised Pareto tail continues an exponential null distribution', (t) => {
  const random = stream(1, 'tail');
  const values = Float64Array.from({ length: 5000 }, () => -Math.log(1 - random.uniform()));
  const tail = fitParetoTail(values);
  const p = tail?.probability(9) ?? 0;
  t.true(p > 0.2 * Math.exp(-9) && p < 5 * Math.exp(-9), String(p));
});

test('relabelings: all of them when they are few, no repetition while they are not many, the seed decides', (t) => {
  const design = resolveDesign({ labels: Uint8Array.of(1, 1, 1, 0, 0, 0) });
  const all = makeRelabelings(design, { permutations: 20, seed: 1 });
  t.true(all.exact);
  t.is(all.count, 20);
  t.is(smallestP(design, all), 0.1);
  t.deepEqual(all.rows.subarray(0, 6), design.labels);
  const rows = (r: ReturnType<typeof makeRelabelings>) =>
    Array.from({ length: r.count }, (_, i) => r.rows.subarray(i * r.subjects, (i + 1) * r.subjects).join(''));
  t.is(new Set(rows(all)).size, 20);
  const some = makeRelabelings(design, { permutations: 19, seed: 1 });
  t.false(some.exact);
  t.is(new Set(rows(some)).size, 19);
  t.is(smallestP(design, some), 1 / 19);
  t.deepEqual(rows(makeRelabelings(design, { permutations: 10, seed: 1 })), rows(some).slice(0, 10));
  t.notDeepEqual(rows(makeRelabelings(design, { permutations: 19, seed: 2 })), rows(some));
});

test('drawn labels are uniform: every labeling of 5 v 3 comes up as often as chance allows', (t) => {
  const design = resolveDesign({ labels: Uint8Array.of(1, 0, 1, 0, 1, 0, 1, 1) });
  const listed = new Map<string, number>();
  // Many small draws without refusal of repetitions: 56 labelings, 5,600 draws below different seeds.
  for (let seed = 0; seed < 112; seed++) {
    const { rows } = makeRelabelings(design, { permutations: 51, seed });
    for (let r = 1; r < 51; r++) {
      const key = rows.subarray(r * 8, r * 8 + 8).join('');
      listed.set(key, (listed.get(key) ?? 0) + 1);
    }
  }
  t.is(listed.size, 55);
  for (const count of listed.values()) t.true(Math.abs(count - 5600 / 55) < 40);
});

test('designs that nothing can be computed from are refused by name', (t) => {
  const refuse = (labels: number[], covariates: [string, number[]][], pattern: RegExp) => {
    const error = t.throws(
      () =>
        resolveDesign({
          labels: Uint8Array.from(labels),
          covariates: covariates.map(([name, values]) => ({ name, values })),
        }),
      { instanceOf: DesignError },
    );
    t.regex(error?.message ?? '', pattern);
  };
  refuse([1, 0], [], /no degrees of freedom/);
  refuse([1, 1, 1], [], /3 and 0 subjects/);
  refuse([1, 0, 1, 0], [['age', [7, 7, 7, 7]]], /age has the same value/);
  refuse([1, 0, 1, 0, 1], [['scanner', [3, 5, 3, 5, 3]]], /determine the groups/);
  refuse(
    [1, 0, 1, 0, 1, 0],
    [
      ['a', [1, 2, 3, 4, 5, 7]],
      ['b', [2, 4, 6, 8, 10, 14]],
    ],
    /b is a linear combination/,
  );
  refuse([1, 0, 1, 0], [['age', [1, 2, Number.NaN, 4]]], /age is not a finite number for subject 3/);
});

test('under the null the family-wise error over 200 data sets is within its binomial interval', async (t) => {
  const subjects = 12;
  const voxels = 48;
  const labels = Uint8Array.from({ length: subjects }, (_, i) => i % 2);
  const errors = { two: 0, gt: 0, lt: 0 };
  for (let set = 0; set < 200; set++) {
    const random = stream(11, 'null', set);
    const values = Float64Array.from({ length: subjects * voxels }, () => random.normal());
    const result = await permutationTest(
      SubjectData.from(values, subjects),
      { labels },
      {
        relabelings: { permutations: 200, seed: set },
      },
    );
    const found = significantVoxels(result);
    for (const tail of ['two', 'gt', 'lt'] as const) errors[tail] += found[tail] > 0 ? 1 : 0;
  }
  for (const tail of ['two', 'gt', 'lt'] as const) {
    const [low, high] = binomialInterval(errors[tail], 200, 0.95);
    t.true(low <= 0.05 && 0.05 <= high, `${tail}: ${errors[tail]} of 200`);
  }
});
