import type { Operation, Padding, Shape, Tensor } from '../tensor.ts';
import { formatShape, GraphError, linearTangent, node } from '../tensor.ts';
import { sumOf } from './elementwise.ts';
import { broadcastTo, reshape } from './movement.ts';
import { sum } from './reduction.ts';

/*
 * Convolution as networks mean it (cross-correlation), stride 1, over 2 or 3 spatial axes:
 * y[b, o, p] = bias[o] + sum over i, q of kernel[o, i, q] x[b, i, p + q - padding before].
 * It is linear in x and in the kernel, and both gradients are convolutions again: with respect to x with the flipped
 * kernel, with respect to the kernel between x and the gradient (`kernelGradient`, which executors have a fast form of).
 */
const convolutionRules: Operation<'convolution'> = {
  name: 'convolution',
  shape: ([x, kernel, bias], { padding }) => {
    const image = x?.shape ?? [];
    const weights = kernel?.shape ?? [];
    const [batch = 0, channels] = image;
    const [outputs = 0, channelsOfKernel] = weights;
    if (
      image.length < 4 ||
      image.length > 5 ||
      weights.length !== image.length ||
      channels !== channelsOfKernel
    ) {
      throw new GraphError(
        `convolution: the input ${formatShape(image)} (batch, channels, space) and the kernel ${formatShape(weights)} (outputs, channels, space) do not fit.`,
      );
    }
    if (bias && (bias.shape.length !== 1 || bias.shape[0] !== outputs)) {
      throw new GraphError(
        `convolution: the bias ${formatShape(bias.shape)} must have one value for each output of the kernel ${formatShape(weights)}.`,
      );
    }
    const space = convolvedSpace(image.slice(2), weights.slice(2), padding);
    if (space.some((length) => length < 1)) {
      throw new GraphError(
        `convolution: the kernel ${formatShape(weights)} is larger than the padded input ${formatShape(image)}.`,
      );
    }
    return [batch, outputs, ...space];
  },
  gradient: (y, g) => {
    const [x, kernel, bias] = y.inputs as readonly [Tensor, Tensor, Tensor?];
    const { padding } = y.attributes;
    const size = kernel.shape.slice(2);
    const full: Padding = padding.map(([before, after], axis) => {
      const reach = (size[axis] ?? 1) - 1;
      return [reach - before, reach - after];
    });
    const toX = node(convolutionRules, [g, flipKernel(kernel)], { padding: full });
    const toKernel = node(kernelGradientRules, [x, g], { kernel: size, padding });
    if (!bias) return [toX, toKernel];
    return [toX, toKernel, sum(g, [0, ...size.map((_, axis) => axis + 2)])];
  },
  tangent: (y, [toX, toKernel, toBias]) => {
    const [x, kernel] = y.inputs as readonly [Tensor, Tensor];
    const { attributes, shape } = y;
    const byKernel = toKernel && node(convolutionRules, [x, toKernel], attributes);
    const byX = toX && node(convolutionRules, [toX, kernel], attributes);
    const byBias = toBias && reshape(toBias, [1, shape[1] ?? 1, ...shape.slice(2).map(() => 1)]);
    const byBoth = byX || byKernel ? sumOf(byX, byKernel) : undefined;
    return broadcastTo(sumOf(byBoth, byBias), shape);
  },
};

const kernelGradientRules: Operation<'kernelGradient'> = {
  name: 'kernelGradient',
  shape: ([x, g], { kernel, padding }) => {
    const image = x?.shape ?? [];
    const gradient = g?.shape ?? [];
    const space = convolvedSpace(image.slice(2), kernel, padding);
    const fits =
      gradient.length === image.length && space.every((length, axis) => length === gradient[axis + 2]);
    if (!fits || image[0] !== gradient[0]) {
      throw new GraphError(
        `kernelGradient: the input ${formatShape(image)} and the gradient ${formatShape(gradient)} do not fit.`,
      );
    }
    return [gradient[1] ?? 0, image[1] ?? 0, ...kernel];
  },
  gradient: (y, g) => {
    // Bilinear: with the kernel-shaped g in the kernel's place, these are the convolution and its x gradient.
    const [x, outputGradient] = y.inputs as readonly [Tensor, Tensor];
    const { kernel, padding } = y.attributes;
    const full: Padding = padding.map(([before, after], axis) => {
      const reach = (kernel[axis] ?? 1) - 1;
      return [reach - before, reach - after];
    });
    return [
      node(convolutionRules, [outputGradient, flipKernel(g)], { padding: full }),
      node(convolutionRules, [x, g], { padding }),
    ];
  },
  tangent: (y, [toX, toGradient]) => {
    const [x, outputGradient] = y.inputs as readonly [Tensor, Tensor];
    return sumOf(
      toX && node(kernelGradientRules, [toX, outputGradient], y.attributes),
      toGradient && node(kernelGradientRules, [x, toGradient], y.attributes),
    );
  },
};

const flipRules: Operation<'flipKernel'> = {
  name: 'flipKernel',
  shape: ([kernel]) => {
    const [outputs = 0, channels = 0, ...size] = kernel?.shape ?? [];
    return [channels, outputs, ...size];
  },
  gradient: (_y, g) => [flipKernel(g)],
  tangent: linearTangent,
};
/** Exchanges inputs and outputs of a kernel and mirrors its spatial axes. */
function flipKernel(kernel: Tensor): Tensor {
  return node(flipRules, [kernel], {});
}

/** Zero padding: `same` keeps the spatial shape (odd kernels), else [before, after] of each spatial axis. */
export type PaddingChoice = 'same' | Padding;

/**
 * 2-D convolution with stride 1. x: (batch, channels, height, width); kernel: (outputs, channels, rows, columns);
 * bias: (outputs). Result: (batch, outputs, height, width) for `same` padding.
 */
export function conv2d(x: Tensor, kernel: Tensor, bias?: Tensor, padding: PaddingChoice = 'same'): Tensor {
  return convolution('conv2d', 4, x, kernel, bias, padding);
}

/** 3-D convolution with stride 1. x: (batch, channels, depth, height, width); kernel: (outputs, channels, 3 sizes). */
export function conv3d(x: Tensor, kernel: Tensor, bias?: Tensor, padding: PaddingChoice = 'same'): Tensor {
  return convolution('conv3d', 5, x, kernel, bias, padding);
}

function convolution(
  name: string,
  rank: number,
  x: Tensor,
  kernel: Tensor,
  bias: Tensor | undefined,
  padding: PaddingChoice,
): Tensor {
  if (x.shape.length !== rank || kernel.shape.length !== rank) {
    throw new GraphError(
      `${name}: input and kernel need ${rank} axes, not ${formatShape(x.shape)} and ${formatShape(kernel.shape)}.`,
    );
  }
  const explicit = padding === 'same' ? samePadding(name, kernel.shape) : padding;
  const tooWide = explicit.some((sides, axis) =>
    sides.some((n) => n < 0 || n >= (kernel.shape[axis + 2] ?? 1)),
  );
  if (explicit.length !== rank - 2 || tooWide) {
    throw new GraphError(
      `${name}: the padding ${JSON.stringify(explicit)} must be from 0 to the kernel's size less 1 on each side; the kernel is ${formatShape(kernel.shape)}.`,
    );
  }
  return node(convolutionRules, bias ? [x, kernel, bias] : [x, kernel], { padding: explicit });
}

function samePadding(name: string, kernel: Shape): Padding {
  return kernel.slice(2).map((size) => {
    if (size % 2 === 0) {
      throw new GraphError(`${name}: 'same' padding needs odd kernel sizes, not ${formatShape(kernel)}.`);
    }
    return [(size - 1) / 2, (size - 1) / 2];
  });
}

function convolvedSpace(image: Shape, kernel: Shape, padding: Padding): number[] {
  return image.map((length, axis) => {
    const [before = 0, after = 0] = padding[axis] ?? [];
    return length + before + after - (kernel[axis] ?? 1) + 1;
  });
}
