import * as Plot from '@observablehq/plot';
import { InputError } from '@oinr/errors';
import { chart } from './chart.ts';
import { type MethodColors, methodStyle } from './colors.ts';
import { element, type FigureText, ink, label, quietInk, svgDocument, textWidth } from './svg.ts';

/** A mean with what most samples lie between. */
export type Interval = readonly [mean: number, low: number, high: number];

/** What scans of one kind find with groups of one size. */
export interface PowerCurvePoint {
  /** People per group. */
  readonly size: number;
  /** Shares of 1; undefined where there was nothing to find, or nothing was found. */
  readonly sensitivity: Interval | undefined;
  readonly oneMinusPrecision: Interval | undefined;
}

/** Full scans, scans imputed by a method, or both mixed. */
export interface PowerCurve {
  /** Name of the method; of full scans it is not looked at. */
  readonly method: string;
  readonly scans: 'full' | 'imputed' | 'mixed';
  /** In the order of their sizes. */
  readonly points: readonly PowerCurvePoint[];
}

/** One column of the figure: the scans with one share of missing slices beside the full ones. */
export interface PowerPanel {
  /** Its heading. */
  readonly name: string;
  readonly curves: readonly PowerCurve[];
}

/** What `powerCurves` draws. */
export interface PowerCurvesOptions extends FigureText {
  readonly panels: readonly PowerPanel[];
  /** What is to be found, such as `true effect`. */
  readonly toFind: string;
  /** Of methods that have one; the others take theirs from a palette, in order. */
  readonly colors?: MethodColors;
}

const panelWidth = 330;
const upper = 230;
const lower = 130;
const top = 44;

/**
 * Sensitivity against the number of people per group, and 1 - precision below it: full scans (thick, dark), and for
 * every method imputed scans (solid) and half of each group imputed (dashed). Bars: what 95 % of the samples lie between;
 * curves stand a little apart so that bars do not hide each other. The horizontal axis is logarithmic.
 *
 * @throws InputError where nothing can be drawn.
 */
export function powerCurves(options: PowerCurvesOptions): string {
  const curves = options.panels.flatMap((panel) => panel.curves);
  if (!curves.some(({ points }) => points.some(({ sensitivity }) => sensitivity !== undefined)))
    throw new InputError('There is no sensitivity to draw; run the stage compare with --power N first.');
  const methods = [...new Set(curves.flatMap(({ method, scans }) => (scans === 'full' ? [] : [method])))];
  const sizes = [...new Set(curves.flatMap(({ points }) => points.map(({ size }) => size)))].sort(
    (a, b) => a - b,
  );
  const styleOf = ({ method, scans }: Pick<PowerCurve, 'method' | 'scans'>) =>
    scans === 'full'
      ? { color: ink, symbol: 'circle' as const }
      : methodStyle(method, methods, options.colors);
  const points = curves.flatMap((curve) => curve.points);
  const most = endOfAxis(points.map(({ sensitivity }) => sensitivity));
  const mostFalse = endOfAxis(points.map(({ oneMinusPrecision }) => oneMinusPrecision));
  const row = (
    { curves: own }: PowerPanel,
    of: (point: PowerCurvePoint) => Interval | undefined,
    axis: { readonly most: number; readonly isLower: boolean },
    x: number,
  ): string => {
    const height = axis.isLower ? lower : upper;
    const marks = own.flatMap((curve, place) => {
      const shift = 1 + 0.016 * (place - (own.length - 1) / 2);
      const drawn = curve.points.flatMap((point) => {
        const interval = of(point);
        if (interval === undefined) return [];
        const [mean, low, high] = interval;
        return [{ x: point.size * shift, mean, low, high }];
      });
      const { color, symbol } = styleOf(curve);
      const isFull = curve.scans === 'full';
      return [
        Plot.ruleX(drawn, {
          x: 'x',
          y1: 'low',
          y2: 'high',
          stroke: color,
          strokeWidth: isFull ? 2 : 1.25,
          strokeOpacity: 0.55,
        }),
        Plot.line(drawn, {
          x: 'x',
          y: 'mean',
          stroke: color,
          strokeWidth: isFull ? 3 : 2,
          strokeDasharray: dashes(curve.scans),
        }),
        Plot.dot(drawn, {
          x: 'x',
          y: 'mean',
          fill: curve.scans === 'mixed' ? '#ffffff' : color,
          stroke: curve.scans === 'mixed' ? color : '#ffffff',
          strokeWidth: 1,
          symbol,
          r: 3.5,
        }),
      ];
    });
    return chart(
      {
        width: panelWidth,
        height,
        marginLeft: 54,
        marginRight: 10,
        marginTop: 10,
        marginBottom: axis.isLower ? 40 : 22,
        x: {
          type: 'log',
          domain: [(sizes[0] ?? 1) * 0.88, (sizes.at(-1) ?? 1) * 1.12],
          ticks: sizes,
          tickFormat: (value: number) => String(value),
          label: axis.isLower ? 'people per group' : null,
          labelAnchor: 'center',
          labelArrow: 'none',
        },
        y: {
          domain: [0, axis.most],
          label: null,
          grid: true,
          ticks: axis.isLower ? 3 : 5,
          tickFormat: (value: number) => `${Math.round(100 * value)} %`,
        },
        marks: [Plot.ruleY([0], { stroke: quietInk }), ...marks],
      },
      x,
      axis.isLower ? top + upper + 26 : top,
    );
  };
  const legendX = options.panels.length * panelWidth + 14;
  const entries = legendOf(curves, methods);
  const width = legendX + 44 + Math.max(...entries.map(({ name }) => textWidth(name, 12)));
  return svgDocument(width, top + upper + 26 + lower + 8, options, [
    ...options.panels.flatMap((panel, index) => {
      const x = index * panelWidth;
      return [
        label(x + 54, 16, panel.name, { 'font-weight': 'bold' }),
        label(x + 54, 36, `sensitivity: share of the ${options.toFind} found`, { 'font-size': 11 }),
        row(panel, ({ sensitivity }) => sensitivity, { most, isLower: false }, x),
        label(
          x + 54,
          top + upper + 20,
          `1 − precision: share of what was found that is not of the ${options.toFind}`,
          { 'font-size': 11 },
        ),
        row(panel, ({ oneMinusPrecision }) => oneMinusPrecision, { most: mostFalse, isLower: true }, x),
      ];
    }),
    label(legendX, 36, 'mean; bar: 95 % of samples', { 'font-size': 11, fill: quietInk }),
    ...entries.map((entry, index) => {
      const y = 62 + 22 * index;
      const { color } = styleOf(entry);
      return [
        element('line', {
          x1: legendX,
          x2: legendX + 30,
          y1: y,
          y2: y,
          stroke: color,
          'stroke-width': entry.scans === 'full' ? 3 : 2,
          'stroke-dasharray': dashes(entry.scans),
        }),
        label(legendX + 36, y + 4, entry.name),
      ].join('');
    }),
  ]);
}

/** Where an axis of shares ends: above all intervals, at a whole tenth. */
function endOfAxis(intervals: readonly (Interval | undefined)[]): number {
  const most = Math.max(0.05, ...intervals.flatMap((interval) => interval?.[2] ?? []));
  return Math.min(1, Math.ceil(10 * most) / 10);
}

function dashes(scans: PowerCurve['scans']): string | undefined {
  return scans === 'mixed' ? '5 4' : undefined;
}

function legendOf(
  curves: readonly PowerCurve[],
  methods: readonly string[],
): (Pick<PowerCurve, 'method' | 'scans'> & { readonly name: string })[] {
  const has = (scans: PowerCurve['scans'], method?: string): boolean =>
    curves.some((curve) => curve.scans === scans && (method === undefined || curve.method === method));
  return [
    ...(has('full') ? [{ method: 'full', scans: 'full' as const, name: 'full scans' }] : []),
    ...methods.flatMap((method) => [
      ...(has('imputed', method) ? [{ method, scans: 'imputed' as const, name: method }] : []),
      ...(has('mixed', method)
        ? [{ method, scans: 'mixed' as const, name: `half full, half ${method}` }]
        : []),
    ]),
  ];
}
