import { stream } from '@oinr/random';
import test from 'ava';
import { resizeBicubic } from '../src/bicubic.ts';
import { gaussianBlur } from '../src/gaussianBlur.ts';
import { boxAverage, cropImage, type Image } from '../src/image.ts';
import { parseNpy } from '../src/npy.ts';
import { addPhotonNoise, noiseVariance, paperNoise } from '../src/photonNoise.ts';
import { analyticSolid } from '../src/solid.ts';
import { boxMeans, resizeTrilinear } from '../src/trilinear.ts';
import { filledShare } from '../src/volume.ts';

/** One channel, its value a function of row and column. */
function imageOf(height: number, width: number, value: (row: number, column: number) => number): Image {
  const data = Float32Array.from({ length: height * width }, (_, i) =>
    value(Math.floor(i / width), i % width),
  );
  return { channels: 1, height, width, data };
}

const mean = (data: Float32Array): number => data.reduce((sum, value) => sum + value, 0) / data.length;

test('box averages leave out what fills no box, at the bottom and on the right', (t) => {
  const reduced = boxAverage(
    imageOf(5, 7, (row, column) => 10 * row + column),
    2,
  );
  t.deepEqual([reduced.height, reduced.width], [2, 3]);
  t.deepEqual([...reduced.data], [5.5, 7.5, 9.5, 25.5, 27.5, 29.5]);
});

test('a crop is refused outside the image', (t) => {
  const image = imageOf(4, 4, (row, column) => 4 * row + column);
  t.deepEqual([...cropImage(image, 1, 2, 2, 2).data], [6, 7, 10, 11]);
  t.throws(() => cropImage(image, 3, 0, 2, 2), { message: /does not fit/ });
});

test('bicubic keeps constants, and planes inside, and overshoots at a step', (t) => {
  const plane = resizeBicubic(
    imageOf(12, 12, (row, column) => 3 * row - column),
    24,
    24,
  );
  for (let row = 6; row < 18; row++)
    for (let column = 6; column < 18; column++) {
      const expected = 3 * ((row + 0.5) / 2 - 0.5) - ((column + 0.5) / 2 - 0.5);
      t.true(Math.abs(plane.data[24 * row + column] - expected) < 1e-5);
    }
  // Half-way values by hand: Keys' weights at distances 0.75 and 1.75 are 0.2265625 and -0.0234375.
  const step = resizeBicubic(
    imageOf(1, 4, (_, column) => (column > 1 ? 1 : 0)),
    1,
    8,
  ).data;
  t.deepEqual([...step.subarray(3, 5)], [0.203125, 0.796875]);
  t.true(step[2] < 0 && step[5] > 1);
  const small = resizeBicubic(
    imageOf(30, 30, () => 0.7),
    7,
    11,
  );
  t.true(small.data.every((value) => Math.abs(value - 0.7) < 1e-6));
});

test('a blur keeps the mean of an image with mirrored edges, and spreads a point by a Gaussian', (t) => {
  const point = imageOf(21, 21, (row, column) => (row === 10 && column === 10 ? 1 : 0));
  const { data } = gaussianBlur(point, 1);
  t.true(Math.abs(data[10 * 21 + 10] - 1 / (2 * Math.PI)) < 1e-4);
  t.true(Math.abs(data[10 * 21 + 11] / data[10 * 21 + 10] - Math.exp(-0.5)) < 1e-6);
  const random = stream(1, 'blur');
  const noise = imageOf(9, 13, () => random.uniform());
  t.true(Math.abs(mean(gaussianBlur(noise, 2).data) - mean(noise.data)) < 1e-6);
});

test('photon noise has the mean of the image and the variance that is known of it', (t) => {
  const image = imageOf(200, 200, (row) => row / 199);
  const noisy = addPhotonNoise(image, paperNoise, stream(3, 'noise'));
  const differences = noisy.data.map((value, i) => value - image.data[i]);
  const variance = mean(differences.map((value) => value ** 2));
  t.true(Math.abs(mean(differences)) < 3 * Math.sqrt(variance / differences.length));
  t.true(Math.abs(variance / noiseVariance(image, paperNoise) - 1) < 0.03, String(variance));
  // What is dark has readout noise alone.
  const dark = differences.slice(0, 200);
  t.true(Math.abs(mean(dark.map((value) => value ** 2)) / (2 / 30) ** 2 - 1) < 0.35);
});

function npy(type: string, shape: string, values: Uint8Array, fortran = 'False'): Uint8Array {
  const header = `{'descr': '${type}', 'fortran_order': ${fortran}, 'shape': (${shape}), }`.padEnd(117);
  const length = Buffer.alloc(2);
  length.writeUInt16LE(118);
  return Buffer.concat([
    Buffer.from([0x93]),
    Buffer.from('NUMPY\x01\x00'),
    length,
    Buffer.from(`${header}\n`),
    values,
  ]);
}

test('NumPy arrays: types, both orders of axes and bytes', (t) => {
  const floats = Buffer.alloc(24);
  [1, 2.5, -3].forEach((value, n) => {
    floats.writeDoubleBE(value, 8 * n);
  });
  t.deepEqual(parseNpy(npy('>f8', '3,', floats), 'x.npy', 100), {
    shape: [3],
    data: Float64Array.of(1, 2.5, -3),
  });
  const six = Uint8Array.of(0, 1, 2, 3, 4, 5);
  t.deepEqual([...parseNpy(npy('|u1', '2, 3', six), 'x', 100).data], [0, 1, 2, 3, 4, 5]);
  // As NumPy has it for the array [[0, 2, 4], [1, 3, 5]].
  t.deepEqual([...parseNpy(npy('|u1', '2, 3', six, 'True'), 'x', 100).data], [0, 2, 4, 1, 3, 5]);
  t.throws(() => parseNpy(npy('|u1', '2, 4', six), 'x.npy', 100), { message: /cut off: 2 x 4/ });
  t.throws(() => parseNpy(npy('|O', '2, 3', six), 'x.npy', 100), { message: /'\|O', not plain numbers/ });
  t.throws(() => parseNpy(npy('|u1', '512, 512', six), 'x.npy', 100), { message: /at most 100 are read/ });
  t.throws(() => parseNpy(Buffer.from('no array at all'), 'x.npy', 100), { message: /no .npy file/ });
});

test('the solid is the same body at every resolution, thin and not empty', (t) => {
  const [small, large] = [analyticSolid(48), analyticSolid(96)];
  t.true(filledShare(large) > 0.04 && filledShare(large) < 0.08, String(filledShare(large)));
  t.true(Math.abs(filledShare(small) / filledShare(large) - 1) < 0.1);
  const reduced = boxMeans(large, 2).data.map((share) => (share > 0.5 ? 1 : 0));
  const differing = reduced.reduce((count, value, i) => count + Math.abs(value - small.data[i]), 0);
  t.true(differing / reduced.length < 0.02);
});

test('trilinear interpolation is exact for planes inside, and keeps a volume of the same size', (t) => {
  const shape = [6, 5, 4] as const;
  const data = Float32Array.from(
    { length: 120 },
    (_, i) => Math.floor(i / 20) + 10 * (Math.floor(i / 4) % 5) + 100 * (i % 4),
  );
  t.deepEqual(resizeTrilinear({ shape, data }, [6, 5, 4]), data);
  const twice = resizeTrilinear({ shape, data }, [12, 10, 8]);
  t.true(
    Math.abs(twice[(5 * 10 + 4) * 8 + 3] - (2.25 + 17.5 + 125)) < 1e-3,
    String(twice[(5 * 10 + 4) * 8 + 3]),
  );
});
