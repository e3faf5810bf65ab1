import { isMissing } from '@oinr/tables';
import { dataTable, type ShownColumn } from '../dataTable.ts';
import { figure } from '../figure.ts';
import { type Html, html } from '../html.ts';
import type { Section } from '../page.ts';
import { cite, hasColumn, rowsWhere, type TableSource } from '../source.ts';
import type { ErrorTables, StudyReport } from '../studyInput.ts';
import { cellColumns } from './columns.ts';

/** Table 3 beside the paper's, the errors of every method, and their figures. */
export function errorsSection(
  report: Pick<StudyReport, 'scale' | 'figures'>,
  { summary, table3 }: ErrorTables,
): Section {
  const ours = ['volume_mse_', 'missing_mse_'].map((beginning) =>
    table3.table.columns
      .filter((column) => column.startsWith(beginning))
      .map(
        (column): ShownColumn => ({
          column,
          heading: column.slice(beginning.length),
          format: 'scientific',
        }),
      ),
  );
  const body = html`<p>${report.scale}</p>
${dataTable({
  id: 'table-3',
  caption: 'MSE beside Table 3 of the paper (whole volume counts kept slices as well)',
  source: table3,
  columns: [
    { column: 'missing_percent', heading: 'missing, %', format: 'integer' },
    {
      column: 'paper_test_mse',
      heading: 'test',
      format: 'scientific',
      help: 'O-INR on ADNI; (stored value / 255) squared, whole volume; other data',
    },
    { column: 'paper_train_mse', heading: 'train', format: 'scientific' },
    ...ours.flat(),
  ],
  groups: [
    { name: '', columns: 1 },
    { name: 'paper', columns: 2 },
    ...ours.map((columns, index) => ({
      name: ['this run, whole volume', 'this run, missing slices'][index],
      columns: columns.length,
    })),
  ],
  isDense: true,
})}
<p class="quiet">The paper\u2019s data (ADNI) and its intensity scale (stored value / 255) are not those of this run; its numbers stand here for orientation.</p>
${report.figures.errors.map(figure)}
${dataTable({
  id: 'table-summary',
  caption: 'Errors per method and percentage: mean over subjects',
  source: summary,
  columns: [
    ...cellColumns,
    { column: 'n', heading: 'n', format: 'integer' },
    { column: 'mse_missing_mean', heading: 'MSE missing', format: 'scientific' },
    { column: 'mse_missing_sd', heading: 'SD', format: 'scientific' },
    { column: 'mse_missing_mask_mean', heading: 'MSE in mask', format: 'scientific' },
    { column: 'psnr_missing_mean', heading: 'PSNR, dB', format: 'one' },
    { column: 'ssim_missing_mean', heading: 'SSIM', format: 'three' },
    { column: 'bias_missing_mask_mean', heading: 'bias in mask', format: 'scientific' },
    {
      column: 'ratio_to_best_classical_mask',
      heading: 'ratio to best interpolation',
      format: 'three',
      help: 'MSE in the mask over that of the subject\u2019s best interpolation',
    },
    {
      column: 'ratio_to_best_mask',
      heading: 'to best method',
      format: 'three',
      help: 'MSE in the mask over that of the subject\u2019s best method; of auto this is the price of choosing without truth',
    },
    { column: 'ratio_to_best_mask_worst', heading: 'worst subject', format: 'three' },
    ...rankColumns(summary),
  ],
})}${hasRanks(summary) ? noise : ''}${regretOfAuto(summary)}`;
  return { id: 'errors', heading: 'Errors of imputation', body };
}

/** Runs of earlier versions have no ranks. */
const hasRanks = (summary: TableSource): boolean => hasColumn(summary, 'error_rank');

const noise = html`<p class="quiet">Ranks at the same percentage by mean error over the subjects with all methods, with their 95 % intervals: a bootstrap over subjects, each with all its methods. A method is within noise of the best where the interval of its mean difference from the best holds 0. Fewer than six subjects have no intervals, and tell no methods apart.</p>`;

function rankColumns(summary: TableSource): ShownColumn[] {
  if (!hasRanks(summary)) return [];
  return [
    {
      column: 'error_rank',
      heading: 'rank',
      format: 'integer',
      help: 'By error, among methods at this percentage',
    },
    {
      column: 'error_rank_low',
      heading: 'from',
      format: 'integer',
      help: 'Lower end of the 95 % interval of the rank',
    },
    {
      column: 'error_rank_high',
      heading: 'to',
      format: 'integer',
      help: 'Upper end of the 95 % interval of the rank',
    },
    {
      column: 'within_noise_of_best',
      heading: 'within noise',
      format: 'text',
      help: 'Whether the difference from the best method may be chance',
    },
  ];
}

/** What choosing without truth has cost, over the best method of each subject; nothing where `auto` was not run. */
function regretOfAuto(summary: TableSource): Html | undefined {
  const rows = rowsWhere(summary, ({ method }) => method === 'auto');
  if (rows.length === 0) return undefined;
  const parts = rows.map((row, index) => {
    const hasMask = !isMissing(summary.table.rows[row]?.ratio_to_best_mask);
    const column = hasMask ? 'ratio_to_best_mask' : 'ratio_to_best';
    return html`${index === 0 ? '' : '; '}at ${cite(summary, row, 'missing_percent', 'integer')} % missing ${cite(summary, row, column, 'three')} (worst subject ${cite(summary, row, `${column}_worst`, 'three')}${hasMask ? '' : ', whole slices'})`;
  });
  return html`<p>Regret of auto, its error over that of the best method of the same subject, mean over subjects: ${parts}. <code>tables/mse.tsv</code> has it for every subject (column <code>ratio_to_best_mask</code>).</p>`;
}
