import { jsonObject } from '@oinr/cohort';
import { interpolationMethods } from '@oinr/imputation';
import { readBlobHeader, readBlobVolume, volumeBlob } from '@oinr/nifti';
import {
  type Acquired,
  acquisitionInWords,
  describeAcquisition,
  evenSlices,
  fillBytes,
  otherKind,
  type Scan,
  type Sidecar,
  type SliceFields,
  type SourceFields,
  scanOf,
  sliceFieldsOf,
  slicesInWords,
  sourceFieldsOf,
} from '@oinr/scan';
import { type Grid, orientationCodes, type Volume, voxelCount, voxelSizes } from '@oinr/volume';
import { hashOf } from './hashOf.ts';
import type { FillOptions, Found, ScanFiles } from './messages.ts';

/** A scan that was read, with all that is known of it. */
export interface OpenScan {
  readonly image: File;
  readonly stem: string;
  readonly options: FillOptions;
  readonly scan: Scan;
  readonly acquired: Acquired;
  readonly fields: SliceFields;
  readonly carried: SourceFields;
  readonly hash: string;
}

/**
 * Reads a scan and finds out how it was acquired.
 *
 * @throws UserError with the sentences of `oinr impute`.
 */
export async function openScan(
  { image, sidecar }: ScanFiles,
  options: FillOptions,
): Promise<{ readonly opened: OpenScan; readonly found: Found }> {
  const header = await readBlobHeader(image);
  const metadata = await readSidecar(sidecar);
  const fields = sliceFieldsOf(metadata);
  const volume = await readBlobVolume(image);
  const acquired = describeAcquisition(volume.grid, fields, options);
  const scan = scanOf(volume, { header, axis: acquired.axisName, file: image.name });
  const stem = image.name.replace(/\.nii(\.gz)?$/i, '');
  const hash = await hashOf(image);
  const carried = sourceFieldsOf(metadata);
  const kind = otherKind(volume, stem, fields);
  const { grid } = acquired.finer;
  const bytes = (isTrained: boolean): number => fillBytes(voxelCount(grid), isTrained);
  return {
    opened: { image, stem, options, scan, acquired, fields, carried, hash },
    found: {
      slices: slicesInWords(image.name, volume.grid, acquired, fields, options).words,
      brought: acquisitionInWords(acquired),
      orientation: orientationInWords(volume.grid),
      remarks: [
        ...(kind === undefined ? [] : [`The image ${kind}; a T1-weighted scan was expected.`]),
        ...scan.remarks,
        ...evenSlices(scan, acquired.axis, 'report').remarks,
        ...acquired.remarks,
      ],
      bytes: { interpolated: bytes(false), trained: bytes(true) },
      axis: acquired.axisName,
      before: await forTheEye(await repeated(scan, acquired), 'before.nii'),
      acquired: await forTheEye(acquiredSlices(acquired), 'acquired.nii', 'uint8'),
    },
  };
}

async function readSidecar(file: File | undefined): Promise<Sidecar> {
  if (file === undefined) return new Map();
  const json = jsonObject(await file.text(), file.name);
  return new Map(Object.entries(json).map(([name, value]) => [name, { value, file: file.name }]));
}

const directions: Readonly<Record<string, string>> = {
  R: 'left to right',
  L: 'right to left',
  A: 'back to front',
  P: 'front to back',
  S: 'foot to head',
  I: 'head to foot',
};

function orientationInWords({ affine }: Grid): string {
  return [...orientationCodes(affine)].map((code) => directions[code]).join(', ');
}

/** A volume as a file that the viewer shows; it has 8 bits of grey, so 16 are stored. */
export async function forTheEye(
  volume: Volume,
  name: string,
  datatype: 'int16' | 'uint8' = 'int16',
): Promise<File> {
  return new File([await volumeBlob(volume, name, { datatype })], name);
}

/** Every acquired slice repeated to the middle between two: what was measured, on the grid of what is filled in. */
async function repeated({ volume }: Scan, { axis, finer }: Acquired): Promise<Volume> {
  const nearest = interpolationMethods.find(({ name }) => name === 'nearest');
  if (nearest === undefined) throw new Error('There is no nearest neighbour among the interpolations.');
  const known = { grid: finer.grid, axis, kept: finer.kept, data: volume.data };
  const { data } = await nearest.impute(known, { executor: neverAsked, seed: 1 });
  return { grid: finer.grid, data };
}

/** Interpolations do not touch what networks compute on. */
const neverAsked = {
  name: 'none',
  trainer: () => Promise.reject(new Error('An interpolation asked for an engine.')),
  predictor: () => Promise.reject(new Error('An interpolation asked for an engine.')),
};

/** A coarse volume over the finer grid that is 1 in the acquired slices: two voxels across in plane. */
function acquiredSlices({ axis, finer }: Acquired): Volume {
  const { shape, affine } = finer.grid;
  const isIn = [0, 1, 2].map((one) => one !== axis);
  const factors = shape.map((size, one) => (isIn[one] ? size / 2 : 1));
  const scaled = affine.map((value, n) => (n < 12 && n % 4 < 3 ? value * factors[n % 4] : value));
  // The centre of the first coarse voxel lies (factor - 1) / 2 fine voxels from that of the first fine one.
  for (let row = 0; row < 3; row++)
    for (let one = 0; one < 3; one++) scaled[4 * row + 3] += (affine[4 * row + one] * (factors[one] - 1)) / 2;
  const coarse = shape.map((size, one) => (isIn[one] ? 2 : size)) as [number, number, number];
  const strides = [1, coarse[0], coarse[0] * coarse[1]];
  const kept = new Set(finer.kept);
  const data = Float32Array.from({ length: voxelCount({ shape: coarse, affine: scaled }) }, (_, i) =>
    kept.has(Math.floor(i / strides[axis]) % coarse[axis]) ? 1 : 0,
  );
  return { grid: { shape: coarse, affine: scaled }, data };
}

/** What an image file is, for a choice among several: `256 x 256 x 27 voxels of 0.9 x 0.9 x 5 mm`. */
export async function imageInWords(image: File): Promise<string> {
  const { dimensions, grid } = await readBlobHeader(image);
  const sizes = voxelSizes(grid.affine).map((size) => Number(size.toPrecision(3)));
  return `${dimensions.join(' x ')} voxels of ${sizes.join(' x ')} mm`;
}
