import type { PermutationTestOptions, TestProgress } from '@oinr/statistics';
import {
  type PermutationTestResult,
  permutationTest,
  sigmaOfFwhm,
  type TwoGroupDesign,
} from '@oinr/statistics';
import { type Grid, voxelSizes } from '@oinr/volume';
import type { ImageFacts } from './imageFacts.ts';
import { type ReadImagesOptions, readImages } from './images.ts';
import type { TestImage } from './imageValues.ts';
import type { Mask } from './mask.ts';

/** How far a test on images is: `share` of the stage, 0 to 1. */
export type ImageTestProgress =
  | { readonly stage: 'read'; readonly share: number; readonly images: number }
  | TestProgress;

/** A permutation t-test on images. */
export interface ImageTest
  extends Omit<PermutationTestOptions, 'grid' | 'varianceSigma' | 'batch' | 'onProgress'>,
    Omit<ReadImagesOptions, 'onImage'> {
  /** One per entry of the design, in its order. */
  readonly images: readonly TestImage[];
  readonly mask: Mask;
  readonly design: TwoGroupDesign;
  /** Full width at half maximum, mm, by which the variance is smoothed (pseudo-t). */
  readonly varianceFwhm?: number;
  readonly onProgress?: (progress: ImageTestProgress) => void;
}

/** What came of a test, and of the images that were read for it, in their order. */
export interface ImageTestResult extends PermutationTestResult {
  readonly images: readonly ImageFacts[];
}

/**
 * Reads the images at the voxels of the mask and tests them: the one way from images, in memory or on disk, to
 * `permutationTest`. Afterwards only the result is left in memory.
 *
 * @throws RequestError, NiftiError or DesignError, each with a sentence for the user; the signal's reason when stopped.
 */
export async function testImages(test: ImageTest): Promise<ImageTestResult> {
  const { images, mask, design, varianceFwhm, onProgress, ...options } = test;
  const { data, facts } = await readImages(images, mask, {
    ...options,
    onImage: (done) => onProgress?.({ stage: 'read', share: done / images.length, images: done }),
  });
  const result = await permutationTest(data, design, {
    ...options,
    grid: mask,
    varianceSigma: varianceFwhm === undefined ? undefined : sigmaInVoxels(varianceFwhm, mask.grid),
    onProgress,
  });
  return { ...result, images: facts };
}

function sigmaInVoxels(fwhm: number, { affine }: Grid): [number, number, number] {
  const [dx, dy, dz] = voxelSizes(affine);
  const sigma = sigmaOfFwhm(fwhm);
  return [sigma / dx, sigma / dy, sigma / dz];
}
