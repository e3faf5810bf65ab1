import type { Subject } from '@oinr/cohort';
import { writeVolume } from '@oinr/nifti';
import { sourceName, type UnitJob, writeJson } from '@oinr/run';
import { isSkullStripped, type Scan, type SourceFields } from '@oinr/scan';
import { type KeptSlices, missingPercent } from '@oinr/slices';
import { voxelSizes } from '@oinr/volume';
import { acquisitionInWords, areSamples } from './acquisition.ts';
import { imputedPath } from './derivativeNames.ts';
import type { Errors } from './measure.ts';
import type { SimulatePlan } from './plan.ts';

/** An imputed volume and all that its sidecar tells. */
export interface Derivative {
  readonly subject: Subject;
  readonly plan: SimulatePlan;
  /** Of the run. */
  readonly folder: string;
  readonly scan: Scan;
  readonly method: string;
  readonly every: number;
  readonly known: KeptSlices;
  /** In the intensities of the source. */
  readonly data: Float32Array;
  readonly sourceHash: string;
  /** What its sidecar says. */
  readonly source: SourceFields;
  readonly seed?: number;
  readonly engine: string;
  readonly steps: number;
  readonly base?: { readonly fittedTo: string; readonly steps: number; readonly sha256: string };
  readonly remarks: readonly string[];
  readonly details: Readonly<Record<string, number | string>>;
  readonly errors: Errors;
}

/**
 * Writes the volume and its JSON sidecar, together or not at all, and returns their paths. The sidecar holds no time, so
 * that the same inputs give the same bytes.
 */
export function writeDerivative(derivative: Derivative, write: UnitJob['write']): Promise<readonly string[]> {
  const { subject, folder, scan, method, every } = derivative;
  const path = imputedPath(folder, subject.id, method, every);
  const description = `${method}, ${missingPercent(every)} % of slices imputed`;
  return write([`${path}.nii.gz`, `${path}.json`], async ([volume, sidecar]) => {
    await writeVolume(
      volume,
      { grid: scan.volume.grid, data: derivative.data },
      { space: scan.space, description },
    );
    await writeJson(sidecar, sidecarOf(derivative));
  });
}

function sidecarOf(derivative: Derivative): Record<string, unknown> {
  const { subject, plan, scan, method, every, known, errors } = derivative;
  const { kept } = known;
  const { shape } = scan.volume.grid;
  const stripped = scan.isSkullStripped ?? isSkullStripped(derivative.source, scan.volume);
  return {
    ...derivative.source.fields,
    Description:
      `T1-weighted volume in which ${shape[scan.axis] - kept.length} of ${shape[scan.axis]} ${plan.config.axis} slices were ` +
      `dropped and imputed by ${method}; ${
        areSamples(known)
          ? 'kept slices are as measured'
          : `the kept ones were ${acquisitionInWords(plan.config)} and are estimated too`
      }.`,
    Sources: [`bids:source:${sourceName(plan.sourceRoot, subject.image)}`],
    SourceSHA256: derivative.sourceHash,
    ...(stripped === undefined ? {} : { SkullStripped: stripped }),
    Method: method,
    MissingPercent: missingPercent(every),
    SliceAxis: plan.config.axis,
    // BIDS names the axes of the voxel array i, j and k.
    SliceArrayAxis: ['i', 'j', 'k'][scan.axis],
    KeptEvery: every,
    KeptSlices: kept,
    SliceProfile: sliceProfileOf(derivative),
    ...(derivative.seed === undefined ? {} : { Seed: derivative.seed }),
    Engine: derivative.engine,
    Steps: derivative.steps,
    ...(derivative.base === undefined
      ? {}
      : {
          WarmStart: {
            FittedTo: derivative.base.fittedTo,
            Steps: derivative.base.steps,
            Fingerprint: derivative.base.sha256,
          },
        }),
    IntensityScale: { Value: scan.scale.value, Description: scan.scale.description },
    MaskDescription: scan.region,
    Errors: errors,
    Remarks: [...derivative.remarks, ...derivative.source.remarks],
    Details: derivative.details,
    GeneratedBy: plan.generatedBy,
  };
}

/** The profile of the kept slices, thickness in mm. */
function sliceProfileOf({ known, scan }: Derivative): Record<string, unknown> {
  const { profile = { kind: 'thin' } } = known;
  if (profile.kind === 'thin') return { Kind: 'thin' };
  const size = voxelSizes(scan.volume.grid.affine)[scan.axis];
  return { Kind: profile.kind, ThicknessMillimetres: Number((profile.thickness * size).toPrecision(6)) };
}
