import type { SliceProfile } from '@oinr/slices';
import { acquireSlices, isThick } from '@oinr/slices';
import { identityAffine } from '@oinr/volume';
import type { KeptPlanes } from '../../planes/keptPlanes.ts';
import type { PairSource } from './trainingPairs.ts';

/**
 * The kept slices as if their own rows, and their columns, had been acquired with the profile of the slices: what a
 * training pair shows as known. Distance and thickness are simulated in one measure, lines per slice of the full grid,
 * so that slices which touch each other touch in the pairs too.
 */
export function acquiredPlanes(
  planes: KeptPlanes,
  profile: SliceProfile | undefined,
  linesPerSlice: PairSource['linesPerSlice'],
): PairSource['acquired'] {
  const { values, columns, rows, kept } = planes;
  if (!isThick(profile)) return { rows: values, columns: values };
  const volume = { grid: { shape: [columns, rows, kept], affine: identityAffine }, data: values } as const;
  const acquire = (axis: 0 | 1, lines: number): Float32Array => {
    // A direction that is too short offers no pairs.
    if (lines === 0) return values;
    const everyLine = Array.from({ length: volume.grid.shape[axis] }, (_, line) => line);
    const inLines = { kind: profile.kind, thickness: profile.thickness * lines };
    return acquireSlices(volume, axis, everyLine, inLines).data;
  };
  return { rows: acquire(1, linesPerSlice.rows), columns: acquire(0, linesPerSlice.columns) };
}
