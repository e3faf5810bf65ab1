// Training steps of the four kinds of networks of the paper's experiments beside PyTorch's, in one run on one machine.
//
//   node benchmarks/signals.ts [--kinds oinr,siren,wire,mfn] [--rounds 5] [--engine cpu]
//
// An image of 100 x 150 pixels and about 15,400 parameters each, Adam, one thread. Both take turns, round by round, and are
// judged by their fastest round. The table is Markdown. PyTorch with a generic BLAS (Debian's, as it comes) multiplies matrices
// ten times slower than with MKL or OpenBLAS, which makes three of the four contests worthless: PYTHON=... names another.
import { cpus } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { openExecutor } from '@oinr/engines';
import { constantRate, meanSquaredError, resident, sizeOf, trainingProgram } from '@oinr/graph';
import type { SignalNetwork } from '@oinr/inr';
import {
  gridEncoding,
  gridPoints,
  multiplicativeFilterNetwork,
  operatorNetwork,
  parameterCount,
  siren,
  wire,
} from '@oinr/inr';
import { stream } from '@oinr/random';
import type { Contestant } from './torchPeer.ts';
import { findTorch, pythonPeer } from './torchPeer.ts';

const { values } = parseArgs({
  options: {
    kinds: { type: 'string', default: 'oinr,siren,wire,mfn' },
    rounds: { type: 'string', default: '5' },
    engine: { type: 'string', default: 'cpu' },
  },
});

const [height, width] = [100, 150];
const points = { values: gridPoints([height, width]), shape: [height * width, 2] };
const encoding = { values: gridEncoding(10, [height, width]), shape: [1, 40, height, width] };
const contests: Readonly<Record<string, { features: number; network: (features: number) => SignalNetwork }>> =
  {
    oinr: {
      features: 16,
      network: (n) => operatorNetwork({ channels: [40, n, n, n, n, n, 3] }),
    },
    siren: { features: 86, network: (n) => siren({ channels: [2, n, n, n, 3] }) },
    wire: { features: 60, network: (n) => wire({ axes: 2, width: n, channels: 3 }) },
    mfn: { features: 82, network: (n) => multiplicativeFilterNetwork({ axes: 2, width: n, channels: 3 }) },
  };
const stepsPerRound = 10;

const torch = findTorch();
console.log(`Machine: ${cpus().length} x ${cpus()[0]?.model}, Node ${process.version}`);
console.log(
  torch ? `Peer: PyTorch ${torch.version}, BLAS ${torch.blas}` : 'Peer: no Python with PyTorch was found.',
);
const rows: string[][] = [];
for (const kind of values.kinds.split(',')) {
  const { features, network: make } = contests[kind];
  const network = make(features);
  const ours = await ownContestant(kind, network);
  const script = join(import.meta.dirname, 'torch_signals.py');
  const spec = { kind, features, height, width, threads: 1 };
  const theirs = torch && (await pythonPeer('PyTorch', torch.python, script, spec));
  let [best, bestPeer] = [Number.POSITIVE_INFINITY, Number.POSITIVE_INFINITY];
  for (let round = 0; round < Number(values.rounds); round++) {
    best = Math.min(best, (await ours.run(stepsPerRound)).cpu / stepsPerRound);
    if (theirs) bestPeer = Math.min(bestPeer, (await theirs.run(stepsPerRound)).cpu / stepsPerRound);
  }
  await ours.close();
  await theirs?.close();
  const milliseconds = (seconds: number): string => (1000 * seconds).toFixed(1);
  rows.push([
    kind,
    String(parameterCount(network)),
    milliseconds(best),
    ...(theirs ? [milliseconds(bestPeer), (best / bestPeer).toFixed(2)] : ['', '']),
  ]);
  console.log(rows.at(-1)?.join('  '));
}
const head = ['network', 'parameters', 'CPU ms/step', "PyTorch's", 'ratio'];
for (const row of [head, head.map(() => '---'), ...rows]) console.log(`| ${row.join(' | ')} |`);

async function ownContestant(kind: string, network: SignalNetwork): Promise<Contestant> {
  const x = kind === 'oinr' ? encoding : points;
  const shape = kind === 'oinr' ? [1, 3, height, width] : [height * width, 3];
  const loss = meanSquaredError(network.apply(resident('x', x.shape)), resident('target', shape));
  const random = stream(0, 'benchmark');
  const target = Float32Array.from({ length: sizeOf(shape) }, () => random.uniform());
  const executor = await openExecutor(values.engine, { threads: 1 });
  const trainer = await executor.trainer(trainingProgram(loss), network.initial(random), {
    x: x.values,
    target,
  });
  await trainer.run(1, { learningRate: constantRate(1e-4, 1) });
  return {
    name: values.engine,
    async run(steps) {
      const [begun, used] = [performance.now(), process.cpuUsage()];
      await trainer.run(steps, { learningRate: constantRate(1e-4, steps) });
      const { user, system } = process.cpuUsage(used);
      return { wall: (performance.now() - begun) / 1e3, cpu: (user + system) / 1e6 };
    },
    close: () => trainer.dispose(),
  };
}
