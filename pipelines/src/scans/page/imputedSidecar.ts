import type { AnatomicalAxis } from '@oinr/volume';

/** What a page reads of the sidecar of an imputed volume (see scanUnit). */
export interface ImputedSidecar {
  readonly Description: string;
  readonly SourceSHA256: string;
  readonly SkullStripped?: boolean;
  readonly Method: string;
  readonly MethodChosen?: string;
  readonly SliceAxis: AnatomicalAxis;
  readonly SliceArrayAxis: 'i' | 'j' | 'k';
  readonly AcquiredSpacingMillimetres: number;
  readonly SpacingMillimetres: number;
  readonly SliceProfile: {
    readonly Kind: 'thin' | 'box' | 'gauss';
    readonly ThicknessMillimetres?: number;
    readonly KnownFrom: 'options' | 'sidecar' | 'estimated' | 'assumed';
  };
  readonly KeptSlices: readonly number[];
  readonly PredictedErrors: Readonly<Record<string, number>>;
  /** Where error maps were written beside it. */
  readonly ErrorMaps?: { readonly Files: readonly string[] };
  readonly Remarks: readonly string[];
}
