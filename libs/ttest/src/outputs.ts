import { mkdir, readdir, rename, rm } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { FileWriteError, writeFileAtomic } from '@oinr/files';
import { writeVolume } from '@oinr/nifti';
import {
  clusterCounts,
  falseDiscoveryMap,
  maximumP,
  observedClusters,
  type PermutationTestResult,
  padGrid,
  pOfCounts,
  tfceMap,
} from '@oinr/statistics';
import { writeTsv } from '@oinr/tables';
import type { RegionLookup } from './atlas.ts';
import { formatLabelings } from './labelingsFile.ts';
import { mapVolume } from './maps.ts';
import type { Mask } from './mask.ts';
import type { TTestRequest } from './request.ts';
import { clusterTable, nullTable, peakTable, type TailResult } from './resultTables.ts';
import { resumeFolder } from './resume.ts';

/** Every file that the command may write, for taking away those of an earlier run. */
const outputName =
  /^(T|(log10)?p_(unc|fwe)_(two|gt|lt)|q_fdr_two|p_fwe_(extent|mass|tfce)_(gt|lt)|tfce_(gt|lt))\.nii\.gz$|^(max_null|clusters_(gt|lt)|peaks_(gt|lt))\.tsv$|^(labelings\.txt|summary\.json)$/;

/** Removes the outputs of an earlier run, so that a folder never mixes two; files that the request reads stay. */
export async function removeOutputs(request: TTestRequest): Promise<void> {
  const { out, participants, mask, labelings, atlas, atlasNames } = request;
  const inputs = [participants, mask, labelings, atlas, atlasNames].filter((path) => path !== undefined);
  const kept = new Set(inputs.map((path) => resolve(path)));
  const names = await readdir(out).catch(() => []);
  const old = names.filter((name) => outputName.test(name)).map((name) => resolve(out, name));
  await Promise.all(old.filter((path) => !kept.has(path)).map((path) => rm(path)));
}

const tails = ['two', 'gt', 'lt'] as const;
const oneSided = ['gt', 'lt'] as const;

/**
 * Writes all maps and tables. They are written below OUT/.resume and moved into place together at the end, so that
 * OUT holds either no map or all of them.
 */
export async function writeOutputs(
  result: PermutationTestResult,
  request: TTestRequest,
  mask: Mask,
  thresholds: { readonly gt: number; readonly lt: number },
  summary: object,
  regionOf: RegionLookup | undefined,
): Promise<void> {
  const folder = join(resumeFolder(request.out), 'outputs');
  await rm(folder, { recursive: true, force: true });
  await mkdir(folder, { recursive: true }).catch((error: unknown) => {
    throw new FileWriteError(request.out, error);
  });
  const save = (name: string, values: Float64Array): Promise<void> =>
    writeVolume(join(folder, `${name}.nii.gz`), mapVolume(values, mask), {
      description: `oinr ttest: ${name}`,
    });
  await save('T', result.t);
  for (const tail of tails) {
    const uncorrected = pOfCounts(result, result.uncorrectedCounts[tail]);
    const familyWise = pOfCounts(result, result.familyWiseCounts[tail]);
    await save(`p_unc_${tail}`, uncorrected);
    await save(`p_fwe_${tail}`, familyWise);
    await save(`log10p_unc_${tail}`, uncorrected.map(positiveLog));
    await save(`log10p_fwe_${tail}`, familyWise.map(positiveLog));
  }
  const qFdr = falseDiscoveryMap(result);
  await save('q_fdr_two', qFdr);
  for (const tail of oneSided) {
    const sign = tail === 'gt' ? 1 : -1;
    const clusters = observedClusters({
      t: result.t,
      grid: mask,
      affine: mask.grid.affine,
      sign,
      threshold: thresholds[tail],
      connectivity: request.connectivity,
    });
    const tailResult: TailResult = { name: tail, clusters, qFdr };
    await writeTsv(join(folder, `clusters_${tail}.tsv`), clusterTable(result, tailResult));
    await writeTsv(join(folder, `peaks_${tail}.tsv`), peakTable(result, tailResult, regionOf));
    if (result.clusterNull) {
      const { extentGt, extentLt, massGt, massLt } = result.clusterNull;
      const counts = clusterCounts(
        clusters,
        tail === 'gt' ? extentGt : extentLt,
        tail === 'gt' ? massGt : massLt,
      );
      for (const kind of ['extent', 'mass'] as const) {
        // 1 in voxels outside every cluster.
        const p = result.t.map((t) => (Number.isNaN(t) ? Number.NaN : 1));
        clusters.forEach((cluster, index) => {
          for (const voxel of cluster.voxels) p[voxel] = counts[kind][index] / result.relabelings.count;
        });
        await save(`p_fwe_${kind}_${tail}`, p);
      }
    }
    if (result.tfceNull) {
      const enhanced = tfceMap(result.t, padGrid(mask), sign, request.tfceStep);
      await save(`tfce_${tail}`, enhanced);
      await save(`p_fwe_tfce_${tail}`, maximumP(enhanced, result.tfceNull[tail]));
    }
  }
  await writeFileAtomic(join(folder, 'max_null.tsv'), nullTable(result));
  await writeFileAtomic(join(folder, 'labelings.txt'), formatLabelings(result.relabelings));
  await writeFileAtomic(join(folder, 'summary.json'), `${JSON.stringify(summary, null, 2)}\n`);
  await removeOutputs(request);
  for (const name of await readdir(folder)) await rename(join(folder, name), join(request.out, name));
}

function positiveLog(p: number): number {
  // Not -0 at p = 1.
  return p === 1 ? 0 : -Math.log10(p);
}
