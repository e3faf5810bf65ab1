import test from 'ava';
import { relativeVolumes, solveAtrophy } from '../src/phantom/atrophy.ts';
import { jacobianDeterminant, movePoint } from '../src/phantom/displacement.ts';
import type { PhantomModel, PhantomSubject, PhantomTruth } from '../src/phantom/index.ts';
import { makePhantomSubject, phantomRegions, phantomTruth, preparePhantom } from '../src/phantom/index.ts';
import { sampleLinear } from '../src/phantom/lattice.ts';
import { meanFraction } from '../src/phantom/people.ts';
import { changingRegions } from '../src/phantom/regions.ts';

// One model, at 4 mm, for all tests of this file; subjects are made once.
let model: PhantomModel;
let controls: PhantomSubject[];
let patients: PhantomSubject[];
let truth: PhantomTruth;
const N = 5;
const numbers = Array.from({ length: N }, (_, index) => index + 1);

test.before(async () => {
  model = await preparePhantom({ voxelSize: 4, seed: 8 });
  controls = numbers.map((number) => makePhantomSubject(model, 'CN', number));
  patients = numbers.map((number) => makePhantomSubject(model, 'AD', number));
  truth = phantomTruth(model);
});

const mean = (values: readonly number[]): number =>
  values.reduce((sum, value) => sum + value, 0) / values.length;
const deviation = (values: readonly number[]): number => {
  const middle = mean(values);
  return Math.sqrt(values.reduce((sum, value) => sum + (value - middle) ** 2, 0) / (values.length - 1));
};
const labelOf = (name: string): number => 1 + phantomRegions.findIndex((region) => region.name === name);

/** Student's t at each voxel, second group minus first; NaN where a subject is outside its mask. */
function tMap(first: readonly PhantomSubject[], second: readonly PhantomSubject[]): Float64Array {
  const everybody = [...first, ...second];
  return Float64Array.from(truth.mask.data, (isBrain, voxel) => {
    if (isBrain === 0 || everybody.some((subject) => subject.mask.data[voxel] === 0)) return Number.NaN;
    const a = first.map((subject) => subject.image.data[voxel]);
    const b = second.map((subject) => subject.image.data[voxel]);
    const pooled = (deviation(a) ** 2 + deviation(b) ** 2) / 2;
    return (mean(b) - mean(a)) / Math.sqrt((2 * pooled) / a.length);
  });
}

/** p < 0.01, two-sided, with 2 N - 2 = 8 degrees of freedom. */
const CRITICAL_T = 3.355;

/** The same numbers, bit by bit (and without the walk through every item that t.deepEqual takes). */
const same = (a: Float32Array, b: Float32Array): boolean =>
  Buffer.compare(new Uint8Array(a.buffer), new Uint8Array(b.buffer)) === 0;

test('a subject is the same alone, in a fresh model, in another order and with other options of others', async (t) => {
  const fresh = await preparePhantom({ voxelSize: 4, seed: 8, perGroup: 1, groups: ['AD'] });
  const alone = makePhantomSubject(fresh, 'AD', 3);
  const among = patients[2];
  t.deepEqual(alone.image.grid, among.image.grid);
  t.true(same(alone.image.data, among.image.data));
  t.true(same(alone.mask.data, among.mask.data));
  t.deepEqual(alone.volumes, among.volumes);
  t.is(alone.age, among.age);
  const otherSeed = makePhantomSubject({ ...fresh, options: { ...fresh.options, seed: 9 } }, 'AD', 3);
  t.false(same(otherSeed.image.data, among.image.data));
});

test('images are whole numbers with white matter near 1000, and 0 outside the mask', (t) => {
  for (const { image, mask } of [controls[0], patients[1]]) {
    t.true(
      image.data.every(
        (value, voxel) => Number.isInteger(value) && value >= 0 && (mask.data[voxel] === 1 || value === 0),
      ),
    );
    const inside = Array.from(image.data.filter((_, voxel) => mask.data[voxel] === 1)).sort((a, b) => a - b);
    const brain = inside.length * 64;
    t.true(brain > 1.6e6 && brain < 2e6, `${brain} mm3`);
    t.true(Math.abs(inside[Math.floor(0.95 * inside.length)] - 1000) < 90);
  }
});

test('no subject is torn: every deformation is one-to-one', (t) => {
  for (const { displacement, id } of [...controls, ...patients]) {
    const determinant = jacobianDeterminant(displacement);
    const lowest = determinant.reduce((low, value) => Math.min(low, value));
    t.true(lowest > 0.1, `${id}: ${lowest}`);
  }
});

test('the regions of each person get the volumes that were drawn', (t) => {
  for (const { fractions } of [patients[0], controls[1]]) {
    const reached = relativeVolumes(model.atrophy, solveAtrophy(model.atrophy, fractions));
    reached.forEach((value, region) => {
      t.true(Math.abs(value - fractions[region]) < 2e-3);
    });
  }
});

test('volumes agree with the Jacobian integrated over the region, which is another way to get them', (t) => {
  const fractions = changingRegions.map((region) => meanFraction(region, 1));
  const field = solveAtrophy(model.atrophy, fractions);
  const determinant = jacobianDeterminant(field);
  const { fine, labels, coarse } = model.brain;
  const [nx, ny] = fine.shape;
  const sums = new Float64Array(phantomRegions.length + 1);
  const counts = new Float64Array(phantomRegions.length + 1);
  const moved = new Float64Array(3);
  for (let voxel = 0; voxel < labels.length; voxel += 3) {
    if (labels[voxel] === 0) continue;
    const x = fine.origin[0] + (voxel % nx);
    const y = fine.origin[1] + (Math.floor(voxel / nx) % ny);
    const z = fine.origin[2] + Math.floor(voxel / (nx * ny));
    // The point of the subject that shows (x, y, z), by fixed-point iteration.
    let [px, py, pz] = [x, y, z];
    for (let iteration = 0; iteration < 12; iteration++) {
      movePoint(field, px, py, pz, moved);
      px += x - moved[0];
      py += y - moved[1];
      pz += z - moved[2];
    }
    sums[labels[voxel]] += 1 / sampleLinear(determinant, coarse, px, py, pz);
    counts[labels[voxel]]++;
  }
  changingRegions.forEach((region, index) => {
    const label = labelOf(region.name);
    const integrated = sums[label] / counts[label];
    t.true(
      Math.abs(integrated - fractions[index]) < 0.03,
      `${region.name}: ${integrated}, not ${fractions[index]}`,
    );
  });
});

test('in the images, the AD group has lost and gained the volumes of the disease', (t) => {
  // Relative to the base brain, so the persons' own deformations are in it, and they are not small.
  const rest = new Float64Array(phantomRegions.length + 1);
  for (const label of model.brain.labels) rest[label]++;
  const relative = (subjects: readonly PhantomSubject[], name: string): number[] =>
    subjects.map((subject) => subject.volumes[labelOf(name) - 1] / rest[labelOf(name)]);
  for (const { name, change, spread } of changingRegions) {
    const values = relative(patients, name);
    const tolerance = 3 * (spread + 0.02) * Math.sqrt(1 / N);
    t.true(Math.abs(mean(values) - 1 - change) < tolerance, `${name}: ${mean(values)}`);
    t.true(
      deviation(values) < 2.2 * spread + 0.02 && deviation(values) > 0.4 * spread,
      `${name}: ${deviation(values)}`,
    );
    t.true(Math.sign(mean(values) - mean(relative(controls, name))) === Math.sign(change));
  }
  for (const name of ['precentral', 'occipital', 'cerebellum']) {
    t.true(Math.abs(mean(relative(patients, name)) - mean(relative(controls, name))) < 0.05, name);
  }
});

test('the truth has the right signs in the right places and nothing in silent regions', (t) => {
  const { effect, volumeChange, regions, nullMask, mask } = truth;
  const inRegion = (map: Float32Array, name: string): number[] =>
    Array.from(map.filter((_, voxel) => regions.data[voxel] === labelOf(name)));
  for (const { name, change } of changingRegions) {
    const local = mean(inRegion(volumeChange.data, name));
    t.true(local / change > 0.6 && local / change < 1.5, `${name}: ${local} for ${change}`);
  }
  for (const name of ['precentral', 'occipital', 'cerebellum']) {
    t.true(
      inRegion(effect.data, name).every((value) => Math.abs(value) < 0.5),
      name,
    );
    t.true(
      inRegion(volumeChange.data, name).every((value) => Math.abs(value) < 1e-3),
      name,
    );
  }
  // More fluid: next to the ventricles, tissue gives way to it and T1 is darker in AD.
  const [nx, ny] = effect.grid.shape;
  const ventricle = Array.from(regions.data.keys()).filter(
    (voxel) => regions.data[voxel] === labelOf('lateral_ventricle'),
  );
  const around = new Set(ventricle.flatMap((n) => [n - 1, n + 1, n - nx, n + nx, n - nx * ny, n + nx * ny]));
  const there = [...around].map((voxel) => effect.data[voxel]);
  t.true(mean(there) < -40, `${mean(there)}`);
  t.true(Math.min(...there) < -150 && Math.max(...there) < 100);
  for (let n = 0; n < effect.data.length; n++) {
    if (nullMask.data[n] === 0) continue;
    if (effect.data[n] !== 0 || volumeChange.data[n] !== 0 || mask.data[n] !== 1)
      t.fail('the null mask meets an effect');
  }
  const share = mean(Array.from(nullMask.data)) / mean(Array.from(mask.data));
  t.true(share > 0.1 && share < 0.7, `${share} of the brain is null`);
});

test('the groups differ where the truth says, and not where it says nothing', (t) => {
  const values = tMap(controls, patients);
  const effects = Array.from(values.keys()).filter(
    (voxel) => Math.abs(truth.effect.data[voxel]) > 100 && !Number.isNaN(values[voxel]),
  );
  // Many voxels with an effect above a tenth of white matter show it with the right sign at |T| > 2.
  const found = effects.filter((voxel) => values[voxel] * Math.sign(truth.effect.data[voxel]) > 2);
  t.true(found.length > 0.3 * effects.length, `${found.length} of ${effects.length}`);
  const peak = effects.reduce((high, voxel) => Math.max(high, Math.abs(values[voxel])), 0);
  t.true(peak > 5.5 && peak < 25, `peak ${peak}`);
  const silent = values.filter((value, voxel) => truth.nullMask.data[voxel] === 1 && !Number.isNaN(value));
  // Neighbours are alike, so chance has some room.
  const false1 = silent.filter((value) => Math.abs(value) > CRITICAL_T).length / silent.length;
  t.true(silent.length > 1000 && false1 < 0.03, `${false1}`);
});

test('a null cohort has no difference between its groups beyond chance', (t) => {
  const nothing: PhantomModel = { ...model, options: { ...model.options, effectScale: 0 } };
  const others = numbers.map((number) => makePhantomSubject(nothing, 'AD', number));
  // Controls do not depend on the effect, and no AD subject is a copy of a control.
  t.true(same(makePhantomSubject(nothing, 'CN', 1).image.data, controls[0].image.data));
  t.false(same(others[0].image.data, controls[0].image.data));
  const values = tMap(controls, others).filter((value) => !Number.isNaN(value));
  const rate = values.filter((value) => Math.abs(value) > CRITICAL_T).length / values.length;
  t.true(rate < 0.03, `${rate} of the voxels at p < 0.01`);
  const empty = phantomTruth(nothing);
  t.true(empty.effect.data.every((value) => value === 0));
  t.true(empty.volumeChange.data.every((value) => Math.abs(value) < 1e-6));
});

test('deformations that could fold, and diseases that cannot be reached, are refused with a sentence', async (t) => {
  await t.throwsAsync(preparePhantom({ deformation: 1.59 }), { message: /deformation/ });
  const impossible = changingRegions.map(() => 0.05);
  t.throws(() => solveAtrophy(model.atrophy, impossible), { message: /smaller effect scale/ });
});
