import { join } from 'node:path';
import { type Published, type ResultFolder, sameFile, writeFileAtomic } from '@oinr/files';
import { type WriteOptions, writeVolume } from '@oinr/nifti';
import {
  clusterCounts,
  falseDiscoveryMap,
  maximumP,
  observedClusters,
  padGrid,
  pOfCounts,
  tfceMap,
} from '@oinr/statistics';
import { type Table, writeTsv } from '@oinr/tables';
import type { RegionLookup } from './atlas.ts';
import { dictionaryOf } from './columnMeanings.ts';
import { RequestError } from './errors.ts';
import { spaceOfMaps } from './imageFacts.ts';
import { formatLabelings } from './labelingsFile.ts';
import { minusLog10, resultVolume } from './maps.ts';
import type { Mask } from './mask.ts';
import { peakRegions } from './peakRegions.ts';
import type { TTestRequest } from './request.ts';
import { clusterTable, nullTable, peakTable, type TailResult } from './resultTables.ts';
import type { ImageTestResult } from './run.ts';

const tails = ['two', 'gt', 'lt'] as const;
const oneSided = ['gt', 'lt'] as const;

/** The names of all files that a test may write, whatever its options. */
function everyName(): string[] {
  return outputNames({ clusterThreshold: { kind: 'T', value: 1 }, tfce: true });
}

/** The names of the files that a test with these options writes. */
function outputNames({ clusterThreshold, tfce }: Pick<TTestRequest, 'clusterThreshold' | 'tfce'>): string[] {
  const kinds = [...(clusterThreshold === undefined ? [] : ['extent', 'mass']), ...(tfce ? ['tfce'] : [])];
  const maps = [
    'T',
    'q_fdr_two',
    ...tails.flatMap((tail) =>
      ['p_unc', 'p_fwe', 'log10p_unc', 'log10p_fwe'].map((name) => `${name}_${tail}`),
    ),
    ...oneSided.flatMap((tail) => [
      ...kinds.map((kind) => `p_fwe_${kind}_${tail}`),
      ...(tfce ? [`tfce_${tail}`] : []),
    ]),
  ];
  return [
    ...maps.map((name) => `${name}.nii.gz`),
    ...oneSided
      .flatMap((tail) => [`clusters_${tail}`, `peaks_${tail}`])
      .flatMap((name) => [`${name}.tsv`, `${name}.json`]),
    ...['max_null.tsv', 'max_null.json', 'labelings.txt', 'summary.json'],
  ];
}

/**
 * Refuses a folder in which results would take the place of somebody else's files, or of what the test itself reads.
 *
 * @throws ForeignFileError or RequestError, before anything is computed.
 */
export async function claimOutputs(
  request: TTestRequest,
  results: ResultFolder,
  images: readonly string[],
): Promise<void> {
  const outputs = outputNames(request).map((name) => join(request.out, name));
  await results.claim(outputs);
  const { participants, mask, labelings, atlas, atlasNames } = request;
  const inputs = [participants, mask, labelings, atlas, atlasNames, ...images];
  const both = await sameFile(outputs, inputs);
  if (both !== undefined)
    throw new RequestError(
      `${both} is read by this test and would be replaced by its result. Choose another --out, or copy the file elsewhere.`,
    );
}

/** Writes all maps and tables as drafts and publishes them together, in the place of those of an earlier test. */
export async function writeOutputs(
  result: ImageTestResult,
  request: TTestRequest,
  mask: Mask,
  thresholds: { readonly gt: number; readonly lt: number },
  summary: object,
  regionOf: RegionLookup | undefined,
  results: ResultFolder,
): Promise<Published> {
  const folder = results.drafts;
  await results.recover();
  const space = spaceOfMaps(result.images, mask);
  const regions = peakRegions(regionOf, space === 'mni');
  const save = (name: string, values: Float64Array): Promise<void> =>
    writeVolume(
      join(folder, `${name}.nii.gz`),
      resultVolume(values, mask, { outside: request.outside ?? 'nan', nothing: isP.test(name) ? 1 : 0 }),
      {
        description: `oinr ttest: ${name}`,
        space,
        intent: intentOf(
          name,
          request.varianceFwhm === undefined ? result.design.degreesOfFreedom : undefined,
        ),
      },
    );
  const describe = (name: string, columns: readonly string[]): Promise<void> =>
    writeFileAtomic(join(folder, `${name}.json`), `${JSON.stringify(dictionaryOf(columns), null, 2)}\n`);
  const saveTable = async (name: string, table: Table): Promise<void> => {
    await writeTsv(join(folder, `${name}.tsv`), table);
    await describe(name, table.columns);
  };
  await save('T', result.t);
  for (const tail of tails) {
    const uncorrected = pOfCounts(result, result.uncorrectedCounts[tail]);
    const familyWise = pOfCounts(result, result.familyWiseCounts[tail]);
    await save(`p_unc_${tail}`, uncorrected);
    await save(`p_fwe_${tail}`, familyWise);
    await save(`log10p_unc_${tail}`, uncorrected.map(minusLog10));
    await save(`log10p_fwe_${tail}`, familyWise.map(minusLog10));
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
    await saveTable(`clusters_${tail}`, clusterTable(result, tailResult));
    await saveTable(`peaks_${tail}`, peakTable(result, tailResult, regions));
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
  const maxima = nullTable(result);
  await writeFileAtomic(join(folder, 'max_null.tsv'), maxima);
  await describe('max_null', maxima.slice(0, maxima.indexOf('\n')).split('\t'));
  await writeFileAtomic(join(folder, 'labelings.txt'), formatLabelings(result.relabelings));
  await writeFileAtomic(join(folder, 'summary.json'), `${JSON.stringify(summary, null, 2)}\n`);
  return results.publish({ obsolete: everyName().map((name) => join(request.out, name)) });
}

/** Names of maps of p and q. */
const isP = /^[pq]_/;

/** What the header says of the values of a map; nothing of TFCE, nor of a pseudo-t, which has no degrees of freedom. */
function intentOf(name: string, degreesOfFreedom: number | undefined): WriteOptions['intent'] {
  if (name === 'T') return degreesOfFreedom === undefined ? undefined : { kind: 't', degreesOfFreedom };
  if (name.startsWith('log10p_')) return { kind: 'log10p' };
  return isP.test(name) ? { kind: 'p' } : undefined;
}
