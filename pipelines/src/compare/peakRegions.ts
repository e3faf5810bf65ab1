import type { CellValue } from '@oinr/tables';
import { nearestRegion, readAtlas } from '@oinr/ttest';
import type { Vector3 } from '@oinr/volume';
import type { ComparePlan } from './config.ts';

/** Where peaks lie, in words. */
export interface PeakRegions {
  /** Names of the columns, without the side of the table. */
  readonly columns: readonly string[];
  /** Cells of these columns for a position, RAS+ mm. */
  readonly cellsOf: (position: Vector3) => Readonly<Record<string, CellValue>>;
}

/** What is known of the space of the compared volumes. */
export interface ComparedSpace {
  /** What the header says that coordinates mean. */
  readonly coordinates: string | undefined;
  /** BIDS label of the template that scans were registered to. */
  readonly template: string | undefined;
}

/**
 * How peaks are named: by the atlas that was given; without one, in MNI space, by the nearest approximate centre of a region,
 * with the distance to it; elsewhere not at all.
 *
 * @throws what readAtlas throws.
 */
export async function peakRegions(
  { atlas, atlasNames }: Pick<ComparePlan, 'atlas' | 'atlasNames'>,
  space: ComparedSpace,
): Promise<PeakRegions | undefined> {
  if (atlas !== undefined) {
    const regionOf = await readAtlas(atlas, atlasNames);
    return { columns: ['region'], cellsOf: (position) => ({ region: regionOf(position) }) };
  }
  if (!isMni(space)) return undefined;
  return {
    columns: ['region', 'region_mm'],
    cellsOf: (position) => {
      const nearest = nearestRegion(position);
      return { region: nearest?.name, region_mm: nearest?.distance };
    },
  };
}

/** By the header, or by the name of the template: not every MNI template's header says what it is. */
function isMni({ coordinates, template }: ComparedSpace): boolean {
  // Runs of earlier versions call MNIColin27 Colin27.
  return coordinates === 'mni' || /^(MNI|Colin27)/i.test(template ?? '');
}
