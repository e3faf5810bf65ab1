import type { AnatomicalAxis, Volume } from '@oinr/volume';
import { boundingBox, crop } from '@oinr/volume';
import { grayLevel, type Rgb, signedColor } from './colors.ts';
import { type Cut, cut, planeName } from './cut.ts';
import { colorBar, panel, panelSize } from './panel.ts';
import { label, quietInk, svgDocument } from './svg.ts';

/** What `sliceComparison` draws. */
export interface SliceComparisonOptions {
  /** For people who see the figure. */
  readonly title: string;
  /** What it shows, in words, for those who cannot see it. */
  readonly description: string;
  /** The full volume, its stored axes in RAS order (`reorientToRas`). */
  readonly full: Volume;
  /** Its imputations, on the same grid and intensity scale. */
  readonly imputed: readonly { readonly name: string; readonly volume: Volume }[];
  /** The axis along which slices were dropped. */
  readonly axis: AnatomicalAxis;
  /** Indices of the kept slices along it. */
  readonly kept: readonly number[];
  /** The missing slice to be shown. */
  readonly slice: number;
  /** One window for every panel: black to white. */
  readonly window: readonly [number, number];
  /** Errors of this size or more have the last colour. */
  readonly errorRange: number;
  /** What intensities are, such as `intensity / 99.5th percentile`. */
  readonly unit: string;
}

const missingColor: Rgb = [20, 20, 60];

/**
 * One subject: full, dropped and imputed slices in one window, and the signed error (imputed minus full) in another.
 * Upper rows: the missing slice itself; lower rows: a cut across the dropped slices through the middle of the brain.
 */
export function sliceComparison(options: SliceComparisonOptions): string {
  const { axis, window, errorRange } = options;
  const kept = new Set(options.kept);
  const worldAxis = { sagittal: 0, coronal: 1, axial: 2 }[axis];
  const box = boundingBox(options.full, 2, window[1] * 0.05) ?? {
    start: [0, 0, 0] as const,
    shape: options.full.grid.shape,
  };
  const framed = (volume: Volume): Volume => crop(volume, box);
  const slice = Math.min(Math.max(0, options.slice - box.start[worldAxis]), box.shape[worldAxis] - 1);
  const full = framed(options.full);
  const across: AnatomicalAxis = axis === 'axial' ? 'coronal' : 'axial';
  const acrossAxis = { sagittal: 0, coronal: 1, axial: 2 }[across];
  const middle = Math.floor(box.shape[acrossAxis] * 0.45);
  const views: readonly {
    axis: AnatomicalAxis;
    index: number;
    isMissing: (one: Cut, pixel: number) => boolean;
  }[] = [
    { axis, index: slice, isMissing: () => true },
    {
      axis: across,
      index: middle,
      isMissing: (one, pixel) => !kept.has(alongOf(axis, across, one, pixel) + box.start[worldAxis]),
    },
  ];
  const fulls = views.map((view) => cut(full, view.axis, view.index));
  const scale = 140 / Math.max(...fulls.map((one) => one.columns * one.columnSize));
  const sizes = fulls.map((one) => panelSize(one, scale));
  const columnWidth = Math.max(...sizes.map((size) => size.width)) + 10;
  const left = 96;
  const top = 34;
  const columns = ['full', 'kept slices', ...options.imputed.map((one) => one.name)];
  const parts = columns.map((name, column) =>
    label(left + (column + 0.5) * columnWidth, 20, name, {
      'text-anchor': 'middle',
      'font-size': 13,
      'font-weight': 'bold',
    }),
  );
  const volumes = options.imputed.map((one) => framed(one.volume));
  const intensity = (value: number): Rgb => grayLevel((value - window[0]) / (window[1] - window[0]));
  let y = top;
  const rowLabel = (one: Cut, text: string, height: number): string =>
    label(left - 8, y + height / 2 - 4, planeName(one), { 'text-anchor': 'end', 'font-size': 11 }) +
    label(left - 8, y + height / 2 + 11, text, { 'text-anchor': 'end', 'font-size': 11, fill: quietInk });
  const barX = left + columns.length * columnWidth + 14;
  views.forEach((view, row) => {
    const one = fulls[row];
    const { width, height } = sizes[row];
    const place = (column: number): number => left + column * columnWidth + (columnWidth - width) / 2;
    parts.push(rowLabel(one, row === 0 ? 'missing slice' : 'across slices', height));
    parts.push(panel(one, place(0), y, scale, (pixel) => intensity(one.values[pixel])));
    parts.push(
      panel(one, place(1), y, scale, (pixel) =>
        view.isMissing(one, pixel) ? missingColor : intensity(one.values[pixel]),
      ),
    );
    if (row === 0)
      parts.push(
        label(place(1) + width / 2, y + height / 2 + 4, 'missing', {
          'text-anchor': 'middle',
          fill: '#ffffff',
        }),
      );
    const cuts = volumes.map((volume) => cut(volume, view.axis, view.index));
    cuts.forEach((other, column) => {
      parts.push(panel(other, place(column + 2), y, scale, (pixel) => intensity(other.values[pixel])));
    });
    if (row === 0)
      parts.push(
        colorBar({
          x: barX,
          y: y + 34,
          height: height - 40,
          lowest: window[0],
          highest: window[1],
          color: intensity,
          ticks: [window[0], (window[0] + window[1]) / 2, window[1]].map((value) => ({
            value,
            text: value.toPrecision(2),
          })),
          caption: ['intensity', options.unit],
        }),
      );
    y += height + 8;
    parts.push(rowLabel(one, 'error', height));
    cuts.forEach((other, column) => {
      parts.push(
        panel(other, place(column + 2), y, scale, (pixel) =>
          signedColor((other.values[pixel] - one.values[pixel]) / errorRange),
        ),
      );
    });
    if (row === 0)
      parts.push(
        colorBar({
          x: barX,
          y: y + 34,
          height: height - 40,
          lowest: -errorRange,
          highest: errorRange,
          color: (value) => signedColor(value / errorRange),
          ticks: [-errorRange, 0, errorRange].map((value) => ({
            value,
            text: value === 0 ? '0' : `${value < 0 ? '\u2212' : '+'}${Math.abs(value).toPrecision(2)}`,
          })),
          caption: ['imputed \u2212 full', options.unit],
        }),
      );
    y += height + 14;
  });
  return svgDocument(barX + 150, y, options, parts);
}

/** The index along the dropped axis of a pixel of a plane that contains that axis. */
function alongOf(dropped: AnatomicalAxis, plane: AnatomicalAxis, one: Cut, pixel: number): number {
  const column = pixel % one.columns;
  const row = Math.floor(pixel / one.columns);
  const isColumn = plane === 'sagittal' ? dropped === 'coronal' : dropped === 'sagittal';
  return isColumn ? column : one.rows - 1 - row;
}
