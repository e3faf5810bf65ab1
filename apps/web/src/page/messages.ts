import type { AcquisitionOptions, ScanErrorMaps, SliceIntensityChoice } from '@oinr/scan';

// What the page and its worker say to each other.

/** What somebody may say of a scan and of how it is filled, as the options of `oinr impute`. */
export interface FillOptions extends AcquisitionOptions {
  readonly sliceIntensity: SliceIntensityChoice;
  readonly anyImage: boolean;
  readonly errorMaps: boolean;
}

/** A scan as files: an image, and the JSON sidecar that belongs to it. */
export interface ScanFiles {
  readonly image: File;
  readonly sidecar?: File;
}

/** Asked of the worker, one thing at a time. */
export type Asked =
  | { readonly kind: 'open' }
  | { readonly kind: 'look'; readonly scan: ScanFiles; readonly options: FillOptions }
  | { readonly kind: 'fill'; readonly methods: readonly string[] };

/** What was found of a scan before anything is filled. */
export interface Found {
  /** How its slices lie. */
  readonly slices: string;
  /** What filling brings it to. */
  readonly brought: string;
  /** Where the stored axes point, such as `left to right`. */
  readonly orientation: string;
  /** Doubts, one sentence each. */
  readonly remarks: readonly string[];
  /** Bytes that filling may hold at its peak: by an interpolation, and by a method with a network. */
  readonly bytes: { readonly interpolated: number; readonly trained: number };
  readonly axis: string;
  /** The acquired slices on the finer grid, each repeated to the middle between two, for the eye. */
  readonly before: File;
  /** 1 where the finer grid has an acquired slice. */
  readonly acquired: File;
  /** Every how many voxels in plane are shown; all are saved. */
  readonly shownEvery: number;
}

/** A filled scan. */
export interface Filled {
  readonly method: string;
  readonly title: string;
  /** The method that filled it, where another was chosen. */
  readonly chosen: string;
  /** Predicted mean squared errors by method. */
  readonly predicted: Readonly<Record<string, number>>;
  readonly remarks: readonly string[];
  readonly seconds: number;
  /** For the eye. */
  readonly after: File;
  /** What is saved: the volume and its sidecar. */
  readonly volume: File;
  readonly sidecar: File;
  /** Undefined where none were asked for, and where no error was predicted. */
  readonly errorMaps?: Readonly<Record<keyof ScanErrorMaps, File>>;
}

/** Told by the worker. */
export type Told =
  | { readonly kind: 'opened'; readonly engine: string }
  | { readonly kind: 'found'; readonly found: Found }
  | { readonly kind: 'progress'; readonly method: string; readonly share: number }
  | { readonly kind: 'filled'; readonly filled: Filled }
  | { readonly kind: 'done' }
  /** Spent: memory ran out, and what the worker holds may be broken; it has to begin anew. */
  | { readonly kind: 'refused'; readonly message: string; readonly isSpent?: boolean };
