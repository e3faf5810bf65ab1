import type { Subject } from '@oinr/cohort';
import type { TaskOutcome } from '@oinr/run';
import type { FilledRow, FilledVolume } from './fillUnits.ts';
import { firstKept } from './firstKept.ts';
import { type ImputedRow, kindOf, type SimulatePlan } from './plan.ts';

/** An imputed volume of a subject with its errors: one row of tables/mse.tsv before it is written. */
export interface MeasuredVolume extends ImputedRow {
  readonly subject: string;
  readonly group: string;
  /** Index of the first kept slice. */
  readonly firstKept: number;
}

/** A volume that could not be imputed; without method and k, all of a subject. */
export interface FailedVolume {
  readonly subject: string;
  readonly group: string;
  readonly method?: string;
  readonly every?: number;
  readonly message: string;
}

/** What came of a simulation so far. */
export interface Outcome {
  readonly volumes: readonly MeasuredVolume[];
  readonly failures: readonly FailedVolume[];
  /** Scans that really have few slices: no error of them is known. */
  readonly filled: readonly FilledVolume[];
  readonly reused: number;
}

/** What came of one subject, by what the simulation was told to do. */
export function outcomeOf(
  { id, group }: Subject,
  { finished, failed }: TaskOutcome<ImputedRow | FilledRow>,
  config: Pick<SimulatePlan['config'], 'k' | 'method' | 'offset' | 'seed'>,
): Outcome {
  const { k, method: methods } = config;
  const volumes = k.flatMap((every) => methods.map((method) => ({ method, every })));
  return {
    volumes: finished.flatMap(({ row }) =>
      isFilled(row) ? [] : [{ subject: id, group, firstKept: firstKept(config, id, row.every), ...row }],
    ),
    filled: finished.flatMap(({ row }) => (isFilled(row) ? [{ subject: id, group, ...row }] : [])),
    failures: failed.map(({ kind, message }) => ({
      subject: id,
      group,
      ...volumes.find(({ method, every }) => kindOf(method, every) === kind),
      message,
    })),
    reused: finished.filter(({ isReused }) => isReused).length,
  };
}

function isFilled(row: ImputedRow | FilledRow): row is FilledRow {
  return 'kind' in row && row.kind === 'filled';
}

export function joinOutcomes(outcomes: readonly Outcome[]): Outcome {
  return {
    volumes: outcomes.flatMap(({ volumes }) => volumes),
    failures: outcomes.flatMap(({ failures }) => failures),
    filled: outcomes.flatMap(({ filled }) => filled),
    reused: outcomes.reduce((sum, { reused }) => sum + reused, 0),
  };
}
