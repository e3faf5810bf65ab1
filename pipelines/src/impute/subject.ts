import type { Subject } from '@oinr/cohort';
import { findMethod, loadPriorModel, type PriorModel, shippedPriorModel } from '@oinr/imputation';
import { errorMessage, fingerprint, Manifest, manifestFolder, relativePath, stopsTheRun } from '@oinr/run';
import { type KeptSlices, missingPercent } from '@oinr/slices';
import { acquireKept, areSamples } from './acquisition.ts';
import { operatorFor } from './crossFit.ts';
import { writeDerivative } from './derivative.ts';
import { forgetFits, unitFitKeeper } from './fitKeeper.ts';
import { hashInput, type JobContext, throttled } from './job.ts';
import { measure } from './measure.ts';
import { isTrained, usesOperator } from './methods.ts';
import type { FailedUnit, ImputePlan, UnitResult } from './plan.ts';
import { readScan, type Scan } from './scan.ts';
import { unitSeed } from './seed.ts';
import { baseFor } from './warmStart.ts';

/** One method at one k in one subject, before it is done. */
interface Unit {
  readonly method: string;
  readonly every: number;
  readonly name: readonly string[];
  readonly fingerprint: string;
}

/**
 * Imputes one subject by every method at every k. What an earlier run finished from the same inputs, options and
 * code is reused; the scan is read only when something is left to do. A unit that fails is reported and the others
 * go on; only a failure to write ends the subject.
 */
export async function imputeSubject(subject: Subject, plan: ImputePlan, context: JobContext): Promise<void> {
  context.send({ kind: 'started' });
  const manifest = new Manifest(plan.runFolder, manifestFolder(plan.runFolder, 'impute'));
  const sourceHash = await hashInput(plan, subject, subject.image, 'image');
  const maskHash =
    subject.mask === undefined ? undefined : await hashInput(plan, subject, subject.mask, 'mask');

  const open: Unit[] = [];
  for (const unit of unitsOf(subject, plan, sourceHash, maskHash)) {
    const finished = await manifest.finished<UnitResult>(unit.name, unit.fingerprint);
    const isUsable = finished !== undefined && (finished.volume !== null || !plan.writeVolumes);
    if (isUsable)
      context.send({
        kind: 'finished',
        unit: { ...unitId(unit), result: finished, isReused: true, seconds: 0 },
      });
    else open.push(unit);
  }
  if (open.length === 0) return;

  const scan = await readScan(subject, plan.axis, plan.scale);
  const knownAt = keptSlicesOf(scan, plan);
  for (const unit of open) {
    context.signal.throwIfAborted();
    const began = performance.now();
    try {
      const { result, outputs } = await imputeUnit(
        unit,
        subject,
        scan,
        knownAt(unit.every),
        sourceHash,
        plan,
        context,
      );
      await manifest.record(unit.name, unit.fingerprint, outputs, result);
      const seconds = (performance.now() - began) / 1000;
      context.send({ kind: 'finished', unit: { ...unitId(unit), result, isReused: false, seconds } });
    } catch (error) {
      if (context.signal.aborted || stopsTheRun(error)) throw error;
      context.send({ kind: 'failed', unit: { ...unitId(unit), ...describe(error) } });
    }
  }
  await forgetFits(plan, subject.id);
}

/** The kept slices at each k, made once: methods that share a fit know each other by this object. */
function keptSlicesOf(scan: Scan, { offset, acquisition }: ImputePlan): (every: number) => KeptSlices {
  let last: { readonly every: number; readonly known: KeptSlices } | undefined;
  return (every) => {
    if (last?.every !== every) last = { every, known: acquireKept(scan, every, offset, acquisition) };
    return last.known;
  };
}

/** Imputes the missing slices, measures, and writes the volume and its sidecar. */
async function imputeUnit(
  { method, every, fingerprint: unitFingerprint }: Unit,
  subject: Subject,
  scan: Scan,
  known: KeptSlices,
  sourceHash: string,
  plan: ImputePlan,
  context: JobContext,
): Promise<{ result: UnitResult; outputs: readonly string[] }> {
  const { grid, data: truth } = scan.volume;
  const { axis, mask, scale } = scan;
  const { kept } = known;
  const seed = unitSeed(plan.seed, subject.id, every);
  const base = baseFor(plan, method, subject);
  const own = operatorFor(plan, method, subject);
  const operator = own && (await loadPriorModel(own.folder, own.checksum));
  const executor = await context.openExecutor();

  const began = performance.now();
  const imputation = await findMethod(method).impute(known, {
    executor,
    seed,
    base: base?.network,
    keeper: unitFitKeeper(plan, subject.id, `${method}-k${every}`, unitFingerprint, context),
    ...(operator && { operator }),
    signal: context.signal,
    onProgress: throttled((share, loss) =>
      context.send({ kind: 'activity', what: `${method} ${missingPercent(every)} %`, share, loss }),
    ),
  });
  const seconds = Math.round(performance.now() - began + 1000 * (imputation.sharedSeconds ?? 0)) / 1000;

  const imputed = imputation.data.map((value) => value * scale.value);
  // Scaling and back rounds; kept slices are written exactly as they were measured.
  if (areSamples(known)) copySlices(truth, imputed, grid.shape, axis, kept);
  const errors = measure({ truth, imputed, shape: grid.shape, axis, kept, mask, scale: scale.value });
  if (errors.mse_missing === null) {
    throw new Error(`${method} gave values that are not finite at k = ${every}; try another seed or engine.`);
  }

  const { steps, details } = imputation;
  const remarks = [...imputation.remarks, ...(await seenBefore(method, operator, sourceHash))];
  const isFitted = isTrained(method);
  const engine = isFitted ? executor.name : 'none';
  const outputs = plan.writeVolumes
    ? await writeDerivative({
        subject,
        plan,
        scan,
        method,
        every,
        known,
        data: imputed,
        sourceHash,
        seed: isFitted ? seed : undefined,
        engine,
        steps,
        base: base && { fittedTo: `sub-${base.donor}`, steps: base.network.steps, sha256: base.fingerprint },
        remarks,
        details,
        errors,
      })
    : [];
  const [volume] = outputs;
  const result: UnitResult = {
    ...errors,
    seconds,
    steps,
    engine,
    scale: scan.scale.description,
    region: scan.region,
    remarks,
    volume: volume === undefined ? null : relativePath(plan.runFolder, volume),
  };
  return { result, outputs };
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
    'The operator was learned from this very scan, so its error here says nothing about other people; see --cross-fit.',
  ];
}

function unitsOf(subject: Subject, plan: ImputePlan, image: string, mask: string | undefined): Unit[] {
  const { axis, offset, acquisition, scale, code, seed, executorName } = plan;
  // Absent for thin slices, like an option that is not given.
  const profile = acquisition.profile === 'thin' ? undefined : { ...acquisition };
  return plan.everys.flatMap((every) =>
    plan.methods.map((method) => {
      const trained = isTrained(method)
        ? {
            seed,
            engine: executorName,
            base: baseFor(plan, method, subject)?.fingerprint ?? null,
            operator: operatorFor(plan, method, subject)?.checksum ?? null,
          }
        : null;
      const scaleRule = scale ?? '99.5th percentile';
      return {
        method,
        every,
        name: [subject.id, `${method}-k${every}`],
        fingerprint: fingerprint({
          image,
          mask,
          axis,
          offset,
          profile,
          every,
          method,
          scaleRule,
          code,
          trained,
        }),
      };
    }),
  );
}

function unitId({ method, every }: Unit): { method: string; every: number } {
  return { method, every };
}

/** Copies whole slices along an axis from one volume (x fastest) to another of the same shape. */
function copySlices(
  from: Float32Array,
  to: Float32Array,
  shape: readonly [number, number, number],
  axis: 0 | 1 | 2,
  slices: readonly number[],
): void {
  const inner = shape.slice(0, axis).reduce((product, size) => product * size, 1);
  const length = shape[axis];
  for (let start = 0; start < from.length; start += inner * length) {
    for (const slice of slices) {
      const begin = start + slice * inner;
      to.set(from.subarray(begin, begin + inner), begin);
    }
  }
}

function describe(error: unknown): Pick<FailedUnit, 'message' | 'trace'> {
  const isBug = error instanceof TypeError || error instanceof ReferenceError;
  return { message: errorMessage(error), trace: isBug ? (error.stack ?? '') : '' };
}
