import { readFile } from 'node:fs/promises';
import type { Subject } from '@oinr/cohort';
import { mapPoint, type SpatialTransform, type Target } from '@oinr/registration';
import type { UnitJob } from '@oinr/run';
import { applyAffine, type Vector3 } from '@oinr/volume';
import { imputedVolume, sidecarOf, transformPath } from '../files.ts';
import type { PreparedImputed, PreparePlan } from '../plan.ts';
import { readNativeScan } from './nativeScan.ts';
import { placeScan } from './placeScan.ts';
import { writeTransform } from './transformFile.ts';
import { writePrepared } from './writePrepared.ts';

/** What is handed on of what an imputed volume's sidecar says. */
export function handedOn(said: Readonly<Record<string, unknown>>): Record<string, unknown> {
  const names = ['Method', 'MissingPercent', 'KeptEvery', 'SliceAxis', 'SkullStripped'];
  return Object.fromEntries(names.map((name) => [name, said[name]]));
}

/** What an imputed volume's sidecar says. */
export async function readSaid(volume: string): Promise<Readonly<Record<string, unknown>>> {
  return JSON.parse(await readFile(sidecarOf(volume), 'utf8'));
}

export interface ImputedRequest {
  readonly subject: Subject;
  readonly desc: string;
  readonly plan: PreparePlan;
  /** It is on the common grid already, and is not registered. */
  readonly liesThere: boolean;
  /** The transform of the full scan, to say how far the two are apart. */
  readonly full: SpatialTransform;
}

/**
 * Registers one imputed volume by itself, as that of a real scan with few slices has to be, and writes it in the common
 * space with its own transform. Of the full scan nothing is used but the cohort's mask, where there is one.
 */
export async function prepareImputed(
  { subject, desc, plan, liesThere, full }: ImputedRequest,
  { onProgress, write }: Pick<UnitJob, 'onProgress' | 'write'>,
): Promise<{ readonly imputed: PreparedImputed; readonly outputs: readonly string[] }> {
  const source = imputedVolume(plan.runFolder, subject.id, desc);
  const native = await readNativeScan({ ...subject, image: source });
  const { target, transform, seen, mask, quality } = await placeScan(native, plan, liesThere, onProgress);
  const distance = distanceBetween(target, transform, full);
  const said = await readSaid(source);
  const path = transformPath(plan.runFolder, subject.id, plan.target.space, desc);
  const outputs = [
    ...(await writeTransform(
      path,
      transform,
      { Template: plan.target.space, Scan: `sub-${subject.id}, ${desc}`, GeneratedBy: plan.generatedBy },
      write,
    )),
    ...(await writePrepared({
      subject: subject.id,
      desc,
      scan: native.volume,
      source,
      transform,
      transformFile: `${path}.json`,
      mask,
      seen,
      description: `${said.Description} Then brought to the common space by a registration of its own, without the full scan.`,
      details: { ...handedOn(said), Quality: quality, MillimetresFromFullScan: distance },
      plan,
      write,
    })),
  ];
  return { imputed: { desc, ...quality, millimetresFromFull: distance }, outputs };
}

/** Every how many voxels of the template along each axis two transforms are held against each other. */
const stride = 6;

/** How far apart two transforms take a point of the template's brain, in mm: the mean over the brain. */
export function distanceBetween(
  { template, mask }: Target,
  one: SpatialTransform,
  other: SpatialTransform,
): number {
  const [nx, ny, nz] = template.grid.shape;
  let sum = 0;
  let count = 0;
  for (let k = 0; k < nz; k += stride)
    for (let j = 0; j < ny; j += stride)
      for (let i = 0; i < nx; i += stride) {
        if (mask[i + nx * (j + ny * k)] === 0) continue;
        const point: Vector3 = applyAffine(template.grid.affine, [i, j, k]);
        const [a, b] = [mapPoint(one, point), mapPoint(other, point)];
        sum += Math.hypot(a[0] - b[0], a[1] - b[1], a[2] - b[2]);
        count += 1;
      }
  return count === 0 ? 0 : sum / count;
}
