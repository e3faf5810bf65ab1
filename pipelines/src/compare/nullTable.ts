import type { Table } from '@oinr/tables';

/** A value of every relabeling of one data set, the identity first. */
export interface NullColumn {
  readonly id: string;
  readonly values: ArrayLike<number>;
}

/** tables/max_null.tsv and extent_null.tsv: one row per relabeling, one column per data set. */
export function nullTable(columns: readonly NullColumn[]): Table {
  return {
    columns: ['relabeling', ...columns.map(({ id }) => id)],
    rows: Array.from({ length: columns[0].values.length }, (_, index) => ({
      relabeling: String(index),
      ...Object.fromEntries(columns.map(({ id, values }) => [id, String(values[index])])),
    })),
  };
}
