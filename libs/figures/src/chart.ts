import * as Plot from '@observablehq/plot';
import { parseHTML } from 'linkedom';
import { fontFamily, ink, shortNumber } from './svg.ts';

/**
 * An Observable Plot chart as an SVG element placed at (x, y), made without a browser. Colours are written out and
 * the chart's style element is dropped, so that the text is the same wherever it is embedded.
 */
export function chart(options: Plot.PlotOptions, x = 0, y = 0): string {
  const { document } = parseHTML('<html><body></body></html>');
  const drawn = Plot.plot({
    ...options,
    document: document as unknown as NonNullable<Plot.PlotOptions['document']>,
    style: { fontFamily, fontSize: '12px', color: ink, background: 'none' },
  }) as unknown as { readonly outerHTML: string };
  const svg = drawn.outerHTML;
  if (!svg.startsWith('<svg ')) {
    throw new Error(
      'A chart must be one SVG element; draw its legend beside it instead of asking Plot for one.',
    );
  }
  return svg
    .replace(/<style>[\s\S]*?<\/style>/, '')
    .replace(/^<svg /, `<svg x="${shortNumber(x)}" y="${shortNumber(y)}" `)
    .replaceAll('currentColor', ink)
    .replace(/-?\d+\.\d{4,}/g, (number) => shortNumber(Number(number)));
}
