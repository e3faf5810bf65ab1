import * as Plot from '@observablehq/plot';
import { chart } from './chart.ts';
import { type FigureText, ink, svgDocument } from './svg.ts';

/** What `sliceBrightness` draws. */
export interface SliceBrightnessOptions extends FigureText {
  /** Of every slice in stored order its brightness over what its neighbours have. */
  readonly factors: readonly number[];
}

/** How bright every slice is beside its neighbours: stripes of interleaved acquisition are a zigzag. */
export function sliceBrightness({ factors, ...text }: SliceBrightnessOptions): string {
  const width = 560;
  const height = 200;
  const rows = factors.map((factor, slice) => ({ slice, percent: 100 * (factor - 1) }));
  return svgDocument(width, height, text, [
    chart({
      ...{ width, height, marginLeft: 56, marginBottom: 40 },
      x: { label: 'slice, in stored order', labelAnchor: 'center', labelArrow: 'none' },
      y: { label: 'brighter than its neighbours, %', labelArrow: 'none', grid: true },
      marks: [
        Plot.ruleY([0], { stroke: ink }),
        Plot.line(rows, { x: 'slice', y: 'percent', stroke: '#0072b2', strokeWidth: 1 }),
        Plot.dot(rows, { x: 'slice', y: 'percent', fill: '#0072b2', r: 2.5 }),
      ],
    }),
  ]);
}
