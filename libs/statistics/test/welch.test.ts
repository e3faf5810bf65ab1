import { stream } from '@oinr/random';
import test, { type ExecutionContext } from 'ava';
import {
  DesignError,
  makeRelabelings,
  observedClusters,
  type PermutationTestOptions,
  padGrid,
  permutationTest,
  resolveDesign,
  SubjectData,
  type TwoGroupDesign,
  tfceMap,
} from '../src/index.ts';
import { tieTolerance } from '../src/model.ts';

/** Welch's T of some subjects against the others, by the textbook. */
function plainWelch(y: readonly number[], labels: ArrayLike<number>): number {
  const group = (label: number) => y.filter((_, i) => labels[i] === label);
  const [one, other] = [1, 0].map((label) => {
    const values = group(label);
    const mean = values.reduce((a, b) => a + b, 0) / values.length;
    const variance = values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / (values.length - 1);
    return { mean, error: variance / values.length };
  });
  const difference = one.mean - other.mean;
  // Means of the same numbers in another order.
  if (Math.abs(difference) < 1e-12) return 0;
  const error = one.error + other.error;
  return error < 1e-20 ? Math.sign(difference) * Number.POSITIVE_INFINITY : difference / Math.sqrt(error);
}

const close = (a: number, b: number, tolerance: number) =>
  a === b || Math.abs(a - b) <= tolerance * Math.max(1, Math.abs(b));

/** Every map of T of every relabeling, and that counts and maxima are those of them. */
async function agrees(
  t: ExecutionContext,
  values: Float64Array,
  labels: Uint8Array,
  options: Partial<PermutationTestOptions> = {},
) {
  const n = labels.length;
  const voxels = values.length / n;
  const design: TwoGroupDesign = { labels, statistic: 'welch' };
  const choice = { permutations: 2000, seed: 1 };
  const { rows, count } = makeRelabelings(resolveDesign(design), choice);
  const maps = Array.from({ length: count }, (_, r) =>
    Array.from({ length: voxels }, (_, voxel) =>
      plainWelch(
        Array.from({ length: n }, (_, i) => values[i * voxels + voxel]),
        rows.subarray(r * n, (r + 1) * n),
      ),
    ),
  );
  const result = await permutationTest(SubjectData.from(values, n), design, {
    relabelings: choice,
    ...options,
  });
  t.is(result.excludedVoxels, 0);
  const score = (T: number) => (Number.isFinite(T) ? T / Math.sqrt(T * T + n - 2) : Math.sign(T));
  const reaches = {
    gt: (value: number, bound: number) => score(value) >= score(bound) - tieTolerance,
    lt: (value: number, bound: number) => score(value) <= score(bound) + tieTolerance,
    two: (value: number, bound: number) => Math.abs(score(value)) >= Math.abs(score(bound)) - tieTolerance,
  };
  const largest = {
    gt: maps.map((map) => Math.max(...map)),
    lt: maps.map((map) => Math.min(...map)),
    two: maps.map((map) => Math.max(...map.map(Math.abs))),
  };
  for (const tail of ['gt', 'lt', 'two'] as const) {
    const expected = (of: (r: number, voxel: number) => number) =>
      maps[0].map((observed, voxel) => maps.filter((_, r) => reaches[tail](of(r, voxel), observed)).length);
    t.deepEqual(
      [...result.uncorrectedCounts[tail]],
      expected((r, voxel) => maps[r][voxel]),
      tail,
    );
    t.deepEqual(
      [...result.familyWiseCounts[tail]],
      expected((r) => largest[tail][r]),
      `family ${tail}`,
    );
    largest[tail].forEach((value, r) => {
      const got = tail === 'lt' ? -result.maximumT.lt[r] : result.maximumT[tail][r];
      t.true(close(got, value, 1e-5), `maximum ${tail} ${r}: ${got} ${value}`);
    });
  }
  maps[0].forEach((value, voxel) => {
    t.true(close(result.t[voxel], value, 1e-5), `T ${result.t[voxel]} ${value}`);
  });
  return { result, maps };
}

/** subjects x voxels; the first group varies `spread` times as much. */
function simulated(seed: number, labels: Uint8Array, voxels: number, spread: number, ties = false) {
  const random = stream(seed, 'welch');
  return Float64Array.from({ length: labels.length * voxels }, (_, at) => {
    const scale = labels[Math.floor(at / voxels)] ? spread : 1;
    return ties ? random.integer(4) : 300 + scale * random.normal();
  });
}

const labelsOf = (n1: number, n2: number) =>
  Uint8Array.from({ length: n1 + n2 }, (_, i) => Number((i * 13) % (n1 + n2) < n1));

for (const [n1, n2] of [
  [4, 4],
  [5, 3],
  [2, 8],
  [3, 11],
] as const)
  test(`${n1} v ${n2}: T, counts and maxima of every relabeling are those of a float64 computation`, async (t) => {
    const labels = labelsOf(n1, n2);
    const { result } = await agrees(t, simulated(n1, labels, 37, 4), labels);
    t.true(result.relabelings.exact);
    t.is(result.design.degreesOfFreedom, Math.min(n1, n2) - 1);
  });

test('whole numbers: ties count, and separations without any variance are infinite', async (t) => {
  const labels = labelsOf(3, 6);
  const values = simulated(5, labels, 37, 1, true);
  // One voxel is all but constant: many relabelings have a group without any variance.
  for (let i = 0; i < 9; i++) {
    values[i * 37] = 1 + (i === 2 || i === 4 ? 1 : 0);
    values[i * 37 + 1] = labels[i];
  }
  const { result } = await agrees(t, values, labels);
  t.is(result.t[1], Number.POSITIVE_INFINITY);
});

test('groups of 2 and 60, one all but constant by chance: nothing is lost to cancellation', async (t) => {
  const labels = labelsOf(2, 60);
  const values = simulated(7, labels, 12, 1);
  for (let voxel = 0; voxel < 12; voxel++) values[voxel] = values[5 * 12 + voxel] + 1e-4 * (voxel + 1);
  await agrees(t, values, labels);
});

test('clusters and TFCE of every relabeling are those of its map of T', async (t) => {
  const shape = [5, 4, 3] as const;
  const grid = { shape, indices: Int32Array.from({ length: 60 }, (_, i) => i).filter((i) => i % 13 !== 6) };
  const labels = labelsOf(4, 7);
  const values = simulated(8, labels, grid.indices.length, 3);
  const threshold = 1.3;
  const { result, maps } = await agrees(t, values, labels, { grid, clusters: { threshold }, tfce: {} });
  const affine = [1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1];
  const padded = padGrid(grid);
  maps.forEach((map, r) => {
    for (const sign of [1, -1] as const) {
      const found = observedClusters({
        t: Float64Array.from(map),
        grid,
        affine,
        sign,
        threshold,
        connectivity: 18,
      });
      const nulls = result.clusterNull;
      const [extent, mass] = sign > 0 ? [nulls?.extentGt, nulls?.massGt] : [nulls?.extentLt, nulls?.massLt];
      t.is(extent?.[r], Math.max(0, ...found.map((one) => one.voxels.length)));
      t.true(close(mass?.[r] ?? -1, Math.max(0, ...found.map((one) => one.mass)), 1e-5));
      const enhanced = Math.max(...tfceMap(Float64Array.from(map), padded, sign));
      const tfce = sign > 0 ? result.tfceNull?.gt : result.tfceNull?.lt;
      t.true(close(tfce?.[r] ?? -1, enhanced, 1e-4));
    }
  });
});

test('p is uniform where subjects are exchangeable; relabeled with unequal variances, Welch errs less than Student', async (t) => {
  const labels = labelsOf(6, 24);
  const voxels = 600;
  const relabelings = { permutations: 500, seed: 2 };
  const errors = async (spread: number, statistic: 'student' | 'welch') => {
    const values = simulated(9, labels, voxels, spread);
    const run = await permutationTest(SubjectData.from(values, 30), { labels, statistic }, { relabelings });
    return run.uncorrectedCounts.two.filter((count) => count <= 0.1 * run.relabelings.count).length / voxels;
  };
  // Four standard errors.
  t.true(Math.abs((await errors(1, 'welch')) - 0.1) < 4 * Math.sqrt((0.1 * 0.9) / voxels));
  const [welch, student] = [await errors(3, 'welch'), await errors(3, 'student')];
  t.log({ welch, student });
  t.true(welch < student / 2);
});

test('designs that Welch has no statistic for are refused with a sentence', async (t) => {
  const refused = (design: TwoGroupDesign, message: RegExp): void => {
    t.throws(() => resolveDesign({ statistic: 'welch', ...design }), { instanceOf: DesignError, message });
  };
  const labels = labelsOf(4, 6);
  refused({ labels: labelsOf(1, 6) }, /1 and 6 subjects: at least two in each/);
  refused(
    { labels, covariates: [{ name: 'age', values: [...labels.keys()] }] },
    /cannot be combined with covariates \(age\)/,
  );
  refused({ labels, kinds: [...labels.keys()].map((i) => i % 2) }, /subjects of one kind/);
  await t.throwsAsync(
    permutationTest(
      SubjectData.from(Float64Array.from(labels.keys()), 10),
      { labels, statistic: 'welch' },
      {
        relabelings: { permutations: 5, seed: 1 },
        grid: { shape: [1, 1, 1], indices: Int32Array.of(0) },
        varianceSigma: [1, 1, 1],
      },
    ),
    { message: /smoothed variance belongs to Student's/ },
  );
});
