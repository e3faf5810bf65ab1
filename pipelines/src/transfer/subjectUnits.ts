import type { Subject } from '@oinr/cohort';
import { findMethod, SubjectSession } from '@oinr/imputation';
import { RunError, type TaskUnits, type Unit, type UnitJob } from '@oinr/run';
import type { Scan } from '@oinr/scan';
import { type KeptSlices, missingPercent } from '@oinr/slices';
import { implant, transferOf } from '@oinr/transfer';
import type { Grid, Volume } from '@oinr/volume';
import { lastOnly } from '../lastOnly.ts';
import { once } from '../once.ts';
import { acquireKept } from '../simulate/acquisition.ts';
import { operatorFor } from '../simulate/crossFit.ts';
import { forgetFits, unitFitKeeper } from '../simulate/fitKeeper.ts';
import { hashInputs, type Workshop } from '../simulate/job.ts';
import { isTrained } from '../simulate/methods.ts';
import { kindOf } from '../simulate/plan.ts';
import { readScan } from '../simulate/scan.ts';
import { unitSeed } from '../simulate/seed.ts';
import { packed, voxelsOfBlob } from './blobs.ts';
import { centresOf, placeOf } from './brain.ts';
import { kindOfFull, type TransferPlan, type TransferRow } from './plan.ts';
import { brainSmoother } from './smoothing.ts';

/** One per worker process: the plan, and the brain that all people have in common. */
export interface TransferWorkshop extends Workshop<TransferPlan> {
  readonly commonInside: () => Promise<Uint8Array>;
}

/** A blob of a subject: what its implant changes in the full scan, after smoothing and normalisation. */
interface FullBlob {
  readonly smooth: number;
  readonly size: number;
  /** Voxels to where it ends, and those of its core. */
  readonly all: readonly number[];
  readonly core: readonly number[];
  readonly effect: Float64Array;
}

/** What all units of a subject share, made when the first of them asks for it. */
interface SubjectAtWork {
  readonly subject: Subject;
  readonly workshop: TransferWorkshop;
  readonly brain: () => Promise<Brain>;
  readonly full: () => Promise<FullScan>;
  readonly kept: (every: number) => Promise<ReadonlyMap<number, Kept>>;
}

/** A subject's scan and where its implants are. */
interface Brain {
  readonly scan: Scan;
  readonly inside: Uint8Array;
  /** Centres by size. */
  readonly centres: (size: number) => readonly number[];
  readonly smoothed: (volume: Volume, fwhm: number) => Float32Array;
}

interface FullScan {
  readonly blobs: readonly FullBlob[];
  /** Without implants, by smoothing. */
  readonly plain: ReadonlyMap<number, Float32Array>;
}

/** Kept slices, and the work that methods share on them. */
interface Kept {
  readonly known: KeptSlices;
  readonly session: SubjectSession;
}

/** No implant: the key of the scan as it is, beside the sizes. */
const none = 0;

/** The units of a subject: its full scan, and one for each method at every k. */
export function transferUnits(subject: Subject, workshop: TransferWorkshop): TaskUnits<TransferRow> {
  const { config } = workshop.plan;
  const brain = once(() => readBrain(subject, workshop));
  const implanted = async (size: number): Promise<Volume> => {
    const { scan, inside, centres } = await brain();
    if (size === none) return scan.scaled;
    return implant(scan.scaled, inside, centres(size), { fwhm: size, loss: config.loss / 100 });
  };
  const keptAt = async (every: number): Promise<ReadonlyMap<number, Kept>> => {
    const { scan } = await brain();
    const kept = new Map<number, Kept>();
    for (const size of [none, ...config.sizes]) {
      const known = acquireKept(
        { scaled: await implanted(size), axis: scan.axis },
        every,
        config.offset,
        config,
      );
      kept.set(size, { known, session: new SubjectSession(known) });
    }
    return kept;
  };
  const atWork: SubjectAtWork = {
    subject,
    workshop,
    brain,
    full: once(async () => measureFull(await brain(), implanted, workshop.plan)),
    // Only those of one k are held: methods that follow each other share them.
    kept: lastOnly(keptAt),
  };
  return {
    units: [
      fullUnit(atWork),
      ...config.k.flatMap((every) => config.method.map((method) => imputedUnit(method, every, atWork))),
    ],
    onDone: () => forgetFits(workshop.records, subject.id),
  };
}

async function readBrain(subject: Subject, { plan, commonInside }: TransferWorkshop): Promise<Brain> {
  const { config, common } = plan;
  const scan = await readScan(subject, config.axis, config.scale);
  if (common !== undefined) {
    const inside = await commonInside();
    const smoothed = brainSmoother(scan.volume.grid, inside);
    return { scan, inside, smoothed, centres: (size) => common.places[size] };
  }
  const inside = scan.mask;
  if (inside === undefined)
    throw new RunError(
      `${subject.image} has no mask and no empty background, so it is not known where the brain is, into which losses are implanted. Name masks in the description of the cohort.`,
    );
  const centres = new Map(
    config.sizes.map((size) => [size, centresOf(scan.volume.grid, inside, size, config, subject.id)]),
  );
  const smoothed = brainSmoother(scan.volume.grid, inside);
  return { scan, inside, smoothed, centres: (size) => centres.get(size) ?? [] };
}

/** What implants change in the full scan, blob by blob in the order of blobOrder. */
async function measureFull(
  brain: Brain,
  implanted: (size: number) => Promise<Volume>,
  { config }: TransferPlan,
): Promise<FullScan> {
  const { scan, inside, centres, smoothed } = brain;
  const { grid } = scan.volume;
  const plain = new Map<number, Float32Array>();
  const blobs: FullBlob[] = [];
  for (const smooth of config.smooth) {
    const { values, mean } = normalised(scan.scaled, smooth, brain);
    plain.set(smooth, values);
    for (const size of config.sizes) {
      const other = smoothed(await implanted(size), smooth);
      const voxelsOf = voxelsOfBlob(grid, inside, size, smooth);
      for (const centre of centres(size)) {
        const voxels = voxelsOf(centre);
        blobs.push({ smooth, size, ...voxels, effect: differenceAt(voxels.all, other, values, mean) });
      }
    }
  }
  return { blobs, plain };
}

/** A volume as the study tests it: smoothed, and divided by its mean inside the brain. */
function normalised(
  volume: Volume,
  smooth: number,
  { inside, smoothed }: Brain,
): { readonly values: Float32Array; readonly mean: number } {
  const data = smoothed(volume, smooth);
  let sum = 0;
  let count = 0;
  for (let voxel = 0; voxel < data.length; voxel++)
    if (inside[voxel] === 1) {
      sum += data[voxel];
      count += 1;
    }
  const mean = sum / count;
  if (!(mean > 0))
    throw new RunError(
      `The mean intensity inside the brain is ${mean}, so volumes cannot be normalised by it. Export the scan again.`,
    );
  return { values: data.map((value) => value / mean), mean };
}

/**
 * What implants change at some voxels. Both volumes are divided by the mean of the one without implants: the many
 * implants of one volume would otherwise shift each other.
 */
function differenceAt(
  voxels: readonly number[],
  withImplants: Float32Array,
  plain: Float32Array,
  mean: number,
): Float64Array {
  return Float64Array.from(voxels, (voxel) => withImplants[voxel] / mean - plain[voxel]);
}

async function inputsOf({ subject, workshop }: SubjectAtWork) {
  const { config, common } = workshop.plan;
  const { axis, k, offset, profile, sliceThickness, scale, seed, sizes, loss, smooth } = config;
  const brain = common && { checksum: common.checksum, places: common.places };
  return {
    ...(await hashInputs(workshop.folder, subject)),
    ...{ axis, k, offset, profile, sliceThickness, scale, seed, sizes, loss, smooth, brain },
  };
}

function fullUnit(atWork: SubjectAtWork): Unit<TransferRow> {
  const { config, common } = atWork.workshop.plan;
  return {
    name: [atWork.subject.id, 'full'],
    kind: kindOfFull,
    what: 'implants',
    inputs: () => inputsOf(atWork),
    isNeeded: true,
    async run() {
      const { scan, centres } = await atWork.brain();
      const { blobs, plain } = await atWork.full();
      const { grid } = scan.volume;
      const places = config.sizes.map((size) => ({
        size,
        places: centres(size).map((centre) => placeOf(grid, centre, config)),
      }));
      const kept = common && {
        values: coresOf(blobs, plain),
        effects: packed(blobs.map(coreEffect)),
        sizes: blobs.map(({ core }) => core.length),
      };
      return { row: { what: 'full', places, ...kept }, outputs: [] };
    },
  };
}

function coreEffect({ all, core, effect }: FullBlob): Float64Array {
  const isCore = new Set(core);
  return effect.filter((_, index) => isCore.has(all[index]));
}

/** Values at the cores of all blobs, in the order of blobOrder. */
function coresOf(blobs: readonly FullBlob[], bySmoothing: ReadonlyMap<number, Float32Array>): string {
  return packed(
    blobs.map(({ smooth, core }) => {
      const values = bySmoothing.get(smooth);
      return core.map((voxel) => values?.[voxel] ?? Number.NaN);
    }),
  );
}

function imputedUnit(method: string, every: number, atWork: SubjectAtWork): Unit<TransferRow> {
  const { subject, workshop } = atWork;
  const { engine } = workshop.plan.config;
  return {
    name: [subject.id, `${method}-k${every}`],
    kind: kindOf(method, every),
    what: `${method} ${missingPercent(every)} %`,
    inputs: async () => ({
      ...(await inputsOf(atWork)),
      every,
      method,
      trained: isTrained(method)
        ? { engine, operator: operatorFor(workshop.plan, method, subject)?.checksum }
        : null,
    }),
    async run(job) {
      return { row: await measureImputed(method, every, atWork, job), outputs: [] };
    },
  };
}

/** Imputes the scan with and without implants by one method, and measures what comes through. */
async function measureImputed(
  method: string,
  every: number,
  atWork: SubjectAtWork,
  job: UnitJob,
): Promise<TransferRow> {
  const { config, common } = atWork.workshop.plan;
  const { sizes, smooth } = config;
  const brain = await atWork.brain();
  const { scan, smoothed } = brain;
  const { blobs } = await atWork.full();
  const impute = imputer(method, every, atWork, job);
  const { grid } = scan.volume;
  const remarks = new Set<string>();
  const imputed = async (size: number): Promise<Volume> => {
    const { data, remarks: own } = await impute(size);
    for (const remark of own) remarks.add(remark);
    return checked({ grid, data }, method, every);
  };
  const plain = await imputed(none);
  const bySmoothing = new Map(smooth.map((width) => [width, normalised(plain, width, brain)]));
  const results: { smooth: number; size: number; transfers: (number | null)[] }[] = [];
  for (const size of sizes) {
    const changed = await imputed(size);
    for (const [width, { values, mean }] of bySmoothing) {
      const other = smoothed(changed, width);
      const transfers = blobs
        .filter((blob) => blob.size === size && blob.smooth === width)
        .map(({ all, effect }) => transferOf(effect, differenceAt(all, other, values, mean)) ?? null);
      results.push({ smooth: width, size, transfers });
    }
  }
  const values =
    common && coresOf(blobs, new Map([...bySmoothing].map(([width, { values }]) => [width, values])));
  return { what: 'imputed', method, every, results, values, remarks: [...remarks] };
}

/** Imputes the thinned scan with implants of a size, or none; trained methods are fitted anew each time. */
function imputer(method: string, every: number, { subject, workshop, kept }: SubjectAtWork, job: UnitJob) {
  const { config } = workshop.plan;
  const all = [none, ...config.sizes];
  return async (size: number) => {
    const scans = await kept(every);
    const own = scans.get(size);
    if (own === undefined) throw new Error(`There is no thinned scan with implants of ${size} mm.`);
    const fold = operatorFor(workshop.plan, method, subject);
    return findMethod(method).impute(own.known, {
      executor: await workshop.executor(),
      seed: unitSeed(config.seed, subject.id, every),
      keeper: unitFitKeeper(workshop.records, subject.id, `${method}-k${every}-${size}`, job),
      operator: fold && (await workshop.operator(fold)),
      session: own.session,
      signal: job.signal,
      onProgress: (share, loss) => job.onProgress((all.indexOf(size) + share) / all.length, loss),
    });
  };
}

function checked(volume: { grid: Grid; data: Float32Array }, method: string, every: number): Volume {
  if (volume.data.every(Number.isFinite)) return volume;
  throw new RunError(
    `${method} gave values that are not finite at k = ${every}; try another seed or engine.`,
  );
}
