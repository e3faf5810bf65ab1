import type { Subject } from '@oinr/cohort';
import { type BaseNetwork, prepareBase } from '@oinr/imputation';
import { Manifest, RunError, type TaskUnits } from '@oinr/run';
import { acquireKept } from './acquisition.ts';
import { firstKept } from './firstKept.ts';
import { forgetFits, unitFitKeeper } from './fitKeeper.ts';
import { hashInputs, type Workshop } from './job.ts';
import { hasWarmStart } from './methods.ts';
import type { CohortBase } from './plan.ts';
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

// Ids of subjects hold letters and digits only, so this name is free.
const nameOf = (donor: string): string[] => ['_base', `oinr-${donor}`];

/** The unit that fits a base network to the kept slices of one subject, without looking at its group. */
export function baseUnits(subject: Subject, workshop: Workshop): TaskUnits<BaseNetwork> {
  const { folder, records, plan } = workshop;
  const { axis, profile, sliceThickness, scale, seed, engine } = plan.config;
  const first = firstKept(plan.config, subject.id, baseEvery) % baseEvery;
  return {
    units: [
      {
        name: nameOf(subject.id),
        kind: 'base',
        what: 'base network of oinr',
        inputs: async () => ({
          ...(await hashInputs(folder, subject)),
          axis,
          offset: first,
          profile,
          sliceThickness,
          scale,
          seed,
          engine,
          baseEvery,
        }),
        async run(job) {
          const scan = await readScan(subject, axis, scale);
          const known = acquireKept(scan, baseEvery, first, plan.config);
          const row = await prepareBase([known], {
            executor: await workshop.executor(),
            seed: unitSeed(seed, subject.id, baseEvery),
            keeper: unitFitKeeper(records, subject.id, 'base', job),
            signal: job.signal,
            onProgress: job.onProgress,
          });
          return { row, outputs: [] };
        },
      },
    ],
    onDone: () => forgetFits(records, subject.id),
  };
}

/**
 * The base a method starts from in this subject: never one that was fitted to the subject itself, since it would have
 * seen slices that are to be imputed.
 */
export function baseFor(
  bases: readonly CohortBase[],
  method: string,
  subject: Subject,
): CohortBase | undefined {
  return hasWarmStart(method) ? bases.find(({ donor }) => donor !== subject.id) : undefined;
}

/** The weights of a base, from its record. */
export async function readBase(
  { folder, records }: Pick<Workshop, 'folder' | 'records'>,
  { donor, fingerprint }: CohortBase,
): Promise<BaseNetwork> {
  const kept = await new Manifest(folder, records).finished<BaseNetwork>(nameOf(donor), fingerprint);
  if (kept === undefined)
    throw new RunError(`The base network of sub-${donor} was removed while the run was going on.`);
  return kept.result;
}
