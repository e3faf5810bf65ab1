import { stream } from '@oinr/random';
import test from 'ava';
import {
  curveSizes,
  familyWiseError,
  type MixedTest,
  mixedTest,
  type NullDesign,
  nullDesigns,
  powerCurve,
  sizeOfSensitivity,
  testMixture,
} from '../src/index.ts';
import { synthetic } from './support.ts';

const designOf = (name: string, model: string): NullDesign =>
  nullDesigns.find((one) => one.name === name && one.model === model) as NullDesign;

test('a naive mixture of one side is caught, and the valid designs keep their level', async (t) => {
  // Imputed scans are darker and vary less, as imputed voxels do.
  const { values } = synthetic({
    people: 80,
    voxels: 60,
    effect: 0,
    change: (value) => 10 + 0.6 * (value - 10) - 1,
  });
  const draws = { draws: 100, size: 16, permutations: 99, alpha: 0.05, seed: 4 };
  for (const [name, model] of [
    ['one group imputed', 'naive'],
    ['80 % against 20 % imputed', 'naive'],
  ]) {
    const { low } = await familyWiseError(values, designOf(name, model), draws);
    t.true(low > 0.5, `${name}, ${model}: ${low}`);
  }
  for (const [name, model] of [
    ['all full', 'naive'],
    ['half of each group imputed', 'kinds'],
    ['80 % against 20 % imputed', 'kinds'],
    ['one group imputed', 'equalised'],
  ]) {
    const { low, rate } = await familyWiseError(values, designOf(name, model), draws);
    t.true(low <= 0.05, `${name}, ${model}: ${rate}`);
  }
});

test('people bring their covariates along into random groups, and what cannot be tested is not counted', async (t) => {
  const { values: plain } = synthetic({ people: 40, voxels: 30, effect: 0 });
  const age = Float64Array.from({ length: 40 }, (_, person) => 50 + ((person * 17) % 40));
  // Age is most of what people differ by, so that an age that went to another person would show.
  const rows = plain.full.rows.map((row, person) => row?.map((value) => value + 0.3 * age[person]));
  const values = { ...plain, full: { voxels: 30, rows } };
  const draws = { draws: 12, size: 8, permutations: 60, alpha: 0.3, seed: 3 };
  const design = designOf('all full', 'naive');
  const { outcomes } = await familyWiseError(values, design, {
    ...draws,
    covariates: [{ name: 'age', values: age }],
  });
  const expected: string[] = [];
  for (let draw = 0; draw < draws.draws; draw++) {
    const members = stream(draws.seed, 'null draw', draw).permutation(40).subarray(0, 16);
    const people = Int32Array.from(members);
    const { maximumT, criticalT } = await testMixture(
      values,
      {
        people,
        usesImputed: new Uint8Array(16),
        design: {
          labels: Uint8Array.from(people, (_, index) => (index < 8 ? 1 : 0)),
          covariates: [{ name: 'age', values: Array.from(people, (person) => age[person]) }],
        },
      },
      { relabelings: { permutations: 60, seed: draws.seed + draw }, alpha: draws.alpha, isInline: true },
    );
    expected.push(maximumT.two[0] > criticalT.two ? '1' : '0');
  }
  t.is(outcomes, expected.join(''));
  // The only one of a site is among 16 of 40 people in some draws only.
  const rare = { name: 'site', values: Float64Array.from(age, (_, person) => (person === 0 ? 1 : 0)) };
  const some = await familyWiseError(values, design, { ...draws, covariates: [rare] });
  const isIn = (draw: number): boolean =>
    stream(draws.seed, 'null draw', draw).permutation(40).subarray(0, 16).includes(0);
  t.deepEqual(
    [...some.outcomes].map((one) => one !== '-'),
    Array.from({ length: draws.draws }, (_, draw) => isIn(draw)),
  );
  t.is(some.draws, [...some.outcomes].filter((one) => one !== '-').length);
});

test('more people find more, full scans more than noisy ones, whatever the number of threads', async (t) => {
  const { values, labels } = synthetic({
    people: 80,
    voxels: 200,
    effect: 0.9,
    effectVoxels: 100,
    change: (value, noise) => value + 1.5 * noise,
  });
  const effect = Uint8Array.from({ length: 200 }, (_, voxel) => (voxel < 100 ? 1 : 0));
  const options = { sizes: [8, 20], samples: 6, seed: 1, level: 0.01 };
  const curve = (scans: 'full' | 'imputed' | 'mixed', threads = 2) =>
    powerCurve(values, scans, { labels }, { effect }, { ...options, threads });
  const [full, imputed, mixed] = [await curve('full'), await curve('imputed'), await curve('mixed')];
  t.deepEqual(await curve('full', 1), full);
  const at = (points: typeof full, index: number) => points[index].sensitivity?.[0] ?? Number.NaN;
  t.true(at(full, 1) > at(full, 0));
  t.true(at(full, 1) > at(mixed, 1) && at(mixed, 1) > at(imputed, 1));
  const size = sizeOfSensitivity(full, (at(full, 0) + at(full, 1)) / 2) ?? Number.NaN;
  t.true(Math.abs(size - 14) < 1e-9);
  t.is(sizeOfSensitivity(full, 2), undefined);
});

test('curves end at half of the smaller group', (t) => {
  t.deepEqual(curveSizes(140), [16, 24, 34, 49, 70]);
  t.deepEqual(curveSizes(12), [6]);
  t.deepEqual(curveSizes(8), []);
});

test('the voxels of a small test are those of its T', async (t) => {
  const { values, labels } = synthetic({ people: 16, voxels: 50, effect: 1 });
  const options = { sizes: [8], samples: 1, seed: 1, level: 0.05 };
  const everybody = Uint8Array.from({ length: 50 }, () => 1);
  const [{ voxelsFound }] = await powerCurve(values, 'full', { labels }, { effect: everybody }, options);
  const result = await testMixture(
    values,
    mixedTest({ labels, isImputed: new Uint8Array(16) }, 'naive') as MixedTest,
    {
      relabelings: { permutations: 1, seed: 1 },
      isInline: true,
    },
  );
  // 2.1448 is the two-sided 5 % of Student's t with 14 degrees of freedom.
  t.is(voxelsFound, result.t.filter((value) => Math.abs(value) > 2.14479).length);
  t.true(voxelsFound > 0 && voxelsFound < 50);
});

test('an error in a thread is the error of all', async (t) => {
  const { values } = synthetic({ people: 20, voxels: 5, effect: 0 });
  const draws = { draws: 2, size: 5, permutations: 0, alpha: 0.05, seed: 1 };
  await t.throwsAsync(() => familyWiseError(values, nullDesigns[0], draws), {
    message: /number of permutations is a positive integer/,
  });
});
