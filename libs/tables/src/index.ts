export { parseCsv } from './csv.ts';
export type { Moments, RowGroup } from './dataFrame.ts';
export { describeGroups, displayNumber, groupMeans, groupRows, momentsOf, showTable } from './dataFrame.ts';
export type { CellValue, Table } from './table.ts';
export { formatNumber, isMissing, parseNumber, TableError, tableOf } from './table.ts';
export { readCsv, readTable, readTsv, writeTsv } from './tableFiles.ts';
export { formatTsv, parseTsv } from './tsv.ts';
