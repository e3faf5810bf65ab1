import * as Plot from '@observablehq/plot';
import { InputError } from '@oinr/errors';
import { chart } from './chart.ts';
import { methodStyle } from './colors.ts';
import { legendEntry } from './errorCurves.ts';
import { type FigureText, label, quietInk, rule, svgDocument, textWidth } from './svg.ts';

/** How many percent of the voxels of every tenth, by what was foreseen, hold what was foreseen of them. */
export interface Coverage {
  readonly method: string;
  /** Ten numbers, from the smallest half widths to the largest. */
  readonly tenths: readonly number[];
}

/** What should be held, what counts as held, and what was measured. */
export interface CoveragePanel {
  readonly name: string;
  readonly wanted: number;
  readonly from: number;
  readonly to: number;
  readonly measured: readonly Coverage[];
}

const width = 300;
const height = 240;

/**
 * Coverage of error maps in every tenth of the voxels, a panel for each map: a line for each method, a band for what counts as
 * held, and a dashed line for what is wanted.
 *
 * @throws InputError where nothing was measured.
 */
export function coverageCurves(panels: readonly CoveragePanel[], text: FigureText): string {
  const methods = [...new Set(panels.flatMap(({ measured }) => measured.map(({ method }) => method)))];
  if (methods.length === 0) throw new InputError('There is no coverage to draw; name a method.');
  const plot = ({ measured, wanted, from, to }: CoveragePanel, x: number): string => {
    const all = measured.flatMap(({ tenths }) => tenths);
    return chart(
      {
        ...{ width, height, marginLeft: 44, marginRight: 10, marginTop: 8, marginBottom: 38 },
        x: {
          label: 'tenth of the voxels, by half width',
          labelAnchor: 'center',
          labelArrow: 'none',
          domain: [0.7, 10.3],
          ticks: [1, 2, 3, 4, 5, 6, 7, 8, 9, 10],
        },
        y: {
          label: null,
          grid: true,
          ticks: 6,
          domain: [Math.min(from - 4, ...all), Math.max(to + 2, ...all)],
        },
        marks: [
          Plot.rect([{}], { x1: 0.7, x2: 10.3, y1: from, y2: to, fill: rule, fillOpacity: 0.4 }),
          Plot.ruleY([wanted], { stroke: quietInk, strokeDasharray: '6 4' }),
          ...measured.flatMap(({ method, tenths }) => {
            const { color, symbol } = methodStyle(method, methods);
            const points = tenths.map((value, n) => ({ tenth: n + 1, value }));
            return [
              Plot.line(points, { x: 'tenth', y: 'value', stroke: color, strokeWidth: 1.5 }),
              Plot.dot(points, { x: 'tenth', y: 'value', fill: color, symbol, r: 3 }),
            ];
          }),
        ],
      },
      x,
      30,
    );
  };
  const legendX = panels.length * width + 12;
  return svgDocument(
    legendX + 44 + Math.max(...methods.map((name) => textWidth(name, 12))),
    height + 40,
    text,
    [
      ...panels.flatMap((panel, n) => [
        label(n * width + 44, 20, panel.name, { 'font-weight': 'bold' }),
        plot(panel, n * width),
      ]),
      ...methods.map((name, n) => legendEntry(name, methodStyle(name, methods), legendX, 44 + 22 * n)),
    ],
  );
}
