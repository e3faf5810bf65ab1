import { nullDesigns } from '@oinr/mixture';
import { parseNumber, showTable, type Table, tableOf } from '@oinr/tables';
import { draftTable } from '../../tables/draftTable.ts';
import { distanceTable, hasDistances } from './distanceTable.ts';
import { drawsTable, falsePositivesTable } from './falsePositivesTable.ts';
import type { JoinedResults } from './joinedResults.ts';
import { joiningTable } from './joining.ts';
import { kindsTable } from './kindsTable.ts';
import { type MixedRun, participantId } from './mixedRun.ts';
import { mixturesTable, mixtureTestCount, type WholeTests } from './mixtureRows.ts';
import type { MixedPlan } from './plan.ts';
import { powerTable, sizesOf } from './powerTable.ts';
import { hasHalves, hasYardstick, ranksTable, yardstickTable } from './stabilityTable.ts';
import { halvesTable, hasBlockOfOneGroup, hasWorth, worthTable } from './worthTable.ts';

/** The tables of this part of a comparison. */
export const mixedTables = [
  'distance',
  'mixtures',
  'mixture_people',
  'joining',
  'kinds',
  'worth',
  'worth_halves',
  'yardstick',
  'ranks',
  'power',
  'false_positives',
  'false_positive_draws',
] as const;

/** Those that a comparison with this plan writes. */
export function plannedTables(plan: MixedPlan, config: Wanted): (typeof mixedTables)[number][] {
  const { mixture, worth, power, falsePositives } = mixedKinds(plan, config);
  const { peopleWithFull, imputed } = plan;
  return [
    ...(imputed.some(hasDistances) ? (['distance'] as const) : []),
    ...(mixture.units > 0 ? (['mixtures', 'mixture_people', 'joining', 'kinds'] as const) : []),
    ...(worth.units > 0 ? (['worth', 'worth_halves'] as const) : []),
    ...(imputed.length > 0 && hasYardstick(peopleWithFull) ? (['yardstick'] as const) : []),
    ...(imputed.length > 0 && hasHalves(peopleWithFull) ? (['ranks'] as const) : []),
    ...(power.units > 0 ? (['power'] as const) : []),
    ...(falsePositives.units > 0 ? (['false_positives', 'false_positive_draws'] as const) : []),
  ];
}

interface Wanted {
  readonly power?: number;
  readonly falsePositives?: number;
}

/** The work to be done, by kind, for the estimate of the time left. */
export function mixedKinds(
  { mixtures, dataSets, imputed, people, peopleWithFull }: MixedPlan,
  { power, falsePositives }: Wanted,
) {
  return {
    distance: { units: imputed.filter(hasDistances).length, guess: 1 },
    mixture: { units: mixtureTestCount({ mixtures, dataSets, people }), guess: 1 },
    kinds: { units: mixtures.length > 0 ? dataSets.length : 0, guess: 5 },
    worth: { units: hasWorth(peopleWithFull) ? dataSets.length : 0, guess: 2 },
    stability: {
      units:
        imputed.length === 0
          ? 0
          : (hasYardstick(peopleWithFull) ? 1 : 0) + (hasHalves(peopleWithFull) ? imputed.length : 0),
      guess: 3,
    },
    power: {
      units: power === undefined || sizesOf(peopleWithFull).length === 0 ? 0 : 1 + 2 * dataSets.length,
      guess: 10,
    },
    falsePositives: {
      units: falsePositives === undefined ? 0 : 1 + (nullDesigns.length - 1) * dataSets.length,
      guess: 60,
    },
  };
}

/**
 * What joining full and imputed scans does, from what was found of every data set: drafts the tables, and returns the files
 * of maps and sentences.
 */
export async function mixedStudy(
  mixed: MixedRun,
  whole: WholeTests,
  joined: readonly JoinedResults[],
): Promise<{
  readonly files: readonly string[];
  /** For the terminal. */
  readonly inShort: readonly string[];
  readonly remarks: readonly string[];
}> {
  const { run, plan, truth } = mixed;
  const { config } = run;
  const write = async (name: (typeof mixedTables)[number], table: Table): Promise<void> => {
    await draftTable(run.folder, name, table);
  };
  /** What was found by the name of a result, for the data sets that have it. */
  const all = <Name extends 'distance' | 'kinds' | 'worth' | 'halves'>(name: Name) =>
    joined.flatMap(({ dataSet, [name]: row }) => (row === undefined ? [] : [[dataSet, row] as const]));
  const inShort: string[] = [];
  const remarks: string[] = [...plan.remarks];
  const byDistance = all('distance');
  if (byDistance.length > 0) await write('distance', distanceTable(byDistance));
  if (plan.mixtures.length > 0) {
    const rows = joined.flatMap(({ mixtures }) => mixtures);
    const { table, criterion, isReached } = mixturesTable(rows, whole);
    await write('mixtures', table);
    await write('mixture_people', peopleTable(mixed));
    const joining = joiningTable(table, { level: criterion.level, isReached });
    if (!isReached)
      remarks.push(
        `Whether scans may join cannot be told: some of the tests have too few permutations for ${criterion.name}. More --permutations, or more people, are needed.`,
      );
    await write('joining', joining);
    inShort.push(await joiningInShort(joining));
    await write('kinds', kindsTable(mixed, all('kinds')));
  }
  if (hasWorth(plan.peopleWithFull)) {
    const rows = all('worth');
    if (rows.length > 0) {
      const table = worthTable(mixed, rows);
      await write('worth', table);
      if (plan.mixtures.length > 0) inShort.push(...worthInShort(table));
      await write('worth_halves', halvesTable(mixed, rows[0][1]));
    }
  } else if (plan.mixtures.length > 0)
    remarks.push(
      hasBlockOfOneGroup(plan.peopleWithFull)
        ? 'What an imputed scan is worth is not given, since a block of --blocks holds one group only: its mean cannot be told from that of the group. Leave those people out, or compare without blocks.'
        : 'The groups are too small to say what an imputed scan is worth: four people in each are needed.',
    );
  const byStudent = studentCriterion(whole.criteria[0].level);
  for (const { yardstick } of joined)
    if (yardstick !== undefined) await write('yardstick', yardstickTable(yardstick, byStudent));
  const halves = all('halves');
  if (halves.length > 0) await write('ranks', ranksTable(halves, byStudent));
  if (config.falsePositives !== undefined && plan.people.strata !== undefined)
    remarks.push('False positives were counted without blocks, which random groups do not have.');
  if (config.power !== undefined) {
    const curves = joined.flatMap(({ curves: own }) => own);
    const reference = truth === undefined ? 'what all full scans show' : 'true effect';
    if (curves.length > 0)
      await write('power', powerTable(mixed, curves, { criterion: byStudent, reference }));
    else
      remarks.push(
        'There is no power curve: it samples up to half of each group, and needs ten people in each.',
      );
  }
  if (config.falsePositives !== undefined) {
    const counted = joined.flatMap(({ counted: own }) => own);
    await write('false_positives', falsePositivesTable(mixed, counted));
    await write('false_positive_draws', drawsTable(counted));
    if (truth === undefined)
      remarks.push(
        'False positives were counted with random groups of these people: that tests the code, not whether clinics give few slices to whom they please.',
      );
  }
  const files = joined.flatMap(({ mixtures }) => mixtures.flatMap(({ files: maps }) => maps));
  return { files, inShort, remarks };
}

/** As it stands in tables of what is tested too often for permutations. */
const studentCriterion = (level: number): string => `p < ${level}, two-sided, Student's t`;

/** tables/mixture_people.tsv: who has which scan in every mixture and draw. */
function peopleTable({ plan }: MixedRun): Table {
  return tableOf(
    ['design', 'draw', 'participant_id', 'group', 'scan'],
    plan.mixtures.flatMap(({ name, draws }) =>
      draws.flatMap((isImputed, draw) =>
        plan.subjects.map(({ id, group }, person) => ({
          design: name,
          draw: draw + 1,
          participant_id: participantId(id),
          group,
          scan: isImputed[person] === 1 ? 'imputed' : 'full',
        })),
      ),
    ),
  );
}

/** The answer for a terminal. */
async function joiningInShort(joining: Table): Promise<string> {
  const numbers = ['full_alone', 'kinds', 'equalised', 'all_full'];
  const [first] = joining.rows;
  const digits = first?.measure === 'true_found' ? 3 : 0;
  const rows = joining.rows.map((row) => ({
    ...row,
    ...Object.fromEntries(numbers.map((name) => [name, parseNumber(row[name])?.toFixed(digits) ?? 'n/a'])),
  }));
  const columns = ['design', 'method', 'missing_percent', 'may_join', ...numbers];
  const what = digits === 3 ? 'share of the true effect found' : 'voxels found';
  return `May imputed scans join the full ones? ${first?.criterion}, ${what}\n${await showTable({ columns, rows })}`;
}

/** `one scan imputed by linear, 66 % missing, is worth 0.90 (0.85 to 0.96) of a full one`, ... */
function worthInShort(worth: Table): string[] {
  return worth.rows.map((row) => {
    const [value, low, high] = ['worth', 'worth_low', 'worth_high'].map((name) =>
      parseNumber(row[name])?.toFixed(2),
    );
    const missing = parseNumber(row.missing_percent);
    const what = missing === undefined ? '' : ` with ${missing} % of its slices missing`;
    if (value === undefined)
      return `What a scan${what}, imputed by ${row.method}, is worth cannot be said: the halves of the full data agree on no difference of the groups.`;
    const interval = low === undefined ? 'no interval can be given' : `${low} to ${high}`;
    return `One scan${what}, imputed by ${row.method}, is worth ${value} (${interval}) of a full one.`;
  });
}
