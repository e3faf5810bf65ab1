import type { Dialect } from './records.ts';
import { TableError } from './table.ts';

const lineEnd = /\r\n|\n|\r/;

/** A first line of Excel that says the separator. */
const excelHint = /^sep=(.)$/i;

/**
 * How a person's table is written, whatever its name says: separated by tabs, commas or semicolons, with quotes around
 * cells or none. `text` is what is left to read.
 *
 * @throws TableError for tables that are separated by blanks or bars.
 */
export function dialectOf(text: string, file: string): { readonly dialect: Dialect; readonly text: string } {
  // Two lines tell, and a table may be large.
  const lines = text.slice(0, 100_000).split(lineEnd);
  const hint = excelHint.exec(lines[0].trim());
  if (hint !== null) {
    const rest = text.slice(lines[0].length).replace(/^(\r\n|\n|\r)/, '');
    return { dialect: { separator: hint[1], hasQuotes: true }, text: rest };
  }
  const [header, second = ''] = lines;
  // A tab is never a part of a name.
  if (header.includes('\t')) return { dialect: { separator: '\t', hasQuotes: isQuoted(header) }, text };
  const counts = [',', ';'].map((separator) => ({
    separator,
    inHeader: countOf(separator, header),
    agree: second === '' || countOf(separator, header) === countOf(separator, second),
  }));
  const [best] = counts
    .filter(({ inHeader }) => inHeader > 0)
    .sort((a, b) => Number(b.agree) - Number(a.agree) || b.inHeader - a.inHeader);
  if (best !== undefined) return { dialect: { separator: best.separator, hasQuotes: true }, text };
  for (const [what, pattern] of [
    ['blanks', /\s+/],
    ['bars (|)', /\s*\|\s*/],
  ] as const) {
    const [above, below] = [header, second].map((line) => line.trim().split(pattern).length);
    if (above > 1 && above === below)
      throw new TableError(
        file,
        `seems to be separated by ${what}: its first line is "${header.trim().slice(0, 60)}". Separate its cells by tabs, commas or semicolons.`,
      );
  }
  const isCsv = file.toLowerCase().endsWith('.csv') || header.trim().startsWith('"');
  return {
    dialect: isCsv ? { separator: ',', hasQuotes: true } : { separator: '\t', hasQuotes: false },
    text,
  };
}

/** Whether every name of a header stands in quotes, as R writes it: then quotes of the table are no text. */
function isQuoted(header: string): boolean {
  return header.split('\t').every((name) => /^\s*".*"\s*$/.test(name));
}

/** How often a separator stands in a line outside quotes. */
function countOf(separator: string, line: string): number {
  return line.replace(/"[^"]*"/g, '').split(separator).length - 1;
}
