import { openExecutor } from '@oinr/engines';
import { stream } from '@oinr/random';
import type { ArrayAxis, Volume } from '@oinr/volume';
import type { PriorModel } from '../../src/index.ts';
import { parameterShapes } from '../../src/index.ts';

export const cpu = await openExecutor('cpu');

/** A small operator with random weights: enough to tell where it is applied, and how. */
export function randomModel(seed: number): PriorModel {
  const network = { reach: 3, block: 2, width: 6, depth: 1, phases: 7 };
  const random = stream(seed, 'weights');
  const weights = Object.fromEntries(
    Object.entries(parameterShapes(network)).map(([name, shape]) => [
      name,
      Float32Array.from({ length: shape.reduce((a, b) => a * b, 1) }, () => 0.3 * random.normal()),
    ]),
  );
  const range = { gap: [1, 9], pixel: [0.5, 2], gapInPixels: [1, 9] } as const;
  return { experts: [{ network, weights, range, gaps: [2, 8] }], checksum: 'random', training: {} };
}

/** Smooth blobs on a zero background, with a rim of zeros: something like a head. */
export function blobs(shape: readonly [number, number, number], seed: number): Volume {
  const random = stream(seed, 'blobs');
  const centres = Array.from({ length: 12 }, () => ({
    at: shape.map((length) => length * random.uniformIn(0.25, 0.75)),
    width: random.uniformIn(0.06, 0.2) * Math.min(...shape),
    height: random.uniformIn(-0.4, 1),
  }));
  const data = new Float32Array(shape[0] * shape[1] * shape[2]);
  let i = 0;
  for (let z = 0; z < shape[2]; z++)
    for (let y = 0; y < shape[1]; y++)
      for (let x = 0; x < shape[0]; x++, i++) {
        const p = [x, y, z];
        const inside = p.every((v, a) => Math.abs(v / ((shape[a] ?? 1) - 1) - 0.5) < 0.44);
        if (!inside) continue;
        let value = 0.5;
        for (const { at, width, height } of centres) {
          const distance = Math.hypot(...p.map((v, a) => v - (at[a] ?? 0))) / width;
          // A sharp rim makes structure that interpolation misses.
          value += height / (1 + Math.exp(4 * (distance - 1)));
        }
        data[i] = Math.max(0.01, value);
      }
  return { grid: { shape, affine: [1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1] }, data };
}

/** The volume with one array axis reversed. */
export function reversed(data: Float32Array, shape: readonly number[], axis: ArrayAxis): Float32Array {
  const [nx = 1, ny = 1, nz = 1] = shape;
  const out = new Float32Array(data.length);
  for (let z = 0; z < nz; z++)
    for (let y = 0; y < ny; y++)
      for (let x = 0; x < nx; x++) {
        const from = [x, y, z];
        from[axis] = (shape[axis] ?? 1) - 1 - (from[axis] ?? 0);
        const [fx = 0, fy = 0, fz = 0] = from;
        out[x + nx * (y + ny * z)] = data[fx + nx * (fy + ny * fz)] ?? 0;
      }
  return out;
}

export function largestDifference(a: Float32Array, b: Float32Array): number {
  return a.reduce((most, value, i) => Math.max(most, Math.abs(value - (b[i] ?? Number.NaN))), 0);
}
