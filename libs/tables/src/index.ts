export { groupRows, momentsOf, showTable } from './dataFrame.ts';
export { firstOf } from './firstOf.ts';
export { groupingColumnInWords, groupingColumns } from './grouping.ts';
export { isMissing } from './missing.ts';
export { parseTsv } from './parse.ts';
export type { CellValue, Table } from './table.ts';
export { hasDecimalComma, numberIn, parseNumber, TableError, tableOf } from './table.ts';
export { readTable, readTsv, writeTsv } from './tableFiles.ts';
