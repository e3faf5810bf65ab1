import type { ReportFigure } from './figure.ts';
import type { MethodsFacts } from './methodsText.ts';
import type { Source } from './source.ts';
import type { ViewerOptions } from './viewer.ts';

/** The tables that the compare stage writes. */
export interface ComparisonTables {
  readonly datasets: Source;
  readonly verdict: Source;
  readonly agreement: Source;
  readonly attenuation: Source;
  readonly bias: Source;
  readonly peaks: Source;
  /** Only where the truth is known. */
  readonly truth?: Source;
}

/** How scans got to the space that they were compared in. */
export interface PreparationReport {
  /** In which order what was done. */
  readonly words: string;
  /** Only where scans were registered: how well, and why somebody should look at one. */
  readonly quality?: Source;
  readonly failures?: Source;
}

/** All that the page about a run is made of. */
export interface StudyReport {
  readonly cohort: string;
  readonly run: string;
  readonly version: string;
  /** Tables of the run that exist, by their names. */
  readonly tables: {
    readonly summary: Source;
    readonly table3: Source;
    readonly failures?: Source;
    readonly excluded?: Source;
    /** Only with --cross-fit. */
    readonly crossFit?: Source;
    /** Written by the compare stage; all or none. */
    readonly comparison?: ComparisonTables;
  };
  /** Absent where the stage prepare was not run. */
  readonly preparation?: PreparationReport;
  /** What MSE is of: scale and mask, in words. */
  readonly scale: string;
  readonly figures: {
    readonly errors: readonly ReportFigure[];
    readonly maps: readonly ReportFigure[];
    readonly statistics: readonly ReportFigure[];
    /** Only with --show-subjects. */
    readonly subjects: readonly ReportFigure[];
  };
  readonly viewer?: ViewerOptions;
  readonly methods: MethodsFacts;
  /** Command lines that make this report, in order. */
  readonly commands: readonly string[];
  /** Names and values from run.json: versions, machine, commit, seed. */
  readonly facts: readonly (readonly [string, string])[];
  /** Sentences about what is missing or was left out of this page. */
  readonly remarks: readonly string[];
}
