import { InputError } from '@oinr/errors';
import { type AnatomicalAxis, sameGrid, type Vector3, type Volume } from '@oinr/volume';
import { border } from './border.ts';
import { grayLevel } from './colors.ts';
import { type Cut, cut, cutIndices, planeName } from './cut.ts';
import { panel, panelSize } from './panel.ts';
import { label, quietInk, svgDocument } from './svg.ts';

/** What `outlineFigure` draws. */
export interface OutlineOptions {
  /** For people who see the figure. */
  readonly title: string;
  /** What it shows, in words, for those who cannot see it. */
  readonly description: string;
  /** What is looked at, drawn grey from 0 to `white`; stored axes in RAS order. */
  readonly volume: Volume;
  /** The intensity that is drawn white. */
  readonly white: number;
  /** Whose border is drawn over it: above 0.5 inside, on the same grid. */
  readonly region: Volume;
  /** Where the three cuts go through, RAS+ mm. */
  readonly point: Vector3;
  /** A line of numbers under the title. */
  readonly note: string;
}

const axes: readonly AnatomicalAxis[] = ['axial', 'coronal', 'sagittal'];
/** Okabe and Ito's orange: seen on grey by every common colour vision. */
const outlineColor = '#e69f00';

/** Three cuts through one volume with the border of a region over them, to judge a registration by eye. */
export function outlineFigure(options: OutlineOptions): string {
  const { volume, region, white, point } = options;
  if (!sameGrid(volume.grid, region.grid))
    throw new InputError('An outline is drawn over a volume on the same grid; resample one of them first.');
  const indices = cutIndices(volume, point);
  const index = { sagittal: indices[0], coronal: indices[1], axial: indices[2] };
  const scale = 250 / Math.max(...axes.map((axis) => extent(cut(volume, axis, index[axis]))));
  const top = 44;
  let x = 8;
  let height = 0;
  const parts = [
    label(8, 18, options.title, { 'font-size': 13, 'font-weight': 'bold' }),
    label(8, 34, options.note, { 'font-size': 11, fill: quietInk }),
  ];
  for (const axis of axes) {
    const one = cut(volume, axis, index[axis]);
    const size = panelSize(one, scale);
    parts.push(
      panel(one, x, top, scale, (pixel) => grayLevel(one.values[pixel] / white)),
      border(cut(region, axis, index[axis]), x, top, size, outlineColor),
      label(x + size.width / 2, top + size.height + 14, planeName(one), {
        'text-anchor': 'middle',
        'font-size': 11,
      }),
    );
    x += size.width + 8;
    height = Math.max(height, size.height);
  }
  return svgDocument(x, top + height + 22, options, parts);
}

function extent(one: Cut): number {
  return Math.max(one.columns * one.columnSize, one.rows * one.rowSize);
}
