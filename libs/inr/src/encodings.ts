import type { RandomStream } from '@oinr/random';

/**
 * Positional encoding of a slice (paper, section 3): at height y and width x in [-1, 1] (linspace, ends included)
 * the channels sin(2^l pi x), cos(2^l pi x), sin(2^l pi y), cos(2^l pi y) for l = 0 .. octaves - 1, in this order
 * within each octave. Shape (4 octaves, height, width), row-major. A side of one voxel has the coordinate 0.
 */
export function positionalEncoding(octaves: number, height: number, width: number): Float32Array {
  return gridEncoding(octaves, [height, width]);
}

/** What of an encoding of a grid is asked for; see `gridEncoding`. */
export interface EncodingOptions {
  readonly order?: readonly number[];
  readonly shift?: readonly number[];
  readonly ends?: 'middles' | 'edges';
}

/**
 * The same for a grid of two or three axes, the last one fastest: in each octave sine and cosine along the last axis,
 * then along the one before, and so on. Shape (2 axes octaves, ...grid).
 *
 * `order` asks for a derivative of the encoding instead: how often along each axis of the grid, per unit of the coordinate
 * in [-1, 1] (a pixel is 2 / (length - 1) of it). `shift` moves all points by as much along each axis. `ends` says where -1
 * and 1 lie: in the middle of the outer pixels, as in the paper, or at their outer edges, where they are the same places of
 * an image at every resolution.
 */
export function gridEncoding(
  octaves: number,
  grid: readonly number[],
  options: EncodingOptions = {},
): Float32Array {
  return Float32Array.from(exactGridEncoding(octaves, grid, options));
}

/** `gridEncoding` in float64. */
export function exactGridEncoding(
  octaves: number,
  grid: readonly number[],
  { order = [], shift = [], ends = 'middles' }: EncodingOptions = {},
): Float64Array {
  const points = grid.reduce((product, length) => product * length, 1);
  const out = new Float64Array(2 * grid.length * octaves * points);
  let channel = 0;
  for (let octave = 0; octave < octaves; octave++) {
    const frequency = 2 ** octave * Math.PI;
    for (let axis = grid.length - 1; axis >= 0; axis--) {
      const length = grid[axis];
      const stride = grid.slice(axis + 1).reduce((product, n) => product * n, 1);
      const times = order[axis] ?? 0;
      // A wave along one axis does not change along the others.
      const isConstant = order.some((n, other) => n > 0 && other !== axis);
      for (const wave of [sine, cosine]) {
        const end = ends === 'middles' ? 1 : 1 - 1 / length;
        const along = linspace(-end, end, length).map((x) =>
          isConstant ? 0 : frequency ** times * wave(frequency * (x + (shift[axis] ?? 0)), times),
        );
        const start = channel++ * points;
        for (let i = 0; i < points; i++) out[start + i] = along[Math.floor(i / stride) % length];
      }
    }
  }
  return out;
}

/** The n-th derivative of the sine, and of the cosine. */
function sine(phase: number, n: number): number {
  return [Math.sin, Math.cos, (x: number) => -Math.sin(x), (x: number) => -Math.cos(x)][n % 4](phase);
}
function cosine(phase: number, n: number): number {
  return sine(phase, n + 1);
}

/**
 * How many octaves a side of this many pixels tells apart: octave l is alias-free where 2^l < (length - 1) / 2. Beyond,
 * waves look like slower ones, for example octave 9 on 512 pixels like one period over the image.
 */
export function aliasFreeOctaves(length: number): number {
  let octaves = 0;
  while (2 ** octaves < (length - 1) / 2) octaves += 1;
  return octaves;
}

/** Noise as encoding (paper, remark 2): `channels` fixed normal draws for every point of the grid; (channels, ...grid). */
export function noiseEncoding(random: RandomStream, channels: number, grid: readonly number[]): Float32Array {
  const count = grid.reduce((product, length) => product * length, channels);
  return Float32Array.from({ length: count }, () => random.normal());
}

/**
 * The points of a grid as coordinates in [-1, 1] (linspace along each axis, ends included), with the axes in the order of
 * the grid: shape (points, axes), the last axis of the grid fastest. A side of one point has the coordinate 0.
 */
export function gridPoints(grid: readonly number[]): Float32Array {
  const axes = grid.length;
  const points = grid.reduce((product, length) => product * length, 1);
  const out = new Float32Array(points * axes);
  for (const [axis, length] of grid.entries()) {
    const stride = grid.slice(axis + 1).reduce((product, n) => product * n, 1);
    const along = linspace(-1, 1, length);
    for (let i = 0; i < points; i++) out[i * axes + axis] = along[Math.floor(i / stride) % length];
  }
  return out;
}

/**
 * The paper's gamma of slice n out of N: alpha + (beta - alpha) n / N, added to every channel of the encoding.
 * `position` may lie between slices.
 */
export function shiftGamma(position: number, slices: number, alpha = 0, beta = 0.1): number {
  return alpha + ((beta - alpha) * position) / slices;
}

/** Number of channels of `waveGamma`. */
export const waveGammaChannels = (octaves: number): number => 2 * octaves + 1;

/**
 * Gamma as channels of its own: for z = 2 position / (slices - 1) - 1 in [-1, 1] the values sin(2^l pi z / 2),
 * cos(2^l pi z / 2), l = 0 .. octaves - 1, and z itself. Halves the error of the shift at equal time, measured.
 */
export function waveGamma(position: number, slices: number, octaves: number): number[] {
  const z = slices > 1 ? (2 * position) / (slices - 1) - 1 : 0;
  const waves = Array.from({ length: octaves }, (_, l) => (2 ** l * Math.PI * z) / 2);
  return [...waves.flatMap((phase) => [Math.sin(phase), Math.cos(phase)]), z];
}

/** `count` evenly spaced numbers from start to end, both included; the middle for a single one. */
export function linspace(start: number, end: number, count: number): number[] {
  if (count === 1) return [(start + end) / 2];
  return Array.from({ length: count }, (_, n) => start + ((end - start) * n) / (count - 1));
}
