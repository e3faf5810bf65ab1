import type { Rgb } from './colors.ts';
import { type Cut, edgeMarks } from './cut.ts';
import { dataUri, paint } from './image.ts';
import { element, label } from './svg.ts';

/** Image pixels per px of the figure: sharp on screens of double density and in print. */
const density = 2;

/** The size of a cut in px when `scale` px are one mm. */
export function panelSize(one: Cut, scale: number): { width: number; height: number } {
  return {
    width: Math.round(one.columns * one.columnSize * scale),
    height: Math.round(one.rows * one.rowSize * scale),
  };
}

/**
 * A cut drawn with its top left at (x, y): one colour per voxel (nearest neighbour, so that what is seen is what was
 * measured), with the marks of its left and right edge. `color` gets the index of a pixel in `one.values`.
 */
export function panel(one: Cut, x: number, y: number, scale: number, color: (pixel: number) => Rgb): string {
  const { width, height } = panelSize(one, scale);
  const image = paint(width * density, height * density, (column, row) =>
    color(
      Math.min(one.rows - 1, Math.floor(((row + 0.5) / (height * density)) * one.rows)) * one.columns +
        Math.min(one.columns - 1, Math.floor(((column + 0.5) / (width * density)) * one.columns)),
    ),
  );
  const [left, right] = edgeMarks[one.axis];
  const mark = {
    fill: '#ffffff',
    'font-size': 11,
    'font-weight': 'bold',
    stroke: '#000000',
    'stroke-width': 2.5,
    'paint-order': 'stroke',
  };
  return [
    element('image', { x, y, width, height, href: dataUri(image), preserveAspectRatio: 'none' }),
    label(x + 4, y + 13, left, mark),
    label(x + width - 4, y + 13, right, { ...mark, 'text-anchor': 'end' }),
  ].join('');
}

/** A vertical bar of colours, top = `highest`, with ticks and a caption of its unit. */
export function colorBar(options: {
  readonly x: number;
  readonly y: number;
  readonly height: number;
  readonly lowest: number;
  readonly highest: number;
  readonly color: (value: number) => Rgb;
  readonly ticks: readonly { readonly value: number; readonly text: string }[];
  /** One or more lines, set above the bar. */
  readonly caption: readonly string[];
}): string {
  const { x, y, height, lowest, highest, color, ticks, caption } = options;
  const width = 14;
  const image = paint(1, Math.round(height) * density, (_, row) =>
    color(highest - ((row + 0.5) / (Math.round(height) * density)) * (highest - lowest)),
  );
  const at = (value: number): number => y + ((highest - value) / (highest - lowest)) * height;
  return [
    ...caption.map((line, index) =>
      label(x, y - 10 - 14 * (caption.length - 1 - index), line, { 'font-size': 11 }),
    ),
    element('image', { x, y, width, height, href: dataUri(image), preserveAspectRatio: 'none' }),
    element('rect', { x, y, width, height, fill: 'none', stroke: '#4d4d4d', 'stroke-width': 0.75 }),
    ...ticks.flatMap(({ value, text }) => [
      element('line', {
        x1: x + width,
        x2: x + width + 4,
        y1: at(value),
        y2: at(value),
        stroke: '#4d4d4d',
        'stroke-width': 0.75,
      }),
      label(x + width + 7, at(value) + 4, text, { 'font-size': 11 }),
    ]),
  ].join('');
}
