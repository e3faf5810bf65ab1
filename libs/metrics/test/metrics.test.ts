import test from 'ava';
import fc from 'fast-check';
import { intensityScale, median, percentile, psnr, sliceErrors, ssimMissing } from '../src/index.ts';
import { ImageSimilarity } from '../src/structuralSimilarity.ts';

const close = (a: number, b: number, tolerance = 1e-12): boolean =>
  Math.abs(a - b) <= tolerance * Math.max(1, Math.abs(b));

test('percentiles interpolate between order statistics like NumPy', (t) => {
  const values = Float32Array.of(9, 1, 4, 16, 25);
  t.is(percentile(values, 0), 1);
  t.is(percentile(values, 100), 25);
  t.is(percentile(values, 50), 9);
  t.true(close(percentile(values, 99.5), 24.82), 'numpy.percentile([9, 1, 4, 16, 25], 99.5)');
  t.true(close(percentile(values, 37.5), 6.5));
  t.is(percentile(values, 50, [1, 1, 0, 0, 1]), 9);
  t.deepEqual([...values], [9, 1, 4, 16, 25], 'the volume is left in its order');
  t.throws(() => percentile(values, 101), { message: /0 .. 100/ });
  t.throws(() => percentile(values, 50, [0, 0, 0, 0, 0]), { message: /mask is empty/ });
  t.throws(() => percentile(Float32Array.of(1, Number.NaN), 50), { message: /not finite/ });
});

test('the scale is a percentile inside the mask, of voxels above 0 without one, or a number', (t) => {
  const volume = Float32Array.of(0, 0, 0, 0, 10, 20, 30);
  t.is(intensityScale(volume, undefined, { percentile: 50 }).value, 20);
  t.is(intensityScale(volume, [0, 0, 0, 1, 1, 0, 0], { percentile: 50 }).value, 5);
  t.is(intensityScale(volume, undefined, { divideBy: 255 }).value, 255);
  t.regex(intensityScale(volume).description, /99\.5th percentile over voxels above 0/);
  t.throws(() => intensityScale(new Float32Array(5)), { message: /no voxel is above 0/ });
  t.throws(() => intensityScale(volume, undefined, { divideBy: 0 }), { message: /positive number/ });
  t.throws(() => intensityScale(volume, [1, 1, 0, 0, 0, 0, 0]), { message: /positive number.* 0;/ });
});

test('errors of kept, missing and all slices, with and without mask, on every axis', (t) => {
  const shape = [2, 3, 4] as const;
  for (const axis of [0, 1, 2] as const) {
    const truth = new Float32Array(24).fill(10);
    const imputed = truth.slice();
    const mask = new Uint8Array(24);
    // Slice 1 is missing: off by +4, and by -2 in the one masked voxel of it.
    const strides = [1, 2, 6];
    let first = true;
    for (let i = 0; i < 24; i++) {
      const p = Math.floor(i / (strides[axis] ?? 1)) % shape[axis];
      if (p !== 1) continue;
      imputed[i] = first ? 8 : 14;
      if (first) mask[i] = 1;
      first = false;
    }
    const kept = Array.from({ length: shape[axis] }, (_, p) => p).filter((p) => p !== 1);
    const errors = sliceErrors({ truth, imputed, shape, axis, kept, mask, scale: 2 });
    const n = 24 / shape[axis];
    t.is(errors.missing.voxels, n);
    t.is(errors.kept.voxels, 24 - n);
    t.is(errors.kept.mse, 0);
    t.true(close(errors.missing.mse, (4 * (n - 1) + 1) / n), `axis ${axis}`);
    t.true(close(errors.missing.bias, (2 * (n - 1) - 1) / n));
    t.true(close(errors.volume.mse, (errors.missing.mse * n) / 24));
    t.deepEqual(errors.mask?.missing, { voxels: 1, mse: 1, bias: -1 });
    t.is(errors.mask?.kept.voxels, 0);
  }
  const truth = new Float32Array(24);
  t.throws(() => sliceErrors({ truth, imputed: truth.slice(1), shape, axis: 0, kept: [0], scale: 1 }), {
    message: /imputed volume has 23 voxels/,
  });
  t.throws(() => sliceErrors({ truth, imputed: truth, shape, axis: 0, kept: [2], scale: 1 }), {
    message: /Kept slice 2/,
  });
  t.throws(() => sliceErrors({ truth, imputed: truth, shape, axis: 0, kept: [0], scale: 0 }), {
    message: /scale/,
  });
});

test('the MSE of the volume is the weighted mean of its parts (property)', (t) => {
  const array = fc.float32Array({ minLength: 60, maxLength: 60, noNaN: true, min: -10, max: 10 });
  fc.assert(
    fc.property(
      array,
      array,
      fc.uniqueArray(fc.integer({ min: 0, max: 3 }), { maxLength: 4 }),
      (truth, imputed, kept) => {
        const e = sliceErrors({ truth, imputed, shape: [3, 4, 5], axis: 1, kept, scale: 3 });
        const part = (s: { voxels: number; mse: number }): number => (s.voxels ? s.voxels * s.mse : 0);
        return close(part(e.volume), part(e.kept) + part(e.missing), 1e-9);
      },
    ),
  );
  t.pass();
});

test('PSNR follows its definition', (t) => {
  t.true(close(psnr(1e-3), 30));
  t.true(close(psnr(1e-3, 2), 30 + 20 * Math.log10(2)));
});

test('SSIM agrees with SciPy Gaussian filters, is 1 for equal images, and is taken slice by slice', (t) => {
  // Reference: scipy.ndimage.gaussian_filter(sigma=1.5, radius 5 or 3), cropped to whole windows.
  const image = (w: number, h: number, f: (x: number, y: number) => number): Float64Array =>
    Float64Array.from({ length: w * h }, (_, i) => f(i % w, Math.floor(i / w)));
  const similarity = (a: Float64Array, b: Float64Array, width: number, height: number): number =>
    new ImageSimilarity(width, height).of(a, b);
  const a = (x: number, y: number): number => 0.5 + 0.4 * Math.sin(0.7 * x) * Math.cos(0.5 * y);
  const b = (x: number, y: number): number => 0.5 + 0.35 * Math.sin(0.7 * x + 0.3) * Math.cos(0.45 * y);
  t.true(close(similarity(image(14, 17, a), image(14, 17, b), 14, 17), 0.8509605650724462, 1e-10));
  t.true(close(similarity(image(7, 7, a), image(7, 7, b), 7, 7), 0.9162420038009421, 1e-10));
  t.is(similarity(image(14, 17, a), image(14, 17, a), 14, 17), 1);
  // An object on a dark ground: positions that see only the ground are not computed, and count as equal.
  const onGround = (pixel: (x: number, y: number) => number, ground: number): Float64Array =>
    image(40, 30, (x, y) => (x >= 12 && x < 20 && y >= 3 && y < 28 ? pixel(x, y) : ground));
  const skipped = similarity(onGround(a, 0), onGround(b, 0), 40, 30);
  t.true(skipped < 0.99);
  t.true(close(skipped, similarity(onGround(a, 1e-200), onGround(b, 1e-200), 40, 30)));
  t.is(
    similarity(
      image(14, 17, () => 0),
      image(14, 17, () => 0),
      14,
      17,
    ),
    1,
  );

  // Slices of a 14 x 3 x 17 volume along axis 1; intensities stored 100 times larger.
  const shape = [14, 3, 17] as const;
  const volume = (f: typeof a): Float32Array => {
    const out = new Float32Array(14 * 3 * 17);
    for (let y = 0; y < 17; y++)
      for (let p = 0; p < 3; p++) for (let x = 0; x < 14; x++) out[x + 14 * (p + 3 * y)] = 100 * f(x, y);
    return out;
  };
  const ssim = ssimMissing({
    truth: volume(a),
    imputed: volume(b),
    shape,
    axis: 1,
    kept: [0, 2],
    scale: 100,
  });
  t.true(close(ssim, 0.8509605650724462, 1e-6));
});

test('the median is the middle value, of an even number the mean of the two in the middle', (t) => {
  t.is(median([3, 1, 2]), 2);
  t.is(median([4, 1, 10, 2]), 3);
  t.true(Number.isNaN(median([])));
});
