import { spawn } from 'node:child_process';
import { stat } from 'node:fs/promises';
import { basename, extname } from 'node:path';
import { entriesOf } from '@oinr/files';
import { SignalError } from './errors.ts';
import type { Clip, Image } from './image.ts';
import { mostPixels, planesOf, readAnimation, readImage } from './readImage.ts';

const imageFile = /\.(png|jpe?g|webp|tiff?|bmp|gif|avif)$/i;
const videoFile = ['.mp4', '.mov', '.mkv', '.webm', '.avi', '.m4v'];

/**
 * Reads frames: the images of a folder in natural order of their names, the frames of an animated image, or, where ffmpeg is
 * on the PATH, those of a video.
 *
 * @param most frames that are read, from the first.
 * @throws SignalError where there is only one frame, frames differ in size, or the file cannot be read.
 */
export async function readClip(path: string, most: number): Promise<Clip> {
  const found = await stat(path).catch(() => undefined);
  if (found === undefined)
    throw new SignalError(`${path} does not exist; give a folder of frames, an animated image or a video.`);
  const clip = found.isDirectory()
    ? await readFolder(path, most)
    : videoFile.includes(extname(path).toLowerCase())
      ? { frames: await readVideo(path, most), remarks: [] }
      : await readAnimation(path, most);
  const [first] = clip.frames;
  if (clip.frames.length < 2)
    throw new SignalError(
      `${path} has ${clip.frames.length === 0 ? 'no frame' : 'one frame only'}; a clip needs two or more. Give an image to --image.`,
    );
  clip.frames.forEach((frame, n) => {
    if (frame.height !== first.height || frame.width !== first.width)
      throw new SignalError(
        `${path} has frames of differing size: frame 1 has ${first.width} x ${first.height} pixels, frame ${n + 1} has ${frame.width} x ${frame.height}. Bring all to one size.`,
      );
  });
  return clip;
}

async function readFolder(folder: string, most: number): Promise<Clip> {
  const names = (await entriesOf(folder))
    .filter(({ name, kind }) => kind === 'file' && imageFile.test(name))
    .sort((a, b) => a.name.localeCompare(b.name, 'en', { numeric: true }));
  if (names.length === 0)
    throw new SignalError(`${folder} holds no images; frames are PNG or JPEG files, named in their order.`);
  const images = [];
  for (const { path } of names.slice(0, most)) images.push(await readImage(path));
  return { frames: images, remarks: [...new Set(images.flatMap(({ remarks }) => remarks))] };
}

async function readVideo(path: string, most: number): Promise<Image[]> {
  const bytes = await framesByFfmpeg(path, most);
  const frames: Image[] = [];
  for (let at = 0; at < bytes.length; ) {
    const head = /^P6\s+(\d+)\s+(\d+)\s+255\s/.exec(bytes.subarray(at, at + 40).toString('latin1'));
    if (head === null) break;
    const [width, height] = [Number(head[1]), Number(head[2])];
    const start = at + head[0].length;
    at = start + 3 * width * height;
    if (at <= bytes.length) frames.push(planesOf(bytes.subarray(start, at), 3, height, width, 255));
  }
  return frames;
}

/** Frames of a video one after the other, each a PPM file. */
function framesByFfmpeg(path: string, most: number): Promise<Buffer> {
  const words = ['-v', 'error', '-nostdin', '-i', path, '-frames:v', String(most), '-f', 'image2pipe'];
  return new Promise((resolve, reject) => {
    const child = spawn('ffmpeg', [...words, '-c:v', 'ppm', '-pix_fmt', 'rgb24', '-'], {
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    const pieces: Buffer[] = [];
    let size = 0;
    let said = '';
    child.stdout.on('data', (piece: Buffer) => {
      pieces.push(piece);
      size += piece.length;
      if (size > 3 * mostPixels + 2 ** 20) {
        child.kill();
        reject(
          new SignalError(
            `${path} has more than ${mostPixels / 1e6} megapixels in its first ${most} frames; scale it down (ffmpeg -vf scale=640:-2).`,
          ),
        );
      }
    });
    child.stderr.on('data', (piece: Buffer) => {
      said = (said + piece.toString()).slice(-500);
    });
    child.on('error', () =>
      reject(
        new SignalError(
          `${basename(path)} is a video, and ffmpeg, which reads it, is not on the PATH. Install ffmpeg, or give a folder of frames (PNG or JPEG) or an animated image instead.`,
        ),
      ),
    );
    child.on('close', (code) => {
      if (code === 0) resolve(Buffer.concat(pieces));
      else
        reject(
          new SignalError(
            `${path} cannot be read by ffmpeg: ${said.trim().split('\n').at(-1) || `it ended with status ${code}`}.`,
          ),
        );
    });
  });
}
