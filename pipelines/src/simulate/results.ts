import type { Cohort } from '@oinr/cohort';
import { writeFileAtomic } from '@oinr/files';
import { isOver, type RunFolder, relativePath, type StageStatus } from '@oinr/run';
import { groupRows, momentsOf, showTable } from '@oinr/tables';
import { compareConfig } from '../compare/config.ts';
import { sayExcluded, shortList } from '../excluded.ts';
import { reportConfig } from '../figures/config.ts';
import { isDescriptionFile } from '../folders.ts';
import type { StageContext } from '../stageContext.ts';
import { sayEndedEarly } from '../stageEnd.ts';
import { draftTable } from '../tables/draftTable.ts';
import { simulateConfig } from './config.ts';
import { meaningOf } from './meaning.ts';
import type { Outcome } from './outcome.ts';
import type { SimulatePlan } from './plan.ts';
import { methodRemarks } from './remarks.ts';
import { isFirstLook } from './resolveWork.ts';
import { table3 } from './table3.ts';
import { failuresTable, mseTable, summaryTable } from './tables.ts';

/** Writes the tables of what came of the work, as drafts. */
export async function writeTables(
  folder: RunFolder,
  outcome: Outcome,
  config: SimulatePlan['config'],
  hide: (text: string) => string,
): Promise<void> {
  await draftTable(folder, 'mse', mseTable(outcome.volumes));
  await draftTable(folder, 'summary', summaryTable(outcome.volumes));
  await draftTable(folder, 'failures', failuresTable(outcome.failures, hide));
  if (outcome.volumes.length > 0)
    await writeFileAtomic(folder.draft('tables', 'table3.txt'), `${table3(outcome.volumes, config)}\n`);
}

export interface ResultsRequest {
  readonly folder: RunFolder;
  readonly cohort: Cohort;
  readonly outcome: Outcome;
  readonly config: SimulatePlan['config'];
  readonly hide: (text: string) => string;
  readonly context: StageContext;
  readonly status: StageStatus;
  readonly stopReason?: string;
}

/** Prints Table 3, the groups, what went wrong, and where everything is. */
export async function printResults(request: ResultsRequest): Promise<void> {
  const { folder, cohort, outcome, config, hide, context, status, stopReason } = request;
  const { terminal } = context;
  const print = (text: string) => terminal.out.write(`${text}\n`);
  if (outcome.volumes.length > 0) {
    print(`\n${table3(outcome.volumes, config)}`);
    // Whoever stops does not wait for the library that draws these tables, which takes two seconds to load.
    const hasGroups = new Set(outcome.volumes.map(({ group }) => group)).size > 1;
    if (hasGroups && status !== 'stopped') print(await groupTables(outcome));
  }
  printRemarks(outcome, print);
  printProblems(request);
  sayEndedEarly(status, stopReason, hide, terminal);
  print('\nWritten');
  const shown = relativePath(process.cwd(), folder.path);
  print(
    `  ${shown}/tables/        mse.tsv (every subject), summary.tsv, table3.txt, excluded.tsv, failures.tsv`,
  );
  if (!config.noVolumes && outcome.volumes.length > 0)
    print(`  ${shown}/derivatives/   imputed volumes with sidecars (BIDS derivatives)`);
  print(`  ${shown}/run.json       options, versions, machine, times; impute.log beside it`);
  const meaning = meaningOf(outcome.volumes);
  if (meaning !== undefined) print(`\n${meaning}`);
  if (isOver(status) && outcome.volumes.length > 0 && context.isPartOfStudy !== true)
    print(`Next: ${nextCommand(request)}`);
  folder.log.write(
    `${outcome.volumes.length} volumes, ${cohort.excluded.length} exclusions, ${outcome.failures.length} failures.`,
  );
}

/** What somebody would do now: of a first look at the phantom the whole study, else t-tests on what is there, or its page. */
function nextCommand({ cohort, config, context: { door } }: ResultsRequest): string {
  const { run, out, root } = config;
  const named = isDescriptionFile(config.cohort) ? config.cohort : cohort.name;
  const values = { cohort: named, run, out, root };
  if (cohort.groups.length < 2)
    return `${door.command({ config: reportConfig, values })}   (one page with all tables and figures)`;
  // Of more groups than two somebody has to choose.
  const groups = cohort.groups.length > 2 ? cohort.groups.slice(0, 2) : undefined;
  if (!isFirstLook(config))
    return `${door.command({ config: compareConfig, values: { ...values, groups } })}   (permutation t-tests on full and imputed data)`;
  const study = { stage: 'study', options: simulateConfig.options };
  return `${door.command({ config: study, values })}   (all 20 people and methods, t-tests, report: about 10 minutes)`;
}

/** One row per percentage and group, one column per method, grouped and drawn by danfojs. */
async function groupTables({ volumes }: Outcome): Promise<string> {
  const hasMask = volumes.some(({ mse_missing_mask }) => mse_missing_mask !== null);
  const measures = hasMask
    ? ([
        ['mse_missing_mask', 'Mean squared error in the mask, by group'],
        ['bias_missing_mask', 'Signed bias in the mask (imputed minus true), by group'],
      ] as const)
    : ([['mse_missing', 'Mean squared error, by group']] as const);
  const table = mseTable(volumes);
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

function printRemarks({ volumes }: Outcome, print: (text: string) => void): void {
  const remarks = methodRemarks(volumes);
  if (remarks.length === 0) return;
  print("\nRemarks on methods and scans (each volume's own are in its sidecar)");
  for (const remark of remarks) print(`  ${remark}`);
}

function printProblems({ cohort, outcome, hide, context: { terminal } }: ResultsRequest): void {
  const write = (text: string) => terminal.error.write(`${text}\n`);
  sayExcluded(cohort, hide, terminal);
  if (outcome.failures.length === 0) return;
  // One line for each subject, so that the first in the list do not hide the others.
  const bySubject = Map.groupBy(outcome.failures, ({ subject }) => subject);
  const failures = shortList(
    [...bySubject.values()],
    ([{ subject, method, every, message }, ...others]) => {
      const where = method === undefined ? `sub-${subject}` : `sub-${subject}, ${method}, k = ${every}`;
      return `${where}: ${hide(message)}${others.length === 0 ? '' : ` (and ${others.length} more of this subject)`}`;
    },
    'tables/failures.tsv',
  );
  write(`\nFailed (${outcome.failures.length}; tables/failures.tsv)${failures}`);
}
