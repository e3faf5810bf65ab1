import type { Connectivity } from '@oinr/statistics';
import type { ClusterThreshold } from './clusterThreshold.ts';
import type { Outside } from './maps.ts';

/** What `oinr ttest` is asked to do. Paths are relative to the working directory. */
export interface TTestRequest {
  /** Table of participants, TSV or CSV. */
  readonly participants: string;
  /** Folder of the images. */
  readonly images: string;
  readonly mask: string;
  /** First and second group: the contrast is first minus second. */
  readonly groups: readonly string[];
  readonly out: string;
  readonly groupColumn: string;
  /** Column with one image per row, relative to `images`; without it files are matched by participant_id. */
  readonly imageColumn?: string;
  /** Which files below `images` count, where a participant has several; see matchesPattern. */
  readonly pattern?: string;
  readonly permutations: number;
  readonly seed: number;
  /** File of explicit relabelings. */
  readonly labelings?: string;
  readonly covariates: readonly string[];
  /** Column of exchangeability blocks. */
  readonly blocks?: string;
  /** Columns by which subjects are of different kinds: labels are exchanged within them, their means are in the model. */
  readonly kinds?: readonly string[];
  /** Whether every kind has a variance of its own; `pooled` by default. See TwoGroupDesign. */
  readonly variance?: 'pooled' | 'by-kind';
  /** `student` by default. See TwoGroupDesign. */
  readonly statistic?: 'student' | 'welch';
  /** Full width at half maximum, in mm, by which the variance is smoothed (pseudo-t). */
  readonly varianceFwhm?: number;
  readonly clusterThreshold?: ClusterThreshold;
  readonly connectivity: Connectivity;
  readonly tfce: boolean;
  readonly tfceStep?: number;
  readonly alpha: number;
  /** What maps hold where nothing was tested; `nan` by default. */
  readonly outside?: Outside;
  readonly threads?: number;
  /** Label volume and its table of names, for the regions of the peaks. */
  readonly atlas?: string;
  readonly atlasNames?: string;
}
