import { InputError } from '@oinr/errors';
import { element, type FigureText, label, quietInk, svgDocument } from './svg.ts';

/** One picture: a PNG file, with a name over it and a note below. */
export interface ImagePanel {
  readonly name: string;
  readonly note?: string;
  /** Bytes of a PNG file. */
  readonly png: Uint8Array;
}

/** What `imagePanels` draws. */
export interface ImagePanelsOptions extends FigureText {
  /** Pictures that are to be compared stand in one row. */
  readonly rows: readonly { readonly name: string; readonly panels: readonly ImagePanel[] }[];
}

const panelWidth = 168;
/** More would not fit on a page. */
const mostColumns = 6;
const left = 78;
const gap = 10;

/**
 * Pictures side by side, a row for each signal, or several where it has many: whole pixels (nearest neighbour), so that what is seen is what was computed.
 *
 * @throws InputError where there is no picture, or one that is no PNG file.
 */
export function imagePanels(options: ImagePanelsOptions): string {
  const rows = options.rows.flatMap(({ name, panels }) =>
    Array.from({ length: Math.ceil(panels.length / mostColumns) }, (_, line) => ({
      name: line === 0 ? name : '',
      panels: panels.slice(line * mostColumns, (line + 1) * mostColumns),
    })),
  );
  if (rows.length === 0) throw new InputError('There is no picture to draw.');
  const columns = Math.max(...rows.map(({ panels }) => panels.length));
  const parts: string[] = [];
  let y = 0;
  for (const { name, panels } of rows) {
    const heights = panels.map(({ png }) => {
      const [width, height] = pngSize(png);
      return (panelWidth * height) / width;
    });
    const tallest = Math.max(...heights);
    parts.push(label(left - 8, y + 24 + tallest / 2, name, { 'text-anchor': 'end', 'font-weight': 'bold' }));
    panels.forEach((panel, n) => {
      const x = left + n * (panelWidth + gap);
      const href = `data:image/png;base64,${Buffer.from(panel.png).toString('base64')}`;
      parts.push(
        label(x + panelWidth / 2, y + 14, panel.name, { 'text-anchor': 'middle', 'font-size': 12 }),
        element('image', {
          ...{ x, y: y + 20, width: panelWidth, height: heights[n], href },
          preserveAspectRatio: 'none',
          style: 'image-rendering: pixelated',
        }),
      );
      if (panel.note !== undefined)
        parts.push(
          label(x + panelWidth / 2, y + heights[n] + 34, panel.note, {
            ...{ 'text-anchor': 'middle', 'font-size': 11, fill: quietInk },
          }),
        );
    });
    y += tallest + 48;
  }
  return svgDocument(left + columns * (panelWidth + gap), y, options, parts);
}

/** Width and height from the header of a PNG file. */
function pngSize(png: Uint8Array): readonly [width: number, height: number] {
  const view = new DataView(png.buffer, png.byteOffset, png.byteLength);
  if (png.length < 24 || view.getUint32(0) !== 0x89504e47)
    throw new InputError('A picture is no PNG file; run the experiment again.');
  return [view.getUint32(16), view.getUint32(20)];
}
