import type { Image } from './image.ts';

// Keys' kernel with the parameter of Pillow and of most image programs.
const a = -0.5;

/**
 * An image at another size by Keys' cubic convolution (1981, a = -0.5), as Pillow does it: pixel centres at (i + 0.5) / n
 * of the side; where the image gets smaller the kernel is as much wider, so that nothing aliases. Values may overshoot.
 */
export function resizeBicubic(image: Image, height: number, width: number): Image {
  const rows = tapsOf(image.height, height);
  const columns = tapsOf(image.width, width);
  const { channels } = image;
  const wide = new Float64Array(channels * image.height * width);
  for (let line = 0; line < channels * image.height; line++)
    for (let column = 0; column < width; column++) {
      let sum = 0;
      for (const [from, weight] of columns[column]) sum += weight * image.data[line * image.width + from];
      wide[line * width + column] = sum;
    }
  const data = new Float32Array(channels * height * width);
  for (let channel = 0; channel < channels; channel++)
    for (let row = 0; row < height; row++)
      for (let column = 0; column < width; column++) {
        let sum = 0;
        for (const [from, weight] of rows[row])
          sum += weight * wide[(channel * image.height + from) * width + column];
        data[(channel * height + row) * width + column] = sum;
      }
  return { channels, height, width, data };
}

/** For every new pixel of a side the old ones that it is made of, with weights of sum 1. */
function tapsOf(old: number, fresh: number): (readonly [from: number, weight: number])[][] {
  const scale = old / fresh;
  const stretch = Math.max(1, scale);
  return Array.from({ length: fresh }, (_, n) => {
    const centre = (n + 0.5) * scale;
    const first = Math.max(0, Math.floor(centre - 2 * stretch + 0.5));
    const end = Math.min(old, Math.floor(centre + 2 * stretch + 0.5));
    const taps: [number, number][] = [];
    let sum = 0;
    for (let from = first; from < end; from++) {
      const weight = keys((from + 0.5 - centre) / stretch);
      taps.push([from, weight]);
      sum += weight;
    }
    return taps.map(([from, weight]) => [from, weight / sum] as const);
  });
}

function keys(distance: number): number {
  const x = Math.abs(distance);
  if (x < 1) return ((a + 2) * x - (a + 3)) * x * x + 1;
  if (x < 2) return a * (((x - 5) * x + 8) * x - 4);
  return 0;
}
