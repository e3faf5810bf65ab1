import { stream } from '@oinr/random';
import type { Grid, Volume } from '@oinr/volume';

/** A grid of isotropic voxels of 1 mm, or of the given sizes. */
export function gridOf(
  shape: readonly [number, number, number],
  [sx, sy, sz]: readonly [number, number, number] = [1, 1, 1],
): Grid {
  return { shape, affine: [sx, 0, 0, 0, 0, sy, 0, 0, 0, 0, sz, 0, 0, 0, 0, 1] };
}

/**
 * An isotropic texture with edges inside a ball, 0 outside: the sign-softened sum of waves in all directions. Its
 * statistics are the same along every axis, as a subject's are nearly, so what is learned in plane holds across.
 */
export function texture(shape: readonly [number, number, number], seed = 1): Volume {
  const random = stream(seed, 'texture');
  const waves = Array.from({ length: 12 }, () => {
    const direction = [random.normal(), random.normal(), random.normal()];
    const length = Math.hypot(...direction);
    const frequency = 0.9 + 0.3 * random.uniform();
    return {
      d: direction.map((x) => (frequency * x) / length),
      phase: random.uniformIn(0, 2 * Math.PI),
    };
  });
  const [nx, ny, nz] = shape;
  const data = new Float32Array(nx * ny * nz);
  let n = 0;
  for (let k = 0; k < nz; k++)
    for (let j = 0; j < ny; j++)
      for (let i = 0; i < nx; i++, n++) {
        const r = Math.hypot((2 * i) / nx - 1, (2 * j) / ny - 1, (2 * k) / nz - 1);
        if (r > 0.95) continue;
        const sum = waves.reduce(
          (s, { d, phase }) => s + Math.sin((d[0] ?? 0) * i + (d[1] ?? 0) * j + (d[2] ?? 0) * k + phase),
          0,
        );
        data[n] = 100 + 60 * Math.tanh(sum);
      }
  return { grid: gridOf(shape), data };
}

/** Mean squared difference over voxels of the slices that are not kept. */
export function missingError(
  truth: Volume,
  filled: Float32Array,
  axis: 0 | 1 | 2,
  kept: readonly number[],
): number {
  const { shape } = truth.grid;
  const inner = shape.slice(0, axis).reduce((product, length) => product * length, 1);
  let [sum, count] = [0, 0];
  truth.data.forEach((value, i) => {
    if (kept.includes(Math.floor(i / inner) % shape[axis])) return;
    sum += (value - (filled[i] ?? Number.NaN)) ** 2;
    count += 1;
  });
  return sum / count;
}
