import type { Cohort } from '@oinr/cohort';
import { writeFileAtomic } from '@oinr/files';
import { type RunFolder, relativePath, type StageStatus } from '@oinr/run';
import { groupRows, momentsOf, showTable, writeTsv } from '@oinr/tables';
import { sayEndedEarly } from '../stageEnd.ts';
import type { Terminal } from '../terminal.ts';
import type { ImputeOptions } from './options.ts';
import { methodRemarks } from './remarks.ts';
import { table3 } from './table3.ts';
import { excludedTable, failuresTable, mseTable, summaryTable } from './tables.ts';
import type { Outcome } from './work.ts';

/** Writes all tables of the stage; each appears by rename. */
export async function writeTables(
  folder: RunFolder,
  cohort: Cohort,
  outcome: Outcome,
  hide: (text: string) => string,
): Promise<void> {
  await writeTsv(folder.file('tables', 'mse.tsv'), mseTable(outcome.units));
  await writeTsv(folder.file('tables', 'summary.tsv'), summaryTable(outcome.units));
  await writeTsv(folder.file('tables', 'excluded.tsv'), excludedTable(cohort, hide));
  await writeTsv(folder.file('tables', 'failures.tsv'), failuresTable(outcome.failures, hide));
}

export interface ResultsRequest {
  readonly folder: RunFolder;
  readonly cohort: Cohort;
  readonly outcome: Outcome;
  readonly options: ImputeOptions;
  readonly hide: (text: string) => string;
  readonly terminal: Terminal;
  readonly status: StageStatus;
}

/** Prints Table 3, the groups, what went wrong, and where everything is. */
export async function printResults(request: ResultsRequest): Promise<void> {
  const { folder, cohort, outcome, options, hide, terminal, status } = request;
  const print = (text: string) => terminal.out.write(`${text}\n`);
  if (outcome.units.length > 0) {
    const table = table3(outcome.units, options);
    await writeFileAtomic(folder.file('tables', 'table3.txt'), `${table}\n`);
    print(`\n${table}`);
    if (new Set(outcome.units.map(({ group }) => group)).size > 1) print(await groupTables(outcome));
  }
  printRemarks(outcome, print);
  printProblems(request);
  sayEndedEarly(status, outcome.stopReason, hide, terminal);
  print('\nWritten');
  const shown = relativePath(process.cwd(), folder.path);
  print(
    `  ${shown}/tables/        mse.tsv (every subject), summary.tsv, table3.txt, excluded.tsv, failures.tsv`,
  );
  if (options.writeVolumes)
    print(`  ${shown}/derivatives/   imputed volumes with sidecars (BIDS derivatives)`);
  print(`  ${shown}/run.json       options, versions, machine, times; impute.log beside it`);
  folder.log.write(
    `${outcome.units.length} units, ${cohort.excluded.length} exclusions, ${outcome.failures.length} failures.`,
  );
}

/** One row per percentage and group, one column per method, grouped and drawn by danfojs. */
async function groupTables({ units }: Outcome): Promise<string> {
  const hasMask = units.some(({ result }) => result.mse_missing_mask !== null);
  const measures = hasMask
    ? ([
        ['mse_missing_mask', 'Mean squared error in the mask, by group'],
        ['bias_missing_mask', 'Signed bias in the mask (imputed minus true), by group'],
      ] as const)
    : ([['mse_missing', 'Mean squared error, by group']] as const);
  const table = mseTable(units);
  const methods = [...new Set(table.rows.map(({ method }) => method))];
  const parts: string[] = [];
  for (const [measure, title] of measures) {
    const rows: Record<string, string>[] = [];
    for (const { keys, rows: members } of await groupRows(table, ['missing_percent', 'group'])) {
      const [missing, group] = keys;
      const cells = methods.map((method) => {
        const { mean } = momentsOf(members.filter((row) => row.method === method).map((row) => row[measure]));
        return [method, mean === undefined ? 'n/a' : mean.toExponential(2)];
      });
      const subjects = new Set(members.map((row) => row.participant_id)).size;
      rows.push({ missing: `${missing} %`, group, n: String(subjects), ...Object.fromEntries(cells) });
    }
    rows.sort((a, b) => Number.parseInt(a.missing, 10) - Number.parseInt(b.missing, 10));
    parts.push(
      `\n${title}\n${(await showTable({ columns: ['missing', 'group', 'n', ...methods], rows })).trimEnd()}`,
    );
  }
  return parts.join('\n');
}

function printRemarks({ units }: Outcome, print: (text: string) => void): void {
  const remarks = methodRemarks(units);
  if (remarks.length === 0) return;
  print("\nRemarks of the methods (each volume's own are in its sidecar)");
  for (const remark of remarks) print(`  ${remark}`);
}

function printProblems({ cohort, outcome, hide, terminal }: ResultsRequest): void {
  const problems = cohort.excluded.filter(({ isProblem }) => isProblem);
  const write = (text: string) => terminal.error.write(`${text}\n`);
  if (problems.length > 0) {
    write(`\nNot usable in this cohort (${problems.length}; tables/excluded.tsv)`);
    for (const { what, reason } of problems) write(`  ${hide(what)}: ${hide(reason)}`);
  }
  if (outcome.failures.length === 0) return;
  write(`\nFailed (${outcome.failures.length}; tables/failures.tsv)`);
  for (const { subject, method, every, message } of outcome.failures) {
    const where = method === undefined ? `sub-${subject}` : `sub-${subject}, ${method}, k = ${every}`;
    write(`  ${where}: ${hide(message)}`);
  }
}
