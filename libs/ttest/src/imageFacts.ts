import { createHash } from 'node:crypto';
import type { SpaceName } from '@oinr/nifti';
import { RequestError } from './errors.ts';
import type { Mask } from './mask.ts';

/** In a region of fewer voxels than this, values that are equal by chance are no sign of a copy or an empty image. */
const fewestVoxels = 20;

/** What is known of an image of a test besides its values. */
export interface ImageFacts {
  readonly name: string;
  /** SHA-256 of its values at the voxels of the mask. */
  readonly hash: string;
  /** How many of these values are no finite numbers. */
  readonly notFinite: number;
  /** What its values were divided by, where they were normalised. */
  readonly divisor?: number;
  /** What its header says that coordinates mean; undefined in memory. */
  readonly space?: SpaceName;
  /** What its header says that needs a remark. */
  readonly remarks: readonly string[];
}

/**
 * The facts of an image whose values at the voxels of the mask are given.
 *
 * @throws RequestError that names the image where no value is finite, or all that are finite are the same.
 */
export function factsOf(
  about: Pick<ImageFacts, 'name' | 'divisor' | 'space' | 'remarks'>,
  values: Float32Array | Float64Array,
  mask: Mask,
): ImageFacts {
  const { name } = about;
  let notFinite = 0;
  let first: number | undefined;
  let isConstant = true;
  for (const value of values) {
    if (!Number.isFinite(value)) {
      notFinite += 1;
      continue;
    }
    first ??= value;
    isConstant &&= value === first;
  }
  if (first === undefined)
    throw new RequestError(
      `${name} has no finite value in ${mask.name}, so no voxel could be tested. Check the image, or leave its row out.`,
    );
  if (isConstant && values.length >= fewestVoxels)
    throw new RequestError(
      `${name} has the same value (${first}) at ${notFinite > 0 ? 'all finite' : 'all'} voxels of ${mask.name}, so it shows nothing. Check the image, or leave its row out.`,
    );
  const bytes = new Uint8Array(values.buffer, values.byteOffset, values.byteLength);
  return { ...about, hash: createHash('sha256').update(bytes).digest('hex'), notFinite };
}

/** @throws RequestError that names the images where two have the same values: one image was given for two people. */
export function refuseCopies(images: readonly ImageFacts[], mask: Mask): void {
  const seen = new Map<string, string>();
  for (const { hash, name } of images) {
    const other = seen.get(hash);
    if (other !== undefined)
      throw new RequestError(
        `${other} and ${name} have the same values at all ${mask.indices.length} voxels of ${mask.name}: one image was given for two people. Give everybody an image of their own, or leave a row out.`,
      );
    if (mask.indices.length >= fewestVoxels) seen.set(hash, name);
  }
}

/** So many images are named in one sentence. */
const mostNamed = 3;

/** The images that have most values that are no finite numbers, as a sentence; undefined where all are finite. */
export function holesInWords(images: readonly ImageFacts[]): string | undefined {
  const holed = images.filter(({ notFinite }) => notFinite > 0).sort((a, b) => b.notFinite - a.notFinite);
  if (holed.length === 0) return undefined;
  const named = holed
    .slice(0, mostNamed)
    .map(({ name, notFinite }) => `${name} (${notFinite} ${notFinite === 1 ? 'voxel' : 'voxels'})`);
  const more = holed.length - named.length;
  return `Not finite in ${named.join(', ')}${more > 0 ? ` and ${more} other images with no more` : ''}.`;
}

/** What headers of images need a remark on, each remark once, with an image that it is said of. */
export function remarksInWords(images: readonly Pick<ImageFacts, 'name' | 'remarks'>[]): string[] {
  const byRemark = new Map<string, string[]>();
  for (const { name, remarks } of images)
    for (const remark of remarks) byRemark.set(remark, [...(byRemark.get(remark) ?? []), name]);
  const lines = [...byRemark].map(
    ([remark, [name, ...others]]) =>
      `${name}${others.length > 0 ? ` and ${others.length} other images` : ''}: ${remark}`,
  );
  const more = lines.length - mostNamed;
  return more > 0
    ? [...lines.slice(0, mostNamed), `${more} further remarks on headers are left out.`]
    : lines;
}

/**
 * What the coordinates of maps mean: what all images say, or else the mask, where that is more than `scanner`, so that
 * viewers know the template.
 */
export function spaceOfMaps(images: readonly ImageFacts[], mask: Mask): SpaceName {
  const [first] = images;
  const ofImages = images.every(({ space }) => space === first?.space) ? first?.space : undefined;
  const told = [ofImages, mask.coordinates].filter((space) => space !== undefined);
  return told.find((space) => space !== 'unknown' && space !== 'scanner') ?? told[0] ?? 'scanner';
}
