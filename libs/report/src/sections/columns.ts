import type { ShownColumn } from '../dataTable.ts';

/** What a row is about: the first columns of most tables. */
export const cellColumns: readonly ShownColumn[] = [
  { column: 'method', heading: 'method', format: 'text' },
  { column: 'missing_percent', heading: 'missing, %', format: 'integer' },
];

/** How well significant voxels agree with a reference. */
export const rateColumns: readonly ShownColumn[] = [
  { column: 'dice', heading: 'Dice', format: 'three', help: 'Twice the common voxels over the sum of both' },
  {
    column: 'sensitivity',
    heading: 'sensitivity',
    format: 'three',
    help: 'Share of the reference that was found',
  },
  {
    column: 'one_minus_precision',
    heading: 'false among found',
    format: 'three',
    help: 'Share of what was found that is not in the reference',
  },
  {
    column: 'type_one_error',
    heading: 'type 1 error',
    format: 'three',
    help: 'Share of voxels outside the reference that were found',
  },
  {
    column: 'type_two_error',
    heading: 'type 2 error',
    format: 'three',
    help: 'Share of the reference that was missed',
  },
];
