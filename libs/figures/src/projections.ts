import { InputError } from '@oinr/errors';
import {
  type AnatomicalAxis,
  applyAffine,
  boundingBox,
  crop,
  invertAffine,
  sameGrid,
  type Vector3,
  type Volume,
} from '@oinr/volume';
import { border } from './border.ts';
import { type Rgb, signedColor } from './colors.ts';
import { type Cut, cut, layout } from './cut.ts';
import { colorBar, panel, panelSize } from './panel.ts';
import { type SignedRange, signedText } from './signedRange.ts';
import { type FigureText, ink, label, paper, quietInk, svgDocument } from './svg.ts';

/** A map of `projections`. */
export interface ProjectedMap {
  readonly name: string;
  /** T on the template's grid, NaN where nothing was tested. */
  readonly volume: Volume;
  /** Places to mark, RAS+ mm, such as peaks by the numbers of their clusters. */
  readonly marks: readonly { readonly text: string; readonly position: Vector3 }[];
}

/** What `projections` draws. */
export interface ProjectionOptions extends FigureText, SignedRange {
  /** Whose outline is drawn: above `outside`. Stored axes in RAS order. */
  readonly template: Volume;
  readonly outside: number;
  readonly maps: readonly ProjectedMap[];
}

const axes: readonly AnatomicalAxis[] = ['sagittal', 'coronal', 'axial'];
/** px of the longest side of a projection. */
const longest = 190;
const glass: Rgb = [238, 238, 238];
const ground: Rgb = [255, 255, 255];

/**
 * Maximum-intensity projections in a glass brain, one row per map: along each of three directions the T whose size is the
 * largest on the line, with its sign; front and back, left and right lie over each other in them.
 *
 * @throws InputError for a map on another grid than the template.
 */
export function projections(options: ProjectionOptions): string {
  const { template, outside, maps, threshold, highest } = options;
  for (const { name, volume } of maps)
    if (!sameGrid(volume.grid, template.grid))
      throw new InputError(
        `The map ${name} lies on another grid than the template; draw maps of one analysis together.`,
      );
  const box = boundingBox(template, 1, outside);
  const framed = (volume: Volume): Volume => (box === undefined ? volume : crop(volume, box));
  const brain = framed(template);
  const inside = { grid: brain.grid, data: brain.data.map((value) => (value > outside ? 1 : 0)) };
  const silhouettes = axes.map((axis) => largest(inside, axis));
  const scale =
    longest /
    Math.max(...silhouettes.flatMap((one) => [one.columns * one.columnSize, one.rows * one.rowSize]));
  const sizes = silhouettes.map((one) => panelSize(one, scale));
  const rowHeight = Math.max(...sizes.map(({ height }) => height)) + 30;
  const color = (t: number): Rgb => {
    const share = (Math.abs(t) - threshold) / Math.max(1e-9, highest - threshold);
    // From a third on: what is drawn at all has to stand out from the glass.
    return signedColor(Math.sign(t) * (0.35 + 0.65 * Math.min(1, share)));
  };
  const toVoxel = invertAffine(brain.grid.affine);
  let width = 0;
  const parts = maps.flatMap(({ name, volume, marks }, row) => {
    const top = row * rowHeight + 26;
    const shown = framed(volume);
    let x = 8;
    const drawn = [label(x, top - 9, name, { 'font-size': 13, 'font-weight': 'bold' })];
    axes.forEach((axis, place) => {
      const [silhouette, size] = [silhouettes[place], sizes[place]];
      const { values } = largest(shown, axis);
      const { across, up } = layout[axis];
      drawn.push(
        panel(silhouette, x, top, scale, (pixel) =>
          // NaN fails the comparison, so a line on which nothing was tested shows the glass.
          Math.abs(values[pixel]) >= threshold
            ? color(values[pixel])
            : silhouette.values[pixel] > 0.5
              ? glass
              : ground,
        ),
        border(silhouette, x, top, size, quietInk),
        ...marks.map(({ text, position }) => {
          const voxel = applyAffine(toVoxel, position);
          const markX = x + ((voxel[across] + 0.5) / silhouette.columns) * size.width;
          const markY = top + ((silhouette.rows - voxel[up] - 0.5) / silhouette.rows) * size.height;
          return label(markX, markY + 4, text, {
            ...{ 'font-size': 11, 'font-weight': 'bold', fill: ink, 'text-anchor': 'middle' },
            ...{ stroke: paper, 'stroke-width': 2.5, 'paint-order': 'stroke' },
          });
        }),
      );
      x += size.width + 10;
    });
    width = x;
    return drawn;
  });
  const barHeight = Math.min(rowHeight, maps.length * rowHeight) - 76;
  parts.push(
    colorBar({
      ...{ x: width + 8, y: 46, height: barHeight, lowest: -highest, highest },
      color: (t) => (Math.abs(t) >= threshold ? color(t) : glass),
      ticks: [highest, threshold, -threshold, -highest].map((value) => ({
        value,
        text: signedText(value),
      })),
      caption: [options.positive, 'T'],
    }),
    label(width + 8, 46 + barHeight + 18, options.negative, { 'font-size': 11 }),
  );
  return svgDocument(width + 104, maps.length * rowHeight + 4, options, parts);
}

/** Along every line the value of the largest size, with its sign; NaN where there is none. */
function largest(volume: Volume, axis: AnatomicalAxis): Cut {
  const planes = Array.from({ length: volume.grid.shape[layout[axis].along] }, (_, index) =>
    cut(volume, axis, index),
  );
  const [first] = planes;
  const values = first.values.map((_, pixel) =>
    planes.reduce((best, plane) => {
      const value = plane.values[pixel];
      return Number.isNaN(best) || Math.abs(value) > Math.abs(best) ? value : best;
    }, Number.NaN),
  );
  return { ...first, values };
}
