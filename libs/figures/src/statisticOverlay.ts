import { InputError } from '@oinr/errors';
import type { AnatomicalAxis, Vector3, Volume } from '@oinr/volume';
import { boundingBox, crop, sameGrid } from '@oinr/volume';
import { grayLevel, statisticColor } from './colors.ts';
import { cut, cutIndices, planeName } from './cut.ts';
import { colorBar, panel, panelSize } from './panel.ts';
import { type SignedRange, signedText } from './signedRange.ts';
import { type FigureText, label, quietInk, svgDocument } from './svg.ts';

/** A map of `statisticOverlay` with its heading. */
export interface NamedMap {
  readonly name: string;
  /** A second, smaller line of the heading. */
  readonly note?: string;
  readonly volume: Volume;
}

/** What `statisticOverlay` draws. */
export interface StatisticOverlayOptions extends FigureText, SignedRange {
  /** What lies under the statistic, drawn grey from 0 to `templateWhite`. */
  readonly template: Volume;
  /** The intensity of the template that is drawn white. */
  readonly templateWhite: number;
  /** T maps on the template's grid, NaN where nothing was tested: the full data first, then methods. */
  readonly maps: readonly NamedMap[];
  /** Where the three cuts go through, RAS+ mm. */
  readonly point: Vector3;
}

const axes: readonly AnatomicalAxis[] = ['coronal', 'sagittal', 'axial'];
/** More maps than this go below each other, so that the figure stays as wide as a page. */
const perRow = 5;

/**
 * The paper's Fig. 17: statistic maps over a brain, one column per map (five side by side), three cuts through one point, one threshold
 * and one symmetric colour bar for all. Volumes in RAS order on one grid.
 */
export function statisticOverlay(options: StatisticOverlayOptions): string {
  const { template, maps, threshold, highest } = options;
  for (const map of maps) {
    if (!sameGrid(map.volume.grid, template.grid)) {
      throw new InputError(
        `The map ${map.name} lies on another grid than the template; draw maps of one analysis together.`,
      );
    }
  }
  const box = boundingBox(template, 1, options.templateWhite * 0.02);
  const framed = (volume: Volume): Volume => (box ? crop(volume, box) : volume);
  const ground = framed(template);
  const indices = cutIndices(ground, options.point);
  const index = { sagittal: indices[0], coronal: indices[1], axial: indices[2] };
  const grounds = axes.map((axis) => cut(ground, axis, index[axis]));
  const scale = 150 / Math.max(...grounds.map((one) => one.columns * one.columnSize));
  const sizes = grounds.map((one) => panelSize(one, scale));
  const columnWidth = Math.max(...sizes.map((size) => size.width)) + 10;
  const left = 92;
  const top = 46;
  const blockHeight = top + sizes.reduce((sum, size) => sum + size.height + 8, 0);
  const parts: string[] = [];
  maps.forEach((map, place) => {
    const column = place % perRow;
    const blockTop = Math.floor(place / perRow) * blockHeight;
    const x = left + column * columnWidth;
    parts.push(
      label(x + columnWidth / 2, blockTop + 20, map.name, {
        'text-anchor': 'middle',
        'font-size': 13,
        'font-weight': 'bold',
      }),
    );
    if (map.note !== undefined)
      parts.push(
        label(x + columnWidth / 2, blockTop + 36, map.note, {
          'text-anchor': 'middle',
          'font-size': 11,
          fill: quietInk,
        }),
      );
    const volume = framed(map.volume);
    let y = blockTop + top;
    axes.forEach((axis, row) => {
      const under = grounds[row];
      const over = cut(volume, axis, index[axis]);
      const color = (pixel: number) => {
        const t = over.values[pixel];
        // NaN fails the comparison, so an untested voxel shows the brain.
        return Math.abs(t) >= threshold
          ? statisticColor(scaled(t, threshold, highest))
          : grayLevel((0.9 * under.values[pixel]) / options.templateWhite);
      };
      parts.push(panel(under, x + (columnWidth - sizes[row].width) / 2, y, scale, color));
      if (column === 0)
        parts.push(
          label(left - 8, y + sizes[row].height / 2 + 4, planeName(under), {
            'text-anchor': 'end',
            'font-size': 11,
          }),
        );
      y += sizes[row].height + 8;
    });
  });
  const bottom = blockHeight;
  const barX = left + Math.min(perRow, maps.length) * columnWidth + 14;
  parts.push(
    colorBar({
      x: barX,
      y: top + 24,
      height: bottom - top - 60,
      lowest: -highest,
      highest,
      color: (t) =>
        Math.abs(t) >= threshold ? statisticColor(scaled(t, threshold, highest)) : [205, 205, 205],
      ticks: [highest, threshold, 0, -threshold, -highest].map((value) => ({
        value,
        text: signedText(value),
      })),
      caption: [`${options.positive}`, 'T'],
    }),
    label(barX, bottom - 18, options.negative, { 'font-size': 11 }),
  );
  return svgDocument(barX + 96, Math.ceil(maps.length / perRow) * blockHeight + 4, options, parts);
}

/** T between threshold and highest -> 0 .. 1 with its sign. */
function scaled(t: number, threshold: number, highest: number): number {
  const size = Math.min(1, (Math.abs(t) - threshold) / Math.max(1e-9, highest - threshold));
  return t < 0 ? -Math.max(size, 1e-6) : size;
}
