import type { Subject } from '@oinr/cohort';
import type { Grid } from '@oinr/volume';
import type { FoldOperator } from '../simulate/plan.ts';
import type { TransferConfig } from './config.ts';

/** What is done to every subject, as plain data that every worker process is given once. */
export interface TransferPlan {
  /** With an engine that is there. */
  readonly config: TransferConfig;
  readonly operators: readonly FoldOperator[];
  /** Where all people lie on one grid: the brain that they have in common. */
  readonly common?: CommonBrain;
}

/** The voxels inside the masks of all people, and the places of the implants in them. */
export interface CommonBrain {
  readonly grid: Grid;
  /** Whose masks these are. */
  readonly people: readonly { readonly name: string; readonly image: string; readonly mask?: string }[];
  /** SHA-256 of the voxels. */
  readonly checksum: string;
  /** Centres of the implants, as voxels, by their size in mm. */
  readonly places: Readonly<Record<number, readonly number[]>>;
}

export interface TransferTask {
  readonly subject: Subject;
}

/** Where implants of one size are in a subject. */
export interface PlacesOfSize {
  readonly size: number;
  readonly places: readonly Place[];
}

export interface Place {
  readonly voxel: number;
  /** Of the centre, mm. */
  readonly position: readonly [number, number, number];
  /** From the slice of the centre to the nearest kept slice, mm, by k. */
  readonly distances: Readonly<Record<number, number>>;
}

/** Of the full scan: where its implants are, and what the deviation over people needs of it. */
export interface FullRow {
  readonly what: 'full';
  readonly places: readonly PlacesOfSize[];
  /** Without implants, smoothed and normalised, at the voxels of all blobs; see blobOrder. Absent without a common brain. */
  readonly values?: string;
  /** What the implants change there. */
  readonly effects?: string;
  /** How many voxels each of the cores has. */
  readonly sizes?: readonly number[];
}

/** Of one method at one k. */
export interface ImputedRow {
  readonly what: 'imputed';
  readonly method: string;
  readonly every: number;
  /** One per smoothing and size. */
  readonly results: readonly TransfersOfSize[];
  /** As in FullRow, of the imputed volume. */
  readonly values?: string;
  readonly remarks: readonly string[];
}

export interface TransfersOfSize {
  readonly smooth: number;
  readonly size: number;
  /** One per place; null where the implant changed nothing. */
  readonly transfers: readonly (number | null)[];
}

export type TransferRow = FullRow | ImputedRow;

export const kindOfFull = 'full';
