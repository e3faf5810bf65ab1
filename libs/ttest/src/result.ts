import { createHash } from 'node:crypto';
import {
  exceedanceCounts,
  type PermutationTestResult,
  padGrid,
  sumTolerance,
  tfceMap,
} from '@oinr/statistics';
import { readArrays, writeArrays } from './arraysFile.ts';
import type { Mask } from './mask.ts';

/** A statistic of every voxel of the mask, and how many relabelings reach it somewhere: p = count / permutations. */
export interface MaximumTest {
  readonly values: Float32Array;
  /** 0 where a voxel was not tested. */
  readonly counts: Uint32Array;
  /** Largest value of every relabeling, the identity first. */
  readonly maxima: Float64Array;
}

/** What is kept of a two-sided permutation t-test. Arrays have one entry per voxel of the mask, or one per relabeling. */
export interface TwoSidedResult {
  /** Voxels tested, and voxels of the mask that were not. */
  readonly testedVoxels: number;
  readonly excludedVoxels: number;
  readonly permutations: number;
  /** All relabelings there are. */
  readonly isExact: boolean;
  readonly smallestP: number;
  readonly degreesOfFreedom: number;
  /** SHA-256 of the relabelings: equal for tests that were relabeled alike. */
  readonly relabelings: string;
  readonly seconds: number;
  /** First group minus second; NaN where a voxel could not be tested. */
  readonly t: Float32Array;
  /** Relabelings whose |T| at the voxel reaches the observed one; 0 where it could not be tested. */
  readonly uncorrected: Uint32Array;
  /** Relabelings whose largest |T| of all voxels reaches the observed one; 0 where it could not be tested. */
  readonly familyWise: Uint32Array;
  /** Largest |T| of every relabeling, the identity first. */
  readonly maxima: Float64Array;
  /** Voxels of the largest cluster of either sign in every relabeling; 0 without a cluster. Only with clusters. */
  readonly largestExtents?: Float64Array;
  /** TFCE of both signs, where it was asked for. */
  readonly tfce?: MaximumTest;
}

/** Both signs of a test together: what is as extreme one way or the other. `step`: of TFCE, exact without. */
export function twoSided(
  result: PermutationTestResult,
  mask: Mask,
  { seconds, step }: { readonly seconds: number; readonly step?: number },
): TwoSidedResult {
  const { relabelings, clusterNull, tfceNull } = result;
  const { rows } = relabelings;
  return {
    testedVoxels: result.testedVoxels,
    excludedVoxels: result.excludedVoxels,
    permutations: relabelings.count,
    isExact: relabelings.exact,
    smallestP: result.smallestP,
    degreesOfFreedom: result.design.degreesOfFreedom,
    relabelings: createHash('sha256')
      .update(new Uint8Array(rows.buffer, rows.byteOffset, rows.byteLength))
      .digest('hex'),
    seconds,
    t: Float32Array.from(result.t),
    uncorrected: result.uncorrectedCounts.two,
    familyWise: result.familyWiseCounts.two,
    maxima: result.maximumT.two,
    largestExtents: clusterNull && larger(clusterNull.extentGt, clusterNull.extentLt),
    tfce: tfceNull && twoSidedTfce(result.t, mask, larger(tfceNull.gt, tfceNull.lt), step),
  };
}

/** A voxel lies in one tail only, so its enhancement is that of its own sign. */
function twoSidedTfce(
  t: Float64Array,
  mask: Mask,
  maxima: Float64Array,
  step: number | undefined,
): MaximumTest {
  const grid = padGrid(mask);
  const enhanced = larger(tfceMap(t, grid, 1, step), tfceMap(t, grid, -1, step));
  const tolerance = enhanced.map((value) => sumTolerance * value);
  return {
    values: Float32Array.from(enhanced),
    counts: exceedanceCounts(enhanced, maxima, tolerance),
    maxima,
  };
}

/** NaN where either is. */
function larger(one: Float64Array, other: Float64Array): Float64Array {
  return one.map((value, index) => Math.max(value, other[index]));
}

/** p = count / permutations as maps have it, in float32; NaN where a voxel was not tested. */
export function pMap(counts: Uint32Array, { t, permutations }: TwoSidedResult): Float32Array {
  return Float32Array.from(counts, (count, voxel) =>
    Number.isNaN(t[voxel]) ? Number.NaN : count / permutations,
  );
}

/** Changes whenever a result of an older program must not be read. */
const format = 'oinr-ttest-result-1';

/** Writes a result so that the file is whole at any time, and no number is rounded. */
export async function writeResult(path: string, result: TwoSidedResult): Promise<void> {
  const { t, uncorrected, familyWise, maxima, largestExtents, tfce, ...about } = result;
  const arrays = {
    t,
    uncorrected,
    familyWise,
    maxima,
    ...(largestExtents && { largestExtents }),
    ...(tfce && { tfce: tfce.values, tfceCounts: tfce.counts, tfceMaxima: tfce.maxima }),
  };
  await writeArrays(path, { about: { format, ...about }, arrays });
}

/** Reads what `writeResult` wrote; undefined where there is no such file, or it is damaged or of another format. */
export async function readResult(path: string): Promise<TwoSidedResult | undefined> {
  const found = await readArrays(path).catch(() => undefined);
  const { format: written, ...about } = (found?.about ?? {}) as { readonly format?: string };
  if (found === undefined || written !== format) return undefined;
  const { tfce, tfceCounts, tfceMaxima, ...arrays } = found.arrays;
  // A file of this format has these arrays.
  return {
    ...about,
    ...arrays,
    tfce: tfce && { values: tfce, counts: tfceCounts, maxima: tfceMaxima },
  } as TwoSidedResult;
}
