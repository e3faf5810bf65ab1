import { parseNumber, parseTsv, type Table } from '@oinr/tables';
import { errorTable, errorValues } from './errorTable.ts';
import { markdownTable, origin, type Recipe } from './recipe.ts';
import { numberOf, type Value } from './record.ts';

const folder = 'reports/phantom/study';
const [mse, verdict] = [`${folder}/tables/mse.tsv`, `${folder}/tables/verdict.tsv`];
const methods = [
  'linear',
  'pchip',
  'oinr',
  'oinr-internal',
  'oinr-prior',
  'oinr-prior-internal',
  'auto',
] as const;
const percents = ['50', '66', '75'] as const;

/** The whole study of the phantom, 10 + 10 people, smoothed. */
export const phantomStudy: Recipe = {
  name: 'phantom-study',
  command: 'npx nx run pipeline:study --run study --smooth 6',
  makes: [folder],
  tables: [mse, verdict],
  values: (run) => ({
    ...errorValues(parseTsv(run.table(mse), mse)),
    ...diceValues(parseTsv(run.table(verdict), verdict)),
  }),
  texts: (record) => ({
    dice: `${markdownTable(
      ['missing', ...methods],
      percents.map((percent) => [
        `${percent} %`,
        ...methods.map((method) => numberOf(record, `dice.${percent}.${method}`).toFixed(2)),
      ]),
    )}

Dice overlap of the voxels with p < 0.001 (uncorrected) with those of the full data, 10 + 10 people, smoothed by 6 mm. ${origin(record)}`,
    errors: `${errorTable(record, methods)}

Mean squared error x 1000 in the brain, ${record.values.n} people (bold: the best, told from every other by two standard errors of
the paired differences). The same run.`,
  }),
};

function diceValues({ rows }: Table): Record<string, Value> {
  const values: Record<string, Value> = {};
  for (const row of rows) {
    const dice = parseNumber(row.dice);
    if (dice !== undefined) values[`dice.${row.missing_percent}.${row.method}`] = Number(dice.toPrecision(5));
  }
  return values;
}
