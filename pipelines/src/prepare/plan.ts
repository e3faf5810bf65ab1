import type { SpaceName } from '@oinr/nifti';
import type { Grid } from '@oinr/volume';
import type { generatedBy } from '../toolVersion.ts';
import type { IntensityRule } from './scan/intensity.ts';
import type { TargetFiles } from './scan/target.ts';

/** What is done to every subject, as plain data that every worker process is given once. */
export interface PreparePlan {
  readonly runFolder: string;
  /** Source paths are named relative to this folder in sidecars. */
  readonly sourceRoot: string;
  readonly target: TargetFiles;
  /** SHA-256 of the template's files. */
  readonly targetHash: string;
  readonly grid: Grid;
  /** What the coordinates of the common space mean, for headers. */
  readonly templateSpace: SpaceName;
  /** mm */
  readonly spacing: number;
  readonly shows?: 'brain' | 'head';
  readonly isNonlinear: boolean;
  /** Register also what lies on the common grid. */
  readonly registersAll: boolean;
  /** Every imputed volume is registered by itself, and does not follow its full scan. */
  readonly registersImputed: boolean;
  readonly intensity: IntensityRule;
  /** For sidecars. */
  readonly generatedBy: typeof generatedBy;
  /** Subjects whose scans really have few slices: there is nothing to register but what was imputed. */
  readonly thin: readonly string[];
}

/** Numbers of one registered scan. */
export interface PreparedScan {
  readonly shows: 'brain' | 'head';
  /** False where the scan lay on the common grid already. */
  readonly isRegistered: boolean;
  /** Nats, between the scan and the template inside the template's brain, on the common grid. */
  readonly mutualInformation: number;
  /** Of the scan's own brain (estimated, in a whole head) with the template's. */
  readonly dice: number;
  /** What the overlap is of, in words. */
  readonly diceOf: string;
  /** Volume of the scan's brain over that of the template, by the affine. */
  readonly volumeRatio: number;
  /** How far the head was turned, in degrees. */
  readonly turn: number;
  /** What the scan's header says that needs a remark. */
  readonly remarks: readonly string[];
  /** CPU time of the whole unit: reading, registering, resampling and writing. */
  readonly cpuSeconds: number;
}

/** What is kept of a registered scan, and of a volume that was carried along by its desc label. */
export type PreparedRow =
  | ({ readonly kind: 'registered' } & PreparedScan)
  | { readonly kind: 'carried'; readonly desc: string }
  | ({ readonly kind: 'registered imputed' } & PreparedImputed);

/** Numbers of an imputed volume that was registered by itself. */
export interface PreparedImputed
  extends Pick<PreparedScan, 'mutualInformation' | 'dice' | 'volumeRatio' | 'turn'> {
  readonly desc: string;
  /** How far its transform lies from that of the full scan: mean over the template's brain. */
  readonly millimetresFromFull: number;
}
