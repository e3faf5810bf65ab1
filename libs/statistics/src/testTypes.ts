import type { ResolvedDesign } from './design.ts';
import type { Connectivity, MaskGrid } from './maskGrid.ts';
import type { RelabelingChoice, Relabelings } from './relabelings.ts';

/** One number per tail: two-sided, first group greater than second, first group less than second. */
export interface Tails<T> {
  readonly two: T;
  readonly gt: T;
  readonly lt: T;
}

/** What has been computed of a test: enough to go on from there. All arrays in the order of the result's. */
export interface TestCheckpoint {
  /** Relabelings done. */
  readonly done: number;
  readonly counts: Uint32Array;
  /** Largest and smallest statistic per relabeling, and their T. */
  readonly extremes: Float64Array;
  readonly clusterNull: Float64Array;
  readonly tfceNull: Float64Array;
}

/** How far a test has come. */
export interface TestProgress {
  /** First every voxel is standardised, then the relabelings are counted. */
  readonly stage: 'standardise' | 'relabel';
  /** Share of the stage that is done, 0 to 1. */
  readonly share: number;
  /** Relabelings finished so far. */
  readonly relabelings: number;
}

/** How a test is done; what is left out has a default. */
export interface PermutationTestOptions {
  /** Relabelings to draw (or all, where there are no more), with their seed; or a list of them. */
  readonly relabelings: RelabelingChoice;
  /** Family-wise and uncorrected level; 0.05 by default. */
  readonly alpha?: number;
  /** Worker threads; by default one per core. The result does not depend on it. */
  readonly threads?: number;
  /** Does everything in the calling thread, for callers that are threads themselves. */
  readonly isInline?: boolean;
  /** Where the voxels lie: needed for clusters, TFCE and variance smoothing. */
  readonly grid?: MaskGrid;
  /** Clusters of voxels with |T| above a threshold (T > threshold, strictly), signs kept apart. */
  readonly clusters?: { readonly threshold: number; readonly connectivity?: Connectivity };
  /** TFCE: exact, or in steps of this height. */
  readonly tfce?: { readonly step?: number };
  /** Pseudo-t: the variance is smoothed with a Gaussian of this sigma, in voxels along x, y, z. */
  readonly varianceSigma?: readonly [number, number, number];
  /** Overrides the number of relabelings per pass over the data (for tests: the result does not depend on it). */
  readonly batch?: number;
  /** Called now and then, several times a second at most. Default: nobody is told. */
  readonly onProgress?: (progress: TestProgress) => void;
  /** A checkpoint of the same data, design and options to go on from. */
  readonly resume?: TestCheckpoint;
  /** Called after each pass over the data but the last, to keep what is done; the test waits for it. */
  readonly onCheckpoint?: (checkpoint: TestCheckpoint) => void | Promise<void>;
  /** Stops the test, which then throws the signal's reason. */
  readonly signal?: AbortSignal;
}

/** What a test found. P is the number of relabelings, the identity included. */
export interface PermutationTestResult {
  readonly design: ResolvedDesign;
  readonly relabelings: Relabelings;
  readonly alpha: number;
  /** Smallest two-sided p that can come out. */
  readonly smallestP: number;
  /** Voxels of the mask that were tested. */
  readonly testedVoxels: number;
  /** Voxels left out: not finite in some image, constant (with a variance by kind: within a kind), or explained by the covariates. */
  readonly excludedVoxels: number;
  /** One entry per voxel of the mask; NaN where excluded. T, or pseudo-t where the variance was smoothed. */
  readonly t: Float64Array;
  /** Relabelings whose statistic at the voxel reaches the observed one: p = count / P. 0 where excluded. */
  readonly uncorrectedCounts: Tails<Uint32Array>;
  /** Relabelings whose largest statistic of all voxels reaches the observed one. 0 where excluded. */
  readonly familyWiseCounts: Tails<Uint32Array>;
  /** Per relabeling the largest T, the largest -T and the largest |T| of all voxels; the identity first. */
  readonly maximumT: Tails<Float64Array>;
  /** The (floor(alpha P) + 1)-th largest of them: T above it is significant. */
  readonly criticalT: Tails<number>;
  /** Per relabeling the largest cluster extent (voxels) and mass (sum of |T| - threshold); 0 without a cluster. */
  readonly clusterNull?: {
    readonly extentGt: Float64Array;
    readonly extentLt: Float64Array;
    readonly massGt: Float64Array;
    readonly massLt: Float64Array;
  };
  /** Per relabeling the largest TFCE. */
  readonly tfceNull?: { readonly gt: Float64Array; readonly lt: Float64Array };
}
