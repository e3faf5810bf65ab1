import * as Plot from '@observablehq/plot';
import { InputError } from '@oinr/errors';
import { chart } from './chart.ts';
import { type MethodColors, methodStyle } from './colors.ts';
import { element, label, quietInk, svgDocument, textWidth } from './svg.ts';

/** One measured error. */
export interface ErrorRow {
  readonly method: string;
  /** The share of slices that was missing, in percent. */
  readonly missingPercent: number;
  /** MSE of one subject; 0 and what is not finite is left out. */
  readonly mse: number;
}

/** What `errorCurves` draws. */
export interface ErrorCurvesOptions {
  /** For people who see the figure. */
  readonly title: string;
  /** What it shows, in words, for those who cannot see it. */
  readonly description: string;
  /** Any order; methods are drawn in the order in which they first appear. */
  readonly rows: readonly ErrorRow[];
  /** What the MSE is of: scale, slice set and mask, such as `(intensity / 99.5th percentile)², missing slices`. */
  readonly measure: string;
  /** Of methods that have one; the others take theirs from a palette, in order. */
  readonly colors?: MethodColors;
}

/**
 * MSE against the share of missing slices, one line per method through the means, with the range over subjects as a
 * bar (methods stand a little apart so that bars do not hide each other). The vertical axis is logarithmic.
 */
export function errorCurves(options: ErrorCurvesOptions): string {
  const rows = options.rows.filter((row) => Number.isFinite(row.mse) && row.mse > 0);
  const methods = [...new Set(rows.map((row) => row.method))];
  const percents = [...new Set(rows.map((row) => row.missingPercent))].sort((a, b) => a - b);
  if (rows.length === 0) throw new InputError('There is no finite MSE to draw; run the impute stage first.');
  const span = Math.max(8, (percents.at(-1) ?? 0) - (percents[0] ?? 0));
  const points = methods.flatMap((method, index) =>
    percents.flatMap((percent) => {
      const values = rows
        .filter((row) => row.method === method && row.missingPercent === percent)
        .map((row) => row.mse);
      if (values.length === 0) return [];
      const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
      const x = percent + (index - (methods.length - 1) / 2) * span * 0.012;
      return [{ method, x, mean, low: Math.min(...values), high: Math.max(...values) }];
    }),
  );
  const style = (method: string) => methodStyle(method, methods, options.colors);
  const lines = methods.flatMap((method) => {
    const own = points.filter((point) => point.method === method);
    const { color, symbol } = style(method);
    return [
      Plot.ruleX(own, {
        x: 'x',
        y1: 'low',
        y2: 'high',
        stroke: color,
        strokeWidth: 1.5,
        strokeOpacity: 0.75,
      }),
      Plot.line(own, { x: 'x', y: 'mean', stroke: color, strokeWidth: 2 }),
      Plot.dot(own, { x: 'x', y: 'mean', fill: color, stroke: '#ffffff', strokeWidth: 0.75, symbol, r: 4.5 }),
    ];
  });
  const width = 560;
  const height = 360;
  const legendX = width + 8;
  return svgDocument(
    legendX + 40 + Math.max(90, ...methods.map((method) => textWidth(method, 12))),
    height + 34,
    options,
    [
      label(14, 18, `MSE, ${options.measure}`, { 'font-size': 12 }),
      chart(
        {
          width,
          height,
          marginLeft: 62,
          marginBottom: 40,
          x: {
            label: 'missing slices, %',
            labelAnchor: 'center',
            labelArrow: 'none',
            ticks: percents,
            tickFormat: (value: number) => String(value),
            domain: [(percents[0] ?? 0) - span * 0.06, (percents.at(-1) ?? 0) + span * 0.06],
          },
          y: { type: 'log', label: null, grid: true, tickFormat: powerTick, nice: false },
          marks: lines,
        },
        0,
        24,
      ),
      label(legendX, 44, 'mean; bar: range', { 'font-size': 11, fill: quietInk }),
      label(legendX, 58, 'over subjects', { 'font-size': 11, fill: quietInk }),
      ...methods.map((method, index) => legendEntry(method, style(method), legendX, 82 + index * 22)),
    ],
  );
}

/** The symbol and name of a method, with its middle at y. */
export function legendEntry(
  method: string,
  { color, symbol }: ReturnType<typeof methodStyle>,
  x: number,
  y: number,
): string {
  const symbolChart = chart(
    {
      width: 30,
      height: 16,
      margin: 0,
      axis: null,
      x: { domain: [0, 1] },
      y: { domain: [0, 1] },
      marks: [Plot.dot([[0.5, 0.5]], { fill: color, symbol, r: 4.5 })],
    },
    x,
    y - 8,
  );
  return [
    element('line', { x1: x, x2: x + 30, y1: y, y2: y, stroke: color, 'stroke-width': 2 }),
    symbolChart,
    label(x + 36, y + 4, method),
  ].join('');
}

/** 0.001 -> 1e-3; other than 1, 2 and 5 stay unlabelled, so that a logarithmic axis stays readable. */
export function powerTick(value: number): string {
  const [mantissa, exponent] = value.toExponential(0).split('e');
  return ['1', '2', '5'].includes(mantissa) ? `${mantissa}e${exponent.replace('+', '')}` : '';
}
