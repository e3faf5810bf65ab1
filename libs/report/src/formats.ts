import { isMissing, parseNumber } from '@oinr/tables';

/** How cells are shown; the cell itself keeps all its digits in the TSV file. */
const numeric = {
  integer: (value: number) => Math.round(value).toLocaleString('en-US'),
  one: (value: number) => value.toFixed(1),
  two: (value: number) => value.toFixed(2),
  three: (value: number) => value.toFixed(3),
  /** Errors over several orders of magnitude. */
  scientific: (value: number) => value.toExponential(2).replace('e+0', '').replace('e+', 'e'),
  /** p values: two significant digits. */
  p: (value: number) => (value >= 0.0001 ? String(Number(value.toPrecision(2))) : value.toExponential(1)),
  /** A share of 1 as a whole percentage. */
  percent: (value: number) => `${Math.round(100 * value)} %`,
  signedPercent: (value: number) => `${value > 0 ? '+' : ''}${(100 * value).toFixed(1)} %`,
} as const;

/** `sentence`: text that may take several lines. */
export type Format = keyof typeof numeric | 'text' | 'sentence';

/** A cell as the page shows it: `–` for a missing value, a typographic minus for negative numbers. */
export function showCell(cell: string | undefined, format: Format): string {
  if (cell === undefined || isMissing(cell)) return '\u2013';
  if (format === 'text' || format === 'sentence') return cell;
  const value = parseNumber(cell);
  if (value === undefined) return '\u2013';
  if (Number.isNaN(value)) return 'not a number';
  if (!Number.isFinite(value)) return value > 0 ? 'infinite' : '\u2212infinite';
  const shown = numeric[format](value);
  // What rounds to zero has no sign.
  return shown
    .replace(/^-(?=[0.,]*(?: %)?$)/, '')
    .replace(/^-/, '\u2212')
    .replace('e-', 'e\u2212');
}
