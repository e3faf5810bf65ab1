import { permutationTest, SubjectData } from '@oinr/statistics';
import test from 'ava';
import fc from 'fast-check';
import { drawMixture, type MixedTest, mixedTest, ofMembers, testMixture } from '../src/index.ts';
import { synthetic } from './support.ts';

const labelsOf = (first: number, second: number): Uint8Array =>
  Uint8Array.from({ length: first + second }, (_, person) => (person < first ? 1 : 0));

test('of each group the share is imputed, and a larger share holds a smaller one (property)', (t) => {
  const share = fc.integer({ min: 0, max: 20 }).map((twentieth) => twentieth / 20);
  fc.assert(
    fc.property(fc.nat(30), fc.nat(30), share, share, fc.nat(5), (first, second, a, b, draw) => {
      const labels = labelsOf(first, second);
      const isImputed = drawMixture(labels, [a, b], { seed: 3, draw });
      const count = (label: number) =>
        isImputed.filter((one, person) => one === 1 && labels[person] === label).length;
      t.is(count(1), Math.round(a * first));
      t.is(count(0), Math.round(b * second));
      const more = drawMixture(labels, [Math.max(a, 0.5), 1], { seed: 3, draw });
      t.true(isImputed.every((one, person) => one <= more[person]));
    }),
  );
  const labels = labelsOf(20, 20);
  const draws = [0, 1].map((draw) => drawMixture(labels, [0.5, 0.5], { seed: 1, draw }).join());
  t.not(draws[0], draws[1]);
});

test('kinds that one group alone has are dropped and counted; where none is left there is no test', (t) => {
  const labels = Uint8Array.of(1, 1, 1, 0, 0, 0);
  const mixed = { labels, isImputed: Uint8Array.of(1, 0, 0, 1, 0, 0) };
  const { people, kinds, leftOut, usesImputed } = mixedTest(mixed, 'kinds') as MixedTest;
  t.deepEqual(
    [Array.from(people), kinds, leftOut, Array.from(usesImputed)],
    [[0, 1, 2, 3, 4, 5], 2, 0, [1, 0, 0, 1, 0, 0]],
  );
  const sites = mixedTest({ ...mixed, strata: Int32Array.of(0, 0, 1, 0, 0, 2) }, 'kinds') as MixedTest;
  t.deepEqual([Array.from(sites.people), sites.kinds, sites.leftOut], [[0, 1, 3, 4], 2, 2]);
  const confounded = { labels, isImputed: Uint8Array.of(1, 1, 1, 0, 0, 0) };
  t.is(mixedTest(confounded, 'kinds'), undefined);
  t.is(mixedTest(confounded, 'covariate'), undefined);
  const equalised = mixedTest(confounded, 'equalised') as MixedTest;
  t.deepEqual(
    [Array.from(equalised.usesImputed), equalised.kinds, equalised.leftOut],
    [[1, 1, 1, 1, 1, 1], 1, 0],
  );
  const protocol = mixedTest(mixed, 'equalised') as MixedTest;
  t.deepEqual([protocol.kinds, protocol.isResolutionKind], [2, true]);
  // Thin scans of one group alone: within kinds they are left out, made alike they take part.
  const oneThin = { labels, isImputed: Uint8Array.of(1, 0, 0, 0, 0, 0) };
  t.is((mixedTest(oneThin, 'kinds') as MixedTest).leftOut, 1);
  const alike = mixedTest(oneThin, 'equalised') as MixedTest;
  t.deepEqual([alike.leftOut, alike.kinds, alike.isResolutionKind], [0, 1, false]);
  const naive = mixedTest({ ...mixed, isImputed: new Uint8Array(6) }, 'covariate');
  t.is(naive, undefined);
});

test('the operator of a fold makes a kind of imputed scans, and none of full ones', (t) => {
  const labels = Uint8Array.of(1, 0, 1, 0, 1, 0, 1, 0);
  const mixed = {
    labels,
    isImputed: Uint8Array.of(1, 1, 1, 1, 0, 0, 0, 0),
    operators: Int32Array.of(0, 0, 1, 1, 0, 0, 1, 1),
  };
  const kinds = mixedTest(mixed, 'kinds') as MixedTest;
  t.deepEqual([Array.from(kinds.design.kinds ?? []), kinds.kinds], [[0, 0, 1, 1, 2, 2, 2, 2], 3]);
  // Equalised, everybody is imputed by somebody's operator.
  t.is((mixedTest(mixed, 'equalised') as MixedTest).kinds, 4);
  t.is((mixedTest(mixed, 'naive') as MixedTest).kinds, 1);
});

test('a test takes the full volume of some and the imputed one of others', async (t) => {
  const { values, labels } = synthetic({ people: 8, voxels: 5, effect: 1, change: (value) => 3 * value + 1 });
  const isImputed = Uint8Array.of(1, 0, 1, 0, 1, 0, 1, 0);
  const mixed = mixedTest({ labels, isImputed }, 'naive') as MixedTest;
  const result = await testMixture(values, mixed, {
    relabelings: { permutations: 100, seed: 1 },
    isInline: true,
  });
  for (let voxel = 0; voxel < 5; voxel++) {
    const own = Array.from(
      labels,
      (_, person) => (isImputed[person] ? values.imputed : values.full).rows[person]?.[voxel] ?? Number.NaN,
    );
    const mean = (label: number) =>
      own.filter((_, person) => labels[person] === label).reduce((a, b) => a + b) / 4;
    const within = own.reduce((sum, value, person) => sum + (value - mean(labels[person])) ** 2, 0);
    const expected = (mean(1) - mean(0)) / Math.sqrt((within / 6) * (1 / 4 + 1 / 4));
    t.true(Math.abs(result.t[voxel] - expected) < 1e-6);
  }
});

test('a test in the memory of another, of the same size or larger, is as if it were the first, also for voxels beside others', async (t) => {
  const { values, labels } = synthetic({ people: 10, voxels: 21, effect: 1, change: (value) => 50 - value });
  const one = mixedTest({ labels, isImputed: new Uint8Array(10) }, 'naive') as MixedTest;
  const other = mixedTest({ labels, isImputed: new Uint8Array(10).fill(1) }, 'naive') as MixedTest;
  const options = { relabelings: { permutations: 60, seed: 1 }, isInline: true } as const;
  const first = await testMixture(values, one, options);
  const between = await testMixture(values, other, options);
  const again = await testMixture(values, one, options);
  // Fewer people take a part of that memory.
  const few = ofMembers(
    mixedTest({ labels: labels.slice(1, 8), isImputed: new Uint8Array(7) }, 'naive') as MixedTest,
    Int32Array.from({ length: 7 }, (_, index) => index + 1),
  );
  const fewer = await testMixture(values, few, options);
  const rows = values.full.rows.slice(1, 8) as Float32Array[];
  const fresh = SubjectData.from(Float32Array.from(rows.flatMap((row) => [...row])), 7);
  const alone = await permutationTest(fresh, few.design, options);
  t.deepEqual([fewer.t, fewer.uncorrectedCounts], [alone.t, alone.uncorrectedCounts]);
  t.deepEqual((await testMixture(values, one, options)).t, first.t);
  for (let voxel = 0; voxel < 21; voxel++) t.true(Math.abs(between.t[voxel] + first.t[voxel]) < 1e-4);
  t.deepEqual(again.t, first.t);
  t.deepEqual(again.uncorrectedCounts, first.uncorrectedCounts);
  t.deepEqual(again.maximumT, first.maximumT);
});
