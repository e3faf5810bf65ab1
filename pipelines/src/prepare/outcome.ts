import type { Subject } from '@oinr/cohort';
import type { TaskOutcome } from '@oinr/run';
import type { PreparedImputed, PreparedRow, PreparedScan } from './plan.ts';

/** A subject whose scan is in the common space. */
export interface PreparedEntry {
  readonly subject: Subject;
  readonly scan: PreparedScan;
}

/** An imputed volume that was registered by itself. */
export interface ImputedEntry {
  readonly subject: Subject;
  readonly imputed: PreparedImputed;
}

/** A subject whose scan, or one of whose imputed volumes, is not. */
export interface FailedEntry {
  readonly subject: Subject;
  readonly message: string;
}

/** What came of a run so far. */
export interface PrepareOutcome {
  readonly prepared: readonly PreparedEntry[];
  readonly failures: readonly FailedEntry[];
  /** Registrations and carried volumes that an earlier run had finished. */
  readonly reused: number;
  readonly registeredImputed: readonly ImputedEntry[];
  /** Imputed volumes brought to the common space in one way or the other, now or earlier. */
  readonly carried: number;
}

/** What came of all subjects, in order of their names. */
export function outcomeOf(
  came: readonly { readonly subject: Subject; readonly outcome: TaskOutcome<PreparedRow> }[],
): PrepareOutcome {
  const sorted = came.toSorted((a, b) => (a.subject.id < b.subject.id ? -1 : 1));
  const finished = sorted.flatMap(({ outcome }) => outcome.finished);
  return {
    // A subject of which a volume could not be carried is listed as failed, since its data sets are not whole.
    prepared: sorted.flatMap(({ subject, outcome }) =>
      outcome.finished.flatMap(({ row }) => (row.kind === 'registered' ? [{ subject, scan: row }] : [])),
    ),
    failures: sorted.flatMap(({ subject, outcome }) =>
      outcome.failed.map(({ message }) => ({ subject, message })),
    ),
    registeredImputed: sorted.flatMap(({ subject, outcome }) =>
      outcome.finished.flatMap(({ row }) =>
        row.kind === 'registered imputed' ? [{ subject, imputed: row }] : [],
      ),
    ),
    reused: finished.filter(({ isReused }) => isReused).length,
    carried: finished.filter(({ row }) => row.kind !== 'registered').length,
  };
}

/** What came of one subject, for the line that tells of it. */
export function subjectInWords({ finished, failed }: TaskOutcome<PreparedRow>): string {
  const scan = finished.map(({ row }) => row).find((row) => row.kind === 'registered');
  if (scan === undefined) return 'failed';
  const carried = finished.filter(({ row }) => row.kind === 'carried').length;
  const own = finished.filter(({ row }) => row.kind === 'registered imputed').length;
  // Without the time that the subject waited for its turn.
  const seconds = finished.reduce((sum, unit) => sum + unit.seconds, 0);
  return [
    `overlap ${scan.dice.toFixed(3)}`,
    ...(carried === 0 ? [] : [`${carried} imputed volumes carried`]),
    ...(own === 0 ? [] : [`${own} imputed volumes registered`]),
    ...(failed.length === 0 ? [] : [`${failed.length} failed`]),
    `${seconds.toFixed(1)} s`,
  ].join(', ');
}
