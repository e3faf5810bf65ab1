import { writeVolume } from '@oinr/nifti';
import { safeJoin, writeJson } from '@oinr/run';
import { type Mask, mapVolume, pMap, type TwoSidedResult } from '@oinr/ttest';

/** The maps of a data set: the last part of their names, and what they are. */
const kinds = {
  t: { name: 'stat-t', meaning: 'Two-sample t with pooled variance, first group minus second' },
  uncorrected: { name: 'stat-p', meaning: 'Two-sided permutation p, uncorrected' },
  familyWise: {
    name: 'stat-pfwe',
    meaning: 'Two-sided permutation p, family-wise error corrected by the largest |T|',
  },
  extent: {
    name: 'stat-pextent',
    meaning:
      'Permutation p of the extent of the cluster, family-wise error corrected by the largest cluster of either sign; 1 outside clusters',
  },
  tfce: { name: 'stat-tfce', meaning: 'Threshold-free cluster enhancement of |T|' },
  tfceFamilyWise: {
    name: 'stat-ptfce',
    meaning: 'Permutation p of TFCE, family-wise error corrected by the largest TFCE of either sign',
  },
} as const;

export function mapPath(runFolder: string, dataSet: string, kind: keyof typeof kinds): string {
  return safeJoin(runFolder, 'group', mapName(dataSet, kind));
}

function mapName(dataSet: string, kind: keyof typeof kinds): string {
  return `desc-${dataSet}_${kinds[kind].name}_statmap.nii.gz`;
}

/** What of a test becomes a map. */
export interface MapsRequest {
  /** Where a file of this name is written. */
  readonly place: (name: string) => string;
  readonly dataSet: string;
  readonly mask: Mask;
  /** See extentCounts; where p of the extents of clusters was asked for. */
  readonly extents?: Uint32Array;
  /** What sidecars say of the test. */
  readonly about: Readonly<Record<string, unknown>>;
}

/** Writes the maps (float32, NaN outside the mask) and their sidecars; returns the paths. */
export async function writeMaps(
  result: TwoSidedResult,
  { place, dataSet, mask, extents, about }: MapsRequest,
): Promise<string[]> {
  const { tfce } = result;
  const maps: { readonly [Kind in keyof typeof kinds]?: Float32Array } = {
    t: result.t,
    uncorrected: pMap(result.uncorrected, result),
    familyWise: pMap(result.familyWise, result),
    extent: extents && pMap(extents, result),
    tfce: tfce?.values,
    tfceFamilyWise: tfce && pMap(tfce.counts, result),
  };
  const written: string[] = [];
  for (const kind of Object.keys(kinds) as (keyof typeof kinds)[]) {
    const values = maps[kind];
    if (values === undefined) continue;
    const { meaning } = kinds[kind];
    const name = mapName(dataSet, kind);
    const path = place(name);
    await writeVolume(path, mapVolume(values, mask), {
      space: mask.coordinates ?? 'aligned',
      description: meaning,
    });
    const sidecar = place(name.replace(/\.nii\.gz$/, '.json'));
    await writeJson(sidecar, { Description: meaning, ...about });
    written.push(path, sidecar);
  }
  return written;
}
