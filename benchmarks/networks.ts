import type { Tensor, TensorValues, TrainingProgram } from '@oinr/graph';
import {
  conv2d,
  gelu,
  leakyRelu,
  meanSquaredError,
  parameter,
  resident,
  sin,
  trainingProgram,
} from '@oinr/graph';

/** A network of 3x3 convolutions and the batch it is trained on. */
export interface BenchmarkNetwork {
  readonly name: string;
  readonly batch: number;
  readonly height: number;
  readonly width: number;
  /** Channels of the input, of every hidden layer, and of the output. */
  readonly channels: readonly number[];
  readonly activation: 'sin' | 'gelu' | 'leakyRelu';
  /** Training steps in one timed call, a few seconds' worth at most; fits take 50. */
  readonly steps: number;
}

export const networks: readonly BenchmarkNetwork[] = [
  {
    name: 'reference',
    batch: 4,
    height: 96,
    width: 112,
    channels: [40, 64, 64, 64, 1],
    activation: 'sin',
    steps: 10,
  },
  {
    name: 'compact',
    batch: 2,
    height: 80,
    width: 97,
    channels: [24, 32, 32, 32, 1],
    activation: 'gelu',
    steps: 30,
  },
  {
    name: 'internal',
    batch: 8,
    height: 30,
    width: 97,
    channels: [3, 16, 16, 1],
    activation: 'leakyRelu',
    steps: 80,
  },
  {
    name: 'internal-wide',
    batch: 8,
    height: 30,
    width: 97,
    channels: [3, 32, 32, 32, 32, 1],
    activation: 'leakyRelu',
    steps: 30,
  },
  {
    name: 'prior',
    batch: 4,
    height: 32,
    width: 32,
    channels: [24, 64, 64, 64, 64, 64, 28],
    activation: 'leakyRelu',
    steps: 20,
  },
  {
    // One slice of the paper's batches of eight: a step of eight takes eight times as long.
    name: 'paper',
    batch: 1,
    height: 76,
    width: 79,
    channels: [40, 64, 128, 256, 256, 128, 64, 1],
    activation: 'sin',
    steps: 2,
  },
];

/** Multiply-adds count twice. Forward and weight gradients of every layer, input gradients of all but the first. */
export function flopsPerStep({ batch, height, width, channels }: BenchmarkNetwork): number {
  const layers = channels
    .slice(1)
    .map((outputs, i) => 2 * 9 * (channels[i] ?? 0) * outputs * batch * height * width);
  return layers.reduce((sum, flops, i) => sum + flops * (i === 0 ? 2 : 3), 0);
}

/** The training step as a program, with initial parameters and data; both sides of the comparison use random ones. */
export function trainingStep(network: BenchmarkNetwork): {
  program: TrainingProgram;
  parameters: TensorValues;
  residents: TensorValues;
} {
  const { batch, height, width, channels, activation } = network;
  const image = (n: number) => [batch, n, height, width];
  const [inputs = 1] = channels;
  const outputs = channels.at(-1) ?? 1;
  const parameters: Record<string, Float32Array> = {};
  let h: Tensor = resident('x', image(inputs));
  for (const [i, next] of channels.slice(1).entries()) {
    const previous = channels[i] ?? 1;
    parameters[`weights${i}`] = uniform(next * previous * 9, Math.sqrt(6 / (9 * previous)));
    parameters[`bias${i}`] = new Float32Array(next);
    h = conv2d(h, parameter(`weights${i}`, [next, previous, 3, 3]), parameter(`bias${i}`, [next]));
    if (i < channels.length - 2)
      h = activation === 'sin' ? sin(h) : activation === 'gelu' ? gelu(h) : leakyRelu(h);
  }
  const pixels = batch * height * width;
  return {
    program: trainingProgram(meanSquaredError(h, resident('target', image(outputs)))),
    parameters,
    residents: { x: uniform(inputs * pixels, 1), target: uniform(outputs * pixels, 1) },
  };
}

function uniform(size: number, bound: number): Float32Array {
  return Float32Array.from({ length: size }, () => bound * (2 * Math.random() - 1));
}
