import { type Intent, writeVolume } from '@oinr/nifti';
import { safeJoin, writeJson } from '@oinr/run';
import { type Mask, minusLog10, type Outside, pMap, resultVolume, type TwoSidedResult } from '@oinr/ttest';
import { generatedBy } from '../toolVersion.ts';

/** The maps of a data set: the last part of their names, what they are, and what their header says that they are. */
const kinds = {
  t: { name: 'stat-t', meaning: 'Two-sample t with pooled variance, first group minus second', intent: 't' },
  uncorrected: { name: 'stat-p', meaning: 'Two-sided permutation p, uncorrected', intent: 'p' },
  familyWise: {
    name: 'stat-pfwe',
    meaning: 'Two-sided permutation p, family-wise error corrected by the largest |T|',
    intent: 'p',
  },
  extent: {
    name: 'stat-pextent',
    meaning:
      'Permutation p of the extent of the cluster, family-wise error corrected by the largest cluster of either sign; 1 outside clusters',
    intent: 'p',
  },
  tfce: { name: 'stat-tfce', meaning: 'Threshold-free cluster enhancement of |T|', intent: undefined },
  tfceFamilyWise: {
    name: 'stat-ptfce',
    meaning: 'Permutation p of TFCE, family-wise error corrected by the largest TFCE of either sign',
    intent: 'p',
  },
} as const;

/** `stat-log10pfwe` of `stat-pfwe`: the same map as -log10 p, which viewers threshold from below. */
const logName = (name: string): string => name.replace('stat-p', 'stat-log10p');

/** Where the map of a data set lies. */
export function mapPath(runFolder: string, dataSet: string, kind: keyof typeof kinds): string {
  return safeJoin(runFolder, 'group', mapName(dataSet, kinds[kind].name));
}

/** Where all maps that every comparison writes of a data set lie. */
export function usualMapPaths(runFolder: string, dataSet: string): string[] {
  const names = [
    kinds.t.name,
    ...[kinds.uncorrected.name, kinds.familyWise.name].flatMap((p) => [p, logName(p)]),
  ];
  return names.map((name) => safeJoin(runFolder, 'group', mapName(dataSet, name)));
}

function mapName(dataSet: string, name: string): string {
  return `desc-${dataSet}_${name}_statmap.nii.gz`;
}

/** What of a test becomes a map. */
export interface MapsRequest {
  /** Where a file of this name is written. */
  readonly place: (name: string) => string;
  readonly dataSet: string;
  readonly mask: Mask;
  /** See extentCounts; where p of the extents of clusters was asked for. */
  readonly extents?: Uint32Array;
  readonly outside: Outside;
  /** What sidecars say of the test. */
  readonly about: Readonly<Record<string, unknown>>;
}

/** Writes the maps (float32; see resultVolume) and their sidecars; returns the paths. */
export async function writeMaps(
  result: TwoSidedResult,
  { place, dataSet, mask, extents, outside, about }: MapsRequest,
): Promise<string[]> {
  const { tfce, degreesOfFreedom } = result;
  const maps: { readonly [Kind in keyof typeof kinds]?: Float32Array } = {
    t: result.t,
    uncorrected: pMap(result.uncorrected, result),
    familyWise: pMap(result.familyWise, result),
    extent: extents && pMap(extents, result),
    tfce: tfce?.values,
    tfceFamilyWise: tfce && pMap(tfce.counts, result),
  };
  const written: string[] = [];
  const write = async (
    name: string,
    values: Float32Array,
    meaning: string,
    intent: Intent | undefined,
  ): Promise<void> => {
    const file = mapName(dataSet, name);
    const path = place(file);
    const nothing = intent?.kind === 'p' ? 1 : 0;
    await writeVolume(path, resultVolume(values, mask, { outside, nothing }), {
      space: mask.coordinates ?? 'aligned',
      description: meaning,
      intent,
    });
    const sidecar = place(file.replace(/\.nii\.gz$/, '.json'));
    await writeJson(sidecar, {
      Description: meaning,
      ...about,
      DegreesOfFreedom: degreesOfFreedom,
      NotTested: outside === 'nan' ? 'NaN' : nothing,
      GeneratedBy: generatedBy,
    });
    written.push(path, sidecar);
  };
  for (const kind of Object.keys(kinds) as (keyof typeof kinds)[]) {
    const values = maps[kind];
    if (values === undefined) continue;
    const { name, meaning, intent } = kinds[kind];
    const said = intent === 't' ? ({ kind: 't', degreesOfFreedom } as const) : intent && { kind: intent };
    await write(name, values, meaning, said);
    if (intent === 'p')
      await write(logName(name), values.map(minusLog10), `-log10 of: ${meaning}`, { kind: 'log10p' });
  }
  return written;
}
