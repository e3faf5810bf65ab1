import type { Connectivity, PaddedGrid } from './maskGrid.ts';
import type { Model } from './model.ts';
import type { SubjectDataHandle } from './subjectData.ts';

/** Everything the threads share; sent to each of them once. */
export interface SharedState {
  readonly data: SubjectDataHandle;
  readonly model: Model;
  /** Relabelings x subjects: labels (uint8) or permutations (uint16). */
  readonly rows: SharedArrayBuffer;
  readonly relabelings: number;
  /** Per voxel: tested (uint8, padded to blocks), observed T, norm and observed score (float64). */
  readonly tested: SharedArrayBuffer;
  readonly t: SharedArrayBuffer;
  readonly norms: SharedArrayBuffer;
  readonly scores: SharedArrayBuffer;
  /** Three counts per voxel (uint32): statistic >= observed, <= observed, |statistic| >= |observed|. */
  readonly counts: SharedArrayBuffer;
  /** int32: [0] next piece of work, [1] pieces done in this phase. */
  readonly control: SharedArrayBuffer;
  /** Most relabelings of one counting task, and of one mapping task. */
  readonly batch: number;
  readonly mapBatch: number;
  /** Counting writes the maps of T too. */
  readonly mapsWhileCounting: boolean;
  /**
   * mapBatch x voxels (padded to blocks) x numbers, float32: T, or where the variance is to be smoothed the standardised
   * difference and the share of the variance that it leaves. 0 at untested voxels.
   */
  readonly maps: SharedArrayBuffer | undefined;
  readonly grid: PaddedGrid | undefined;
  readonly clusters: { readonly threshold: number; readonly connectivity: Connectivity } | undefined;
  /** 4 x relabelings float64: extent gt, lt, mass gt, lt. */
  readonly clusterNull: SharedArrayBuffer;
  readonly tfce: { readonly step: number } | undefined;
  /** 2 x relabelings float64: gt, lt. */
  readonly tfceNull: SharedArrayBuffer;
  /** Sigma in voxels of the smoothing of the variance. */
  readonly smoothing: readonly [number, number, number] | undefined;
}

/** Work that every thread does together with the others, piece by piece off the shared counter. */
export type Task =
  /** Standardise the data and compute the observed statistic. */
  | { readonly kind: 'standardise' }
  /** Compare relabelings first .. first + count - 1 with the observed statistic at every voxel. */
  | { readonly kind: 'count'; readonly first: number; readonly count: number }
  /** Find the clusters of these relabelings in the voxels that counting listed. */
  | {
      readonly kind: 'clusters';
      readonly first: number;
      readonly count: number;
      readonly lists: readonly VoxelList[];
    }
  /** Compute whole maps of the statistic (or of its parts) of these relabelings. */
  | { readonly kind: 'maps'; readonly first: number; readonly count: number }
  /** Take what whole maps are needed for from these relabelings: smoothed variance, clusters, TFCE. */
  | { readonly kind: 'enhance'; readonly first: number; readonly count: number; readonly observe: boolean };

/**
 * Supra-threshold voxels sorted by relabeling: those of relabeling r are at offsets[r] .. offsets[r + 1] (uint32), places
 * in the padded grid (int32) ascending, with their scores: int32 sums of binary labels, float64 with covariates.
 */
export interface VoxelList {
  readonly offsets: SharedArrayBuffer;
  readonly places: SharedArrayBuffer;
  readonly scores: SharedArrayBuffer;
}

/** Largest and smallest score per relabeling of a task, and where they were found (-1: nowhere). */
export interface Extrema {
  readonly top: Float64Array;
  readonly topVoxel: Int32Array;
  readonly bottom: Float64Array;
  readonly bottomVoxel: Int32Array;
}

export interface TaskResult {
  readonly extrema?: Extrema;
  readonly list?: VoxelList;
}

/** Extrema of relabelings that nobody has looked at yet. */
export function emptyExtrema(count: number): Extrema {
  return {
    top: new Float64Array(count).fill(Number.NEGATIVE_INFINITY),
    topVoxel: new Int32Array(count).fill(-1),
    bottom: new Float64Array(count).fill(Number.POSITIVE_INFINITY),
    bottomVoxel: new Int32Array(count).fill(-1),
  };
}
