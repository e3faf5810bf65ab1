import { jsonObject } from '@oinr/cohort';
import { readBlobHeader, readBlobVolume } from '@oinr/nifti';
import {
  type Acquired,
  acquisitionInWords,
  describeAcquisition,
  evenSlices,
  type Scan,
  type SourceFields,
  scanOf,
  slicesInWords,
  sourceFieldsOf,
} from '@oinr/scan';
import { otherKind, type Sidecar, type SliceFields, sliceFieldsOf } from '@oinr/slices';
import { type Grid, orientationCodes, voxelCount, voxelSizes } from '@oinr/volume';
import { acquiredForTheEye, beforeForTheEye, shownEvery } from './forTheEye.ts';
import { hashOf } from './hashOf.ts';
import { checkMemory, pageBytes } from './memory.ts';
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
  readonly bytes: Found['bytes'];
}

/**
 * Reads a scan and finds out how it was acquired.
 *
 * @throws UserError with the sentences of `oinr impute`, and where this machine has too little memory.
 */
export async function openScan(
  { image, sidecar }: ScanFiles,
  options: FillOptions,
): Promise<{ readonly opened: OpenScan; readonly found: Found }> {
  const header = await readBlobHeader(image);
  const metadata = await readSidecar(sidecar);
  const fields = sliceFieldsOf(metadata);
  const { grid } = describeAcquisition(header.grid, fields, options).finer;
  const bytes = {
    interpolated: pageBytes(voxelCount(grid), false),
    trained: pageBytes(voxelCount(grid), true),
  };
  // The header alone tells it, and reading takes memory too.
  checkMemory(bytes.interpolated, `Filling ${image.name} even by an interpolation`);
  const volume = await readBlobVolume(image);
  const acquired = describeAcquisition(volume.grid, fields, options, volume);
  const scan = scanOf(volume, { header, axis: acquired.axisName, file: image.name });
  const stem = image.name.replace(/\.nii(\.gz)?$/i, '');
  const hash = await hashOf(image);
  const carried = sourceFieldsOf(metadata);
  const kind = otherKind(volume, stem, fields);
  return {
    opened: { image, stem, options, scan, acquired, fields, carried, hash, bytes },
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
      bytes,
      axis: acquired.axisName,
      before: await beforeForTheEye(scan, acquired),
      acquired: await acquiredForTheEye(acquired),
      shownEvery: shownEvery(grid),
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

/** What an image file is, for a choice among several: `256 x 256 x 27 voxels of 0.9 x 0.9 x 5 mm`. */
export async function imageInWords(image: File): Promise<string> {
  const { dimensions, grid } = await readBlobHeader(image);
  const sizes = voxelSizes(grid.affine).map((size) => Number(size.toPrecision(3)));
  return `${dimensions.join(' x ')} voxels of ${sizes.join(' x ')} mm`;
}
