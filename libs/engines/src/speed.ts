import type { Executor } from '@oinr/graph';
import {
  constantRate,
  conv2d,
  meanSquaredError,
  parameter,
  resident,
  sin,
  trainingProgram,
} from '@oinr/graph';

/** Training steps per second of a small network (two layers of 32 on 2 images of 64 x 64), the first call excluded. */
async function stepsPerSecond(executor: Executor): Promise<number> {
  const [batch, width, size] = [2, 32, 64];
  const random = (length: number, scale: number) =>
    Float32Array.from({ length }, (_, i) => scale * Math.sin(i * 12.9898));
  const image = resident('image', [batch, width, size, size]);
  const hidden = sin(conv2d(image, parameter('first', [width, width, 3, 3])));
  const prediction = conv2d(hidden, parameter('second', [width, width, 3, 3]));
  const program = trainingProgram(meanSquaredError(prediction, image));
  const kernels = { first: random(width * width * 9, 0.05), second: random(width * width * 9, 0.05) };
  const trainer = await executor.trainer(program, kernels, { image: random(batch * width * size * size, 1) });
  const steps = 3;
  await trainer.run(1, { learningRate: constantRate(1e-4, 1) });
  const begun = performance.now();
  await trainer.run(steps, { learningRate: constantRate(1e-4, steps) });
  const seconds = (performance.now() - begun) / 1000;
  await trainer.dispose();
  return steps / seconds;
}

/** The executor that trains faster, tried on a small network; the second where they are equal. */
export async function fasterOf(one: Executor, other: Executor): Promise<Executor> {
  return (await stepsPerSecond(one)) > (await stepsPerSecond(other)) ? one : other;
}
