import type { Image } from './image.ts';

/** An image blurred by a Gaussian of `sigma` pixels, cut at 4 sigma; edges are mirrored (as scipy's `reflect`). */
export function gaussianBlur(image: Image, sigma: number): Image {
  const reach = Math.round(4 * sigma);
  const weights = Float64Array.from({ length: 2 * reach + 1 }, (_, i) =>
    Math.exp(-0.5 * ((i - reach) / sigma) ** 2),
  );
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  const along = (
    from: Float32Array,
    lines: number,
    length: number,
    at: (line: number, i: number) => number,
  ) => {
    const out = new Float32Array(from.length);
    for (let line = 0; line < lines; line++)
      for (let i = 0; i < length; i++) {
        let sum = 0;
        for (let tap = -reach; tap <= reach; tap++)
          sum += weights[tap + reach] * from[at(line, mirrored(i + tap, length))];
        out[at(line, i)] = sum / total;
      }
    return out;
  };
  const { channels, height, width } = image;
  const rows = along(image.data, channels * height, width, (line, i) => line * width + i);
  const data = along(
    rows,
    channels * width,
    height,
    (line, i) => (Math.floor(line / width) * height + i) * width + (line % width),
  );
  return { channels, height, width, data };
}

/** d c b a | a b c d | d c b a */
function mirrored(i: number, length: number): number {
  const period = 2 * length;
  const n = ((i % period) + period) % period;
  return n < length ? n : period - 1 - n;
}
