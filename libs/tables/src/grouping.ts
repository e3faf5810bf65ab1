import { firstOf } from './firstOf.ts';
import { isMissing } from './missing.ts';
import { numberIn, type Table } from './table.ts';

/** A column that could tell groups apart, with its values as they first appear. */
export interface GroupingColumn {
  readonly column: string;
  readonly values: readonly string[];
}

/** More values than this are no groups. */
const mostGroups = 10;

/** The columns of a table that have two to ten values, some of them more than once: they could be groups. */
export function groupingColumns({ columns, rows }: Table): GroupingColumn[] {
  return columns.flatMap((column) => {
    const values = new Set<string>();
    let filled = 0;
    for (const row of rows) {
      const cell = row[column];
      if (isMissing(cell)) continue;
      filled += 1;
      values.add(cell);
      if (values.size > mostGroups) return [];
    }
    // Ages of ten people are numbers, not groups.
    const isFew = values.size >= 2 && values.size < filled;
    return isFew && !(values.size > 3 && [...values].every((value) => numberIn(value) !== undefined))
      ? [{ column, values: [...values] }]
      : [];
  });
}

/** `sex (F, M)`. */
export function groupingColumnInWords({ column, values }: GroupingColumn): string {
  return `${column} (${firstOf(values, 4)})`;
}
