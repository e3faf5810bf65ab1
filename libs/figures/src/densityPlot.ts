import * as Plot from '@observablehq/plot';
import { chart } from './chart.ts';
import { countColor } from './colors.ts';
import { dataUri, paint } from './image.ts';
import { colorBar } from './panel.ts';
import { element, ink, label, quietInk, svgDocument } from './svg.ts';

/** One panel of `densityPlot`: an imputed data set against the full one. */
export interface DensityPanel {
  /** The heading, usually the method. */
  readonly name: string;
  /** T of the full data, and of the imputed data in the same order of voxels; pairs that are not finite are left out. */
  readonly full: ArrayLike<number>;
  readonly imputed: ArrayLike<number>;
  /** The regression line to draw: imputed = slope * full + intercept. */
  readonly slope: number;
  readonly intercept: number;
  /** A line of numbers under the name. */
  readonly note: string;
}

/** What `densityPlot` draws. */
export interface DensityPlotOptions {
  /** For people who see the figure. */
  readonly title: string;
  /** What it shows, in words, for those who cannot see it. */
  readonly description: string;
  /** Three side by side. */
  readonly panels: readonly DensityPanel[];
  /** Axes run from -limit to limit; voxels beyond are counted in the outermost bins. */
  readonly limit: number;
}

const bins = 64;
const size = 210;

/**
 * T of imputed data against T of full data: how many voxels fall into each of 64 x 64 cells (logarithmic colour, one
 * scale for all panels), the line of identity (dashed) and the regression line (solid).
 */
export function densityPlot(options: DensityPlotOptions): string {
  const { limit, panels } = options;
  const counted = panels.map((one) => binPairs(one.full, one.imputed, limit));
  const most = Math.max(
    10,
    ...counted.map((counts) => counts.reduce((high, count) => Math.max(high, count), 0)),
  );
  const shade = (count: number) =>
    count === 0 ? ([255, 255, 255] as const) : countColor(Math.log(count) / Math.log(most));
  const perRow = Math.min(3, panels.length);
  const cellWidth = size + 62;
  const cellHeight = size + 92;
  const parts = panels.flatMap((one, index) => {
    const x = (index % perRow) * cellWidth;
    const y = Math.floor(index / perRow) * cellHeight + 6;
    const counts = counted[index];
    const image = paint(bins, bins, (column, row) => shade(counts[(bins - 1 - row) * bins + column]));
    const axis = { domain: [-limit, limit], ticks: 5 };
    const ends = clippedLine(one.slope, one.intercept, limit);
    return [
      label(x + 48, y + 14, one.name, { 'font-weight': 'bold', 'font-size': 13 }),
      label(x + 48, y + 30, one.note, { 'font-size': 11, fill: quietInk }),
      element('image', {
        x: x + 48,
        y: y + 38,
        width: size,
        height: size,
        href: dataUri(image),
        preserveAspectRatio: 'none',
        'image-rendering': 'optimizeSpeed',
      }),
      chart(
        {
          width: size + 58,
          height: size + 46,
          marginLeft: 48,
          marginTop: 6,
          marginRight: 10,
          marginBottom: 40,
          x: { ...axis, label: 'T, full data', labelAnchor: 'center', labelArrow: 'none' },
          y: {
            ...axis,
            label: index % perRow === 0 ? 'T, imputed data' : null,
            labelAnchor: 'center',
            labelArrow: 'none',
          },
          marks: [
            Plot.frame({ stroke: '#4d4d4d' }),
            Plot.line(
              [
                [-limit, -limit],
                [limit, limit],
              ],
              { stroke: ink, strokeDasharray: '5 4', strokeWidth: 1.25 },
            ),
            Plot.line(ends, { stroke: '#d55e00', strokeWidth: 2 }),
          ],
        },
        x,
        y + 32,
      ),
    ];
  });
  const width = perRow * cellWidth;
  const height = Math.ceil(panels.length / perRow) * cellHeight;
  const powers = [1, 10, 100, 1000, 10_000, 100_000].filter((count) => count <= most);
  return svgDocument(width + 110, height + 4, options, [
    ...parts,
    colorBar({
      x: width + 10,
      y: 64,
      height: size - 40,
      lowest: 0,
      highest: 1,
      color: (share) => countColor(share),
      ticks: powers.map((count) => ({ value: Math.log(count) / Math.log(most), text: String(count) })),
      caption: ['voxels', 'per cell'],
    }),
    element('line', {
      x1: width + 8,
      x2: width + 30,
      y1: size + 52,
      y2: size + 52,
      stroke: '#d55e00',
      'stroke-width': 2,
    }),
    label(width + 35, size + 56, 'regression', { 'font-size': 11 }),
    element('line', {
      x1: width + 8,
      x2: width + 30,
      y1: size + 72,
      y2: size + 72,
      stroke: ink,
      'stroke-width': 1.25,
      'stroke-dasharray': '5 4',
    }),
    label(width + 35, size + 76, 'identity', { 'font-size': 11 }),
  ]);
}

/** Counts of pairs in bins x bins cells; row 0 holds the lowest y. */
export function binPairs(x: ArrayLike<number>, y: ArrayLike<number>, limit: number): Uint32Array {
  const counts = new Uint32Array(bins * bins);
  const bin = (value: number): number =>
    Math.min(bins - 1, Math.max(0, Math.floor(((value + limit) / (2 * limit)) * bins)));
  for (let voxel = 0; voxel < x.length; voxel += 1) {
    if (Number.isFinite(x[voxel]) && Number.isFinite(y[voxel]))
      counts[bin(y[voxel]) * bins + bin(x[voxel])] += 1;
  }
  return counts;
}

/** The ends of the line y = intercept + slope x inside the square, so that nothing needs clipping. */
function clippedLine(slope: number, intercept: number, limit: number): [number, number][] {
  let from = -limit;
  let to = limit;
  if (slope !== 0) {
    const crossings = [(-limit - intercept) / slope, (limit - intercept) / slope].sort((a, b) => a - b);
    from = Math.max(from, crossings[0]);
    to = Math.min(to, crossings[1]);
  }
  if (from > to) return [];
  return [
    [from, intercept + slope * from],
    [to, intercept + slope * to],
  ];
}
