import { dataTable, type ShownColumn } from '../dataTable.ts';
import { type Html, html } from '../html.ts';
import type { Section } from '../page.ts';
import { hasColumn } from '../source.ts';
import type { JoiningTables } from '../studyInput.ts';
import { cellColumns } from './columns.ts';

/** The tables behind the answer to `May they join?`; undefined where the run has none of them. */
export function mixturesSection(tables: JoiningTables): Section | undefined {
  const parts = sections.flatMap(({ name, caption, text, columns, highlight }) => {
    const source = tables[name];
    if (source === undefined || source.table.rows.length === 0) return [];
    const table = dataTable({
      id: `table-${name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`,
      caption,
      source,
      columns: columns.filter(({ column }) => hasColumn(source, column)),
      highlight,
      isDense: columns.length > 10,
    });
    return [html`<p>${text}</p>${table}`];
  });
  if (parts.length === 0) return undefined;
  return { id: 'mixtures', heading: 'Joining full and imputed scans', body: html`${parts}` };
}

interface Part {
  readonly name: keyof JoiningTables;
  readonly caption: string;
  /** What the table is, and how to read it. */
  readonly text: Html | string;
  readonly columns: readonly ShownColumn[];
  readonly highlight?: (row: Readonly<Record<string, string>>) => boolean;
}

const design: ShownColumn = { column: 'design', heading: 'design', format: 'text' };
const model: ShownColumn = { column: 'model', heading: 'model', format: 'text' };
const perGroup: ShownColumn = { column: 'per_group', heading: 'people per group', format: 'integer' };

const sections: readonly Part[] = [
  {
    name: 'joining',
    caption: 'May they join? By mixture and method',
    text: 'What joining finds beside the full scans alone: the share of the true effect where it is known, else a number of voxels; means over the draws.',
    columns: [
      design,
      ...cellColumns,
      { column: 'may_join', heading: 'may join', format: 'text' },
      { column: 'measure', heading: 'measure', format: 'text' },
      { column: 'full_alone', heading: 'full alone', format: 'three' },
      { column: 'kinds', heading: 'within kinds', format: 'three' },
      { column: 'equalised', heading: 'equalised', format: 'three' },
      { column: 'naive', heading: 'naive', format: 'three' },
      { column: 'all_full', heading: 'all full', format: 'three' },
    ],
  },
  {
    name: 'mixtures',
    caption: 'Every mixture by every model, beside all full, the full scans alone and all imputed',
    text: 'Within kinds, labels move among scans of one kind and the mean of each kind is in the model; equalised, the full scans are thinned and imputed as well. Both are valid. Naive and covariate stand there for comparison and are not recommended.',
    highlight: ({ model: name }) => name === 'kinds',
    columns: [
      design,
      ...cellColumns,
      { column: 'draw', heading: 'draw', format: 'integer', help: 'Of who has few slices' },
      model,
      { column: 'valid', heading: 'valid', format: 'text' },
      { column: 'subjects_full', heading: 'full', format: 'integer', help: 'Subjects with full scans' },
      { column: 'subjects_imputed', heading: 'imputed', format: 'integer' },
      {
        column: 'left_out',
        heading: 'left out',
        format: 'integer',
        help: 'Subjects of kinds that one group alone has',
      },
      { column: 'kinds', heading: 'kinds', format: 'integer' },
      { column: 'voxels_found', heading: 'voxels', format: 'integer' },
      { column: 'significant_fwe', heading: 'voxels, FWE', format: 'integer' },
      {
        column: 'true_found',
        heading: 'true found',
        format: 'three',
        help: 'Share of the voxels with a true effect that were found',
      },
      { column: 'one_minus_precision', heading: 'false among found', format: 'three' },
      { column: 'dice', heading: 'Dice', format: 'three', help: 'With everybody full' },
      { column: 'note', heading: 'note', format: 'sentence' },
    ],
  },
  {
    name: 'falsePositives',
    caption: 'How often random groups differ',
    text: 'Family-wise errors: two groups drawn from everybody, without replacement, and anything found at the level of the study counts as an error. In people who truly do not differ this is the error of the design; in others it tests the code, and not who is given few slices.',
    columns: [
      design,
      ...cellColumns,
      model,
      perGroup,
      { column: 'permutations', heading: 'permutations', format: 'integer' },
      { column: 'alpha', heading: 'level', format: 'text' },
      { column: 'draws', heading: 'draws', format: 'integer' },
      { column: 'errors', heading: 'errors', format: 'integer' },
      { column: 'family_wise_error', heading: 'family-wise error', format: 'three' },
      { column: 'low', heading: 'low', format: 'three', help: '95 % interval, Clopper and Pearson' },
      { column: 'high', heading: 'high', format: 'three' },
    ],
  },
  {
    name: 'worth',
    caption: 'What one imputed scan is worth, in full scans',
    text: 'The interval is that of a bootstrap over people. In the truth: the same with the true effect as weights, where it is known. It may exceed one, since imputing also smooths.',
    columns: [
      ...cellColumns,
      { column: 'worth', heading: 'worth', format: 'three' },
      { column: 'worth_low', heading: 'low', format: 'three' },
      { column: 'worth_high', heading: 'high', format: 'three' },
      { column: 'worth_in_truth', heading: 'in the truth', format: 'three' },
      { column: 'splits', heading: 'splits', format: 'integer' },
    ],
  },
  {
    name: 'power',
    caption: 'Sensitivity and false among found against the number of people',
    text: 'Samples of these people without replacement, the same people for every kind of scans: conditional on this cohort. How many full scans find as much is read off the curve of full scans, and a dash says that it lies outside of it.',
    columns: [
      { column: 'scans', heading: 'scans', format: 'text' },
      ...cellColumns,
      perGroup,
      { column: 'samples', heading: 'samples', format: 'integer' },
      { column: 'voxels_found', heading: 'voxels', format: 'integer' },
      { column: 'sensitivity', heading: 'sensitivity', format: 'three' },
      { column: 'sensitivity_low', heading: 'low', format: 'three' },
      { column: 'sensitivity_high', heading: 'high', format: 'three' },
      { column: 'one_minus_precision', heading: 'false among found', format: 'three' },
      { column: 'one_minus_precision_low', heading: 'low', format: 'three' },
      { column: 'one_minus_precision_high', heading: 'high', format: 'three' },
      { column: 'equals_full_per_group', heading: 'equals full', format: 'one' },
      { column: 'worth_by_power', heading: 'worth', format: 'two' },
    ],
  },
  {
    name: 'kinds',
    caption: 'Imputed minus full scans of the same people',
    text: 'Means as shares of the mean of the full scans, before and after normalising; voxel by voxel is the root mean square over voxels, which keeps what cancels in the mean. Standard deviations are those over people, imputed over full, median over voxels: below one, imputed scans vary less.',
    columns: [
      ...cellColumns,
      { column: 'subjects', heading: 'subjects', format: 'integer' },
      { column: 'mean_difference_before', heading: 'mean, before', format: 'scientific' },
      { column: 'mean_difference_after', heading: 'mean, after', format: 'scientific' },
      { column: 'voxel_difference_before', heading: 'voxel by voxel, before', format: 'scientific' },
      { column: 'voxel_difference_after', heading: 'voxel by voxel, after', format: 'scientific' },
      { column: 'sd_ratio_before', heading: 'SD ratio, before', format: 'three' },
      { column: 'sd_ratio_after', heading: 'SD ratio, after', format: 'three' },
    ],
  },
  {
    name: 'transfer',
    caption: 'What comes through of implanted losses',
    text: 'Losses of known size were implanted into full scans, which were thinned and imputed with and without them. Transfer is the share that is left after smoothing and normalising; people needed, times those with full scans, are the square of the ratio of standard deviations over transfer. No T is divided by anything.',
    columns: [
      ...cellColumns,
      { column: 'smooth_mm', heading: 'smoothed, mm', format: 'one' },
      { column: 'size_mm', heading: 'size, mm', format: 'one' },
      { column: 'distance_mm', heading: 'to kept slice, mm', format: 'text' },
      { column: 'places', heading: 'places', format: 'integer' },
      { column: 'subjects', heading: 'subjects', format: 'integer' },
      { column: 'transfer', heading: 'transfer', format: 'three' },
      { column: 'transfer_sd', heading: 'SD', format: 'three' },
      { column: 'sd_ratio', heading: 'SD ratio', format: 'three' },
      { column: 'people_needed', heading: 'people needed, times', format: 'two' },
    ],
  },
];
