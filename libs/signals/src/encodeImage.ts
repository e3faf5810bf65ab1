import sharp from 'sharp';
import type { Image } from './image.ts';

/** An image of one or three channels as a PNG file of 8 bits; values are cut to 0 .. 1. */
export function encodeImage({ channels, height, width, data }: Image): Promise<Buffer> {
  const size = height * width;
  const bytes = Uint8Array.from(
    { length: size * channels },
    (_, i) => 255 * Math.min(1, Math.max(0, data[(i % channels) * size + Math.floor(i / channels)])) + 0.5,
  );
  return sharp(bytes, { raw: { width, height, channels: channels === 1 ? 1 : 3 } })
    .png()
    .toBuffer();
}
