import type { PhantomProgress } from './phantom/index.ts';

/** How a description becomes a cohort on this machine. */
export interface OpenOptions {
  /** Folder of the data (--root); goes before the environment variable and the description. */
  readonly root?: string | undefined;
  /** Only these participants, named as in the data, with or without `sub-`. */
  readonly participantLabels?: readonly string[] | undefined;
  /** Environment variables, usually process.env. */
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** Folder for data that are made rather than read: the phantom writes itself there. */
  readonly workFolder?: string | undefined;
  /** Options that go before those of the description, for the phantom layout. */
  readonly phantom?: Readonly<Record<string, unknown>> | undefined;
  /** Told after each subject of a phantom that is being made. */
  readonly onProgress?: ((progress: PhantomProgress) => void) | undefined;
}
