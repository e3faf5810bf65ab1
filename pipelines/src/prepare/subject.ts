import { readFile } from 'node:fs/promises';
import type { Subject } from '@oinr/cohort';
import { readHeader, readVolume } from '@oinr/nifti';
import type { SpatialTransform } from '@oinr/registration';
import {
  cachedFileHash,
  fingerprint,
  hashFile,
  Manifest,
  manifestFolder,
  safeJoin,
  type WorkerContext,
} from '@oinr/run';
import { sameGrid } from '@oinr/volume';
import { imputedDescs, imputedVolume, preparedMaskPath, sidecarOf, transformPath } from './files.ts';
import type { PreparedScan, PreparedSubject, PrepareMessage, PreparePlan } from './plan.ts';
import { maskOf } from './scan/maskOf.ts';
import { prepareScan } from './scan/prepareScan.ts';
import { readTransform } from './scan/transformFile.ts';
import { writePrepared } from './scan/writePrepared.ts';

/**
 * Brings one subject to the common space: registers the full scan, unless an earlier run did so from the same files,
 * options and code, and takes every imputed volume of the run through the same transform.
 */
export async function prepareSubject(
  subject: Subject,
  plan: PreparePlan,
  context: WorkerContext<PrepareMessage>,
): Promise<PreparedSubject> {
  const manifest = new Manifest(plan.runFolder, manifestFolder(plan.runFolder, 'prepare'));
  const scan = await registered(subject, plan, manifest, context);
  const transformFile = `${transformPath(plan.runFolder, subject.id, plan.target.space)}.json`;
  const descs = await imputedDescs(plan.runFolder, subject.id);
  const transformHash = await hashFile(transformFile);
  let way: Way | undefined;
  for (const desc of descs) {
    context.signal.throwIfAborted();
    const began = performance.now();
    const source = imputedVolume(plan.runFolder, subject.id, desc);
    const unit = [subject.id, `carry-${desc}`];
    const key = fingerprint({
      source: await cachedFileHash(
        source,
        safeJoin(plan.runFolder, '.resume', 'carried', subject.id, `${desc}.json`),
      ),
      transform: transformHash,
      grid: plan.grid.affine,
      shape: plan.grid.shape,
      intensity: plan.intensity,
      code: plan.code,
    });
    const isReused = (await manifest.finished(unit, key)) !== undefined;
    if (!isReused) {
      context.send({ kind: 'activity', what: `carrying ${desc}` });
      way ??= { transform: await readTransform(transformFile), mask: await readMask(subject, plan) };
      await manifest.record(unit, key, await carry(subject, desc, way, plan), {});
    }
    context.send({ kind: 'carried', desc, isReused, seconds: (performance.now() - began) / 1000 });
  }
  return { scan, carried: descs };
}

async function registered(
  subject: Subject,
  plan: PreparePlan,
  manifest: Manifest,
  context: WorkerContext<PrepareMessage>,
): Promise<PreparedScan> {
  const began = performance.now();
  const hash = (path: string, what: string): Promise<string> =>
    cachedFileHash(path, safeJoin(plan.runFolder, '.resume', 'inputs', `${subject.id}-${what}.json`));
  const image = await hash(subject.image, 'image');
  const key = fingerprint({
    image,
    mask: subject.mask === undefined ? undefined : await hash(subject.mask, 'mask'),
    target: plan.targetHash,
    space: plan.target.space,
    grid: plan.grid.affine,
    shape: plan.grid.shape,
    shows: plan.shows,
    isNonlinear: plan.isNonlinear,
    registersAll: plan.registersAll,
    intensity: plan.intensity,
    code: plan.code,
  });
  const unit = [subject.id, 'register'];
  const earlier = await manifest.finished<PreparedScan>(unit, key);
  if (earlier !== undefined) {
    context.send({ kind: 'registered', isReused: true, seconds: 0 });
    return earlier;
  }
  const { grid } = await readHeader(subject.image);
  const liesThere = !plan.registersAll && sameGrid(grid, plan.grid);
  const { scan, outputs } = await prepareScan({ subject, plan, liesThere, sourceHash: image }, (share) =>
    context.send({ kind: 'activity', what: 'registering', share }),
  );
  await manifest.record(unit, key, outputs, scan);
  context.send({ kind: 'registered', isReused: false, seconds: (performance.now() - began) / 1000 });
  return scan;
}

/** What takes a subject's volumes to the common space, the same for all of them. */
interface Way {
  readonly transform: SpatialTransform;
  /** 1 in the brain, on the common grid. */
  readonly mask: Uint8Array;
}

async function readMask(subject: Subject, plan: PreparePlan): Promise<Uint8Array> {
  const path = preparedMaskPath({ ...plan, space: plan.target.space }, subject.id);
  return maskOf(await readVolume(`${path}.nii.gz`));
}

/** One imputed volume through the transform of its subject, with what its sidecar says handed on. */
async function carry(
  subject: Subject,
  desc: string,
  { transform, mask }: Way,
  plan: PreparePlan,
): Promise<readonly string[]> {
  const source = imputedVolume(plan.runFolder, subject.id, desc);
  const said = JSON.parse(await readFile(sidecarOf(source), 'utf8'));
  return writePrepared({
    subject: subject.id,
    desc,
    scan: await readVolume(source),
    source,
    transform,
    mask,
    description: `${said.Description} Then brought to the common space through the transform of the full scan.`,
    details: Object.fromEntries(
      ['Method', 'MissingPercent', 'KeptEvery', 'SliceAxis', 'SkullStripped'].map((name) => [
        name,
        said[name],
      ]),
    ),
    plan,
  });
}
