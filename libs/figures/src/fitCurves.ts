import * as Plot from '@observablehq/plot';
import { InputError } from '@oinr/errors';
import { chart } from './chart.ts';
import { methodStyle } from './colors.ts';
import { legendEntry } from './errorCurves.ts';
import { element, type FigureText, label, quietInk, svgDocument, textWidth } from './svg.ts';

/** A point of a fit: what is measured after a number of steps, and the seconds that they took. */
export interface FitPoint {
  readonly step: number;
  readonly seconds: number;
  readonly value: number;
}

/** What is drawn of one signal. */
export interface FitPanel {
  readonly name: string;
  readonly fits: readonly { readonly method: string; readonly points: readonly FitPoint[] }[];
  /** What takes no steps: a dashed line. */
  readonly baselines: readonly { readonly method: string; readonly value: number }[];
}

/** What `fitCurves` draws. */
export interface FitCurvesOptions extends FigureText {
  readonly panels: readonly FitPanel[];
  /** What is measured, such as `PSNR, dB`. */
  readonly measure: string;
  /** What seconds are of: `CPU seconds`. */
  readonly clock: string;
}

const width = 330;
const height = 230;
const rowHeight = height + 40;

/**
 * How fits get on, a row for each signal: on the left against steps, on the right against seconds. Dashed lines are
 * baselines without steps. All rows have the same colours and a vertical axis of their own.
 *
 * @throws InputError where nothing can be drawn.
 */
export function fitCurves(options: FitCurvesOptions): string {
  const { panels, measure, clock } = options;
  const fitted = [...new Set(panels.flatMap(({ fits }) => fits.map(({ method }) => method)))];
  const still = [...new Set(panels.flatMap(({ baselines }) => baselines.map(({ method }) => method)))];
  if (fitted.length === 0) throw new InputError('There is no fit to draw; run an experiment with a network.');
  const all = [...fitted, ...still];
  const plot = (panel: FitPanel, by: 'step' | 'seconds', x: number, y: number): string => {
    const baselines = panel.baselines.map(({ method, value }) =>
      Plot.ruleY([value], {
        stroke: methodStyle(method, all).color,
        strokeWidth: 1.5,
        strokeDasharray: '6 4',
      }),
    );
    const lines = panel.fits.flatMap(({ method, points }) => {
      const { color, symbol } = methodStyle(method, all);
      return [
        Plot.line(points, { x: by, y: 'value', stroke: color, strokeWidth: 2 }),
        Plot.dot(points.slice(-1), { x: by, y: 'value', fill: color, stroke: '#ffffff', symbol, r: 4 }),
      ];
    });
    return chart(
      {
        ...{ width, height, marginLeft: 46, marginRight: 12, marginTop: 8, marginBottom: 36 },
        x: {
          label: by === 'step' ? 'steps' : clock,
          labelAnchor: 'center',
          labelArrow: 'none',
          ticks: 5,
          domain: [0, Math.max(...panel.fits.flatMap(({ points }) => points.map((point) => point[by])))],
        },
        y: { label: null, grid: true, ticks: 6 },
        marks: [...baselines, ...lines],
      },
      x,
      y,
    );
  };
  const legendX = 2 * width + 14;
  const widest = Math.max(...all.map((name) => textWidth(name, 12)));
  return svgDocument(legendX + 44 + widest, panels.length * rowHeight + 10, options, [
    ...panels.flatMap((panel, n) => {
      const y = n * rowHeight;
      return [
        label(46, y + 18, panel.name, { 'font-weight': 'bold' }),
        label(46 + textWidth(panel.name, 13) + 10, y + 18, measure, { 'font-size': 11, fill: quietInk }),
        plot(panel, 'step', 0, y + 26),
        plot(panel, 'seconds', width, y + 26),
      ];
    }),
    ...fitted.map((name, n) => legendEntry(name, methodStyle(name, all), legendX, 40 + 22 * n)),
    ...still.map((name, n) => {
      const y = 40 + 22 * (fitted.length + n);
      const line = { x1: legendX, x2: legendX + 30, y1: y, y2: y, 'stroke-width': 1.5 };
      return [
        element('line', { ...line, stroke: methodStyle(name, all).color, 'stroke-dasharray': '6 4' }),
        label(legendX + 36, y + 4, name),
      ].join('');
    }),
  ]);
}
