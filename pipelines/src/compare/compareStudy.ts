import { existsSync } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { codeVersion } from '@oinr/run';
import { parseNumber, readTsv, showTable, type Table, tableOf } from '@oinr/tables';
import type { TwoSidedResult } from '@oinr/ttest';
import { draftTable, tableFiles } from '../tables/draftTable.ts';
import { agreementColumns, attenuationColumns } from './agreementTables.ts';
import { biasTable } from './bias.ts';
import type { CompareRun } from './compareRun.ts';
import { decisiveCriterion } from './criteria.ts';
import { type DataSetRows, type Reference, rowsOf } from './dataSetRows.ts';
import { type TestWork, testDataSet } from './dataSetTest.ts';
import { detect } from './detected.ts';
import { type JoinedResults, joinedResults } from './mixed/joinedResults.ts';
import { mixedRun } from './mixed/mixedRun.ts';
import { mixedStudy, mixedTables } from './mixed/mixedStudy.ts';
import type { WholeTests } from './mixed/mixtureRows.ts';
import { nullTable } from './nullTable.ts';
import { peakColumns, peaksOf } from './peaks.ts';
import { preparedValues } from './preparedValues.ts';
import { readTruth, truthColumns } from './truth.ts';
import { verdictTable } from './verdict.ts';

/** What a comparison says when it is over. */
export interface Compared {
  /** For the terminal. */
  readonly tables: string;
  /** Sentences about the tests. */
  readonly remarks: readonly string[];
}

/** Tests every data set, writes maps and tables, and takes away those of an earlier comparison in this run. */
export async function compareStudy(run: CompareRun, work: TestWork): Promise<Compared> {
  const { study, mask, levels, config } = run;
  const truth = study.root === undefined ? undefined : await readTruth(study.root, mask);
  const values = preparedValues(run, work.signal);
  const joining = { ...work, code: await codeVersion(new URL('./mixed/joinedResults.ts', import.meta.url)) };
  const mixed = mixedRun(run, { work: joining, values, truth });
  const rows: DataSetRows[] = [];
  const joined: JoinedResults[] = [];
  const outputs: string[] = [];
  const remarks: string[] = [];
  const results = new Map<string, TwoSidedResult>();
  let reference: Reference | undefined;
  const wholeBy = (decisive: 0 | 1): WholeTests => ({
    criteria: [levels.voxels[0], levels.voxels[1]].slice(decisive),
    results,
  });
  for (const dataSet of study.dataSets) {
    work.signal.throwIfAborted();
    const started = performance.now();
    const { tested, files } = await testDataSet(run, dataSet, work, values);
    outputs.push(...files);
    const { smallestP } = tested.result;
    if (reference === undefined && smallestP > config.alpha)
      remarks.push(
        `The smallest p that these permutations can give is ${smallestP}, larger than alpha = ${config.alpha}: nothing can be significant at the family-wise error. More subjects are needed${config.blocks === undefined ? '' : ', or blocks that leave more to exchange'}.`,
      );
    reference ??= {
      detected: detect(tested, levels),
      peaks: peaksOf(tested),
      decisive: decisiveCriterion(tested.result.smallestP),
    };
    results.set(dataSet.id, tested.result);
    rows.push(rowsOf(run, dataSet, tested, reference, truth));
    work.progress.unitDone('comparison', (performance.now() - started) / 1000);
    joined.push(await joinedResults(mixed, wholeBy(reference.decisive), dataSet));
  }
  const decisive = reference?.decisive ?? 0;
  const criterion = levels.voxels[decisive].name;
  const said = await mixedStudy(mixed, wholeBy(decisive), joined);
  outputs.push(...said.files);
  remarks.push(...said.remarks);
  const verdict = verdictTable(
    rows.flatMap(({ reached }) => reached ?? []),
    criterion,
  );
  await writeTables(run, rows);
  await draftTable(run.folder, 'verdict', verdict);
  remarks.push(...(await run.folder.publish(outputs, await earlierResults(run))));
  const tables = `Agreement with the full data, ${criterion}, all voxels tested\n${await verdictInShort(verdict)}`;
  return { tables: [tables, ...said.inShort].join('\n'), remarks };
}

/** Names that this stage gives to its maps. */
const ownMap = /^desc-[A-Za-z0-9]+_(stat-[a-z0-9]+_statmap|T1w)\.(nii\.gz|json)$/;

/** What an earlier comparison in this run may have written and this one has not, so that none of it is taken for its. */
async function earlierResults({ folder }: CompareRun): Promise<string[]> {
  const maps = await readdir(folder.file('group')).catch(() => []);
  return [
    ...maps.filter((name) => ownMap.test(name)).map((name) => folder.file('group', name)),
    ...['truth', 'tfce_null', ...mixedTables].flatMap((name) => tableFiles(folder, name)),
  ];
}

async function writeTables(
  { study, folder, regions }: CompareRun,
  rows: readonly DataSetRows[],
): Promise<void> {
  const write = (name: string, table: Table): Promise<void> => draftTable(folder, name, table);
  await write(
    'datasets',
    tableOf(
      Object.keys(rows[0].dataset),
      rows.map(({ dataset }) => dataset),
    ),
  );
  await write(
    'agreement',
    tableOf(
      agreementColumns,
      rows.flatMap(({ agreement }) => agreement),
    ),
  );
  await write(
    'attenuation',
    tableOf(
      attenuationColumns,
      rows.flatMap(({ attenuation }) => attenuation),
    ),
  );
  await write(
    'peaks',
    tableOf(
      peakColumns(regions),
      rows.flatMap(({ peaks }) => peaks),
    ),
  );
  const truth = rows.flatMap((row) => row.truth);
  if (truth.length > 0) await write('truth', tableOf(truthColumns, truth));
  const errors = folder.file('tables', 'mse.tsv');
  // Maps that were made elsewhere have no errors of imputation.
  if (existsSync(errors)) {
    const subjects = study.subjects.map(({ id }) => id);
    await write('bias', biasTable(await readTsv(errors), study.groups, subjects));
  }
  await write('max_null', nullTable(rows.map(({ id, maxima }) => ({ id, values: maxima }))));
  await write(
    'extent_null',
    nullTable(rows.map(({ id, largestExtents }) => ({ id, values: largestExtents }))),
  );
  const tfce = rows.flatMap(({ id, largestTfce }) => (largestTfce ? [{ id, values: largestTfce }] : []));
  if (tfce.length > 0) await write('tfce_null', nullTable(tfce));
}

/** The verdict for a terminal. */
function verdictInShort(verdict: Table): Promise<string> {
  const numbers = ['dice', 'sensitivity', 'one_minus_precision'];
  const rounded = verdict.rows.map((row) => ({
    ...row,
    ...Object.fromEntries(numbers.map((name) => [name, parseNumber(row[name])?.toFixed(3) ?? 'n/a'])),
  }));
  return showTable({ columns: ['method', 'missing_percent', ...numbers, 'rank', 'usable'], rows: rounded });
}
