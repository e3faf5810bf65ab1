import { add, divide, multiply, sqrt, square, subtract } from './operations/elementwise.ts';
import type { Tensor } from './tensor.ts';

/** Settings of Adam (Kingma and Ba 2015, algorithm 1), with their defaults there and in PyTorch. */
export interface AdamOptions {
  readonly beta1: number;
  readonly beta2: number;
  readonly epsilon: number;
}
export const adamDefaults: AdamOptions = { beta1: 0.9, beta2: 0.999, epsilon: 1e-8 };

/** The scalars of one step that come from outside: in float32 inside the graph they would lose five digits. */
export interface AdamScalars {
  readonly learningRate: Tensor;
  /** 1 / (1 - beta1^t) at step t = 1, 2, ... */
  readonly firstCorrection: Tensor;
  /** 1 / (1 - beta2^t). */
  readonly secondCorrection: Tensor;
}

/** The two bias corrections at step t = 1, 2, ..., in float64. */
export function adamCorrections(t: number, { beta1, beta2 }: AdamOptions): readonly [number, number] {
  return [1 / (1 - beta1 ** t), 1 / (1 - beta2 ** t)];
}

/** One update of parameters of any shape; all four tensors have that shape. */
export function adamUpdate(
  parameters: Tensor,
  gradient: Tensor,
  firstMoments: Tensor,
  secondMoments: Tensor,
  { learningRate, firstCorrection, secondCorrection }: AdamScalars,
  { beta1, beta2, epsilon }: AdamOptions,
): { parameters: Tensor; firstMoments: Tensor; secondMoments: Tensor } {
  const first = add(multiply(firstMoments, beta1), multiply(gradient, 1 - beta1));
  const second = add(multiply(secondMoments, beta2), multiply(square(gradient), 1 - beta2));
  const rate = multiply(learningRate, firstCorrection);
  const spread = add(sqrt(multiply(second, secondCorrection)), epsilon);
  return {
    parameters: subtract(parameters, divide(multiply(first, rate), spread)),
    firstMoments: first,
    secondMoments: second,
  };
}
