import { InputError } from '@oinr/errors';
import { writeVolume } from '@oinr/nifti';
import { resampleThrough, type SpatialTransform } from '@oinr/registration';
import { RunError, relativePath, type UnitJob, writeJson } from '@oinr/run';
import type { Volume } from '@oinr/volume';
import { derivativesFolder } from '../../simulate/derivativeNames.ts';
import { preparedPath, transformPath } from '../files.ts';
import type { PreparePlan } from '../plan.ts';
import { type IntensityLevel, intensityLevel } from './intensity.ts';

export interface PreparedRequest {
  readonly subject: string;
  readonly desc: string;
  readonly scan: Volume;
  /** Its file. */
  readonly source: string;
  readonly transform: SpatialTransform;
  /** Where that is kept; that of the full scan where left out. */
  readonly transformFile?: string;
  /** 1 in the brain, on the common grid: where the intensity level is taken. */
  readonly mask: Uint8Array;
  readonly description: string;
  /** Further entries of the sidecar. */
  readonly details: Readonly<Record<string, unknown>>;
  readonly plan: PreparePlan;
  /** The name of the source in the sidecar, where it is not in the run folder. */
  readonly sourceName?: string;
  /** The volume in the common space, where it is there already. */
  readonly seen?: Volume;
  readonly write: UnitJob['write'];
}

/** How volumes are resampled, for sidecars and the report. */
export const resamplingInWords =
  'once, from the stored voxels, by cubic B-spline interpolation, smoothed before to the width of the new voxels where these are coarser';

/** A full or imputed scan as it is in the common space: resampled once, divided by its level, written with its sidecar. */
export async function writePrepared(request: PreparedRequest): Promise<readonly string[]> {
  const { subject, desc, plan, transform } = request;
  const { runFolder, grid, target } = plan;
  const seen = request.seen ?? resampleThrough(request.scan, transform, grid, 'cubic');
  const level = levelOf(request, seen);
  const path = preparedPath({ ...plan, space: target.space }, subject, desc);
  const sidecar = {
    Description: request.description,
    Sources: [request.sourceName ?? `bids::${relativePath(derivativesFolder(runFolder), request.source)}`],
    SpatialReference: target.space,
    Transform: relativePath(
      runFolder,
      request.transformFile ?? `${transformPath(runFolder, subject, target.space)}.json`,
    ),
    AffineTemplateToScan: transform.affine,
    IsNonlinear: transform.warp !== undefined,
    Resolution: `${plan.spacing} mm cubes`,
    Resampling: resamplingInWords,
    IntensityScale: { Value: level.value, Description: level.description },
    ...request.details,
    GeneratedBy: plan.generatedBy,
  };
  return request.write([`${path}.nii.gz`, `${path}.json`], async ([volume, json]) => {
    await writeVolume(
      volume,
      { grid, data: seen.data.map((value) => value / level.value) },
      { space: plan.templateSpace, description: `${desc}, in the space of ${target.space}` },
    );
    await writeJson(json, sidecar);
  });
}

/** @throws RunError that names the file where its brain shows nothing to divide by. */
function levelOf({ mask, plan, source }: PreparedRequest, seen: Volume): IntensityLevel {
  try {
    return intensityLevel(seen.data, mask, plan.intensity);
  } catch (error) {
    if (!(error instanceof InputError)) throw error;
    throw new RunError(
      `${source} has no intensity in its brain to divide by. Look at the scan and its mask, or leave intensities as they are (--intensity none).`,
      { cause: error },
    );
  }
}
