import { writeFileAtomic } from '@oinr/files';
import { type OutputFolder, writeJson } from '@oinr/run';
import { type Table, writeTsv } from '@oinr/tables';
import { meaningOf } from './columns.ts';

/** Drafts `tables/NAME.tsv`, beside it what its columns mean (a data dictionary of BIDS), and the README of the folder. */
export async function draftTable(folder: OutputFolder, name: string, table: Table): Promise<void> {
  await writeTsv(folder.draft('tables', `${name}.tsv`), table);
  await writeJson(
    folder.draft('tables', `${name}.json`),
    Object.fromEntries(
      table.columns.map((column) => [column, meaningOf(name, column) ?? { Description: column }]),
    ),
  );
  await writeFileAtomic(folder.draft('tables', 'README.md'), readme);
}

/** The files of a table. */
export function tableFiles(folder: OutputFolder, name: string): string[] {
  return ['tsv', 'json'].map((type) => folder.file('tables', `${name}.${type}`));
}

const readme = `# Tables of this run

Tab-separated, UTF-8, a header line, \`n/a\` where there is no value. \`NAME.json\` says of every column of \`NAME.tsv\` what it
means, its unit and its levels. Which command made a table, with which options and version, is in \`../run.json\`.

\`\`\`python
import pandas
verdict = pandas.read_csv('verdict.tsv', sep='\\t', na_values='n/a')
\`\`\`
`;
