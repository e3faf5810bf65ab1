import { parseNumber, parseTsv, type Table } from '@oinr/tables';
import { origin, type Recipe } from './recipe.ts';
import { numberOf } from './record.ts';

const folder = 'reports/phantom/joining';
const [mixtures, worth] = [`${folder}/tables/mixtures.tsv`, `${folder}/tables/worth.tsv`];
const half = 'CN=0.5 AD=0.5';

/** What joining imputed and full scans finds with 140 against 140 people of the phantom, and what one imputed scan is worth. */
export const joining: Recipe = {
  name: 'joining',
  command:
    'npx nx run pipeline:impute --run joining --phantom-per-group 140 --k 3 --method linear oinr-prior && npx nx run pipeline:compare --run joining --smooth 6 --mix CN=0.5 AD=0.5',
  makes: [folder],
  tables: [mixtures, worth],
  values(run) {
    const found = (design: string, method: string, model: string): number =>
      cell(parseTsv(run.table(mixtures), mixtures), 'true_found', { design, method, model });
    return {
      full: found('all full', 'full', 'naive'),
      alone: found(`${half}, full scans alone`, 'full', 'naive'),
      joined: found(half, 'oinr-prior', 'kinds'),
      worth: cell(parseTsv(run.table(worth), worth), 'worth', { method: 'linear', missing_percent: '66' }),
    };
  },
  texts(record) {
    const percent = (key: string): string => `${Math.round(100 * numberOf(record, key))} %`;
    return {
      answer: `**The answer.** Not as if they were full scans: where one group has more of them, resolution passes for a difference of the groups.
Tested as a kind of their own, they can: with half of each group imputed at 66 % missing, ${percent('joined')} of the true effect is found; the full
half alone finds ${percent('alone')}, and all scans full ${percent('full')} (simulated cohort, 140 against 140 people).`,
      worth: `One scan imputed linearly is worth ${numberOf(record, 'worth').toFixed(2)} of a full one. ${origin(record)}`,
    };
  },
};

/** The cell of the one row with these values. @throws Error where there is none. */
function cell({ rows }: Table, column: string, where: Readonly<Record<string, string>>): number {
  const row = rows.find((one) => Object.entries(where).every(([name, value]) => one[name] === value));
  const value = row && parseNumber(row[column]);
  if (value === undefined) throw new Error(`No row with ${JSON.stringify(where)} has a ${column}.`);
  return value;
}
