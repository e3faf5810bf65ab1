export { groupRows, momentsOf, showTable } from './dataFrame.ts';
export type { CellValue, Table } from './table.ts';
export { isMissing, parseNumber, TableError, tableOf } from './table.ts';
export { readCsv, readTable, readTsv, writeTsv } from './tableFiles.ts';
export { parseTsv } from './tsv.ts';
