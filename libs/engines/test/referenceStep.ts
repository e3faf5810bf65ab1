import type { OptimiserOptions, TrainingProgram } from '@oinr/graph';
import { conv2d, meanSquaredError, parameter, resident, sin, trainingProgram } from '@oinr/graph';

/** Sizes of the reference training step; the full ones are those that the losses of PyTorch belong to. */
export interface StepSizes {
  readonly batch: number;
  readonly height: number;
  readonly width: number;
  readonly widths: readonly number[];
}
export const fullStep: StepSizes = { batch: 4, height: 96, width: 112, widths: [40, 64, 64, 64, 1] };

/** The reference step: 3x3 convolutions with sin between them on a positional encoding, MSE, Adam. */
export function referenceStep(
  sizes: StepSizes,
  optimiser: OptimiserOptions = {},
): {
  program: TrainingProgram;
  parameters: Record<string, Float32Array>;
  residents: Record<string, Float32Array>;
} {
  const { batch, height, width, widths } = sizes;
  const channels = widths[0] ?? 1;
  const x = resident('x', [batch, channels, height, width]);
  const target = resident('target', [batch, 1, height, width]);
  const parameters: Record<string, Float32Array> = {};
  let h = x as Parameters<typeof sin>[0];
  for (const [i, outputs] of widths.slice(1).entries()) {
    const inputs = widths[i] ?? 1;
    const weights = parameter(`w${i}`, [outputs, inputs, 3, 3]);
    const bias = parameter(`b${i}`, [outputs]);
    parameters[`w${i}`] = kernelValues(inputs, outputs, 12345 + i);
    parameters[`b${i}`] = new Float32Array(outputs);
    h = conv2d(h, weights, bias);
    if (i < widths.length - 2) h = sin(h);
  }
  return {
    program: trainingProgram(meanSquaredError(h, target), optimiser),
    parameters,
    residents: data(sizes),
  };
}

/** A linear congruential generator in [-1, 1), scaled to +-sqrt(6 / fan-in), filled in (row, column, in, out) order. */
function kernelValues(inputs: number, outputs: number, seed: number): Float32Array {
  const bound = Math.sqrt(6 / (9 * inputs));
  const values = new Float32Array(9 * inputs * outputs);
  let state = seed;
  for (let q = 0; q < 9; q++) {
    for (let i = 0; i < inputs; i++) {
      for (let o = 0; o < outputs; o++) {
        state = (1664525 * state + 1013904223) % 4294967296;
        values[(o * inputs + i) * 9 + q] = ((state / 4294967296) * 2 - 1) * bound;
      }
    }
  }
  return values;
}

function data({ batch, height, width, widths }: StepSizes): Record<string, Float32Array> {
  const channels = widths[0] ?? 1;
  const plane = height * width;
  const x = new Float32Array(batch * channels * plane);
  const target = new Float32Array(batch * plane);
  const line = (n: number) => Float32Array.from({ length: n }, (_, i) => -1 + (2 * i) / (n - 1));
  const [ys, xs] = [line(height), line(width)];
  for (let b = 0; b < batch; b++) {
    const z = -1 + (2 * (b + 0.5)) / batch;
    for (const [row, v] of ys.entries()) {
      for (const [column, u] of xs.entries()) {
        const at = row * width + column;
        for (let k = 0; k < channels / 4; k++) {
          const f = Math.PI * 1.5 ** k * 0.5;
          const four = [Math.sin(f * u), Math.cos(f * u), Math.sin(f * v), Math.cos(f * (v + 0.3 * z))];
          for (const [n, value] of four.entries()) x[(b * channels + 4 * k + n) * plane + at] = value;
        }
        target[b * plane + at] = 0.5 * Math.sin(3 * u + z) * Math.cos(2 * v) + 0.3 * Math.cos(5 * u * v + z);
      }
    }
  }
  return { x, target };
}
