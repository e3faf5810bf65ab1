import { element, label, quietInk, rule, svgDocument, textWidth } from './svg.ts';

/** What `tableFigure` draws. */
export interface TableFigureOptions {
  /** For people who see the figure. */
  readonly title: string;
  /** What it shows, in words, for those who cannot see it. */
  readonly description: string;
  /** Headings; numbers are aligned to the right. Default: left. */
  readonly columns: readonly { readonly name: string; readonly align?: 'left' | 'right' }[];
  /** One text per column; an empty text leaves the cell blank. */
  readonly rows: readonly (readonly string[])[];
  /** Sentences under the table: scale, mask, slices, where other numbers come from. */
  readonly notes: readonly string[];
  /** Headings over groups of columns: first column, number of columns, text. */
  readonly groups?: readonly { readonly first: number; readonly count: number; readonly name: string }[];
}

/** A table as a picture, for papers and slides; the same numbers are in a TSV file beside it. */
export function tableFigure(options: TableFigureOptions): string {
  const { columns, rows, notes, groups = [] } = options;
  const size = 12;
  const rowHeight = 22;
  const pad = 10;
  const widths = columns.map(
    (column, index) =>
      Math.max(textWidth(column.name, size), ...rows.map((row) => textWidth(row[index] ?? '', size))) +
      2 * pad,
  );
  for (const group of groups) {
    const own = widths.slice(group.first, group.first + group.count);
    const missing = textWidth(group.name, size) + 2 * pad - own.reduce((sum, width) => sum + width, 0);
    if (missing > 0) {
      for (let index = 0; index < own.length; index += 1) widths[group.first + index] += missing / own.length;
    }
  }
  const starts = widths.map((_, index) => 12 + widths.slice(0, index).reduce((sum, width) => sum + width, 0));
  const width = Math.max(
    24 + widths.reduce((sum, one) => sum + one, 0),
    24 + 1.1 * textWidth(options.title, 14),
    420,
  );
  const lines = notes.flatMap((note) => wrap(note, width - 24, 11));
  const top = 42;
  const headings = groups.length > 0 ? 2 : 1;
  const cell = (column: number, y: number, text: string, bold = false): string => {
    const isRight = columns[column]?.align === 'right';
    return label(isRight ? starts[column] + widths[column] - pad : starts[column] + pad, y, text, {
      'text-anchor': isRight ? 'end' : 'start',
      'font-weight': bold ? 'bold' : undefined,
    });
  };
  const line = (y: number, color = rule, thickness = 1): string =>
    element('line', { x1: 12, x2: width - 12, y1: y, y2: y, stroke: color, 'stroke-width': thickness });
  const bodyTop = top + headings * rowHeight;
  const bottom = bodyTop + rows.length * rowHeight;
  return svgDocument(width, bottom + 16 + lines.length * 16, options, [
    label(12, 24, options.title, { 'font-size': 14, 'font-weight': 'bold' }),
    line(top - 4, '#1a1a1a', 1.5),
    ...groups.flatMap((group) => {
      const end = group.first + group.count - 1;
      const right = starts[end] + widths[end];
      return [
        label((starts[group.first] + right) / 2, top + 12, group.name, {
          'text-anchor': 'middle',
          'font-weight': 'bold',
        }),
        element('line', {
          x1: starts[group.first] + 4,
          x2: right - 4,
          y1: top + 18,
          y2: top + 18,
          stroke: rule,
        }),
      ];
    }),
    ...columns.map((column, index) => cell(index, bodyTop - 8, column.name, true)),
    line(bodyTop, '#1a1a1a'),
    ...rows.flatMap((row, index) => [
      ...columns.map((_, column) => cell(column, bodyTop + index * rowHeight + 15, row[column] ?? '')),
      line(bodyTop + (index + 1) * rowHeight),
    ]),
    ...lines.map((text, index) =>
      label(12, bottom + 18 + index * 16, text, { 'font-size': 11, fill: quietInk }),
    ),
  ]);
}

function wrap(text: string, width: number, size: number): string[] {
  const lines: string[] = [];
  let line = '';
  for (const word of text.split(' ')) {
    const longer = line === '' ? word : `${line} ${word}`;
    if (line !== '' && textWidth(longer, size) > width) {
      lines.push(line);
      line = word;
    } else line = longer;
  }
  if (line !== '') lines.push(line);
  return lines;
}
