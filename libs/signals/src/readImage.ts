import { basename } from 'node:path';
import { errorMessage } from '@oinr/errors';
import type { Metadata, Sharp } from 'sharp';
import { SignalError } from './errors.ts';
import type { Image, ReadImage } from './image.ts';
import { loadSharp } from './loadSharp.ts';

/** No more pixels than this are decoded: as values of three colours they take 1.2 GB. */
export const mostPixels = 50e6;

/**
 * Reads an image as three colours (sRGB, values in [0, 1]): PNG, JPEG, WebP, GIF, TIFF and what else libvips knows; 8 or 16
 * bits, turned as its EXIF says. What had to be changed is told in the remarks: a transparent image is laid on white, CMYK
 * is converted, of an animation the first frame is taken.
 *
 * @throws SignalError for a file that is no image, or one of more than 50 megapixels, which is refused by its header,
 *   before memory is taken.
 */
export async function readImage(path: string): Promise<ReadImage> {
  const head = await headOf(path);
  const remarks = [...remarksOf(path, head)];
  if ((head.pages ?? 1) > 1)
    remarks.push(`${basename(path)} has ${head.pages} frames; the first is taken as the image.`);
  return { ...(await decode(path, head, await open(path))), remarks };
}

/** All frames of an animated image, at most `most`. @throws as readImage. */
export async function readAnimation(
  path: string,
  most: number,
): Promise<{ readonly frames: Image[]; readonly remarks: readonly string[] }> {
  const head = await headOf(path);
  const frames: Image[] = [];
  for (let page = 0; page < Math.min(most, head.pages ?? 1); page++)
    frames.push(await decode(path, head, await open(path, page)));
  return { frames, remarks: remarksOf(path, head) };
}

/** Opened without libvips' own limits: what is too large was refused by its header. */
async function open(path: string, page = 0): Promise<Sharp> {
  const sharp = await loadSharp();
  return sharp(path, { page, pages: 1, limitInputPixels: false, failOn: 'error' });
}

async function headOf(path: string): Promise<Metadata> {
  const file = await open(path);
  let head: Metadata;
  try {
    head = await file.metadata();
  } catch (error) {
    throw new SignalError(
      `${path} cannot be read as an image: ${reasonOf(error)}. Export it as PNG or JPEG.`,
      {
        cause: error,
      },
    );
  }
  const { width, height } = head;
  if (width * height > mostPixels) {
    const shrink = Math.sqrt(mostPixels / (width * height));
    throw new SignalError(
      `${path} has ${width} x ${height} pixels (${Math.round((width * height) / 1e6)} megapixels); at most ${mostPixels / 1e6} megapixels are read. Scale it to ${Math.floor(width * shrink)} x ${Math.floor(height * shrink)} or smaller.`,
    );
  }
  return head;
}

function remarksOf(path: string, { space, hasAlpha }: Metadata): string[] {
  const name = basename(path);
  return [
    ...(space === 'cmyk' ? [`${name} has the colours of print (CMYK); they were converted to sRGB.`] : []),
    ...(hasAlpha ? [`${name} has an alpha channel; it is laid on white.`] : []),
  ];
}

async function decode(path: string, head: Metadata, file: Sharp): Promise<Image> {
  const isDeep = head.depth !== 'uchar' && head.space !== 'cmyk';
  try {
    const flat = head.hasAlpha ? file.flatten({ background: '#ffffff' }) : file;
    const { data, info } = await flat
      .autoOrient()
      .toColourspace(isDeep ? 'rgb16' : 'srgb')
      .raw({ depth: isDeep ? 'ushort' : 'uchar' })
      .toBuffer({ resolveWithObject: true });
    const values = isDeep ? new Uint16Array(data.buffer, data.byteOffset, data.byteLength / 2) : data;
    return planesOf(values, info.channels, info.height, info.width, isDeep ? 65535 : 255);
  } catch (error) {
    throw new SignalError(
      `${path} cannot be decoded: ${reasonOf(error)}. It may be cut off; export it again.`,
      {
        cause: error,
      },
    );
  }
}

/** Interleaved whole numbers as three planes in [0, 1]; grey is repeated. */
export function planesOf(
  values: ArrayLike<number>,
  channels: number,
  height: number,
  width: number,
  white: number,
): Image {
  const size = height * width;
  const data = new Float32Array(3 * size);
  for (let channel = 0; channel < 3; channel++) {
    const from = channels < 3 ? 0 : channel;
    for (let i = 0; i < size; i++) data[channel * size + i] = values[i * channels + from] / white;
  }
  return { channels: 3, height, width, data };
}

function reasonOf(error: unknown): string {
  return errorMessage(error).replace(/\.$/, '');
}
