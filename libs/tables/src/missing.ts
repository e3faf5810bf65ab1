/** As they are written, but for n/a: `none` may well be the name of a group, `None` is what pandas writes. */
const words = new Set([
  '',
  // R
  'NA',
  // pandas: what it writes, and what it reads as missing
  'nan',
  'NaN',
  '-nan',
  '-NaN',
  'null',
  'NULL',
  'None',
  'N/A',
  'n/a',
  '<NA>',
  'NaT',
  '#NA',
  '1.#IND',
  '-1.#IND',
  '1.#QNAN',
  '-1.#QNAN',
  // Excel: values that are not there, and formulas without one
  '#N/A',
  '#N/A N/A',
  '#DIV/0!',
  '#NAME?',
  '#NULL!',
  '#NUM!',
  '#REF!',
  '#VALUE!',
]);

/**
 * Whether a cell holds no value: it is empty, says n/a (BIDS, in any case), or is one of the words that R, pandas and Excel
 * write for a missing value, such as NA, NaN, None, <NA> and #N/A.
 */
export function isMissing(cell: string | undefined): boolean {
  if (cell === undefined || cell === '') return true;
  // No word is longer.
  if (cell.length > 60) return false;
  const text = cell.trim();
  return words.has(text) || text.toLowerCase() === 'n/a';
}
