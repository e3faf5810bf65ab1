import type { Image } from './image.ts';
import { loadSharp } from './loadSharp.ts';

/** An image of one or three channels as a PNG file of 8 bits; values are cut to 0 .. 1. */
export async function encodeImage({ channels, height, width, data }: Image): Promise<Buffer> {
  const size = height * width;
  const bytes = Uint8Array.from(
    { length: size * channels },
    (_, i) => 255 * Math.min(1, Math.max(0, data[(i % channels) * size + Math.floor(i / channels)])) + 0.5,
  );
  const sharp = await loadSharp();
  return sharp(bytes, { raw: { width, height, channels: channels === 1 ? 1 : 3 } })
    .png()
    .toBuffer();
}
