import { parseTsv } from '@oinr/tables';
import { errorTable, errorValues } from './errorTable.ts';
import { origin, type Recipe } from './recipe.ts';

const table = 'reports/phantom/default/tables/mse.tsv';

/** The first command of the README: six people of the phantom. */
export const firstCommand: Recipe = {
  name: 'first-command',
  command: 'npx nx run pipeline:impute',
  makes: ['reports/phantom/default', 'reports/.phantom'],
  tables: [table],
  values: (run) => errorValues(parseTsv(run.table(table), table)),
  texts: (record) => ({
    table: `${errorTable(record, ['linear', 'pchip', 'cubic', 'oinr', 'oinr-internal', 'oinr-prior'])}

Mean squared error x 1000 in the brain, ${record.values.n} people (bold: the best, told from every other by two standard errors of
the paired differences). ${origin(record)}`,
    time: `\`npm ci\` brings its own Node 22. The first command makes a simulated cohort with known ground truth (from the Colin27 brain), shows the
errors of every subject as soon as they are known, and ends with a table, what it means, and what to run next. It took
${record.seconds?.wall} seconds by the clock and ${record.seconds?.cpu} CPU seconds (${record.machine?.cores} cores, which did other work too).`,
  }),
};
