import { crc32, deflateSync } from 'node:zlib';
import type { Rgb } from './colors.ts';

/** An image: RGB bytes, rows from the top. */
export interface Image {
  readonly width: number;
  readonly height: number;
  readonly rgb: Uint8Array;
}

/** Fills an image pixel by pixel; (0, 0) is the top left. */
export function paint(width: number, height: number, color: (x: number, y: number) => Rgb): Image {
  const rgb = new Uint8Array(width * height * 3);
  let at = 0;
  for (let y = 0; y < height; y += 1) {
    for (let x = 0; x < width; x += 1) {
      const [red, green, blue] = color(x, y);
      rgb[at] = red;
      rgb[at + 1] = green;
      rgb[at + 2] = blue;
      at += 3;
    }
  }
  return { width, height, rgb };
}

/** The image as a PNG file (8-bit RGB, no filter): the same bytes every time. Source: the PNG specification. */
export function encodePng({ width, height, rgb }: Image): Buffer {
  const header = Buffer.alloc(13);
  header.writeUInt32BE(width, 0);
  header.writeUInt32BE(height, 4);
  header.set([8, 2, 0, 0, 0], 8);
  const stride = width * 3;
  const rows = Buffer.alloc((stride + 1) * height);
  for (let y = 0; y < height; y += 1) {
    rows.set(rgb.subarray(y * stride, (y + 1) * stride), y * (stride + 1) + 1);
  }
  return Buffer.concat([
    Buffer.from([137, 80, 78, 71, 13, 10, 26, 10]),
    chunk('IHDR', header),
    chunk('IDAT', deflateSync(rows, { level: 9 })),
    chunk('IEND', Buffer.alloc(0)),
  ]);
}

function chunk(type: string, data: Buffer): Buffer {
  const typed = Buffer.concat([Buffer.from(type, 'ascii'), data]);
  const length = Buffer.alloc(4);
  length.writeUInt32BE(data.length);
  const check = Buffer.alloc(4);
  check.writeUInt32BE(crc32(typed));
  return Buffer.concat([length, typed, check]);
}

/** The image for an `href` of SVG or HTML. */
export function dataUri(image: Image): string {
  return `data:image/png;base64,${encodePng(image).toString('base64')}`;
}
