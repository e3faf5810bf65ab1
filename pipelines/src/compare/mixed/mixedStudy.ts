import { nullDesigns } from '@oinr/mixture';
import { codeVersion } from '@oinr/run';
import { parseNumber, showTable, type Table, tableOf } from '@oinr/tables';
import { draftTable } from '../../tables/draftTable.ts';
import type { CompareRun } from '../compareRun.ts';
import type { DataSet } from '../dataSets.ts';
import type { TestWork } from '../dataSetTest.ts';
import type { Truth } from '../truth.ts';
import {
  type Counted,
  countErrors,
  countedDesigns,
  drawsTable,
  falsePositivesTable,
} from './falsePositivesTable.ts';
import { joiningTable } from './joining.ts';
import { differencesOfKinds, kindsTable } from './kindsTable.ts';
import { type MixedRun, mixedRun, participantId } from './mixedRun.ts';
import { mixturesTable, mixtureTestCount, type WholeTests } from './mixtureRows.ts';
import type { MixedPlan } from './plan.ts';
import { type Curve, curveOf, powerTable, sizesOf } from './powerTable.ts';
import {
  agreementOfHalves,
  hasHalves,
  hasYardstick,
  ranksTable,
  yardstick,
  yardstickTable,
} from './stabilityTable.ts';
import { halvesTable, hasBlockOfOneGroup, hasWorth, worthOfDataSet, worthTable } from './worthTable.ts';

/** The tables of this part of a comparison. */
export const mixedTables = [
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

/** What joining full and imputed scans does: drafts the tables, and returns the files of maps and sentences. */
export async function mixedStudy(
  run: CompareRun,
  plan: MixedPlan,
  {
    work: mainWork,
    truth,
    whole,
  }: { readonly work: TestWork; readonly truth: Truth | undefined; readonly whole: WholeTests },
): Promise<{
  readonly files: readonly string[];
  /** For the terminal. */
  readonly inShort: readonly string[];
  readonly remarks: readonly string[];
}> {
  const { config } = run;
  const work = { ...mainWork, code: await codeVersion(import.meta.url) };
  const mixed = mixedRun(run, plan, work, truth);
  const timed = async <Result>(kind: string, act: () => Promise<Result>): Promise<Result> => {
    work.signal.throwIfAborted();
    const began = performance.now();
    const result = await act();
    work.progress.unitDone(kind, (performance.now() - began) / 1000);
    return result;
  };
  const write = async (name: (typeof mixedTables)[number], table: Table): Promise<void> => {
    await draftTable(run.folder, name, table);
  };
  const files: string[] = [];
  const inShort: string[] = [];
  const remarks: string[] = [...plan.remarks];
  if (plan.mixtures.length > 0) {
    const done = (seconds: number): void => work.progress.unitDone('mixture', seconds);
    const { table, criterion, isReached, files: maps } = await mixturesTable(mixed, whole, done);
    await write('mixtures', table);
    await write('mixture_people', peopleTable(mixed));
    const joining = joiningTable(table, { level: criterion.level, isReached });
    if (!isReached)
      remarks.push(
        `Whether scans may join cannot be told: some of the tests have too few permutations for ${criterion.name}. More --permutations, or more people, are needed.`,
      );
    await write('joining', joining);
    inShort.push(await joiningInShort(joining));
    const differences = await ofEach(plan.dataSets, (dataSet) =>
      timed('kinds', () => differencesOfKinds(mixed, dataSet)),
    );
    await write('kinds', kindsTable(mixed, differences));
    files.push(...maps);
  }
  if (hasWorth(plan.peopleWithFull)) {
    const rows = await ofEach(plan.dataSets, (dataSet) =>
      timed('worth', () => worthOfDataSet(mixed, dataSet)),
    );
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
  const [{ level }] = whole.criteria;
  const byStudent = studentCriterion(level);
  if (plan.imputed.length > 0 && hasYardstick(plan.peopleWithFull)) {
    const dice = await timed('stability', () => yardstick(mixed, level));
    await write('yardstick', yardstickTable(dice, byStudent));
  }
  if (plan.imputed.length > 0 && hasHalves(plan.peopleWithFull)) {
    const rows = await ofEach(plan.imputed, (dataSet) =>
      timed('stability', () => agreementOfHalves(mixed, dataSet, level)),
    );
    await write('ranks', ranksTable(rows, byStudent));
  }
  if (
    config.falsePositives !== undefined &&
    (config.covariates.length > 0 || plan.people.strata !== undefined)
  )
    remarks.push(
      'False positives were counted without covariates and blocks, which random groups do not have.',
    );
  if (config.power !== undefined) {
    if (sizesOf(plan.peopleWithFull).length === 0)
      remarks.push(
        'There is no power curve: it samples up to half of each group, and needs ten people in each.',
      );
    else await write('power', await power(mixed, whole, config.power, timed));
  }
  if (config.falsePositives !== undefined) {
    const counted: Counted[] = [];
    for (const cell of countedDesigns(mixed)) {
      const wanted = config.falsePositives;
      counted.push(await timed('falsePositives', () => countErrors(mixed, cell, wanted)));
    }
    await write('false_positives', falsePositivesTable(mixed, counted));
    await write('false_positive_draws', drawsTable(counted));
    if (truth === undefined)
      remarks.push(
        'False positives were counted with random groups of these people: that tests the code, not whether clinics give few slices to whom they please.',
      );
  }
  return { files, inShort, remarks };
}

/** As it stands in tables of what is tested too often for permutations. */
const studentCriterion = (level: number): string => `p < ${level}, two-sided, Student's t`;

/** One after the other, since each holds large tables. */
async function ofEach<Row>(
  dataSets: readonly DataSet[],
  act: (dataSet: DataSet) => Promise<Row>,
): Promise<(readonly [DataSet, Row])[]> {
  const rows: (readonly [DataSet, Row])[] = [];
  for (const dataSet of dataSets) rows.push([dataSet, await act(dataSet)]);
  return rows;
}

async function power(
  mixed: MixedRun,
  { criteria: [criterion], results }: WholeTests,
  samples: number,
  timed: <Result>(kind: string, act: () => Promise<Result>) => Promise<Result>,
): Promise<Table> {
  const { plan, full, truth } = mixed;
  const reference = results.get('full');
  if (reference === undefined) throw new TypeError('The full data were not tested.');
  const findable = truth ?? {
    effect: criterion.significant({ result: reference }),
  };
  const request = { findable, samples, level: criterion.level };
  const curves: Curve[] = [];
  const curve = async (dataSet: DataSet, scans: Curve['scans']): Promise<void> => {
    curves.push(await timed('power', () => curveOf(mixed, { dataSet, scans }, request)));
  };
  await curve(full, 'full');
  for (const dataSet of plan.dataSets) {
    await curve(dataSet, 'imputed');
    await curve(dataSet, 'mixed');
  }
  return powerTable(mixed, curves, {
    criterion: studentCriterion(criterion.level),
    reference: truth === undefined ? 'what all full scans show' : 'true effect',
  });
}

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
