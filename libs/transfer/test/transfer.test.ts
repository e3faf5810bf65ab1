import { stream } from '@oinr/random';
import type { Grid } from '@oinr/volume';
import test from 'ava';
import {
  Ball,
  deviationRatio,
  implant,
  implantPlaces,
  peopleNeeded,
  positionOf,
  reachOf,
  transferOf,
} from '../src/index.ts';

// Oblique and sheared a little, with voxels of about 2, 2.5 and 3 mm.
const grid: Grid = {
  shape: [40, 36, 30],
  affine: [-1.95, 0.3, 0.1, 20, 0.25, 2.5, -0.2, -30, 0.05, 0.2, 3, -15, 0, 0, 0, 1],
};
const size = 40 * 36 * 30;
const far = (a: number, b: number): number => {
  const [one, other] = [positionOf(grid, a), positionOf(grid, b)];
  return Math.hypot(...one.map((x, axis) => x - other[axis]));
};
/** An ellipsoid that fills most of the image. */
const inside = Uint8Array.from({ length: size }, (_, voxel) => {
  const index = [voxel % 40, Math.floor(voxel / 40) % 36, Math.floor(voxel / 1440)];
  return Number(Math.hypot(...index.map((i, axis) => (2 * i) / (grid.shape[axis] - 1) - 1)) < 0.95);
});

test('a ball has exactly the voxels within its radius, and tells where it leaves the image', (t) => {
  const ball = new Ball(grid, 8.3);
  const centre = 20 + 40 * (18 + 36 * 15);
  const found = new Map<number, number>();
  t.true(ball.visit(centre, (voxel, distance) => found.set(voxel, distance)));
  for (let voxel = 0; voxel < size; voxel++) {
    const distance = far(voxel, centre);
    t.is(found.has(voxel), distance <= 8.3);
    if (found.has(voxel)) t.true(Math.abs((found.get(voxel) as number) - distance) < 1e-9);
  }
  const corner: number[] = [];
  t.false(ball.visit(0, (voxel) => corner.push(voxel)));
  t.true(corner.every((voxel) => voxel >= 0 && voxel < size && far(voxel, 0) <= 8.3));
});

test('places are far enough apart, their cores in the brain, spread over all kinds, the same for the same seed', (t) => {
  // The distance to the kept slices where every sixth of the second axis is kept.
  const kindOf = (voxel: number): string => {
    const rest = (Math.floor(voxel / 40) % 36) % 6;
    return String(Math.min(rest, 6 - rest));
  };
  const request = { grid, inside, fwhm: 6, apart: 18, kindOf };
  const places = implantPlaces({ ...request, random: stream(1, 'places') });
  t.true(places.length > 10);
  for (const [n, place] of places.entries())
    for (const other of places.slice(0, n)) t.true(far(place, other) > 18);
  const core = new Ball(grid, 3);
  for (const place of places) t.true(core.visit(place, (voxel) => t.is(inside[voxel], 1)));
  const kinds = Map.groupBy(places, kindOf);
  t.deepEqual([...kinds.keys()].sort(), ['0', '1', '2', '3']);
  // In proportion to the voxels, so that a mean over places is one over the brain.
  const all = [...inside.keys()].filter((voxel) => inside[voxel] === 1);
  for (const [kind, members] of kinds) {
    const share = all.filter((voxel) => kindOf(voxel) === kind).length / all.length;
    t.true(Math.abs(members.length - share * places.length) <= 2.5, `${kind}: ${members.length}, ${share}`);
  }
  // Nowhere is room for one more.
  for (let voxel = 0; voxel < size; voxel += 7) {
    let isCore = inside[voxel] === 1;
    if (!core.visit(voxel, (near) => (isCore &&= inside[near] === 1))) isCore = false;
    if (isCore) t.true(places.some((place) => far(place, voxel) <= 18));
  }
  t.deepEqual(implantPlaces({ ...request, random: stream(1, 'places') }), places);
  t.notDeepEqual(implantPlaces({ ...request, random: stream(2, 'places') }), places);
});

test('where no core fits, a sentence says so', (t) => {
  const random = stream(1, 'places');
  const thin = inside.map((one, voxel) => (Math.floor(voxel / 40) % 36 === 18 ? one : 0));
  t.throws(() => implantPlaces({ grid, inside: thin, fwhm: 14, apart: 42, kindOf: () => '', random }), {
    message: /There is no room for a blob of 14 mm/,
  });
});

test('an implant takes its share of every voxel, to the last digit, inside the brain alone', (t) => {
  const random = stream(3, 'volume');
  const data = Float32Array.from({ length: size }, () => 100 + 20 * random.normal());
  const fwhm = 6;
  const centres = implantPlaces({
    grid,
    inside,
    fwhm,
    apart: 2 * reachOf({ fwhm }),
    kindOf: () => '',
    random,
  });
  const changed = implant({ grid, data }, inside, centres, { fwhm, loss: 0.1 });
  let wrong = 0;
  for (let voxel = 0; voxel < size; voxel++) {
    const near = centres.map((centre) => far(voxel, centre)).filter((distance) => distance <= 9);
    // Blobs do not overlap.
    t.true(near.length <= 1);
    const share =
      near.length === 0 || inside[voxel] === 0 ? 0 : 0.1 * Math.exp(-4 * Math.LN2 * (near[0] / fwhm) ** 2);
    if (Math.abs(changed.data[voxel] - Math.fround(data[voxel] * (1 - share))) > 1e-5) wrong += 1;
    if (share === 0) t.is(changed.data[voxel], data[voxel]);
  }
  t.is(wrong, 0);
  t.is(changed.data[centres[0]], Math.fround(data[centres[0]] * 0.9));
});

test('blobs that are none, or overlap, are refused', (t) => {
  const volume = { grid, data: new Float32Array(size).fill(1) };
  const centre = 20 + 40 * (18 + 36 * 15);
  t.throws(() => implant(volume, inside, [centre], { fwhm: 0, loss: 0.1 }), { message: /width above 0/ });
  t.throws(() => implant(volume, inside, [centre], { fwhm: 6, loss: 0 }), { message: /above 0 and up to 1/ });
  t.throws(() => implant(volume, inside, [centre, centre + 3], { fwhm: 6, loss: 0.1 }), {
    message: /Two blobs of 6 mm overlap/,
  });
});

test('transfer is the slope through the origin; a copy of the truth has 1, nothing has 0', (t) => {
  const full = [-1, -2, -0.5, 0];
  t.is(transferOf(full, full), 1);
  t.is(transferOf(full, [0, 0, 0, 3]), 0);
  t.is(transferOf(full, [-0.5, -1, -0.25, 9]), 0.5);
  t.is(transferOf([0, 0], [1, 2]), undefined);
});

test('the ratio of deviations is that within groups, weighted by the square of the effect', (t) => {
  const groups = ['a', 'b', 'a', 'b', 'b'];
  // Groups differ by 100, which is no spread; the second voxel counts four times as much.
  const full = [
    [0, 0],
    [101, 107],
    [2, 8],
    [99, 101],
    [100, 104],
  ];
  const imputed = full.map(([one, other], person) => [
    (groups[person] === 'b' ? 7 : 0) + one / 2,
    (groups[person] === 'b' ? -3 : 0) + 0.9 * other,
  ]);
  const effects = full.map((_, person) => [person % 2 ? -1.5 : -2 / 3, person % 2 ? -3 : -4 / 3]);
  t.true(
    Math.abs((deviationRatio({ groups, full, imputed, effects }) ?? 0) - (0.5 * 0.9 ** 4) ** (1 / 5)) < 1e-12,
  );
  t.is(deviationRatio({ groups, full, imputed: full, effects }), 1);
  const pair = { groups: ['a', 'b'], full: full.slice(0, 2), imputed: full.slice(0, 2), effects };
  t.is(deviationRatio(pair), undefined);
});

test('people needed: the ratio over the transfer, squared; none where nothing comes through', (t) => {
  t.is(peopleNeeded(1, 1), 1);
  t.is(peopleNeeded(0.9, 0.6), (0.9 / 0.6) ** 2);
  t.is(peopleNeeded(1, 0), undefined);
  t.is(peopleNeeded(1, -0.1), undefined);
  t.is(peopleNeeded(undefined, 1), undefined);
});

test('the ratio of as many people as a pilot has is not too large by chance', (t) => {
  const random = stream(11, 'people');
  const rows = () =>
    Array.from({ length: 6 }, () => Float64Array.from({ length: 4000 }, () => random.normal()));
  const effects = Array.from({ length: 6 }, () => new Float64Array(4000).fill(-1));
  const ratio = deviationRatio({ groups: [...'aaabbb'], full: rows(), imputed: rows(), effects }) ?? 0;
  // The mean of such ratios is 1.18.
  t.true(Math.abs(ratio - 1) < 0.05, String(ratio));
});
