import type { Subject } from '@oinr/cohort';
import { type BaseNetwork, prepareBase } from '@oinr/imputation';
import { fingerprint, Manifest, manifestFolder } from '@oinr/run';
import { acquireKept } from './acquisition.ts';
import { forgetFits, unitFitKeeper } from './fitKeeper.ts';
import { hashInput, type JobContext, throttled } from './job.ts';
import { hasWarmStart } from './methods.ts';
import type { CohortBase, ImputePlan } from './plan.ts';
import { readScan } from './scan.ts';
import { unitSeed } from './seed.ts';

/**
 * Of the donors' volumes every sixth slice is used, the fewest that the paper keeps: whatever k is studied, a base
 * has seen no more of another person than a study at that k would have. It does not depend on the k asked for, so
 * that a further percentage redoes nothing.
 */
const baseEvery = 6;

/** Bases in a run: the first donor's serves everybody else, the second's serves the first donor. */
export const basesNeeded = 2;

/**
 * The base a method starts from in this subject: never one that was fitted to the subject itself, since it would have
 * seen slices that are to be imputed.
 */
export function baseFor(plan: ImputePlan, method: string, subject: Subject): CohortBase | undefined {
  return hasWarmStart(method) ? plan.bases.find(({ donor }) => donor !== subject.id) : undefined;
}

/** Fits a base network to the kept slices of one subject, without looking at its group; reused where it exists. */
export async function fitBase(subject: Subject, plan: ImputePlan, context: JobContext): Promise<CohortBase> {
  context.send({ kind: 'started' });
  const manifest = new Manifest(plan.runFolder, manifestFolder(plan.runFolder, 'impute'));
  const image = await hashInput(plan, subject, subject.image, 'image');
  const mask = subject.mask === undefined ? undefined : await hashInput(plan, subject, subject.mask, 'mask');
  const { axis, offset, acquisition, scale, seed, executorName, code } = plan;
  const profile = acquisition.profile === 'thin' ? undefined : { ...acquisition };
  const scaleRule = scale ?? '99.5th percentile';
  const made = { image, mask, axis, offset, profile, scaleRule, seed, executorName, code, baseEvery };
  // Ids of subjects hold letters and digits only, so this name is free.
  const unit = ['_base', `oinr-${subject.id}`];
  const identity = fingerprint(made);
  const finished = await manifest.finished<BaseNetwork>(unit, identity);
  if (finished !== undefined) return { donor: subject.id, network: finished, fingerprint: identity };

  const scan = await readScan(subject, axis, scale);
  const known = acquireKept(scan, baseEvery, offset % baseEvery, acquisition);
  const network = await prepareBase([known], {
    executor: await context.openExecutor(),
    seed: unitSeed(seed, subject.id, baseEvery),
    keeper: unitFitKeeper(plan, subject.id, 'base', identity, context),
    signal: context.signal,
    onProgress: throttled((share, loss) =>
      context.send({ kind: 'activity', what: 'base network of oinr', share, loss }),
    ),
  });
  await manifest.record(unit, identity, [], network);
  await forgetFits(plan, subject.id);
  return { donor: subject.id, network, fingerprint: identity };
}
