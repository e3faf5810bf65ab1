import type { RandomStream } from '@oinr/random';
import type { Image } from './image.ts';

/** How a camera counts: the mean number of photons of the brightest pixel, and the deviation of reading it out. */
export interface PhotonNoise {
  readonly photons: number;
  readonly readout: number;
}

/** The paper's denoising, section 4 (as in WIRE): 30 photons where x = 1, readout of 2. */
export const paperNoise: PhotonNoise = { photons: 30, readout: 2 };

/** (Poisson(photons x) + readout N(0, 1)) / photons for every value x of an image in [0, 1]. */
export function addPhotonNoise(image: Image, noise: PhotonNoise, random: RandomStream): Image {
  const { photons, readout } = noise;
  const data = image.data.map(
    (x) => (poisson(photons * Math.max(0, x), random) + readout * random.normal()) / photons,
  );
  return { ...image, data };
}

/**
 * The variance that such noise has on average over an image: mean(x) / photons + (readout / photons)^2. The noisy image has
 * the same mean, so that the level is known without the clean one.
 */
export function noiseVariance({ data }: Image, { photons, readout }: PhotonNoise): number {
  const mean = data.reduce((sum, x) => sum + x, 0) / data.length;
  return mean / photons + (readout / photons) ** 2;
}

/** Counts arrivals of a unit process until `mean`: exact, and quick for means of some dozens. */
function poisson(mean: number, random: RandomStream): number {
  // The product of uniforms falls below exp(-mean) where the sum of exponential waiting times passes the mean.
  const limit = Math.exp(-mean);
  let product = random.uniform();
  let count = 0;
  while (product > limit) {
    product *= random.uniform();
    count += 1;
  }
  return count;
}
