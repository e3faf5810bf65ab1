import type { Subject } from '@oinr/cohort';
import {
  findMethod,
  inOriginalIntensities,
  type PriorModel,
  SubjectSession,
  shippedPriorModel,
  writtenDetails,
} from '@oinr/imputation';
import {
  fingerprint,
  RunError,
  relativePath,
  type TaskUnits,
  type Unit,
  type UnitJob,
  type UnitOutcome,
} from '@oinr/run';
import type { Scan, SourceFields } from '@oinr/scan';
import { dropSlices, type KeptSlices, missingPercent } from '@oinr/slices';
import { lastOnly } from '../lastOnly.ts';
import { once } from '../once.ts';
import { kindRemarks } from '../scans/kindRemarks.ts';
import { sourceFields } from '../sourceFields.ts';
import { acquireKept } from './acquisition.ts';
import { baseFor, readBase } from './baseUnit.ts';
import { operatorFor } from './crossFit.ts';
import { writeDerivative } from './derivative.ts';
import { firstKept } from './firstKept.ts';
import { forgetFits, unitFitKeeper } from './fitKeeper.ts';
import { hashInputs, type Workshop } from './job.ts';
import { measure } from './measure.ts';
import { isTrained, usesOperator } from './methods.ts';
import { type CohortBase, type ImputedRow, kindOf } from './plan.ts';
import { readScan } from './scan.ts';
import { unitSeed } from './seed.ts';

/** One subject: what all its units share, read when the first of them asks for it. */
interface SubjectAtWork {
  readonly subject: Subject;
  readonly bases: readonly CohortBase[];
  readonly workshop: Workshop;
  readonly hashes: () => ReturnType<typeof hashInputs>;
  /** What the sidecar of the scan says. */
  readonly source: () => Promise<SourceFields>;
  readonly scan: () => Promise<Scan>;
  /** The kept slices at a k, made once for all methods that follow each other. */
  readonly kept: (every: number) => Promise<Kept>;
}

/** The kept slices of a subject at one k, and the work that its methods share on them. */
interface Kept {
  readonly known: KeptSlices;
  readonly session: SubjectSession;
}

/** The units of a subject: one for each of some methods at every k. The scan is read only when something is left to do. */
export function subjectUnits(
  subject: Subject,
  bases: readonly CohortBase[],
  methods: readonly string[],
  workshop: Workshop,
): TaskUnits<ImputedRow> {
  const { config } = workshop.plan;
  const scan = once(async () => {
    const read = await readScan(subject, config.axis, config.scale);
    return { ...read, remarks: [...kindRemarks(subject.image, read.volume), ...read.remarks] };
  });
  const atWork: SubjectAtWork = {
    subject,
    bases,
    workshop,
    hashes: once(() => hashInputs(workshop.folder, subject)),
    source: once(() => sourceFields(subject.image, workshop.plan.sourceRoot)),
    scan,
    kept: lastOnly(async (every) => {
      const known = acquireKept(await scan(), every, firstKept(config, subject.id, every), config);
      return { known, session: new SubjectSession(known) };
    }),
  };
  return {
    units: config.k.flatMap((every) => methods.map((method) => unitOf(method, every, atWork))),
    onDone: () => forgetFits(workshop.records, subject.id),
  };
}

function unitOf(method: string, every: number, atWork: SubjectAtWork): Unit<ImputedRow> {
  const { subject, bases, workshop, hashes } = atWork;
  const { config } = workshop.plan;
  const { axis, profile, sliceThickness, scale, seed, engine, noVolumes } = config;
  return {
    name: [subject.id, `${method}-k${every}`],
    kind: kindOf(method, every),
    what: `${method}, ${missingPercent(every)} % missing`,
    inputs: async () => ({
      ...(await hashes()),
      source: fingerprint(JSON.stringify((await atWork.source()).fields)),
      axis,
      offset: firstKept(config, subject.id, every),
      profile,
      sliceThickness,
      scale,
      every,
      method,
      trained: isTrained(method)
        ? {
            seed,
            engine,
            base: baseFor(bases, method, subject)?.fingerprint,
            operator: operatorFor(workshop.plan, method, subject)?.checksum,
          }
        : null,
    }),
    isEnough: ({ volume }) => volume !== null || noVolumes,
    run: (job) => imputeVolume(method, every, atWork, job),
  };
}

/** Imputes the missing slices, measures, and writes the volume and its sidecar. */
async function imputeVolume(
  method: string,
  every: number,
  { subject, bases, workshop, hashes, source, scan: readIt, kept: keptAt }: SubjectAtWork,
  job: UnitJob,
): Promise<UnitOutcome<ImputedRow>> {
  const { plan, folder, records } = workshop;
  const scan = await readIt();
  const { known, session } = await keptAt(every);
  const { grid, data: truth } = scan.volume;
  const { axis, mask, scale } = scan;
  const { kept } = known;
  const seed = unitSeed(plan.config.seed, subject.id, every);
  const base = baseFor(bases, method, subject);
  const network = base && (await readBase(workshop, base));
  const fold = operatorFor(plan, method, subject);
  const operator = fold && (await workshop.operator(fold));
  const executor = await workshop.executor();

  const began = performance.now();
  const imputation = await findMethod(method).impute(known, {
    executor,
    seed,
    base: network,
    keeper: unitFitKeeper(records, subject.id, `${method}-k${every}`, job),
    operator,
    session,
    signal: job.signal,
    onProgress: job.onProgress,
  });
  const seconds = Math.round(performance.now() - began + 1000 * (imputation.sharedSeconds ?? 0)) / 1000;

  const measured = { ...known, data: dropSlices(scan.volume, axis, kept).data };
  const imputed = inOriginalIntensities(imputation.data, measured, scale.value);
  const errors = measure({ truth, imputed, shape: grid.shape, axis, kept, mask, scale: scale.value });
  if (errors.mse_missing === null) {
    throw new RunError(
      `${method} gave values that are not finite at k = ${every}; try another seed or engine.`,
    );
  }

  const { steps } = imputation;
  const { image: sourceHash } = await hashes();
  const remarks = [...imputation.remarks, ...(await seenBefore(method, operator, sourceHash))];
  const isFitted = isTrained(method);
  const engine = isFitted ? executor.name : 'none';
  const outputs = plan.config.noVolumes
    ? []
    : await writeDerivative(
        {
          subject,
          plan,
          folder,
          scan,
          method,
          every,
          known,
          data: imputed,
          sourceHash,
          source: await source(),
          seed: isFitted ? seed : undefined,
          engine,
          steps,
          base: base &&
            network && { fittedTo: `sub-${base.donor}`, steps: network.steps, sha256: base.fingerprint },
          remarks: [...scan.remarks, ...remarks],
          details: writtenDetails(imputation),
          errors,
        },
        job.write,
      );
  const [volume] = outputs;
  const row: ImputedRow = {
    method,
    every,
    ...errors,
    seconds,
    steps,
    engine,
    scale: scan.scale.description,
    region: scan.region,
    remarks,
    scanRemarks: scan.remarks,
    volume: volume === undefined ? null : relativePath(folder, volume),
  };
  return { row, outputs };
}

/** A remark where the operator was learned from this very file: its error here would tell nothing about others. */
async function seenBefore(
  method: string,
  operator: PriorModel | undefined,
  sourceHash: string,
): Promise<string[]> {
  if (!usesOperator(method)) return [];
  const { images } = (operator ?? (await shippedPriorModel())).training;
  if (!Array.isArray(images) || !images.includes(sourceHash)) return [];
  return [
    'The operator was trained on this very scan, so its error here says nothing about other people; see --cross-fit.',
  ];
}
