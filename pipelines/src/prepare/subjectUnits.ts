import type { Subject } from '@oinr/cohort';
import { hashFile, type ResultFolder } from '@oinr/files';
import { readHeader, readVolume } from '@oinr/nifti';
import type { SpatialTransform } from '@oinr/registration';
import { cachedFileHash, safeJoin, type TaskUnits, type Unit } from '@oinr/run';
import { sameGrid } from '@oinr/volume';
import { once } from '../once.ts';
import { imputedDescs, imputedVolume, preparedMaskPath, transformPath } from './files.ts';
import type { PreparedRow, PreparePlan } from './plan.ts';
import { maskOf } from './scan/maskOf.ts';
import { handedOn, prepareImputed, readSaid } from './scan/prepareImputed.ts';
import { prepareScan } from './scan/prepareScan.ts';
import { readTransform } from './scan/transformFile.ts';
import { writePrepared } from './scan/writePrepared.ts';

/** Kinds of units for the estimate of the time left, with how long they take beside each other. */
export const prepareKinds = {
  register: { guess: 10 },
  carry: { guess: 3 },
  'register imputed': { guess: 10 },
} as const;

/** Which kind of unit brings an imputed volume to the common space. */
export function kindOfImputed({ registersImputed }: Pick<PreparePlan, 'registersImputed'>) {
  return registersImputed ? 'register imputed' : 'carry';
}

/**
 * The units of a subject: its full scan is registered, then every imputed volume goes through the same transform, or is
 * registered by itself. Of a scan that really has few slices the first imputed volume, by name, takes its place.
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
  const registered = isThin
    ? { ...subject, image: imputedVolume(runFolder, subject.id, first), mask: undefined }
    : subject;
  const transformFile = `${transformPath(runFolder, subject.id, plan.target.space)}.json`;
  const maskFile = `${preparedMaskPath({ ...plan, space: plan.target.space }, subject.id)}.nii.gz`;
  const toSpace: ToSpace = {
    transformFile: () => results.newestOf(transformFile),
    transform: once(() => readTransform(results.newestOf(transformFile))),
    mask: once(async () => maskOf(await readVolume(results.newestOf(maskFile)))),
  };
  return {
    units: [
      registerUnit(registered, plan, isThin),
      ...descs.map((desc) =>
        plan.registersImputed
          ? registerImputedUnit(registered, desc, toSpace, plan)
          : carryUnit(registered, desc, toSpace, plan),
      ),
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

/** The hash of a subject's scan or mask. */
function inputHash(
  subject: Subject,
  what: 'image' | 'mask',
  path: string,
  plan: PreparePlan,
): Promise<string> {
  return cachedFileHash(path, safeJoin(plan.runFolder, '.resume', 'inputs', `${subject.id}-${what}.json`));
}

/** What decides a registration beside the volume. */
async function registrationInputs(subject: Subject, plan: PreparePlan) {
  return {
    mask: subject.mask === undefined ? undefined : await inputHash(subject, 'mask', subject.mask, plan),
    target: plan.targetHash,
    space: plan.target.space,
    grid: plan.grid.affine,
    shape: plan.grid.shape,
    shows: plan.shows,
    isNonlinear: plan.isNonlinear,
    registersAll: plan.registersAll,
    intensity: plan.intensity,
  };
}

async function liesOnCommonGrid(image: string, plan: PreparePlan): Promise<boolean> {
  return !plan.registersAll && sameGrid((await readHeader(image)).grid, plan.grid);
}

function registerUnit(subject: Subject, plan: PreparePlan, isImputed: boolean): Unit<PreparedRow> {
  return {
    name: [subject.id, 'register'],
    kind: 'register',
    what: 'registering',
    isNeeded: true,
    inputs: async () => ({
      image: await inputHash(subject, 'image', subject.image, plan),
      ...(await registrationInputs(subject, plan)),
    }),
    async run(job) {
      const liesThere = await liesOnCommonGrid(subject.image, plan);
      const sourceHash = await inputHash(subject, 'image', subject.image, plan);
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
    what: `resampling ${desc}`,
    inputs: async () => ({
      source: await imputedHash(subject, desc, plan),
      transform: await hashFile(transformFile()),
      grid: plan.grid.affine,
      shape: plan.grid.shape,
      intensity: plan.intensity,
    }),
    async run({ write }) {
      const said = await readSaid(source);
      const outputs = await writePrepared({
        subject: subject.id,
        desc,
        scan: await readVolume(source),
        source,
        transform: await transform(),
        mask: await mask(),
        description: `${said.Description} Then brought to the common space through the transform of the full scan.`,
        details: handedOn(said),
        plan,
        write,
      });
      return { row: { kind: 'carried', desc }, outputs };
    },
  };
}

/** One imputed volume by a registration of its own. */
function registerImputedUnit(
  subject: Subject,
  desc: string,
  { transformFile, transform }: ToSpace,
  plan: PreparePlan,
): Unit<PreparedRow> {
  return {
    name: [subject.id, `register-${desc}`],
    kind: 'register imputed',
    what: `registering ${desc}`,
    inputs: async () => ({
      source: await imputedHash(subject, desc, plan),
      // The distance between the two transforms is told.
      full: await hashFile(transformFile()),
      ...(await registrationInputs(subject, plan)),
    }),
    async run(job) {
      const liesThere = await liesOnCommonGrid(subject.image, plan);
      const request = { subject, desc, plan, liesThere, full: await transform() };
      const { imputed, outputs } = await prepareImputed(request, job);
      return { row: { kind: 'registered imputed', ...imputed }, outputs };
    },
  };
}

function imputedHash(subject: Subject, desc: string, { runFolder }: PreparePlan): Promise<string> {
  return cachedFileHash(
    imputedVolume(runFolder, subject.id, desc),
    safeJoin(runFolder, '.resume', 'carried', subject.id, `${desc}.json`),
  );
}
