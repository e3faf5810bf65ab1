import type { Table } from './table.ts';

/** Row numbers of a list of keys by key, in order of first appearance. */
export function rowsByKey(keys: readonly string[]): Map<string, number[]> {
  const groups = new Map<string, number[]>();
  for (const [row, key] of keys.entries()) {
    const rows = groups.get(key);
    if (rows === undefined) groups.set(key, [row]);
    else rows.push(row);
  }
  return groups;
}

/** The table as text in aligned columns under a rule, all rows and columns. */
export function plainTable({ columns, rows }: Table): string {
  const widths = columns.map((column) => Math.max(column.length, ...rows.map((row) => row[column].length)));
  const line = (cells: readonly string[]): string =>
    cells
      .map((cell, index) => cell.padEnd(widths[index]))
      .join('  ')
      .trimEnd();
  return [
    line(columns),
    line(widths.map((width) => '-'.repeat(width))),
    ...rows.map((row) => line(columns.map((column) => row[column]))),
    '',
  ].join('\n');
}
