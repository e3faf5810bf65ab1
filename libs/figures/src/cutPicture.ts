import type { AnatomicalAxis, Volume } from '@oinr/volume';
import { grayLevel } from './colors.ts';
import { cut, planeName } from './cut.ts';
import { panel, panelSize } from './panel.ts';
import { element, type FigureText, label, svgDocument } from './svg.ts';

/** What `cutPicture` draws. */
export interface CutPictureOptions extends FigureText {
  /** Stored axes in RAS order (`reorientToRas`). */
  readonly volume: Volume;
  readonly axis: AnatomicalAxis;
  readonly index: number;
  /** The intensity that is drawn white; 0 is black. */
  readonly white: number;
  /** Slices along another axis that are marked by a tick at both ends, such as those that were acquired. */
  readonly marked?: { readonly axis: AnatomicalAxis; readonly slices: readonly number[] };
  /** What is drawn, written into a corner: two pictures that are laid over each other have theirs on different sides. */
  readonly name: { readonly text: string; readonly side: 'left' | 'right' };
  /** Words below the cut. They are part of the picture, also where it is saved alone. */
  readonly note: string;
}

/** px of the picture's longer side. */
const longest = 420;
/** px between the cut and the edge, where the ticks are. */
const edge = 12;
/** Okabe and Ito's orange. */
const markColor = '#e69f00';
const bright = '#f2f2f2';

/** The world axis that slices of a name lie along. */
const world = { sagittal: 0, coronal: 1, axial: 2 } as const;

/** One cut through a volume on a black ground, one grey per voxel, with the places of marked slices along its edges. */
export function cutPicture({
  volume,
  axis,
  index,
  white,
  marked,
  name,
  ...options
}: CutPictureOptions): string {
  const one = cut(volume, axis, index);
  const scale = longest / Math.max(one.columns * one.columnSize, one.rows * one.rowSize);
  const { width, height } = panelSize(one, scale);
  const tick = (from: readonly [number, number], to: readonly [number, number]): string =>
    element('line', {
      ...{ x1: from[0], y1: from[1], x2: to[0], y2: to[1] },
      ...{ stroke: markColor, 'stroke-width': 1.2 },
    });
  const ticks = (marked?.axis === axis ? [] : (marked?.slices ?? [])).flatMap((slice) => {
    // Columns of a cut run along the lower of its two axes, rows along the other one.
    if (marked !== undefined && world[marked.axis] === (axis === 'sagittal' ? 1 : 0)) {
      const x = edge + ((slice + 0.5) / one.columns) * width;
      return [tick([x, 3], [x, edge - 2]), tick([x, edge + height + 2], [x, 2 * edge + height - 3])];
    }
    const y = edge + ((one.rows - slice - 0.5) / one.rows) * height;
    return [tick([3, y], [edge - 2, y]), tick([edge + width + 2, y], [2 * edge + width - 3, y])];
  });
  const [wide, high] = [width + 2 * edge, height + 2 * edge + 34];
  return svgDocument(wide, high, options, [
    element('rect', { width: wide, height: high, fill: '#000000' }),
    panel(one, edge, edge, scale, (pixel) => grayLevel(one.values[pixel] / white)),
    ...ticks,
    label(name.side === 'left' ? edge + 4 : edge + width - 4, edge + height - 5, name.text, {
      ...{ 'font-size': 12, 'font-weight': 'bold', fill: bright },
      ...{ stroke: '#000000', 'stroke-width': 2.5, 'paint-order': 'stroke' },
      'text-anchor': name.side === 'left' ? 'start' : 'end',
    }),
    label(edge, high - 20, `${axis}, ${planeName(one)}`, { 'font-size': 11, fill: bright }),
    label(edge, high - 6, options.note, { 'font-size': 11, fill: bright }),
  ]);
}
