import * as Plot from '@observablehq/plot';
import { InputError } from '@oinr/errors';
import { chart } from './chart.ts';
import { type MethodColors, methodStyle } from './colors.ts';
import { type FigureText, ink, label, quietInk, svgDocument } from './svg.ts';

/** What one imputed scan is worth. */
export interface WorthOfScan {
  readonly method: string;
  /** Share of slices that are missing, in percent; undefined where it is not known. */
  readonly missingPercent: number | undefined;
  /** Full scans that one imputed scan replaces. */
  readonly worth: number;
  /** Ends of its interval, where there is one. */
  readonly interval: readonly [low: number, high: number] | undefined;
}

/** What `worthIntervals` draws. */
export interface WorthIntervalsOptions extends FigureText {
  readonly rows: readonly WorthOfScan[];
  /** Of methods that have one; the others take theirs from a palette, in order. */
  readonly colors?: MethodColors;
}

const rowHeight = 26;

/**
 * What one imputed scan is worth: a dot and its interval per method and percentage, one below the other, with a line at
 * one, where it is as good as a full scan.
 *
 * @throws InputError where there is nothing to draw.
 */
export function worthIntervals(options: WorthIntervalsOptions): string {
  const { rows } = options;
  if (rows.length === 0)
    throw new InputError('There is no worth to draw; run the stage compare on more people first.');
  const methods = [...new Set(rows.map(({ method }) => method))];
  const lines = rows.map((row) => ({
    ...row,
    name: row.missingPercent === undefined ? row.method : `${row.method}, ${row.missingPercent} % missing`,
    low: row.interval?.[0] ?? row.worth,
    high: row.interval?.[1] ?? row.worth,
  }));
  const ends = lines.flatMap(({ low, high, worth }) => [low, high, worth]);
  const width = 620;
  const height = rows.length * rowHeight + 60;
  return svgDocument(width, height + 30, options, [
    label(14, 18, 'Full scans that one imputed scan replaces (bar: 95 % interval)'),
    chart(
      {
        width,
        height,
        marginLeft: 190,
        marginRight: 24,
        marginTop: 8,
        marginBottom: 40,
        x: {
          domain: [Math.min(0, ...ends), Math.max(1.05, ...ends)],
          label: 'worth; 1: as good as a full scan',
          labelAnchor: 'center',
          labelArrow: 'none',
          grid: true,
        },
        y: { type: 'band', domain: lines.map(({ name }) => name), label: null, tickSize: 0, padding: 0.3 },
        marks: [
          Plot.ruleX([1], { stroke: ink, strokeDasharray: '4 3' }),
          Plot.ruleX([0], { stroke: quietInk }),
          ...lines.flatMap((line) => {
            const { color, symbol } = methodStyle(line.method, methods, options.colors);
            return [
              Plot.ruleY([line], { y: 'name', x1: 'low', x2: 'high', stroke: color, strokeWidth: 2.5 }),
              Plot.dot([line], {
                x: 'worth',
                y: 'name',
                fill: color,
                stroke: '#ffffff',
                strokeWidth: 0.75,
                symbol,
                r: 5,
              }),
            ];
          }),
        ],
      },
      0,
      26,
    ),
  ]);
}
