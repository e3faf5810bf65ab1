import { stream } from '@oinr/random';
import test from 'ava';
import {
  makeRelabelings,
  observedClusters,
  padGrid,
  permutationTest,
  resolveDesign,
  SubjectData,
  tfceMap,
} from '../src/index.ts';
import { MaskSmoother } from '../src/smoothing.ts';
import { referenceTest } from './reference.ts';

const shape = [7, 6, 5] as const;
const indices = Int32Array.from({ length: 210 }, (_, i) => i).filter((i) => i % 9 !== 4);
const grid = { shape, indices };
const positions = Array.from(indices, (i) => [i % 7, Math.floor(i / 7) % 6, Math.floor(i / 42)]);
const close = (a: number, b: number, tolerance: number) =>
  a === b || Math.abs(a - b) <= tolerance * Math.max(1, Math.abs(b));

/** Components by flooding, the plain way. */
function components(inside: (voxel: number) => boolean, most: number): number[][] {
  const left = new Set(Array.from(positions.keys()).filter(inside));
  const found: number[][] = [];
  for (const start of left) {
    left.delete(start);
    const component = [start];
    for (const voxel of component) {
      for (const other of left) {
        const steps = positions[voxel].map((x, axis) => Math.abs(x - positions[other][axis]));
        if (Math.max(...steps) <= 1 && steps[0] + steps[1] + steps[2] <= most) {
          left.delete(other);
          component.push(other);
        }
      }
    }
    found.push(component);
  }
  return found;
}

/** TFCE by its definition: between successive heights the extent is constant. */
function plainTfce(t: Float64Array): Float64Array {
  const heights = [0, ...new Set(t.filter((value) => value > 0))].sort((a, b) => a - b);
  const result = new Float64Array(t.length);
  for (let level = 1; level < heights.length; level++) {
    const part = (heights[level] ** 3 - heights[level - 1] ** 3) / 3;
    for (const component of components((voxel) => t[voxel] >= heights[level], 1)) {
      for (const voxel of component) result[voxel] += Math.sqrt(component.length) * part;
    }
  }
  return result;
}

const subjects = 11;
const labels = Uint8Array.from({ length: subjects }, (_, i) => (i % 2 === 0 ? 1 : 0));

function values(): Float64Array {
  const random = stream(3, 'enhancement');
  // Every seventh voxel tells the groups apart almost without error: there T comes from the data, not from the sums.
  return Float64Array.from({ length: subjects * indices.length }, (_, i) => {
    const isClear = (i % indices.length) % 7 === 0;
    return random.normal() + (isClear ? 20 * labels[Math.floor(i / indices.length)] : 0);
  });
}

for (const [connectivity, most] of [
  [6, 1],
  [18, 2],
  [26, 3],
] as const) {
  test(`${connectivity} neighbours: the largest extents and masses of every relabeling are those of flooding`, async (t) => {
    const design = resolveDesign({ labels });
    const choice = { permutations: 40, seed: 2 };
    const threshold = 1.5;
    const result = await permutationTest(
      SubjectData.from(values(), subjects),
      { labels },
      { relabelings: choice, grid, clusters: { threshold, connectivity }, tfce: {} },
    );
    const { maps } = referenceTest(values(), design, makeRelabelings(design, choice));
    maps.forEach((map, r) => {
      for (const sign of [1, -1]) {
        const height = map.map((c) => (sign * c * Math.sqrt(design.degreesOfFreedom)) / Math.sqrt(1 - c * c));
        const found = components((voxel) => height[voxel] > threshold, most);
        const extent = Math.max(0, ...found.map((one) => one.length));
        const mass = Math.max(
          0,
          ...found.map((one) => one.reduce((sum, voxel) => sum + height[voxel] - threshold, 0)),
        );
        t.is((sign > 0 ? result.clusterNull?.extentGt : result.clusterNull?.extentLt)?.[r], extent);
        t.true(
          close((sign > 0 ? result.clusterNull?.massGt : result.clusterNull?.massLt)?.[r] ?? -1, mass, 1e-6),
        );
        if (connectivity === 6) {
          const largest = plainTfce(height).reduce((a, b) => Math.max(a, b), 0);
          t.true(close((sign > 0 ? result.tfceNull?.gt : result.tfceNull?.lt)?.[r] ?? -1, largest, 1e-5));
        }
      }
    });
  });
}

test('the TFCE map is the integral by its definition; small steps approach it', (t) => {
  const random = stream(5, 'map');
  const map = Float64Array.from(indices, () => random.normal() * 2);
  const exact = tfceMap(map, padGrid(grid), 1);
  plainTfce(map).forEach((value, voxel) => {
    t.true(close(exact[voxel], value, 1e-12));
  });
  const stepped = tfceMap(map, padGrid(grid), 1, 0.001);
  exact.forEach((value, voxel) => {
    t.true(Math.abs(stepped[voxel] - value) <= 0.01 * value + 0.05);
  });
  map[7] = Number.POSITIVE_INFINITY;
  const infinite = tfceMap(map, padGrid(grid), 1);
  t.is(infinite[7], Number.POSITIVE_INFINITY);
  t.is(infinite.filter((value) => Number.isFinite(value)).length, indices.length - 1);
});

test('pseudo-t divides by the variance smoothed within the mask', async (t) => {
  const sigma = [0.9, 1.1, 0.7] as const;
  const scaled = values().map((value, i) => value * (1 + (i % indices.length) * 0.01));
  const result = await permutationTest(
    SubjectData.from(scaled, subjects),
    { labels },
    { relabelings: { permutations: 30, seed: 2 }, grid, varianceSigma: sigma },
  );
  // The plain way, for the observed map.
  const n1 = 6;
  const n2 = 5;
  const at = (i: number, voxel: number) => scaled[i * indices.length + voxel];
  const variances: number[] = [];
  const differences: number[] = [];
  for (let voxel = 0; voxel < indices.length; voxel++) {
    const mean = (label: number, n: number) =>
      labels.reduce((sum, one, i) => (one === label ? sum + at(i, voxel) : sum), 0) / n;
    const [m1, m2] = [mean(1, n1), mean(0, n2)];
    const within = labels.reduce((sum, one, i) => sum + (at(i, voxel) - (one ? m1 : m2)) ** 2, 0);
    variances.push((within / (subjects - 2)) * (1 / n1 + 1 / n2));
    differences.push(m1 - m2);
  }
  for (let voxel = 0; voxel < indices.length; voxel++) {
    let top = 0;
    let bottom = 0;
    for (let other = 0; other < indices.length; other++) {
      const weight = sigma.reduce((product, s, axis) => {
        const d = positions[voxel][axis] - positions[other][axis];
        return Math.abs(d) > Math.ceil(4 * s) ? 0 : product * Math.exp((-d * d) / (2 * s * s));
      }, 1);
      top += weight * variances[other];
      bottom += weight;
    }
    t.true(close(result.t[voxel], differences[voxel] / Math.sqrt(top / bottom), 1e-5));
  }
  t.is(
    result.maximumT.gt[0],
    result.t.reduce((a, b) => Math.max(a, b)),
  );
});

test('a smoother keeps a constant, whatever the mask', (t) => {
  const inside = new Uint8Array(indices.length).fill(1);
  const smoother = new MaskSmoother(padGrid(grid), [1.3, 0.5, 2], inside);
  const constant = new Float64Array(indices.length).fill(3);
  smoother.smooth(constant);
  t.true(constant.every((value) => close(value, 3, 1e-12)));
});

test('the table of clusters: by peak T, peaks more than 8 mm apart, volume and mass', (t) => {
  const line = { shape: [20, 1, 1] as const, indices: Int32Array.from({ length: 20 }, (_, i) => i) };
  const map = Float64Array.from([0, 4, 5, 4, 6, 4, 4, 4, 5, 0, 0, 7, 7, 0, Number.NaN, -9, -4, 0, 0, 0]);
  const affine = [2, 0, 0, -10, 0, 3, 0, 0, 0, 0, 4, 0, 0, 0, 0, 1];
  const request = { t: map, grid: line, affine, threshold: 3, connectivity: 18 as const };
  const clusters = observedClusters({ ...request, sign: 1 });
  t.deepEqual(
    clusters.map(({ voxels, mm3, mass, peaks }) => [
      voxels.length,
      mm3,
      mass,
      peaks.map(({ voxel }) => voxel),
    ]),
    [
      [2, 48, 8, [11]],
      // Voxel 8 lies exactly 8 mm from voxel 4, so it is no peak of its own.
      [8, 192, 12, [4]],
    ],
  );
  t.deepEqual(clusters[0].peaks[0].position, [12, 0, 0]);
  const negative = observedClusters({ ...request, sign: -1 });
  t.deepEqual(
    negative.map(({ peaks }) => peaks[0].t),
    [-9],
  );
});
