import * as Plot from '@observablehq/plot';
import { InputError } from '@oinr/errors';
import { chart } from './chart.ts';
import { element, ink, label, quietInk, svgDocument } from './svg.ts';

/** One data set of `nullHistogram`. */
export interface NullPanel {
  /** The heading. */
  readonly name: string;
  /** Largest |T| of each relabeling, the observed labelling first. */
  readonly maxima: ArrayLike<number>;
  /** The critical value of the family-wise test at `alpha`. */
  readonly critical: number;
}

/** What `nullHistogram` draws. */
export interface NullHistogramOptions {
  /** For people who see the figure. */
  readonly title: string;
  /** What it shows, in words, for those who cannot see it. */
  readonly description: string;
  /** One below the other, on one axis. */
  readonly panels: readonly NullPanel[];
  /** The family-wise level of the critical values, such as 0.05. */
  readonly alpha: number;
}

/**
 * Histograms of the largest |T| over relabelings, one panel per data set on one axis, with the critical value (solid)
 * and the observed maximum (dashed). Maxima beyond the right end, such as the
 * infinite T of a perfect separation, are counted in the last bin.
 */
export function nullHistogram(options: NullHistogramOptions): string {
  const finite = options.panels.flatMap((one) => Array.from(one.maxima).filter(Number.isFinite));
  if (finite.length === 0)
    throw new InputError('There is no null distribution to draw; run the compare stage first.');
  const low = Math.floor(finite.reduce((least, value) => Math.min(least, value), Number.POSITIVE_INFINITY));
  const sorted = finite.toSorted((a, b) => a - b);
  // A few far maxima must not squeeze all others together; they are counted in the last bin.
  const high = Math.ceil(
    Math.max(
      sorted[Math.floor(0.995 * (sorted.length - 1))],
      ...options.panels.flatMap((one) => [one.critical, one.maxima[0]]).filter(Number.isFinite),
    ) + 0.5,
  );
  const width = 520;
  const panelHeight = 92;
  const thresholds = Array.from({ length: 61 }, (_, index) => low + ((high - low) * index) / 60);
  const end = thresholds.at(-1) ?? high;
  const parts = options.panels.flatMap((one, index) => {
    const y = 28 + index * panelHeight;
    const clip = (value: number): number => (Number.isFinite(value) ? Math.min(value, high) : high);
    const counts = new Array<number>(60).fill(0);
    for (const value of Array.from(one.maxima)) {
      counts[Math.min(59, Math.max(0, Math.floor(((clip(value) - low) / (high - low || 1)) * 60)))] += 1;
    }
    const bars = counts.map((count, bin) => ({ x1: thresholds[bin], x2: thresholds[bin + 1], count }));
    const isLast = index === options.panels.length - 1;
    const observed = clip(one.maxima[0]);
    return [
      label(width + 8, y + 24, one.name, { 'font-weight': 'bold' }),
      label(width + 8, y + 40, `critical T ${one.critical.toFixed(2)}`, { 'font-size': 11, fill: quietInk }),
      label(
        width + 8,
        y + 55,
        `observed max ${Number.isFinite(one.maxima[0]) ? one.maxima[0].toFixed(2) : 'infinite'}`,
        { 'font-size': 11, fill: quietInk },
      ),
      chart(
        {
          width,
          height: panelHeight + (isLast ? 36 : 0),
          marginLeft: 54,
          marginTop: 8,
          marginRight: 16,
          marginBottom: isLast ? 46 : 10,
          x: {
            domain: [low, end],
            label: isLast ? 'largest |T| over all voxels' : null,
            labelAnchor: 'center',
            labelArrow: 'none',
            axis: isLast ? 'bottom' : null,
          },
          y: { label: null, ticks: 3, grid: true },
          marks: [
            Plot.rectY(bars, { x1: 'x1', x2: 'x2', y: 'count', fill: '#6b93b8', inset: 0.4 }),
            Plot.ruleY([0], { stroke: '#4d4d4d' }),
            Plot.ruleX([clip(one.critical)], { stroke: '#d55e00', strokeWidth: 2 }),
            Plot.ruleX([observed], { stroke: ink, strokeWidth: 1.5, strokeDasharray: '4 3' }),
          ],
        },
        0,
        y,
      ),
    ];
  });
  const bottom = 28 + options.panels.length * panelHeight + 52;
  return svgDocument(width + 170, bottom + 18, options, [
    label(14, 18, 'permutations'),
    ...parts,
    element('line', { x1: 60, x2: 84, y1: bottom + 4, y2: bottom + 4, stroke: '#d55e00', 'stroke-width': 2 }),
    label(90, bottom + 8, `critical value, family-wise error ${options.alpha}`, { 'font-size': 11 }),
    element('line', {
      x1: 350,
      x2: 374,
      y1: bottom + 4,
      y2: bottom + 4,
      stroke: ink,
      'stroke-width': 1.5,
      'stroke-dasharray': '4 3',
    }),
    label(380, bottom + 8, 'observed labelling', { 'font-size': 11 }),
  ]);
}
