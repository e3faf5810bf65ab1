import type { RandomStream } from '@oinr/random';
import type { AxisDirection } from '@oinr/volume';
import { blurAndThin, gaussianBlur, zoom } from './separable.ts';
import type { Shape3 } from './shape.ts';

/** A full-resolution volume to learn from: x fastest, intensities divided by the 99.5th percentile of the head. */
export interface TrainingVolume {
  readonly name: string;
  readonly shape: Shape3;
  /** Voxel size along each axis in mm. */
  readonly voxels: Shape3;
  /** Where its array axes point; needed where a network is trained on one anatomical axis alone, or on upright slices. */
  readonly directions?: ArrayDirections;
  readonly data: Float32Array;
}

type ArrayDirections = readonly [AxisDirection, AxisDirection, AxisDirection];

/** A part of a volume as another scanner might have shown it. */
export interface Scene {
  readonly shape: Shape3;
  readonly voxels: Shape3;
  readonly directions?: ArrayDirections;
  /** Intensities with noise: what the kept slices are taken from. */
  readonly measured: Float32Array;
  /** The same without added noise: what is to be predicted, since noise cannot be. */
  readonly clean: Float32Array;
  /** How much each voxel counts as truth; everywhere 1 where absent. */
  readonly weight?: Float32Array;
}

/** How much of each change is made. Probabilities from 0 to 1; sizes as named. */
export interface Augmentation {
  /** Largest extent of a scene along each axis, in voxels. */
  readonly extent: number;
  /** Probability of voxels twice as large, after a Gaussian of 0.2 to 0.7 new voxels (from nearly none to full anti-aliasing). */
  readonly coarse: number;
  /** Probability of voxels three times as large, likewise. */
  readonly coarser: number;
  /** Probability of a point-spread of 0.3 to 0.8 voxels (standard deviation). */
  readonly blur: number;
  /** Probability of voxel sizes stretched by 1 / 1.2 to 1.2 along each axis. */
  readonly stretch: number;
  /** Probability of a monotone contrast curve: a power (log-normal, 0.3) and a curvature up to 0.3. */
  readonly contrast: number;
  /** Probability of a bias field: quadratic in each direction, log amplitude 0.15 per term. */
  readonly bias: number;
  /** Probability of noise of up to 0.03 of the 99.5th percentile; Rician where the air has noise too. */
  readonly noise: number;
}

/**
 * The changes that the shipped operator was trained with. Three scenes of five are brains as they are, since each change
 * takes capacity of the network away from them (docs/prior.md).
 */
export const travellingAugmentation: Augmentation = {
  extent: 80,
  coarse: 0.1,
  coarser: 0.05,
  blur: 0.05,
  stretch: 0.1,
  contrast: 0.1,
  bias: 0.06,
  noise: 0.05,
};
/**
 * The changes for a network of one axis: a fifth of those above, and voxels stay about as large as they are. What is gained
 * by one axis alone would be lost to other sizes, which the networks of all axes are for.
 */
export const lightAugmentation: Augmentation = {
  ...{
    extent: 80,
    coarse: 0,
    coarser: 0,
    blur: 0.02,
    stretch: 0.03,
    contrast: 0.03,
    bias: 0.02,
    noise: 0.02,
  },
};
export const noAugmentation: Augmentation = {
  extent: 96,
  coarse: 0,
  coarser: 0,
  blur: 0,
  stretch: 0,
  contrast: 0,
  bias: 0,
  noise: 0,
};

/** Voxel sizes are stretched by at most this factor, and shrunk by its inverse. */
export const largestStretch = 1.2;

/** Makes a scene from a random place of a volume. The same stream gives the same scene. */
export function makeScene(volume: TrainingVolume, random: RandomStream, options: Augmentation): Scene {
  const happens = (probability: number): boolean => random.uniform() < probability;
  const size = random.uniform();
  const every = size < options.coarse ? 2 : size < options.coarse + options.coarser ? 3 : 1;
  let { shape, voxels, data } = cut(volume, every * options.extent, random);
  if (every > 1) {
    ({ data, shape } = blurAndThin(data, shape, every * random.uniformIn(0.2, 0.7), every));
    voxels = [every * voxels[0], every * voxels[1], every * voxels[2]];
  } else if (happens(options.blur)) {
    data = gaussianBlur(data, shape, random.uniformIn(0.3, 0.8));
  }
  if (happens(options.stretch)) {
    const factor = (): number => random.uniformIn(1 / largestStretch, largestStretch);
    const factors: Shape3 = [factor(), factor(), factor()];
    voxels = [voxels[0] / factors[0], voxels[1] / factors[1], voxels[2] / factors[2]];
    ({ data, shape } = zoom(data, shape, factors));
  }
  if (happens(options.contrast)) changeContrast(data, random);
  if (happens(options.bias)) multiplyBias(data, shape, random);
  const measured = happens(options.noise) ? withNoise(data, random) : data;
  return { shape, voxels, directions: volume.directions, measured, clean: data };
}

/** A random box of at most `extent` voxels along each axis, copied. */
function cut(
  { data, shape, voxels }: TrainingVolume,
  extent: number,
  random: RandomStream,
): { data: Float32Array; shape: Shape3; voxels: Shape3 } {
  const size = shape.map((length) => Math.min(length, extent)) as unknown as Shape3;
  const from = size.map((length, axis) => random.integer(shape[axis] - length + 1));
  const [x0, y0, z0] = from;
  const part = new Float32Array(size[0] * size[1] * size[2]);
  for (let z = 0; z < size[2]; z++) {
    for (let y = 0; y < size[1]; y++) {
      const start = x0 + shape[0] * (y + y0 + shape[1] * (z + z0));
      part.set(data.subarray(start, start + size[0]), size[0] * (y + size[1] * z));
    }
  }
  return { data: part, shape: size, voxels };
}

/**
 * A monotone curve of the intensities above zero, through a table: a power and a bend. Their scale does not matter: the
 * network follows it exactly.
 */
function changeContrast(data: Float32Array, random: RandomStream): void {
  const power = Math.exp(0.3 * random.normal());
  const bend = random.uniformIn(-0.3, 0.3);
  let top = 1e-3;
  for (const value of data) if (value > top) top = value;
  const steps = 2048;
  const table = Float64Array.from({ length: steps + 2 }, (_, i) => {
    const y = Math.min(1, i / steps) ** power;
    return top * (y + bend * y * (1 - y));
  });
  for (let i = 0; i < data.length; i++) {
    const position = (Math.max(0, data[i]) / top) * steps;
    const cell = Math.floor(position);
    data[i] = table[cell] + (position - cell) * (table[cell + 1] - table[cell]);
  }
}

/** exp of a quadratic in each coordinate, so the field is a product of three curves. */
function multiplyBias(data: Float32Array, shape: Shape3, random: RandomStream): void {
  const [fx, fy, fz] = shape.map((length) => {
    const [linear, quadratic] = [0.15 * random.normal(), 0.15 * random.normal()];
    return Float64Array.from({ length }, (_, i) => {
      const u = (2 * i) / Math.max(1, length - 1) - 1;
      return Math.exp(linear * u + quadratic * u * u);
    });
  });
  let i = 0;
  for (let z = 0; z < shape[2]; z++) {
    for (let y = 0; y < shape[1]; y++) {
      const factor = fy[y] * fz[z];
      for (let x = 0; x < shape[0]; x++, i++) data[i] = data[i] * factor * fx[x];
    }
  }
}

/** Magnitude of the signal with Gaussian noise in both channels; half of the scenes keep an empty background. */
function withNoise(data: Float32Array, random: RandomStream): Float32Array {
  const sigma = random.uniformIn(0, 0.03);
  const emptyBackground = random.uniform() < 0.5;
  return data.map((value) => {
    if (value === 0 && emptyBackground) return 0;
    const real = value + sigma * random.normal();
    const imaginary = sigma * random.normal();
    return Math.sqrt(real * real + imaginary * imaginary);
  });
}
