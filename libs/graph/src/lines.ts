import { conv2d } from './operations/convolution.ts';
import { add } from './operations/elementwise.ts';
import { broadcastTo, concat, slice } from './operations/movement.ts';
import type { Tensor } from './tensor.ts';
import { formatShape, GraphError } from './tensor.ts';

/**
 * The 3x3 `same` convolution of channels that depend on x alone and channels that depend on y alone, as those of a
 * positional encoding do, at a cost of O(width + height) instead of O(width height), gradients included.
 *
 * A row of an image that is constant along y is convolved to the same row everywhere but at the two borders, so three
 * rows are convolved, and the middle one is repeated; columns likewise. Exact, with zero padding.
 *
 * alongX: (batch, channels, 1, width); alongY: (batch, channels, height, 1); kernels: (outputs, channels, 3, 3) each;
 * bias: (outputs). Result: (batch, outputs, height, width). Throws GraphError when height or width is less than 3.
 */
export function conv2dOfLines(
  alongX: Tensor,
  alongY: Tensor,
  kernelX: Tensor,
  kernelY: Tensor,
  bias?: Tensor,
): Tensor {
  const height = alongY.shape[2] ?? 0;
  const width = alongX.shape[3] ?? 0;
  if (alongX.shape[2] !== 1 || alongY.shape[3] !== 1 || height < 3 || width < 3) {
    throw new GraphError(
      `conv2dOfLines: rows (batch, channels, 1, width) and columns (batch, channels, height, 1) of at least 3 are needed, not ${formatShape(alongX.shape)} and ${formatShape(alongY.shape)}.`,
    );
  }
  return add(lines(alongX, kernelX, bias, 2, height), lines(alongY, kernelY, undefined, 3, width));
}

/** Convolves lines that are constant along `axis`, and stretches the result to `length` along it. */
function lines(line: Tensor, kernel: Tensor, bias: Tensor | undefined, axis: 2 | 3, length: number): Tensor {
  const withLength = (shape: readonly number[], n: number) => shape.map((size, i) => (i === axis ? n : size));
  const three = conv2d(broadcastTo(line, withLength(line.shape, 3)), kernel, bias);
  const part = (start: number) => slice(three, withLength([0, 0, 0, 0], start), withLength(three.shape, 1));
  return concat([part(0), broadcastTo(part(1), withLength(three.shape, length - 2)), part(2)], axis);
}
