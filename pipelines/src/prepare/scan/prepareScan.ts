import type { Subject } from '@oinr/cohort';
import { outlineFigure, renderPng } from '@oinr/figures';
import { writeFileAtomic } from '@oinr/files';
import { type SpaceName, writeVolume } from '@oinr/nifti';
import type { Target } from '@oinr/registration';
import { relativePath, sourceName, type UnitJob, writeJson } from '@oinr/run';
import { applyAffine, type Volume } from '@oinr/volume';
import { derivativesFolder } from '../../simulate/derivativeNames.ts';
import { nativeMaskPath, picturePath, preparedMaskPath, transformPath } from '../files.ts';
import type { PreparedScan, PreparePlan } from '../plan.ts';
import { carriedBack } from './carriedBack.ts';
import { readNativeScan } from './nativeScan.ts';
import { placeScan } from './placeScan.ts';
import { writeTransform } from './transformFile.ts';
import { writePrepared } from './writePrepared.ts';

export interface ScanRequest {
  readonly subject: Subject;
  readonly plan: PreparePlan;
  /** The scan is on the common grid already, and is not registered. */
  readonly liesThere: boolean;
  readonly sourceHash: string;
  /** What is registered was imputed: the scan has few slices, and there is no full one. */
  readonly isImputed: boolean;
}

/** What the brain mask of a scan is, in words. */
const maskInWords = {
  given: "the cohort's mask of this scan, brought along",
  brain: 'voxels of the scan above 0, brought along: the scan shows a brain alone',
  head: "the template's mask: the scan shows a whole head, and no other mask of it was given",
} as const;

const diceInWords = {
  given: "the cohort's mask",
  brain: 'voxels above 0',
  head: 'a rough estimate of the brain in the head (thresholds and openings), made for this comparison only',
} as const;

/**
 * Registers one scan, and writes it in the common space with its mask, the kept transform and a picture to judge it
 * by. Everything is derived from the scan and the template alone: no other subject is looked at.
 */
export async function prepareScan(
  { subject, plan, liesThere, sourceHash, isImputed }: ScanRequest,
  { onProgress, write }: Pick<UnitJob, 'onProgress' | 'write'>,
): Promise<{ scan: PreparedScan; outputs: readonly string[] }> {
  const began = process.cpuUsage();
  const native = await readNativeScan(subject);
  const placed = await placeScan(native, plan, liesThere, onProgress);
  const { target, there, transform, shows, kind, seen, mask, white, quality } = placed;

  const { runFolder } = plan;
  const source = isImputed
    ? `bids::${relativePath(derivativesFolder(runFolder), subject.image)}`
    : `bids:source:${sourceName(plan.sourceRoot, subject.image)}`;
  const isStripped =
    kind === 'brain' ? { SkullStripped: true } : kind === 'head' ? { SkullStripped: false } : {};
  const outputs = [
    ...(await writeTransform(
      transformPath(runFolder, subject.id, plan.target.space),
      transform,
      { Template: plan.target.space, Scan: source, GeneratedBy: plan.generatedBy },
      write,
    )),
    ...(await writePrepared({
      subject: subject.id,
      desc: 'preproc',
      scan: native.volume,
      source: subject.image,
      sourceName: source,
      transform,
      mask,
      seen,
      description: liesThere
        ? 'T1-weighted scan that lay on the common grid already; it was not registered.'
        : `T1-weighted ${isImputed ? 'volume, imputed from a scan with few slices and' : 'scan'} brought to the space of ${plan.target.space} by an affine of 12 parameters${plan.isNonlinear ? ' and a B-spline' : ''}, found by mutual information.`,
      details: {
        SourceSHA256: sourceHash,
        ...isStripped,
        Quality: { ...quality, DiceOf: diceInWords[kind] },
        ...(native.remarks.length > 0 && { Remarks: native.remarks }),
      },
      plan,
      write,
    })),
    ...(await writeMask(
      preparedMaskPath({ ...plan, space: plan.target.space }, subject.id),
      { grid: plan.grid, data: Float32Array.from(mask) },
      {
        Description: `Brain mask in the common space: ${maskInWords[kind]}.`,
        Sources: [source],
        Type: 'Brain',
      },
      plan.templateSpace,
      write,
    )),
    ...(kind === 'head'
      ? await writeMask(
          nativeMaskPath(runFolder, subject.id),
          carriedBack(target, transform, native.volume.grid),
          {
            Description:
              "Brain mask on the scan's own grid: the template's mask carried back through the registration. It has the shape of the template's brain, not of this person's.",
            Sources: [source],
            Type: 'Brain',
          },
          native.space,
          write,
        )
      : []),
    ...(await write([picturePath(runFolder, subject.id)], async ([path]) =>
      writeFileAtomic(path, picture(subject.id, there, seen, white.scan, quality)),
    )),
  ];
  const used = process.cpuUsage(began);
  return {
    scan: {
      ...quality,
      shows,
      isRegistered: !liesThere,
      diceOf: diceInWords[kind],
      remarks: native.remarks,
      cpuSeconds: Math.round((used.user + used.system) / 1e4) / 100,
    },
    outputs,
  };
}

async function writeMask(
  path: string,
  volume: Volume,
  sidecar: Readonly<Record<string, unknown>>,
  space: SpaceName,
  write: UnitJob['write'],
): Promise<readonly string[]> {
  return write([`${path}.nii.gz`, `${path}.json`], async ([image, json]) => {
    await writeVolume(image, volume, { datatype: 'uint8', space, description: 'brain mask' });
    await writeJson(json, sidecar);
  });
}

/** The picture to judge a registration by, as PNG. */
function picture(
  subject: string,
  { template, mask }: Target,
  seen: Volume,
  white: number,
  quality: Pick<PreparedScan, 'dice' | 'mutualInformation'>,
): Uint8Array {
  const { grid } = template;
  const middle = applyAffine(grid.affine, [grid.shape[0] / 2 + 3, grid.shape[1] / 2, grid.shape[2] / 2]);
  const svg = outlineFigure({
    title: `sub-${subject}`,
    description:
      "Three cuts through the scan in the common space, with the border of the template's brain over them.",
    volume: seen,
    white,
    region: { grid, data: Float32Array.from(mask) },
    point: middle,
    note: `overlap ${quality.dice.toFixed(3)}, mutual information ${quality.mutualInformation.toFixed(3)} nats`,
  });
  return renderPng(svg, 1.5);
}
