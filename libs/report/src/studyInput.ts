import type { BeforeAfterOptions } from './beforeAfter.ts';
import type { ReportFigure } from './figure.ts';
import type { MethodsFacts } from './methodsText.ts';
import type { TableSource } from './source.ts';
import type { ViewerOptions } from './viewer.ts';

/** The tables that the compare stage writes. */
export interface ComparisonTables {
  readonly datasets: TableSource;
  readonly verdict: TableSource;
  readonly agreement: TableSource;
  readonly attenuation: TableSource;
  /** Absent where there are no errors of imputation to make it from. */
  readonly bias?: TableSource;
  readonly peaks: TableSource;
  /** Only where the truth is known. */
  readonly truth?: TableSource;
  /** Agreement by the distance to kept slices; absent where those are not known. */
  readonly distance?: TableSource;
  /** How far the full data agree with themselves where people are left out; only with enough people. */
  readonly yardstick?: TableSource;
  /** Ranks of methods in halves of the people; only with enough people. */
  readonly ranks?: TableSource;
}

/** What the run says of scans with few slices beside full ones; what was not asked for is absent. */
export interface JoiningTables {
  readonly joining?: TableSource;
  readonly mixtures?: TableSource;
  readonly worth?: TableSource;
  readonly power?: TableSource;
  readonly falsePositives?: TableSource;
  /** Imputed minus full scans of the same people. */
  readonly kinds?: TableSource;
  /** Written by the stage transfer. */
  readonly transfer?: TableSource;
}

/** The tables of the errors of imputation. */
export interface ErrorTables {
  readonly summary: TableSource;
  readonly table3: TableSource;
}

/** How scans got to the space that they were compared in. */
export interface PreparationReport {
  /** In which order what was done. */
  readonly words: string;
  /** Only where scans were registered: how well, and why somebody should look at one. */
  readonly quality?: TableSource;
  readonly failures?: TableSource;
}

/** All that the page about a run is made of. */
export interface StudyReport {
  readonly cohort: string;
  readonly run: string;
  readonly version: string;
  /** Tables of the run that exist, by their names. */
  readonly tables: {
    /** Errors of imputation; absent where maps were compared that were made elsewhere. */
    readonly errors?: ErrorTables;
    readonly failures?: TableSource;
    readonly excluded?: TableSource;
    /** Only with --cross-fit. */
    readonly crossFit?: TableSource;
    /** Written by the compare stage; all or none. */
    readonly comparison?: ComparisonTables;
    readonly joining?: JoiningTables;
  };
  /** Absent where the stage prepare was not run. */
  readonly preparation?: PreparationReport;
  /** What MSE is of: scale and mask, in words. */
  readonly scale: string;
  readonly figures: {
    readonly joining: readonly ReportFigure[];
    readonly errors: readonly ReportFigure[];
    readonly maps: readonly ReportFigure[];
    /** Beside the table of peaks. */
    readonly peaks: readonly ReportFigure[];
    readonly statistics: readonly ReportFigure[];
    /** Only with --show-subjects. */
    readonly subjects: readonly ReportFigure[];
  };
  /** T maps of the full data and of the best methods, to be laid over each other. */
  readonly flicker?: BeforeAfterOptions;
  readonly viewer?: ViewerOptions;
  readonly methods: MethodsFacts;
  /** Command lines that make this report, in order. */
  readonly commands: readonly string[];
  /** The command that asks whether scans with few slices may join full ones; absent where it cannot be asked. */
  readonly question?: string;
  /** Names and values from run.json: versions, machine, commit, seed. */
  readonly facts: readonly (readonly [string, string])[];
  /** Sentences about what is missing or was left out of this page. */
  readonly remarks: readonly string[];
}
