import { readFile } from 'node:fs/promises';
import type { Subject } from '@oinr/cohort';
import { hashFile, type ResultFolder } from '@oinr/files';
import { readHeader, readVolume } from '@oinr/nifti';
import type { SpatialTransform } from '@oinr/registration';
import { cachedFileHash, safeJoin, type TaskUnits, type Unit } from '@oinr/run';
import { sameGrid } from '@oinr/volume';
import { once } from '../once.ts';
import { imputedDescs, imputedVolume, preparedMaskPath, sidecarOf, transformPath } from './files.ts';
import type { PreparedRow, PreparePlan } from './plan.ts';
import { maskOf } from './scan/maskOf.ts';
import { prepareScan } from './scan/prepareScan.ts';
import { readTransform } from './scan/transformFile.ts';
import { writePrepared } from './scan/writePrepared.ts';

/** Kinds of units for the estimate of the time left, with how long they take beside each other. */
export const prepareKinds = { register: { guess: 10 }, carry: { guess: 3 } } as const;

/**
 * The units of a subject: its full scan is registered, then every imputed volume goes through the same transform. Of a scan
 * that really has few slices the first imputed volume, by name, is registered in its place.
 */
export async function subjectUnits(
  subject: Subject,
  plan: PreparePlan,
  results: ResultFolder,
): Promise<TaskUnits<PreparedRow>> {
  const { runFolder } = plan;
  const descs = await imputedDescs(runFolder, subject.id);
  const isThin = plan.thin.includes(subject.id);
  const [first] = descs;
  // Known when something is imputed.
  if (isThin && first === undefined) return { units: [] };
  const transformFile = `${transformPath(runFolder, subject.id, plan.target.space)}.json`;
  const maskFile = `${preparedMaskPath({ ...plan, space: plan.target.space }, subject.id)}.nii.gz`;
  const toSpace: ToSpace = {
    transformFile: () => results.newestOf(transformFile),
    transform: once(() => readTransform(results.newestOf(transformFile))),
    mask: once(async () => maskOf(await readVolume(results.newestOf(maskFile)))),
  };
  return {
    units: [
      registerUnit(
        isThin
          ? { ...subject, image: imputedVolume(runFolder, subject.id, first), mask: undefined }
          : subject,
        plan,
        isThin,
      ),
      ...descs.map((desc) => carryUnit(subject, desc, toSpace, plan)),
    ],
  };
}

/** What takes a subject's volumes to the common space, the same for all of them; read where something is to be carried. */
interface ToSpace {
  readonly transformFile: () => string;
  readonly transform: () => Promise<SpatialTransform>;
  /** 1 in the brain, on the common grid. */
  readonly mask: () => Promise<Uint8Array>;
}

function registerUnit(subject: Subject, plan: PreparePlan, isImputed: boolean): Unit<PreparedRow> {
  const hash = (path: string, what: string): Promise<string> =>
    cachedFileHash(path, safeJoin(plan.runFolder, '.resume', 'inputs', `${subject.id}-${what}.json`));
  return {
    name: [subject.id, 'register'],
    kind: 'register',
    what: 'registering',
    isNeeded: true,
    inputs: async () => ({
      image: await hash(subject.image, 'image'),
      mask: subject.mask === undefined ? undefined : await hash(subject.mask, 'mask'),
      target: plan.targetHash,
      space: plan.target.space,
      grid: plan.grid.affine,
      shape: plan.grid.shape,
      shows: plan.shows,
      isNonlinear: plan.isNonlinear,
      registersAll: plan.registersAll,
      intensity: plan.intensity,
    }),
    async run(job) {
      const { grid } = await readHeader(subject.image);
      const liesThere = !plan.registersAll && sameGrid(grid, plan.grid);
      const sourceHash = await hash(subject.image, 'image');
      const { scan, outputs } = await prepareScan({ subject, plan, liesThere, sourceHash, isImputed }, job);
      return { row: { kind: 'registered', ...scan }, outputs };
    },
  };
}

/** One imputed volume through the transform of its subject, with what its sidecar says handed on. */
function carryUnit(
  subject: Subject,
  desc: string,
  { transformFile, transform, mask }: ToSpace,
  plan: PreparePlan,
): Unit<PreparedRow> {
  const { runFolder } = plan;
  const source = imputedVolume(runFolder, subject.id, desc);
  return {
    name: [subject.id, `carry-${desc}`],
    kind: 'carry',
    what: `carrying ${desc}`,
    inputs: async () => ({
      source: await cachedFileHash(
        source,
        safeJoin(runFolder, '.resume', 'carried', subject.id, `${desc}.json`),
      ),
      transform: await hashFile(transformFile()),
      grid: plan.grid.affine,
      shape: plan.grid.shape,
      intensity: plan.intensity,
    }),
    async run({ write }) {
      const said = JSON.parse(await readFile(sidecarOf(source), 'utf8'));
      const outputs = await writePrepared({
        subject: subject.id,
        desc,
        scan: await readVolume(source),
        source,
        transform: await transform(),
        mask: await mask(),
        description: `${said.Description} Then brought to the common space through the transform of the full scan.`,
        details: Object.fromEntries(
          ['Method', 'MissingPercent', 'KeptEvery', 'SliceAxis', 'SkullStripped'].map((name) => [
            name,
            said[name],
          ]),
        ),
        plan,
        write,
      });
      return { row: { kind: 'carried', desc }, outputs };
    },
  };
}
