// Training steps of our engines beside PyTorch's, in one run on one machine.
//
//   npm run bench -- [--networks reference,compact] [--threads 1,2] [--engines cpu,webgpu] [--rounds 5]
//
// The contestants take turns, round by round, so that a busy machine slows them alike; each network is judged by the
// fastest round of each, in wall time and in CPU time (all threads together). The table is Markdown.
import { cpus } from 'node:os';
import { parseArgs } from 'node:util';
import { availableEngines, openExecutor } from '@oinr/engines';
import { constantRate } from '@oinr/graph';
import type { BenchmarkNetwork } from './networks.ts';
import { flopsPerStep, networks, trainingStep } from './networks.ts';
import { peakOfOneCore } from './peak.ts';
import type { Contestant, Timing } from './torchPeer.ts';
import { findTorch, torchPeer } from './torchPeer.ts';

const { values } = parseArgs({
  options: {
    networks: { type: 'string', default: networks.map(({ name }) => name).join() },
    threads: { type: 'string', default: '1,2' },
    engines: { type: 'string', default: 'cpu,webgpu,cuda' },
    rounds: { type: 'string', default: '5' },
  },
});

const chosen = values.networks.split(',').map((name) => {
  const network = networks.find((other) => other.name === name.trim());
  if (!network)
    throw new Error(`There is no network "${name}"; choose from: ${networks.map((n) => n.name).join(', ')}.`);
  return network;
});
const engines = (await availableEngines()).filter(({ name, available, reason }) => {
  if (!values.engines.split(',').includes(name)) return false;
  if (!available) console.log(`${name} skipped: ${reason}`);
  return available;
});
const torch = findTorch();
console.log(
  `Machine: ${cpus().length} x ${cpus()[0]?.model}, ${process.platform} ${process.arch}, Node ${process.version}`,
);
console.log(
  torch ? `Peer: PyTorch ${torch.version}` : 'Peer: no Python with PyTorch was found; ratios are left out.',
);

const peak = await peakOfOneCore();
console.log(`Measured peak of one core: ${peak.toFixed(0)} GFLOP/s.`);
const rows: string[][] = [];
for (const threads of values.threads.split(',').map(Number)) {
  for (const network of new Set(chosen)) {
    const contestants: Contestant[] = [];
    if (torch) contestants.push(await torchPeer(torch.python, network, threads, 'cpu', 'tf32'));
    if (torch?.cuda && threads === 1) {
      contestants.push(await torchPeer(torch.python, network, 1, 'cuda', 'tf32'));
      contestants.push(await torchPeer(torch.python, network, 1, 'cuda', 'bf16'));
    }
    for (const { name } of engines) {
      if (name === 'cpu' || threads === 1) contestants.push(await ownContestant(name, network, threads));
    }
    const best = await compete(contestants, network.steps, Number(values.rounds));
    const peer = best[0];
    for (const [i, { wall, cpu }] of best.entries()) {
      const work = flopsPerStep(network) / 1e9;
      const onCpu = /^(cpu|PyTorch)$/.test(contestants[i]?.name ?? '');
      rows.push([
        network.name,
        String(threads),
        contestants[i]?.name ?? '',
        (wall * 1000).toFixed(1),
        (cpu * 1000).toFixed(1),
        (work / wall).toFixed(1),
        onCpu ? `${((100 * work) / cpu / peak).toFixed(0)} %` : '',
        torch && peer ? (wall / peer.wall).toFixed(2) : '',
        torch && peer ? (cpu / peer.cpu).toFixed(2) : '',
      ]);
      console.log(rows.at(-1)?.join('  '));
    }
    for (const contestant of contestants) await contestant.close();
  }
}

const head = [
  'network',
  'threads',
  'engine',
  'ms/step',
  'CPU ms/step',
  'GFLOP/s',
  'of peak per core-second',
  'time / PyTorch',
  'CPU time / PyTorch',
];
for (const row of [head, head.map(() => '---'), ...rows]) console.log(`| ${row.join(' | ')} |`);

async function ownContestant(
  engine: string,
  network: BenchmarkNetwork,
  threads: number,
): Promise<Contestant> {
  const { program, parameters, residents } = trainingStep(network);
  const executor = await openExecutor(engine, { threads });
  const trainer = await executor.trainer(program, parameters, residents);
  await trainer.run(1, { learningRate: constantRate(1e-4, 1) });
  return {
    name: engine,
    async run(steps) {
      const [begun, used] = [performance.now(), process.cpuUsage()];
      await trainer.run(steps, { learningRate: constantRate(1e-4, steps) });
      const { user, system } = process.cpuUsage(used);
      return { wall: (performance.now() - begun) / 1e3, cpu: (user + system) / 1e6 };
    },
    close: () => trainer.dispose(),
  };
}

/** The fastest round of each, in seconds per step. */
async function compete(contestants: readonly Contestant[], steps: number, rounds: number): Promise<Timing[]> {
  const best: Timing[] = contestants.map(() => ({
    wall: Number.POSITIVE_INFINITY,
    cpu: Number.POSITIVE_INFINITY,
  }));
  for (let round = 0; round < rounds; round++) {
    for (const [i, contestant] of contestants.entries()) {
      const { wall, cpu } = await contestant.run(steps);
      const before = best[i];
      if (before)
        best[i] = { wall: Math.min(before.wall, wall / steps), cpu: Math.min(before.cpu, cpu / steps) };
    }
  }
  return best;
}
