import type { Subject } from '@oinr/cohort';
import { readHeader } from '@oinr/nifti';
import { RunError } from '@oinr/run';
import { everyFromDistance } from '@oinr/slices';
import { type AnatomicalAxis, arrayAxis, voxelSizes } from '@oinr/volume';

/** A slice distance in mm as it is simulated on scans. */
export interface SimulatedDistance {
  readonly asked: number;
  /** Every how many slices one is kept, the same in everybody. */
  readonly every: number;
  /** mm between kept slices: in the scan where they lie closest, and farthest. */
  readonly range: readonly [least: number, most: number];
}

/**
 * How slice distances in mm are simulated on the scans of a cohort: every k-th slice is kept, with the k that comes nearest
 * on each scan's own grid.
 *
 * @throws RunError where k differs between scans, since tables have one k for everybody; InputError where slices lie too
 * far apart already.
 */
export async function simulatedDistances(
  distances: readonly number[],
  subjects: readonly Pick<Subject, 'id' | 'image'>[],
  axis: AnatomicalAxis,
): Promise<SimulatedDistance[]> {
  if (distances.length === 0) return [];
  const spacings: { readonly id: string; readonly spacing: number }[] = [];
  for (const { id, image } of subjects) {
    // A scan that cannot be read fails by itself, with its sentence, when it is imputed.
    const header = await readHeader(image).catch(() => undefined);
    if (header === undefined) continue;
    spacings.push({ id, spacing: voxelSizes(header.grid.affine)[arrayAxis(header.grid, axis)] });
  }
  if (spacings.length === 0)
    throw new RunError(
      'None of the scans can be read, so nothing is known of their slices: name k by --k, or look at the scans.',
    );
  return distances.map((asked) => {
    const found = spacings.map(({ id, spacing }) => ({ id, spacing, ...everyFromDistance(asked, spacing) }));
    const [first] = found;
    const other = found.find(({ every }) => every !== first.every);
    if (other !== undefined)
      throw new RunError(
        `Slices ${asked} mm apart are every ${ordinal(first.every)} one of sub-${first.id} (${axis} slices ${millimetres(first.spacing)} apart), but every ${ordinal(other.every)} one of sub-${other.id} (${millimetres(other.spacing)}). One k has to serve everybody: give another distance, choose subjects by --participant-label, or name k by --k.`,
      );
    const kept = found.map(({ distance }) => distance);
    return { asked, every: first.every, range: [Math.min(...kept), Math.max(...kept)] };
  });
}

/** `Slices 5 mm apart: every 6th coronal slice is kept, 5.2 mm, since ...` */
export function distanceInWords({ asked, every, range }: SimulatedDistance, axis: string): string {
  const [least, most] = range.map(millimetres);
  const kept = least === most ? least : `${least} to ${most}`;
  const isExact = range.every((one) => Math.abs(one - asked) <= 0.02 * asked);
  const why = isExact
    ? ''
    : `: ${asked} mm is no whole number of slices of these scans, and this is the nearest that is`;
  return `Slices ${asked} mm apart: every ${ordinal(every)} ${axis} slice is kept, ${kept} apart${why}.`;
}

/** `second`, `third`, `4th`, ... */
export function ordinal(count: number): string {
  return ({ 2: 'second', 3: 'third' } as Record<number, string>)[count] ?? `${count}th`;
}

function millimetres(value: number): string {
  return `${Number(value.toPrecision(3))} mm`;
}
