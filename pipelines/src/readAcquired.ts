import { readHeader, readVolume } from '@oinr/nifti';
import { type Acquired, type AcquisitionOptions, describeAcquisition } from '@oinr/scan';
import type { SliceFields } from '@oinr/slices';

/**
 * How the scan of a file was acquired. Its header tells it but for the thickness of slices where nobody says it; there the whole
 * scan is read and asked.
 *
 * @throws as describeAcquisition, and where the file cannot be read.
 */
export async function readAcquired(
  path: string,
  fields: SliceFields,
  options: AcquisitionOptions,
): Promise<Acquired> {
  const { grid } = await readHeader(path);
  const described = describeAcquisition(grid, fields, options);
  if (described.profileFrom !== 'assumed') return described;
  return describeAcquisition(grid, fields, options, await readVolume(path));
}
