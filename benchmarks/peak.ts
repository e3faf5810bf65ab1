import { openExecutor } from '@oinr/engines';
import { conv2d, forwardProgram, matmul, parameter, sum } from '@oinr/graph';

/**
 * What a core of this machine reaches at most, in GFLOP per second of CPU time: the fastest of a large matrix product
 * and a large convolution, several times each. It stands in for the peak of the data sheet, which depends on a clock
 * that nobody tells; CPU time, because the machine may be busy.
 */
export async function peakOfOneCore(): Promise<number> {
  const executor = await openExecutor('cpu', { threads: 1 });
  const n = 1024;
  const product = forwardProgram({ total: sum(matmul(parameter('a', [n, n]), parameter('b', [n, n]))) });
  const [side, channels] = [64, 128];
  const image = parameter('a', [1, channels, side, side]);
  const convolved = forwardProgram({ total: sum(conv2d(image, parameter('b', [channels, channels, 3, 3]))) });
  const works = [
    { program: product, sizes: [n * n, n * n], flops: 2 * n ** 3 },
    {
      program: convolved,
      sizes: [channels * side ** 2, channels ** 2 * 9],
      flops: 18 * (channels * side) ** 2,
    },
  ];
  let peak = 0;
  for (const { program, sizes, flops } of works) {
    const [a = 0, b = 0] = sizes;
    const values = { a: new Float32Array(a).fill(0.5), b: new Float32Array(b).fill(0.5) };
    const predictor = await executor.predictor(program);
    for (let round = 0; round < 12; round++) {
      const begun = process.cpuUsage();
      await predictor.run(values, {});
      const { user, system } = process.cpuUsage(begun);
      peak = Math.max(peak, flops / (user + system) / 1e3);
    }
    await predictor.dispose();
  }
  return peak;
}
