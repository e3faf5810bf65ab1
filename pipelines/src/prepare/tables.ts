import { type Table, tableOf } from '@oinr/tables';
import type { FailedEntry, ImputedEntry, PreparedEntry } from './outcome.ts';
import { flagsOf, robustScores } from './outliers.ts';

const columns = [
  'participant_id',
  'group',
  'shows',
  'registered',
  'dice',
  'dice_of',
  'mutual_information',
  'robust_z_dice',
  'robust_z_mutual_information',
  'volume_ratio',
  'turn_degrees',
  'cpu_seconds',
  'flags',
] as const;

/** tables/quality.tsv: how well every scan fits the template, and why somebody should look at it. */
export function qualityTable(entries: readonly PreparedEntry[]): Table {
  const scores = robustScores(entries.map(({ scan }) => scan));
  return tableOf(
    columns,
    entries.map(({ subject, scan }, index) => {
      const flags = flagsOf(scan, scores[index]);
      return {
        participant_id: `sub-${subject.id}`,
        group: subject.group,
        shows: scan.shows,
        registered: scan.isRegistered ? 'yes' : 'no',
        dice: scan.dice,
        dice_of: scan.diceOf,
        mutual_information: scan.mutualInformation,
        robust_z_dice: scores[index].dice,
        robust_z_mutual_information: scores[index].mutualInformation,
        volume_ratio: scan.volumeRatio,
        turn_degrees: scan.turn,
        cpu_seconds: scan.cpuSeconds,
        flags: flags.length === 0 ? undefined : flags.join('; '),
      };
    }),
  );
}

/** tables/imputed_quality.tsv: how well imputed volumes that were registered by themselves fit, and how far off the full scan. */
export function imputedQualityTable(entries: readonly ImputedEntry[]): Table {
  return tableOf(
    [
      'participant_id',
      'group',
      'desc',
      'dice',
      'mutual_information',
      'volume_ratio',
      'turn_degrees',
      'mm_from_full',
    ],
    entries.map(({ subject, imputed }) => ({
      participant_id: `sub-${subject.id}`,
      group: subject.group,
      desc: imputed.desc,
      dice: imputed.dice,
      mutual_information: imputed.mutualInformation,
      volume_ratio: imputed.volumeRatio,
      turn_degrees: imputed.turn,
      mm_from_full: imputed.millimetresFromFull,
    })),
  );
}

/** tables/prepare_failures.tsv: scans that could not be brought to the common space, and why. */
export function prepareFailuresTable(
  failures: readonly FailedEntry[],
  hide: (text: string) => string,
): Table {
  return tableOf(
    ['participant_id', 'group', 'reason'],
    failures
      .map(({ subject, message }) => ({
        participant_id: `sub-${subject.id}`,
        group: subject.group,
        reason: hide(message),
      }))
      .sort((a, b) => (a.participant_id < b.participant_id ? -1 : 1)),
  );
}

/** The rows of the quality table that have flags, as sentences. */
export function flaggedSubjects({ rows }: Table): string[] {
  return rows.flatMap(({ participant_id, flags }) =>
    flags === 'n/a' ? [] : [`${participant_id}: ${flags}`],
  );
}
