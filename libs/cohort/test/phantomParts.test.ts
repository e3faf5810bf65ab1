import { stream } from '@oinr/random';
import test from 'ava';
import * as fc from 'fast-check';
import { boxFilter } from '../src/phantom/boxFilter.ts';
import { dilate } from '../src/phantom/dilate.ts';
import type { Displacement } from '../src/phantom/displacement.ts';
import { compose, jacobianDeterminant, movePoint, zeroDisplacement } from '../src/phantom/displacement.ts';
import type { Lattice } from '../src/phantom/lattice.ts';
import { latticeGrid, latticeSize, phantomLattice, sampleLinear } from '../src/phantom/lattice.ts';
import { phantomOptions } from '../src/phantom/options.ts';
import { drawPerson } from '../src/phantom/people.ts';
import { changingRegions, isInShapes, phantomRegions, shapesBox } from '../src/phantom/regions.ts';
import { smoothRandomField } from '../src/phantom/smoothField.ts';

const small: Lattice = { shape: [9, 8, 7], origin: [-8, 3, -20], spacing: 2 };

/** One value per voxel of a function of the world coordinates. */
function tabulate(lattice: Lattice, f: (x: number, y: number, z: number) => number): Float32Array {
  const data = new Float32Array(latticeSize(lattice));
  const [nx, ny] = lattice.shape;
  for (let n = 0; n < data.length; n++) {
    const i = n % nx;
    const j = Math.floor(n / nx) % ny;
    const k = Math.floor(n / (nx * ny));
    const { origin, spacing } = lattice;
    data[n] = f(origin[0] + spacing * i, origin[1] + spacing * j, origin[2] + spacing * k);
  }
  return data;
}

test('the lattice covers the same box of MNI space at every voxel size, centred on it', (t) => {
  t.deepEqual(phantomLattice(2).shape, [76, 97, 79]);
  for (const spacing of [1, 1.5, 2, 3, 4, 5]) {
    const { shape, origin } = phantomLattice(spacing);
    [-76, -114, -70].forEach((low, axis) => {
      const high = [76, 80, 88][axis];
      const first = origin[axis] - spacing / 2;
      const last = first + shape[axis] * spacing;
      t.true(first <= low && last >= high && last - first < high - low + spacing);
      t.is(first + last, low + high);
    });
  }
  const { affine } = latticeGrid(phantomLattice(3));
  t.deepEqual([affine[0], affine[5], affine[10]], [3, 3, 3]);
  t.deepEqual([affine[3], affine[7], affine[11]], phantomLattice(3).origin.slice());
});

test('linear sampling and moving give linear functions exactly, and nothing outside', (t) => {
  const f = (x: number, y: number, z: number): number => 1 + 0.5 * x - 0.25 * y + 2 * z;
  const data = tabulate(small, f);
  fc.assert(
    fc.property(
      fc.double({ min: -8, max: 7.9, noNaN: true }),
      fc.double({ min: 3, max: 16.9, noNaN: true }),
      fc.double({ min: -20, max: -8.1, noNaN: true }),
      (x, y, z) => Math.abs(sampleLinear(data, small, x, y, z) - f(x, y, z)) < 1e-4,
    ),
  );
  t.is(sampleLinear(data, small, -8.01, 5, -15), 0);
  t.is(sampleLinear(data, small, 0, 5, -7.9), 0);
  const field: Displacement = {
    lattice: small,
    x: data,
    y: data.map((v) => -v),
    z: new Float32Array(data.length),
  };
  const moved = new Float64Array(3);
  movePoint(field, 1.3, 6.1, -14.2, moved);
  const value = f(1.3, 6.1, -14.2);
  t.true(Math.abs(moved[0] - 1.3 - value) < 1e-5 && Math.abs(moved[1] - 6.1 + value) < 1e-5);
  t.is(moved[2], -14.2);
});

test('composition moves by the first displacement and then, from there, by the second', (t) => {
  const zero = new Float32Array(latticeSize(small));
  const shift: Displacement = { lattice: small, x: zero.map(() => 2), y: zero, z: zero };
  const stretch: Displacement = { lattice: small, x: tabulate(small, (x) => 0.1 * x), y: zero, z: zero };
  const [nx] = small.shape;
  const shiftThenStretch = compose(shift, stretch);
  const stretchThenShift = compose(stretch, shift);
  // At x = 0, the fifth voxel of a row: 0 + 2, then 2 + 0.2; against 0 + 0, then + 2.
  const at = 4 + nx * (3 + 8 * 3);
  t.true(Math.abs(shiftThenStretch.x[at] - 2.2) < 1e-5);
  t.true(Math.abs(stretchThenShift.x[at] - 2) < 1e-5);
});

test('the Jacobian determinant of a linear displacement is that of its matrix', (t) => {
  const field: Displacement = {
    lattice: small,
    x: tabulate(small, (x, y) => 0.2 * x + 0.1 * y),
    y: tabulate(small, (x, y, z) => -0.1 * x + 0.3 * y + 0.05 * z),
    z: tabulate(small, (x, _, z) => 0.2 * x - 0.4 * z),
  };
  // det [[1.2, .1, 0], [-.1, 1.3, .05], [.2, 0, .6]]
  const expected = 1.2 * (1.3 * 0.6) - 0.1 * (-0.1 * 0.6 - 0.05 * 0.2);
  const determinant = jacobianDeterminant(field);
  const [nx, ny] = small.shape;
  t.true(Math.abs(determinant[4 + nx * (3 + ny * 3)] - expected) < 1e-5);
  t.is(determinant[0], 1);
  t.true(jacobianDeterminant(zeroDisplacement(small)).every((value) => value === 1));
});

test('the box filter keeps sums, reaches as far as said, and averages blocks', (t) => {
  const shape = [15, 13, 11] as const;
  const impulse = new Float32Array(15 * 13 * 11);
  const centre = 7 + 15 * (6 + 13 * 5);
  impulse[centre] = 1;
  for (const width of [1, 2, 3, 3.5, 4, 5]) {
    const once = boxFilter(impulse, shape, width);
    t.true(Math.abs(once.reduce((sum, value) => sum + value, 0) - 1) < 1e-6, `sum at width ${width}`);
    const whole = Math.floor((width - 1) / 2);
    t.true(Math.abs(once[centre + whole] - 1 / width ** 3) < 1e-7);
    const part = (width - 1) / 2 - whole;
    t.true(Math.abs(once[centre + whole + 1] - part / width ** 3) < 1e-7);
    t.is(once[centre + whole + 2], 0);
  }
});

test('dilation is a box', (t) => {
  const mask = new Uint8Array(latticeSize(small));
  const [nx, ny, nz] = small.shape;
  mask[1 + nx * (4 + ny * 3)] = 1;
  const wider = dilate(mask, small, 2);
  for (let n = 0; n < wider.length; n++) {
    const i = n % nx;
    const j = Math.floor(n / nx) % ny;
    const k = Math.floor(n / (nx * ny));
    t.is(wider[n], Math.max(Math.abs(i - 1), Math.abs(j - 4), Math.abs(k - 3)) <= 2 ? 1 : 0);
  }
  t.is(nz, 7);
});

test('a smooth field is one function of the world, bounded, with the deviation that is said', (t) => {
  const field = (lattice: Lattice): Float32Array =>
    smoothRandomField(lattice, 30, 2, 2.4, stream(5, 'field'));
  const coarse = field({ shape: [40, 48, 40], origin: [-78, -117, -73], spacing: 4 });
  const fine = field({ shape: [79, 95, 79], origin: [-78, -117, -73], spacing: 2 });
  t.true(Math.abs(coarse[3 + 40 * (5 + 48 * 7)] - fine[6 + 79 * (10 + 95 * 14)]) < 1e-6);
  let squares = 0;
  let count = 0;
  for (let seed = 0; seed < 40; seed++) {
    const values = smoothRandomField(phantomLattice(8), 30, 1, 2.4, stream(seed, 'deviation'));
    for (const value of values) {
      squares += value * value;
      count++;
      if (Math.abs(value) > 2.4) t.fail('a value exceeds the bound');
    }
  }
  // 0.479^(3/2) for unit coefficients, times the deviation of a normal cut at 2.4 (0.955).
  t.true(Math.abs(Math.sqrt(squares / count) - 0.316) < 0.01);
});

test('shapes are mirrored, lie in their boxes, and tubes have the radius of their ends', (t) => {
  for (const region of phantomRegions) {
    const { low, high } = shapesBox(region);
    const random = stream(3, region.name);
    let inside = 0;
    for (let draw = 0; draw < 3000; draw++) {
      const point = low.map((value, axis) => random.uniformIn(value - 5, high[axis] + 5));
      const isIn = isInShapes(region, point[0], point[1], point[2]);
      t.is(isInShapes(region, -point[0], point[1], point[2]), isIn);
      if (!isIn) continue;
      inside++;
      const x = Math.abs(point[0]);
      t.true(
        x <= high[0] &&
          point[1] >= low[1] &&
          point[1] <= high[1] &&
          point[2] >= low[2] &&
          point[2] <= high[2],
      );
    }
    t.true(inside > 50, region.name);
  }
  const hippocampus = phantomRegions[0];
  // The head's end sphere: centre (21, -6, -21), radius 5.5.
  t.true(isInShapes(hippocampus, 21, -6 + 5.4, -21));
  t.false(isInShapes(hippocampus, 21, -6 + 5.6, -21));
});

test('people have the means, spreads and correlations that are said, whatever their group', (t) => {
  const options = phantomOptions({ seed: 4 });
  const n = 400;
  for (const [group, severity] of [
    ['CN', 0],
    ['AD', 1],
  ] as const) {
    const people = Array.from({ length: n }, (_, index) => drawPerson(options, group, index + 1));
    changingRegions.forEach(({ name, change, spread }, region) => {
      const values = people.map((person) => person.fractions[region]);
      const mean = values.reduce((sum, value) => sum + value, 0) / n;
      const deviation = Math.sqrt(values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / (n - 1));
      t.true(
        Math.abs(mean - 1 - severity * change) < (4 * spread) / Math.sqrt(n),
        `${group} ${name} mean ${mean}`,
      );
      // Cut at two deviations, a normal keeps 0.96 of its deviation.
      t.true(Math.abs(deviation / spread - 0.96) < 0.12, `${group} ${name} deviation ${deviation}`);
    });
    const ages = people.map((person) => person.age);
    const meanAge = ages.reduce((sum, age) => sum + age, 0) / n;
    t.true(Math.abs(meanAge - 74) < 1.2);
    // Older people have less hippocampus and more ventricle: this is what covariates are for.
    const covariance = (region: number): number =>
      people.reduce((sum, person) => sum + (person.age - meanAge) * person.fractions[region], 0) / n;
    t.true(covariance(0) < 0 && covariance(6) > 0);
    t.true(Math.abs(people.filter((person) => person.sex === 'F').length - n / 2) < 2.5 * Math.sqrt(n));
  }
});

test('options are completed, and wrong ones are named', (t) => {
  t.deepEqual(phantomOptions(), {
    perGroup: 10,
    voxelSize: 3,
    seed: 1,
    effectScale: 1,
    noise: 0.03,
    deformation: 0.7,
    groups: ['CN', 'AD'],
  });
  t.throws(() => phantomOptions({ perGroup: 0 }), { message: /perGroup/ });
  t.throws(() => phantomOptions({ voxelSize: 0.5 }), { message: /voxelSize/ });
  t.throws(() => phantomOptions({ groups: ['CN', 'CN'] }), { message: /named twice/ });
  const unknown: Record<string, unknown> = { size: 3 };
  t.throws(() => phantomOptions(unknown), { message: /size/ });
});
