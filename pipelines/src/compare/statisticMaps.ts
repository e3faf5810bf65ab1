import { readVolume, writeVolume } from '@oinr/nifti';
import { RunError, safeJoin, writeJson } from '@oinr/run';
import { sameGrid, type Volume, voxelCount } from '@oinr/volume';
import type { AnalysisMask } from './analysisMask.ts';

/** The maps of one comparison at the voxels of the mask; NaN where a voxel could not be tested. */
export interface StatisticMaps {
  /** First group minus second. */
  readonly t: Float32Array;
  /** Two-sided permutation p, uncorrected and family-wise. */
  readonly pUncorrected: Float32Array;
  readonly pFamilyWise: Float32Array;
}

const kinds = { t: 'stat-t', pUncorrected: 'stat-p', pFamilyWise: 'stat-pfwe' } as const;
const meanings = {
  t: 'Two-sample t with pooled variance, first group minus second',
  pUncorrected: 'Two-sided permutation p, uncorrected',
  pFamilyWise: 'Two-sided permutation p, family-wise error corrected by the largest |T|',
} as const;

export function mapPath(runFolder: string, dataSet: string, kind: keyof StatisticMaps): string {
  return safeJoin(runFolder, 'group', `desc-${dataSet}_${kinds[kind]}_statmap.nii.gz`);
}

/** Writes the maps (float32, NaN outside the mask) and their sidecars; returns the paths. */
export async function writeMaps(
  runFolder: string,
  dataSet: string,
  maps: StatisticMaps,
  mask: AnalysisMask,
  about: Readonly<Record<string, unknown>>,
): Promise<string[]> {
  const written: string[] = [];
  for (const kind of ['t', 'pUncorrected', 'pFamilyWise'] as const) {
    const path = mapPath(runFolder, dataSet, kind);
    await writeVolume(path, toVolume(maps[kind], mask), { space: 'aligned', description: meanings[kind] });
    const sidecar = path.replace(/\.nii\.gz$/, '.json');
    await writeJson(sidecar, { Description: meanings[kind], ...about });
    written.push(path, sidecar);
  }
  return written;
}

/** Reads a map of an earlier comparison at the voxels of the mask. */
export async function readMap(
  runFolder: string,
  dataSet: string,
  kind: keyof StatisticMaps,
  mask: AnalysisMask,
): Promise<Float32Array> {
  const path = mapPath(runFolder, dataSet, kind);
  const { grid, data } = await readVolume(path);
  if (!sameGrid(grid, mask.grid)) {
    throw new RunError(
      `${path} lies on another grid than the volumes; run the stage compare again with --force.`,
    );
  }
  return Float32Array.from(mask.indices, (voxel) => data[voxel]);
}

/** Values at the mask as a volume; NaN elsewhere. */
export function toVolume(values: ArrayLike<number>, mask: AnalysisMask): Volume {
  const data = new Float32Array(voxelCount(mask.grid)).fill(Number.NaN);
  for (let voxel = 0; voxel < values.length; voxel += 1) data[mask.indices[voxel]] = values[voxel];
  return { grid: mask.grid, data };
}
