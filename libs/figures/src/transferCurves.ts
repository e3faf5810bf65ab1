import * as Plot from '@observablehq/plot';
import { InputError } from '@oinr/errors';
import { chart } from './chart.ts';
import { type MethodColors, methodStyle } from './colors.ts';
import { legendEntry } from './errorCurves.ts';
import { type FigureText, label, quietInk, svgDocument, textWidth } from './svg.ts';

/** What comes through of implants of one size at one distance to the nearest kept slice. */
export interface TransferPoint {
  readonly method: string;
  readonly missingPercent: number;
  /** Full width at half maximum of the implants in mm. */
  readonly size: number;
  /** From the centre of the implant to the nearest kept slice in mm. */
  readonly distance: number;
  /** Share of the implanted loss that is left; 1 is all of it. */
  readonly transfer: number;
  /** Standard deviation over people and places; no bar where it is absent. */
  readonly deviation?: number;
}

/** What `transferCurves` draws. */
export interface TransferCurvesOptions extends FigureText {
  /** Any order; methods are drawn in the order in which they first appear. */
  readonly points: readonly TransferPoint[];
  /** Of methods that have one; the others take theirs from a palette, in order. */
  readonly colors?: MethodColors;
}

const panelWidth = 250;
const panelHeight = 170;
const heading = 40;

/**
 * What comes through against the distance to the nearest kept slice: a column of panels for each share of missing slices, a
 * row for each size of the implants, a line for each method. Bars: the standard deviation over people and places; methods
 * stand a little apart so that bars do not hide each other. Dashed at 1: nothing is lost.
 *
 * @throws InputError where nothing can be drawn.
 */
export function transferCurves(options: TransferCurvesOptions): string {
  const { points, colors } = options;
  if (points.length === 0)
    throw new InputError('There is no transfer to draw; run the stage transfer first.');
  const distinct = (values: readonly number[]): number[] => [...new Set(values)].sort((a, b) => a - b);
  const methods = [...new Set(points.map(({ method }) => method))];
  const percents = distinct(points.map(({ missingPercent }) => missingPercent));
  const sizes = distinct(points.map(({ size }) => size));
  const ends = points.flatMap(({ transfer, deviation = 0 }) => [transfer - deviation, transfer + deviation]);
  const domain = [Math.min(0, ...ends), Math.max(1, ...ends)];
  const style = (method: string) => methodStyle(method, methods, colors);
  const panel = (percent: number, size: number, x: number, y: number): string => {
    const own = points.filter((point) => point.missingPercent === percent && point.size === size);
    const distances = distinct(own.map(({ distance }) => distance));
    const widest = Math.max(1, ...distances);
    const marks = methods.flatMap((method, place) => {
      const { color, symbol } = style(method);
      const shift = 0.02 * widest * (place - (methods.length - 1) / 2);
      const drawn = own
        .filter((point) => point.method === method)
        .toSorted((a, b) => a.distance - b.distance)
        .map(({ distance, transfer, deviation = 0 }) => ({
          ...{ x: distance + shift, y: transfer },
          ...{ low: transfer - deviation, high: transfer + deviation },
        }));
      return [
        Plot.ruleX(drawn, { x: 'x', y1: 'low', y2: 'high', stroke: color, strokeOpacity: 0.5 }),
        Plot.line(drawn, { x: 'x', y: 'y', stroke: color, strokeWidth: 2 }),
        Plot.dot(drawn, { x: 'x', y: 'y', fill: color, stroke: '#ffffff', strokeWidth: 0.75, symbol, r: 4 }),
      ];
    });
    const isLast = size === sizes.at(-1);
    return chart(
      {
        width: panelWidth,
        height: panelHeight,
        marginLeft: 40,
        marginRight: 12,
        marginTop: 12,
        marginBottom: 38,
        x: {
          domain: [-0.08 * widest, 1.08 * widest],
          ticks: distances,
          tickFormat: (value: number) => String(Number(value.toFixed(1))),
          label: isLast ? 'mm to the nearest kept slice' : null,
          labelAnchor: 'center',
          labelArrow: 'none',
        },
        y: { domain, label: null, grid: true, ticks: 5 },
        marks: [
          Plot.ruleY([0], { stroke: quietInk }),
          Plot.ruleY([1], { stroke: quietInk, strokeDasharray: '4 3' }),
          ...marks,
        ],
      },
      x,
      y,
    );
  };
  const left = 66;
  const legendX = left + percents.length * panelWidth + 10;
  const legendWidth = Math.max(
    textWidth('bar: standard deviation', 11),
    ...methods.map((name) => 36 + textWidth(name, 12)),
  );
  return svgDocument(legendX + legendWidth + 12, heading + sizes.length * panelHeight, options, [
    label(left + 40, 14, 'share of an implanted loss that comes through', { 'font-size': 12 }),
    ...percents.map((percent, column) =>
      label(left + column * panelWidth + 40, 34, `${percent} % of slices missing`, { 'font-weight': 'bold' }),
    ),
    ...sizes.flatMap((size, row) => [
      label(8, heading + row * panelHeight + panelHeight / 2 - 8, `${size} mm`, { 'font-weight': 'bold' }),
      ...percents.map((percent, column) =>
        panel(percent, size, left + column * panelWidth, heading + row * panelHeight),
      ),
    ]),
    label(legendX, 44, 'bar: standard deviation', { 'font-size': 11, fill: quietInk }),
    label(legendX, 58, 'over people and places', { 'font-size': 11, fill: quietInk }),
    ...methods.map((method, index) => legendEntry(method, style(method), legendX, 82 + index * 22)),
  ]);
}
