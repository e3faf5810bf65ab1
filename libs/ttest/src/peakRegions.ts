import type { CellValue } from '@oinr/tables';
import type { RegionLookup } from './atlas.ts';
import { nearestRegion } from './regionCentres.ts';

/** Where peaks lie, in words. */
export interface PeakRegions {
  /** Names of the columns. */
  readonly columns: readonly string[];
  /** Cells of these columns for a position, RAS+ mm. */
  readonly cellsOf: (position: readonly [number, number, number]) => Readonly<Record<string, CellValue>>;
}

/**
 * How peaks are named: by an atlas, where there is one; without, in MNI space, by the nearest approximate centre of a region,
 * with the distance to it (mm); elsewhere not at all.
 */
export function peakRegions(atlas: RegionLookup | undefined, isMni: boolean): PeakRegions | undefined {
  if (atlas !== undefined)
    return { columns: ['region'], cellsOf: (position) => ({ region: atlas(position) }) };
  if (!isMni) return undefined;
  return {
    columns: ['region', 'region_mm'],
    cellsOf: (position) => {
      const nearest = nearestRegion(position);
      return { region: nearest?.name, region_mm: nearest?.distance };
    },
  };
}
