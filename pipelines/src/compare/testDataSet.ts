import { createHash } from 'node:crypto';
import { type PermutationTestResult, permutationTest, resolveDesign } from '@oinr/statistics';
import type { AnalysisMask } from './analysisMask.ts';
import type { DataSet, Study } from './dataSets.ts';
import { loadImages, type Preparation } from './loadImages.ts';
import { clusterThreshold, connectivity } from './peaks.ts';
import type { StatisticMaps } from './statisticMaps.ts';

/** The numbers of one comparison, as they are kept in the manifest. Infinity is written as the text `Infinity`. */
export interface TestNumbers {
  readonly voxels: number;
  readonly excludedVoxels: number;
  readonly permutations: number;
  readonly exact: boolean;
  readonly smallestP: number;
  readonly degreesOfFreedom: number;
  readonly criticalT: string;
  /** SHA-256 of the relabelings: equal for data sets that were compared alike. */
  readonly relabelings: string;
  /** Largest |T| of every relabeling, the identity first. */
  readonly maxima: readonly string[];
  /** Voxels of the largest cluster of either sign in every relabeling, the identity first; 0 without a cluster. */
  readonly largestExtents: readonly number[];
  readonly seconds: number;
}

export interface TestRequest {
  readonly dataSet: DataSet;
  readonly study: Study;
  readonly mask: AnalysisMask;
  readonly preparation: Preparation;
  readonly permutations: number;
  readonly seed: number;
  readonly alpha: number;
  readonly threads?: number;
  readonly signal?: AbortSignal;
  readonly onProgress?: (share: number) => void;
  readonly onVolume?: (values: Float32Array, subject: number) => void;
}

/** Reads one data set and runs the permutation t-test on it; afterwards only maps and numbers are left in memory. */
export async function testDataSet(
  request: TestRequest,
): Promise<{ maps: StatisticMaps; numbers: TestNumbers }> {
  const { dataSet, study, mask, preparation, onProgress } = request;
  const started = performance.now();
  const data = await loadImages(dataSet, study, mask, preparation, (values, subject) => {
    request.signal?.throwIfAborted();
    onProgress?.((0.5 * (subject + 1)) / study.subjects.length);
    request.onVolume?.(values, subject);
  });
  const design = { labels: study.labels };
  const result = await permutationTest(data, design, {
    grid: mask,
    clusters: { threshold: clusterThreshold(resolveDesign(design).degreesOfFreedom), connectivity },
    relabelings: { permutations: request.permutations, seed: request.seed },
    alpha: request.alpha,
    threads: request.threads,
    signal: request.signal,
    onProgress: ({ share }) => onProgress?.(0.5 + 0.5 * share),
  });
  return { maps: mapsOf(result), numbers: numbersOf(result, (performance.now() - started) / 1000) };
}

function mapsOf({
  t,
  uncorrectedCounts,
  familyWiseCounts,
  relabelings,
}: PermutationTestResult): StatisticMaps {
  const pOf = (counts: Uint32Array): Float32Array =>
    Float32Array.from(counts, (count, voxel) =>
      Number.isNaN(t[voxel]) ? Number.NaN : count / relabelings.count,
    );
  return {
    t: Float32Array.from(t),
    pUncorrected: pOf(uncorrectedCounts.two),
    pFamilyWise: pOf(familyWiseCounts.two),
  };
}

function numbersOf(result: PermutationTestResult, seconds: number): TestNumbers {
  return {
    voxels: result.testedVoxels,
    excludedVoxels: result.excludedVoxels,
    permutations: result.relabelings.count,
    exact: result.relabelings.exact,
    smallestP: result.smallestP,
    degreesOfFreedom: result.design.degreesOfFreedom,
    criticalT: String(result.criticalT.two),
    relabelings: createHash('sha256')
      .update(
        new Uint8Array(
          result.relabelings.rows.buffer,
          result.relabelings.rows.byteOffset,
          result.relabelings.rows.byteLength,
        ),
      )
      .digest('hex'),
    maxima: Array.from(result.maximumT.two, String),
    largestExtents: largestExtents(result),
    seconds: Math.round(seconds * 100) / 100,
  };
}

function largestExtents({ clusterNull }: PermutationTestResult): number[] {
  if (clusterNull === undefined) throw new TypeError('The test was made without clusters.');
  return Array.from(clusterNull.extentGt, (extent, relabeling) =>
    Math.max(extent, clusterNull.extentLt[relabeling]),
  );
}
