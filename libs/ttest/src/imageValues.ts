import { readHeader, readImage, readVolume } from '@oinr/nifti';
import { gaussianSmooth, nonFiniteCount, type Volume } from '@oinr/volume';
import { RequestError } from './errors.ts';
import { factsOf, type ImageFacts } from './imageFacts.ts';
import { type Mask, requireSpace } from './mask.ts';

/** One image of a test: the path of a NIfTI file, or a volume in memory with the name that sentences give it. */
export type TestImage = string | { readonly name: string; readonly volume: Volume };

export type Normalisation = 'mean' | 'none';

/** What is done to every image before it is tested. */
export interface Preparation {
  /** Full width at half maximum of a Gaussian, mm; 0 for none. */
  readonly smooth: number;
  /** `mean` divides an image by its own mean inside the mask. */
  readonly normalise: Normalisation;
}

/** The values of an image at the voxels of the mask, in its order, and what else is known of it. */
export interface ImageValues {
  readonly values: Float32Array | Float64Array;
  readonly facts: ImageFacts;
}

/**
 * Reads an image at the voxels of the mask. A file that is tested as it is keeps all digits of slope * stored +
 * intercept; with a preparation, and in memory, values are float32.
 *
 * @throws NiftiError, or RequestError that names the image: several volumes, another grid, no finite value, no mean, the
 * same value everywhere.
 */
export async function valuesOfImage(
  image: TestImage,
  mask: Mask,
  preparation: Preparation | undefined,
): Promise<ImageValues> {
  const name = typeof image === 'string' ? image : image.name;
  const values =
    typeof image === 'string' && preparation === undefined
      ? await storedValues(image, mask)
      : volumeValues(
          typeof image === 'string' ? await readVolume(image) : image.volume,
          name,
          mask,
          preparation?.smooth ?? 0,
        );
  const divisor =
    preparation?.normalise === 'mean' && values.some(Number.isFinite)
      ? divideByMean(values, name)
      : undefined;
  const { space, remarks } =
    typeof image === 'string' ? await readHeader(image) : { space: undefined, remarks: [] };
  return { values, facts: factsOf({ name, divisor, space, remarks }, values, mask) };
}

async function storedValues(file: string, mask: Mask): Promise<Float64Array> {
  const { header, stored, slope, intercept } = await readImage(file);
  if (header.dimensions.slice(3).some((size) => size > 1)) {
    throw new RequestError(
      `${file} holds several volumes (${header.dimensions.join(' x ')}); one 3-D volume per row was expected. Extract the volume that you mean.`,
    );
  }
  requireSpace(header.grid, file, mask);
  return Float64Array.from(mask.indices, (index) => slope * Number(stored[index]) + intercept);
}

function volumeValues(volume: Volume, name: string, mask: Mask, smooth: number): Float32Array {
  requireSpace(volume.grid, name, mask);
  const bad = smooth > 0 ? nonFiniteCount(volume.data) : 0;
  if (bad > 0) {
    throw new RequestError(
      `${name} has ${bad} values that are no numbers, which smoothing would spread. Check the image, or test without --smooth.`,
    );
  }
  const { data } = smooth > 0 ? gaussianSmooth(volume, smooth) : volume;
  return Float32Array.from(mask.indices, (index) => data[index]);
}

/** Returns the mean. */
function divideByMean(values: Float32Array | Float64Array, name: string): number {
  let sum = 0;
  for (const value of values) sum += value;
  const mean = sum / values.length;
  if (!(Number.isFinite(mean) && mean > 0)) {
    throw new RequestError(
      `${name} has the mean intensity ${mean} inside the analysis mask, so it cannot be normalised by it; check the image, or use --normalise none.`,
    );
  }
  for (let voxel = 0; voxel < values.length; voxel += 1) values[voxel] /= mean;
  return mean;
}
