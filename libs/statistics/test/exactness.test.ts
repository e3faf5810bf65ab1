import { stream } from '@oinr/random';
import test, { type ExecutionContext } from 'ava';
import type { PermutationTestOptions, TwoGroupDesign } from '../src/index.ts';
import { makeRelabelings, permutationTest, resolveDesign, SubjectData } from '../src/index.ts';
import { referenceTest } from './reference.ts';

/** subjects x voxels values; whole numbers 0..3 where `ties`. */
function simulated(seed: number, subjects: number, voxels: number, ties: boolean): Float64Array {
  const random = stream(seed, 'data');
  return Float64Array.from({ length: subjects * voxels }, () =>
    ties ? random.integer(4) : 1000 + 3 * random.normal(),
  );
}

const labelsOf = (n1: number, n2: number) =>
  Uint8Array.from({ length: n1 + n2 }, (_, i) => (i % 2 === 0 && i / 2 < n1 ? 1 : 0)).map((_, i, all) => {
    // Alternating at first, so that groups do not coincide with table boundaries.
    const ones = all.reduce((sum, one) => sum + one, 0);
    return i < n1 + n2 && ones === n1 ? all[i] : i < n1 ? 1 : 0;
  });

async function agrees(
  t: ExecutionContext,
  values: Float64Array,
  design: TwoGroupDesign,
  options: Partial<PermutationTestOptions> = {},
): Promise<void> {
  const resolved = resolveDesign(design);
  const choice = options.relabelings ?? { permutations: 1e6, seed: 1 };
  const reference = referenceTest(values, resolved, makeRelabelings(resolved, choice));
  const result = await permutationTest(SubjectData.from(values, resolved.subjects), design, {
    threads: 2,
    ...options,
    relabelings: choice,
  });
  t.is(result.excludedVoxels, 0);
  for (const tail of ['gt', 'lt', 'two'] as const) {
    t.deepEqual(result.uncorrectedCounts[tail], reference.uncorrected[tail], `uncorrected ${tail}`);
    t.deepEqual(result.familyWiseCounts[tail], reference.familyWise[tail], `family-wise ${tail}`);
  }
  const perfect = (r: number) => Math.abs(r) > 1 - 1e-12;
  const df = resolved.degreesOfFreedom;
  const tOf = (r: number) => (perfect(r) ? Math.sign(r) * Infinity : r * Math.sqrt(df / ((1 - r) * (1 + r))));
  reference.maps[0]?.forEach((r, voxel) => {
    const expected = tOf(r);
    const got = result.t[voxel];
    t.true(
      got === expected || Math.abs(got - expected) <= 1e-5 * Math.max(1, Math.abs(expected)),
      `T ${got} ${expected}`,
    );
  });
  reference.maps.forEach((map, index) => {
    const expected = tOf(map.reduce((most, r) => Math.max(most, r), -1));
    const got = result.maximumT.gt[index];
    t.true(
      got === expected || Math.abs(got - expected) <= 1e-5 * Math.max(1, Math.abs(expected)),
      `max ${got} ${expected}`,
    );
  });
}

for (const [n1, n2] of [
  [2, 1],
  [1, 2],
  [3, 3],
  [4, 4],
  [5, 3],
  [1, 7],
  [6, 5],
] as const) {
  for (const ties of [false, true]) {
    test(`${n1} v ${n2}${ties ? ', whole numbers with ties' : ''}: every count is that of the enumeration in float64`, async (t) => {
      const voxels = 37;
      let values = simulated(n1 * 10 + n2, n1 + n2, voxels, ties);
      if (ties) {
        // A constant voxel would be excluded; the reference has no notion of that.
        values = values.map((value, i) => (i < voxels ? value + 5 * (i % 2) + 1 : value));
      }
      const varied = Array.from(
        { length: voxels },
        (_, voxel) => new Set(Array.from({ length: n1 + n2 }, (_, i) => values[i * voxels + voxel])).size > 1,
      );
      varied.forEach((isVaried, voxel) => {
        if (!isVaried) values[voxel] = values[voxel] + 1;
      });
      await agrees(t, values, { labels: labelsOf(n1, n2) });
    });
  }
}

test('exchangeability blocks: only labels within blocks are exchanged, and all of them', async (t) => {
  const labels = Uint8Array.of(1, 0, 1, 0, 0, 1, 1, 0, 1, 0);
  const blocks = [1, 1, 1, 1, 2, 2, 2, 2, 2, 2];
  const design = { labels, blocks };
  const relabelings = makeRelabelings(resolveDesign(design), { permutations: 1000, seed: 1 });
  t.is(relabelings.count, 6 * 20);
  t.true(relabelings.exact);
  await agrees(
    t,
    simulated(3, 10, 50, true).map((v, i) => v + (i % 7) * 0.5),
    design,
  );
});

test('covariates: every count of all n! permutations is that of Freedman and Lane in float64', async (t) => {
  const labels = Uint8Array.of(1, 0, 1, 0, 1, 0, 0);
  const covariates = [{ name: 'age', values: [60, 71, 66, 80, 58, 75, 69] }];
  await agrees(t, simulated(4, 7, 20, false), { labels, covariates });
});

test('three covariates and blocks, sampled: counts as in float64', async (t) => {
  const n = 41;
  const random = stream(5, 'covariates');
  const covariate = (name: string) => ({ name, values: Array.from({ length: n }, () => random.normal()) });
  const design = {
    labels: Uint8Array.from({ length: n }, (_, i) => (i % 3 === 0 ? 1 : 0)),
    covariates: [
      covariate('age'),
      { name: 'sex', values: Array.from({ length: n }, (_, i) => i % 2) },
      covariate('icv'),
    ],
    blocks: Array.from({ length: n }, (_, i) => (i < 20 ? 0 : 1)),
  };
  await agrees(t, simulated(6, n, 40, false), design, { relabelings: { permutations: 300, seed: 7 } });
});

test('sampled labels, 23 v 20: counts as in float64', async (t) => {
  const labels = Uint8Array.from({ length: 43 }, (_, i) => (i % 2 === 0 || i === 1 ? 1 : 0));
  await agrees(t, simulated(8, 43, 100, false), { labels }, { relabelings: { permutations: 500, seed: 3 } });
});

test('a perfect separation has T = Infinity, and NaN, infinite and constant voxels are left out', async (t) => {
  const labels = Uint8Array.of(1, 1, 1, 0, 0, 0, 0);
  const voxels = 5;
  const values = simulated(9, 7, voxels, false);
  for (let i = 0; i < 7; i++) {
    values[i * voxels] = labels[i] ? 0.1 : 0.7;
    values[i * voxels + 1] = 3.3;
  }
  values[2 * voxels + 2] = Number.NaN;
  values[3 * voxels + 3] = Number.POSITIVE_INFINITY;
  const result = await permutationTest(
    SubjectData.from(values, 7),
    { labels },
    {
      relabelings: { permutations: 1000, seed: 1 },
      threads: 1,
    },
  );
  t.is(result.t[0], Number.NEGATIVE_INFINITY);
  t.is(result.maximumT.lt[0], Number.POSITIVE_INFINITY);
  t.is(result.familyWiseCounts.lt[0], 1);
  t.deepEqual(
    [1, 2, 3].map((voxel) => result.t[voxel]),
    [Number.NaN, Number.NaN, Number.NaN],
  );
  t.is(result.excludedVoxels, 3);
  t.is(result.testedVoxels, 2);
});
