import { InputError } from '@oinr/errors';
import { type IntensityScale, intensityScale, percentile } from '@oinr/metrics';
import type { NiftiHeader, SpaceName } from '@oinr/nifti';
import { type AnatomicalAxis, type ArrayAxis, arrayAxis, type Volume } from '@oinr/volume';

/** One subject's volume, checked, with what errors are measured in and where. */
export interface Scan {
  /** In the file's own intensities, on its stored grid. */
  readonly volume: Volume;
  /** The same divided by the scale: what methods work on, so that their settings mean the same for every scanner. */
  readonly scaled: Volume;
  /** What the header says that world coordinates mean, to be handed on to the imputed volume. */
  readonly space: SpaceName;
  /** What of the image needs a remark, one sentence each: units, forms that disagree, no orientation, nothing above 0. */
  readonly remarks: readonly string[];
  /** The stored axis nearest to the anatomical one asked for; nothing is resampled. */
  readonly axis: ArrayAxis;
  readonly scale: IntensityScale;
  /** 1 inside; absent where there is neither a mask nor an empty background. */
  readonly mask?: Uint8Array;
  /** What the mask is, in words. */
  readonly region: string;
  /** Whether nothing but the brain is in the image; undefined where that cannot be told. */
  readonly isSkullStripped?: boolean;
}

/** Where errors are measured and intensities are scaled, and what that is in words. */
export interface Region {
  /** 1 inside; absent for the whole image. */
  readonly mask?: Uint8Array;
  readonly region: string;
}

/** What else is known of a volume when it becomes a scan. */
export interface ScanFacts {
  /** Its header. */
  readonly header: Pick<NiftiHeader, 'space' | 'remarks'>;
  /** The axis with few slices. */
  readonly axis: AnatomicalAxis;
  /** As it is named in errors. */
  readonly file: string;
  /** A mask that was given. Default: the voxels above 0, where there is an empty background. */
  readonly given?: Required<Region>;
  /** What intensities are divided by. Default: their 99.5th percentile. */
  readonly divideBy?: number;
}

/**
 * A volume as a scan: checked, with its scale. One 3-D volume of finite, not constant intensities and more than one voxel
 * along every axis is asked for.
 *
 * @throws InputError whose sentence names the file.
 */
export function scanOf(volume: Volume, { header, axis, file, given, divideBy }: ScanFacts): Scan {
  checkIntensities(volume, file);
  const { mask, region } = given ?? aboveBackground(volume);
  const scale = scaleOf(volume.data, mask, divideBy, file);
  const isDark = !volume.data.some((value) => value > 0);
  return {
    volume,
    scaled: { grid: volume.grid, data: volume.data.map((value) => value / scale.value) },
    space: header.space,
    remarks: isDark ? [...header.remarks, nothingAboveZero] : header.remarks,
    axis: arrayAxis(volume.grid, axis),
    scale,
    mask,
    region,
    isSkullStripped: given === undefined ? undefined : isEmptyOutside(volume, given.mask),
  };
}

const nothingAboveZero =
  'No voxel is above 0: intensities were scaled by their size, and head and background are not told apart.';

/** By the usual rule; where that gives no positive number, since values are negative, by the size of values. */
function scaleOf(
  data: Float32Array,
  mask: Uint8Array | undefined,
  divideBy: number | undefined,
  file: string,
): IntensityScale {
  if (divideBy !== undefined) return intensityScale(data, mask, { divideBy });
  const where = mask ?? above(data, 0);
  if (where.includes(1) && percentile(data, 99.5, where) > 0) return intensityScale(data, mask);
  const value = percentile(
    data.map((one) => Math.abs(one)),
    99.5,
    mask,
  );
  if (!(value > 0))
    throw new InputError(
      mask === undefined
        ? `${file} is 0 nearly everywhere and above 0 nowhere, so its intensities cannot be scaled. Export the scan again.`
        : `${file} is 0 nearly everywhere in its mask, so its intensities cannot be scaled; give another mask, or none, or a number by --scale.`,
    );
  const description = `stored intensity / 99.5th percentile of absolute values${mask ? ' inside the mask' : ''} (${value.toPrecision(6)})`;
  return { value, description };
}

/** Fewer than one voxel in a hundred (of the mask's number) differs from 0 outside the mask. */
function isEmptyOutside({ data }: Volume, mask: Uint8Array): boolean {
  let inside = 0;
  let outside = 0;
  for (let index = 0; index < data.length; index += 1) {
    if (mask[index] === 1) inside += 1;
    else if (data[index] !== 0) outside += 1;
  }
  return outside < 0.01 * inside;
}

function checkIntensities({ grid, data }: Volume, file: string): void {
  if (grid.shape.some((size) => size < 2)) {
    throw new InputError(
      `${file} is a single slice (${grid.shape.join(' x ')} voxels); a volume was expected. Name the whole scan.`,
    );
  }
  let notFinite = 0;
  let smallest = Number.POSITIVE_INFINITY;
  let largest = Number.NEGATIVE_INFINITY;
  for (const value of data) {
    if (!Number.isFinite(value)) notFinite += 1;
    if (value < smallest) smallest = value;
    if (value > largest) largest = value;
  }
  if (notFinite > 0) {
    throw new InputError(
      `${file} holds ${notFinite} voxels that are NaN or infinite; finite intensities were expected. ` +
        'Replace them (by 0 outside the head) and try again.',
    );
  }
  if (smallest === largest) {
    throw new InputError(
      `${file} is constant (every voxel is ${smallest}); an image was expected. Export the scan again.`,
    );
  }
}

/** The voxels above 0, where there is an empty background. */
function aboveBackground(volume: Volume): Region {
  const mask = above(volume.data, 0);
  let inside = 0;
  for (const value of mask) inside += value;
  if (inside === 0) return { region: 'none (no mask, and no voxel above 0)' };
  // Without an empty background "above 0" would mean every voxel, and say nothing of the brain.
  if (inside > 0.8 * mask.length) return { region: 'none (no mask, and no empty background)' };
  return { mask, region: 'voxels above 0 (no mask was given)' };
}

/** 1 where a voxel is above the threshold. A loop, because Uint8Array.from with a function is forty times slower. */
export function above(data: Float32Array, threshold: number): Uint8Array {
  const mask = new Uint8Array(data.length);
  for (let index = 0; index < data.length; index += 1) mask[index] = data[index] > threshold ? 1 : 0;
  return mask;
}
