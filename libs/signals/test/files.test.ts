import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { crc32 } from 'node:zlib';
import test from 'ava';
import sharp from 'sharp';
import { encodeImage } from '../src/encodeImage.ts';
import { SignalError } from '../src/errors.ts';
import { panClip } from '../src/panClip.ts';
import { photographs } from '../src/photographs.ts';
import { readClip } from '../src/readClip.ts';
import { readImage } from '../src/readImage.ts';
import { readOccupancy } from '../src/readVolume.ts';

const folder = await mkdtemp(join(tmpdir(), 'signals-'));
test.after.always(() => rm(folder, { recursive: true, force: true }));
const place = (name: string): string => join(folder, name);

/** A file that begins like a PNG of this size, in a few bytes. */
function pngHead(width: number, height: number): Buffer {
  const header = Buffer.alloc(13);
  header.writeUInt32BE(width, 0);
  header.writeUInt32BE(height, 4);
  header.set([8, 2, 0, 0, 0], 8);
  const typed = Buffer.concat([Buffer.from('IHDR'), header]);
  const check = Buffer.alloc(4);
  check.writeUInt32BE(crc32(typed));
  const idat = Buffer.from([0, 0, 0, 0, 0x49, 0x44, 0x41, 0x54, 0x35, 0xaf, 0x06, 0x1e]);
  return Buffer.concat([Buffer.from([137, 80, 78, 71, 13, 10, 26, 10, 0, 0, 0, 13]), typed, check, idat]);
}

test('the photographs are there, each of its size', async (t) => {
  const sizes: Record<string, [number, number]> = {};
  for (const { name, path } of photographs) {
    const { height, width, channels, data, remarks } = await readImage(path);
    sizes[name] = [height, width];
    t.is(channels, 3);
    t.deepEqual(remarks, []);
    t.true(data.every((value) => value >= 0 && value <= 1));
  }
  t.deepEqual(sizes, {
    coffee: [400, 600],
    rocket: [427, 640],
    astronaut: [512, 512],
    chelsea: [300, 451],
    camera: [512, 512],
  });
});

test('what is written as PNG is read again', async (t) => {
  const image = {
    channels: 3,
    height: 2,
    width: 3,
    data: Float32Array.from({ length: 18 }, (_, i) => i / 17),
  };
  await writeFile(place('again.png'), await encodeImage(image));
  const read = await readImage(place('again.png'));
  t.true(read.data.every((value, i) => Math.abs(value - image.data[i]) <= 0.5 / 255 + 1e-6));
});

test('16 bits keep what 8 bits lose', async (t) => {
  const values = Uint16Array.of(0, 1, 300, 65535, 257, 32768);
  await sharp(values, { raw: { width: 2, height: 1, channels: 3 } })
    .toColourspace('rgb16')
    .png()
    .toFile(place('deep.png'));
  const { data } = await readImage(place('deep.png'));
  const expected = [0, 65535, 1, 257, 300, 32768];
  expected.forEach((value, i) => {
    t.true(Math.abs(data[i] * 65535 - value) < 0.01, `${i}: ${data[i] * 65535}`);
  });
});

test('grey becomes three equal colours; transparent pixels become white, which is told', async (t) => {
  await sharp(Uint8Array.of(0, 51, 102, 255), { raw: { width: 2, height: 2, channels: 1 } })
    .png()
    .toFile(place('grey.png'));
  const grey = await readImage(place('grey.png'));
  t.deepEqual(
    [...grey.data].map((value) => Math.round(255 * value)),
    [0, 51, 102, 255, 0, 51, 102, 255, 0, 51, 102, 255],
  );
  await sharp(Uint8Array.of(255, 0, 0, 255, 0, 0, 0, 0), { raw: { width: 2, height: 1, channels: 4 } })
    .png()
    .toFile(place('clear.png'));
  const clear = await readImage(place('clear.png'));
  t.deepEqual([...clear.data], [1, 1, 0, 1, 0, 1]);
  t.regex(clear.remarks.join(), /clear\.png has an alpha channel; it is laid on white\./);
});

test('colours of print are converted, which is told', async (t) => {
  await sharp({ create: { width: 4, height: 4, channels: 3, background: '#ff0000' } })
    .toColourspace('cmyk')
    .jpeg({ quality: 100 })
    .toFile(place('print.jpg'));
  const { channels, data, remarks } = await readImage(place('print.jpg'));
  t.is(channels, 3);
  t.true(data[0] > 0.7 && data[16] < 0.35 && data[32] < 0.35, String([data[0], data[16], data[32]]));
  t.regex(remarks.join(), /CMYK/);
});

/** A GIF whose frames are red, green and blue. */
async function animation(name: string): Promise<string> {
  const frames = ['#ff0000', '#00ff00', '#0000ff'].map((background) =>
    sharp({ create: { width: 6, height: 5, channels: 3, background } })
      .png()
      .toBuffer(),
  );
  await sharp(await Promise.all(frames), { join: { animated: true } })
    .gif()
    .toFile(place(name));
  return place(name);
}

test('an animation is a clip, and as an image its first frame', async (t) => {
  const path = await animation('three.gif');
  const image = await readImage(path);
  t.deepEqual([image.height, image.width], [5, 6]);
  t.deepEqual([image.data[0], image.data[30], image.data[60]], [1, 0, 0]);
  t.regex(image.remarks.join(), /has 3 frames; the first is taken/);
  const { frames } = await readClip(path, 16);
  t.deepEqual(
    frames.map(({ data }) => [data[0], data[30], data[60]]),
    [
      [1, 0, 0],
      [0, 1, 0],
      [0, 0, 1],
    ],
  );
  t.is((await readClip(path, 2)).frames.length, 2);
});

test('100 megapixels are refused by their header, with the size that fits', async (t) => {
  await writeFile(place('huge.png'), pngHead(12_500, 8_000));
  const before = process.memoryUsage().rss;
  const error = await t.throwsAsync(readImage(place('huge.png')), { instanceOf: SignalError });
  t.regex(
    error?.message ?? '',
    /12500 x 8000 pixels \(100 megapixels\); at most 50 .* Scale it to 8838 x 5656 or smaller/,
  );
  t.true(process.memoryUsage().rss - before < 100e6);
});

test('what is no image, or only a part of one, is told', async (t) => {
  await writeFile(place('text.png'), 'no image');
  await t.throwsAsync(readImage(place('text.png')), {
    instanceOf: SignalError,
    message: /text\.png cannot be read as an image/,
  });
  await t.throwsAsync(readImage(place('absent.png')), { instanceOf: SignalError, message: /absent\.png/ });
  const whole = await encodeImage({
    channels: 3,
    height: 40,
    width: 40,
    data: Float32Array.from({ length: 4800 }, () => Math.random()),
  });
  await writeFile(place('cut.png'), whole.subarray(0, whole.length / 2));
  await t.throwsAsync(readImage(place('cut.png')), {
    instanceOf: SignalError,
    message: /cut\.png cannot be decoded/,
  });
});

test('frames of a folder come in natural order; one frame, or differing sizes, are refused', async (t) => {
  const write = async (name: string, shade: number, width = 4): Promise<void> => {
    const path = place(name);
    await mkdir(join(path, '..'), { recursive: true });
    await sharp({ create: { width, height: 3, channels: 3, background: { r: shade, g: 0, b: 0 } } })
      .png()
      .toFile(path);
  };
  await write('frames/f10.png', 255);
  await write('frames/f2.png', 51);
  await write('frames/f1.png', 0);
  const { frames } = await readClip(place('frames'), 16);
  t.deepEqual(
    frames.map(({ data }) => Math.round(255 * data[0])),
    [0, 51, 255],
  );
  await write('single/a.png', 1);
  await t.throwsAsync(readClip(place('single'), 16), { message: /one frame only; a clip needs two/ });
  await write('mixed/a.png', 1);
  await write('mixed/b.png', 1, 5);
  await t.throwsAsync(readClip(place('mixed'), 16), {
    message: /frame 1 has 4 x 3 pixels, frame 2 has 5 x 3/,
  });
  await mkdir(place('empty'));
  await t.throwsAsync(readClip(place('empty'), 16), { message: /holds no images/ });
  await t.throwsAsync(readClip(place('nowhere'), 16), { message: /does not exist/ });
});

test('without ffmpeg a video is refused by a sentence that says what else to give', async (t) => {
  await writeFile(place('clip.mp4'), 'not really');
  const path = process.env.PATH;
  process.env.PATH = place('empty');
  try {
    await t.throwsAsync(readClip(place('clip.mp4'), 16), {
      message: /ffmpeg, which reads it, is not on the PATH.*folder of frames/,
    });
  } finally {
    process.env.PATH = path;
  }
});

test('the clip of photographs pans, and something moves in it against the pan', async (t) => {
  const [coffee, chelsea] = await Promise.all(
    ['coffee', 'chelsea'].map((name) => readImage(photographs.find((one) => one.name === name)?.path ?? '')),
  );
  const frames = panClip(coffee, chelsea);
  t.is(frames.length, 16);
  t.true(frames.every(({ height, width }) => height === 256 && width === 384));
  // The bottom right corner is never covered: it shows the ground moved by three pixels a frame.
  const at = (n: number, row: number, column: number): number => frames[n].data[row * 384 + column];
  t.is(at(0, 250, 380), at(2, 249, 374));
  t.not(at(0, 100, 280), at(8, 104, 256));
});

test('a volume of NaN, of one value, of two axes, or of another kind is refused', async (t) => {
  const npy = (shape: string, values: Float32Array): Buffer => {
    const header = `{'descr': '<f4', 'fortran_order': False, 'shape': (${shape}), }`.padEnd(117);
    const start = Buffer.from([0x93, ...Buffer.from('NUMPY'), 1, 0, 118, 0]);
    return Buffer.concat([start, Buffer.from(`${header}\n`), Buffer.from(values.buffer)]);
  };
  await writeFile(place('nan.npy'), npy('2, 2, 2', new Float32Array(8).fill(Number.NaN)));
  await t.throwsAsync(readOccupancy(place('nan.npy'), 8), { message: /8 of 8 voxels that are not finite/ });
  await writeFile(place('flat.npy'), npy('2, 2, 2', new Float32Array(8)));
  await t.throwsAsync(readOccupancy(place('flat.npy'), 8), { message: /value 0 in every voxel/ });
  await writeFile(place('plane.npy'), npy('4, 2', new Float32Array(8)));
  await t.throwsAsync(readOccupancy(place('plane.npy'), 8), { message: /2 axes/ });
  await writeFile(place('body.npy'), npy('2, 2, 2', Float32Array.of(0, 1, 2, 3, 0, 9, 9, 9)));
  const { shape, data, remarks } = await readOccupancy(place('body.npy'), 8);
  t.deepEqual(shape, [2, 2, 2]);
  t.deepEqual([...data], [0, 0, 0, 0, 0, 1, 1, 1]);
  t.regex(remarks.join(), /what is above 4\.5 is inside/);
  await writeFile(place('body.step'), '');
  await t.throwsAsync(readOccupancy(place('body.step'), 8), { message: /closed mesh/ });
  await t.throwsAsync(readOccupancy(place('absent.ply'), 8), { message: /absent\.ply cannot be read/ });
});
