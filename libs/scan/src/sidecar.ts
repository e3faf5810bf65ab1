import { errorsInIntensities, type ImputationMethod, writtenDetails } from '@oinr/imputation';
import { acquisitionInWords, round } from './acquired.ts';
import { predictionTrials } from './errorsInWords.ts';
import type { FilledScan } from './fillScan.ts';
import { isSkullStripped, type SourceFields } from './sourceFields.ts';

/** What a filled scan may be used for; stands in sidecars, on the page and in saved pictures. */
export const purpose = 'For research, not for diagnosis.';

/** What a sidecar says besides what was done: of what, by which program, and what of it is carried over. */
export interface Making {
  readonly method: ImputationMethod;
  /** What its sidecar says. */
  readonly carried: SourceFields;
  /** The scan, as the sidecar names it. */
  readonly source: string;
  /** SHA-256 of the image. */
  readonly sourceHash: string;
  readonly seed: number;
  /** The names of its error maps; none where no error was predicted, undefined where none were asked for. */
  readonly errorMaps?: readonly string[];
  /** The name of the executor. */
  readonly engine: string;
  /** Of inputs and code, where results are told apart by it. */
  readonly fingerprint?: string;
  readonly generatedBy: readonly Readonly<Record<'Name' | 'Version', string>>[];
}

/** The sidecar of a filled scan: how it was acquired, what filled it, what errors are predicted, and what is doubtful. */
export function sidecarOf({ acquired, even, kind, imputation }: FilledScan, made: Making): FilledSidecar {
  const { method, carried } = made;
  const { factors } = even;
  const predicted = imputation.predicted ? errorsInIntensities(imputation.predicted) : {};
  const isPredicted = Object.keys(predicted).length > 0;
  const stripped = isSkullStripped(carried, even.scan.volume);
  return {
    ...carried.fields,
    Description: `T1-weighted volume: ${acquisitionInWords(acquired)}. ${
      acquired.profile.kind === 'thin'
        ? `Acquired slices are as measured${factors ? ', divided by SliceIntensityFactors' : ''}.`
        : 'Acquired slices are averages, so the slices in their place are estimated too.'
    } No truth is known.`,
    Sources: [made.source],
    SourceSHA256: made.sourceHash,
    IntendedUse: purpose,
    ...(stripped === undefined ? {} : { SkullStripped: stripped }),
    Method: method.name,
    ...(typeof imputation.details.chosen === 'string' ? { MethodChosen: imputation.details.chosen } : {}),
    SliceAxis: acquired.axisName,
    SliceArrayAxis: ['i', 'j', 'k'][acquired.axis],
    AcquiredSpacingMillimetres: round(acquired.gap),
    SpacingMillimetres: round(acquired.finer.spacing),
    SliceProfile: {
      Kind: acquired.profile.kind,
      ...(acquired.thickness === undefined ? {} : { ThicknessMillimetres: round(acquired.thickness) }),
      KnownFrom: acquired.profileFrom,
    },
    ...(factors === undefined
      ? {}
      : { SliceIntensityFactors: factors.map((factor) => Number(factor.toFixed(6))) }),
    KeptEvery: acquired.finer.every,
    KeptSlices: acquired.finer.kept,
    ...(acquired.finer.beyond === 0
      ? {}
      : {
          SlicesBeyond: {
            AtEachEnd: acquired.finer.beyond,
            Description:
              'Slices before the first acquired centre and behind the last that lie within the thickness of these two. Of them nothing but the mean with their neighbours was measured, so they continue the outermost slice (nearest), brought in line with what it measured.',
          },
        }),
    PredictedErrors: predicted,
    PredictedErrorsDescription:
      'Mean squared error on lines held out inside the slices, where the same gap and profile were simulated; ' +
      `intensity / IntensityScale. In-plane lines stand in for lines across slices: in ${predictionTrials.trials} trials with full scans these errors ` +
      `were ${predictionTrials.ratios} times the true ones.`,
    ...(made.errorMaps?.length
      ? { ErrorMaps: { Files: made.errorMaps, Description: errorMapsInWords } }
      : {}),
    ...(method.isTrained ? { Seed: made.seed } : {}),
    Engine: method.isTrained ? made.engine : 'none',
    Steps: imputation.steps,
    IntensityScale: { Value: even.scan.scale.value, Description: even.scan.scale.description },
    Remarks: [
      ...(kind === undefined ? [] : [`The image ${kind}; it was imputed all the same (--any-image).`]),
      ...even.scan.remarks,
      ...even.remarks,
      ...acquired.remarks,
      ...imputation.remarks,
      ...(isPredicted ? [] : [notPredicted]),
      ...(made.errorMaps?.length === 0 ? [noErrorMaps] : []),
    ],
    Details: writtenDetails(imputation),
    ...(made.fingerprint === undefined ? {} : { Fingerprint: made.fingerprint }),
    GeneratedBy: made.generatedBy,
  };
}

const errorMapsInWords =
  'Half widths in the intensities of the scan: so far from the imputed value the truth is expected in 68 and 95 of 100 voxels of ' +
  'the head. They follow from the predicted error and from what kept slices differ by; how far they hold is in docs/method.md, "Error maps".';
const noErrorMaps = 'No error maps were written, since no error was predicted for what filled the slices.';

const notPredicted = 'No errors were predicted; methods auto and oinr-internal do that.';

/** The sidecar of a filled scan, as it is written. */
export interface FilledSidecar extends Readonly<Record<string, unknown>> {
  readonly Method: string;
  readonly MethodChosen?: string;
  readonly PredictedErrors: Readonly<Record<string, number>>;
  readonly Remarks: readonly string[];
}
