import type { Padding, Shape } from '@oinr/graph';

/** Sizes of a convolution, two-dimensional ones as volumes of depth 1. */
interface Sizes {
  readonly batch: number;
  readonly channels: number;
  readonly outputs: number;
  readonly image: readonly [number, number, number];
  readonly result: readonly [number, number, number];
  readonly kernel: readonly [number, number, number];
  readonly before: readonly [number, number, number];
}

function sizes(image: Shape, kernel: Shape, result: Shape, padding: Padding): Sizes {
  const space = (shape: Shape): [number, number, number] => {
    const [width = 1, height = 1, depth = 1] = shape.slice(2).reverse();
    return [depth, height, width];
  };
  const [right, below, behind] = [...padding].reverse();
  return {
    batch: image[0],
    channels: image[1],
    outputs: kernel[0],
    image: space(image),
    result: space(result),
    kernel: space(kernel),
    before: [behind?.[0] ?? 0, below?.[0] ?? 0, right?.[0] ?? 0],
  };
}

/**
 * Visits every pair of an image row and a result row that one kernel element joins: the row of `count` image elements
 * from `imageStart` meets the result row from `resultStart`.
 */
function eachRow(
  s: Sizes,
  visit: (kernelIndex: number, imageStart: number, resultStart: number, count: number) => void,
): void {
  const [depth, height, width] = s.image;
  const [resultDepth, resultHeight, resultWidth] = s.result;
  const [kd, kh, kw] = s.kernel;
  for (let b = 0; b < s.batch; b++) {
    for (let o = 0; o < s.outputs; o++) {
      for (let i = 0; i < s.channels; i++) {
        for (let dz = 0; dz < kd; dz++) {
          for (let dy = 0; dy < kh; dy++) {
            for (let dx = 0; dx < kw; dx++) {
              const kernelIndex = (((o * s.channels + i) * kd + dz) * kh + dy) * kw + dx;
              const shift = dx - s.before[2];
              const first = Math.max(0, -shift);
              const count = Math.min(resultWidth, width - shift) - first;
              for (let z = 0; z < resultDepth && count > 0; z++) {
                const imageZ = z + dz - s.before[0];
                if (imageZ < 0 || imageZ >= depth) continue;
                for (let y = 0; y < resultHeight; y++) {
                  const imageY = y + dy - s.before[1];
                  if (imageY < 0 || imageY >= height) continue;
                  const imageRow = (((b * s.channels + i) * depth + imageZ) * height + imageY) * width;
                  const resultRow =
                    (((b * s.outputs + o) * resultDepth + z) * resultHeight + y) * resultWidth;
                  visit(kernelIndex, imageRow + first + shift, resultRow + first, count);
                }
              }
            }
          }
        }
      }
    }
  }
}

/** y[b, o, p] = bias[o] + sum over i, q of kernel[o, i, q] x[b, i, p + q - before]. */
export function convolve(
  x: Float64Array,
  kernel: Float64Array,
  bias: Float64Array | undefined,
  imageShape: Shape,
  kernelShape: Shape,
  resultShape: Shape,
  padding: Padding,
): Float64Array {
  const s = sizes(imageShape, kernelShape, resultShape, padding);
  const plane = s.result[0] * s.result[1] * s.result[2];
  const result = new Float64Array(s.batch * s.outputs * plane);
  if (bias) {
    for (let row = 0; row < s.batch * s.outputs; row++) {
      result.fill(bias[row % s.outputs], row * plane, (row + 1) * plane);
    }
  }
  eachRow(s, (kernelIndex, imageStart, resultStart, count) => {
    const weight = kernel[kernelIndex];
    for (let n = 0; n < count; n++) {
      result[resultStart + n] = result[resultStart + n] + weight * x[imageStart + n];
    }
  });
  return result;
}

/** The gradient with respect to the kernel: sum over b, p of gradient[b, o, p] x[b, i, p + q - before]. */
export function correlateKernel(
  x: Float64Array,
  gradient: Float64Array,
  imageShape: Shape,
  gradientShape: Shape,
  kernelShape: Shape,
  padding: Padding,
): Float64Array {
  const s = sizes(imageShape, kernelShape, gradientShape, padding);
  const result = new Float64Array(kernelShape.reduce((product, length) => product * length, 1));
  eachRow(s, (kernelIndex, imageStart, resultStart, count) => {
    let total = 0;
    for (let n = 0; n < count; n++) total += gradient[resultStart + n] * x[imageStart + n];
    result[kernelIndex] = result[kernelIndex] + total;
  });
  return result;
}

/** (outputs, channels, space) -> `shape` = (channels, outputs, space) with the spatial axes mirrored. */
export function flip(kernel: Float64Array, shape: Shape): Float64Array {
  const [channels = 0, outputs = 0, ...space] = shape;
  const size = space.reduce((product, length) => product * length, 1);
  const result = new Float64Array(kernel.length);
  for (let i = 0; i < channels; i++) {
    for (let o = 0; o < outputs; o++) {
      for (let q = 0; q < size; q++) {
        // Mirroring all spatial axes reverses the flat order.
        result[(i * outputs + o) * size + q] = kernel[(o * channels + i) * size + size - 1 - q];
      }
    }
  }
  return result;
}
