import { spawn, spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { BenchmarkNetwork } from './networks.ts';

/** Seconds for a number of steps: on the clock, and of all cores together. */
export interface Timing {
  readonly wall: number;
  readonly cpu: number;
}

/** A contestant that runs training steps of one network when told to. */
export interface Contestant {
  readonly name: string;
  run(steps: number): Promise<Timing>;
  close(): Promise<void>;
}

/** A Python that has PyTorch, and what it has; undefined where there is none. `blas`: what it was built with for products. */
export function findTorch(): { python: string; version: string; cuda: boolean; blas: string } | undefined {
  for (const python of [process.env.PYTHON ?? 'python3', '/usr/bin/python3']) {
    const blas = 're.search(r"BLAS_INFO=(\\w+)|$", torch.__config__.show())[1]';
    const code = `import re, torch; print(torch.__version__, torch.cuda.is_available(), ${blas})`;
    const { status, stdout } = spawnSync(python, ['-c', code], { encoding: 'utf8' });
    const [version = '', cuda, found = ''] = (stdout ?? '').trim().split(' ');
    if (status === 0) return { python, version, cuda: cuda === 'True', blas: found };
  }
  return undefined;
}

export function torchPeer(
  python: string,
  network: BenchmarkNetwork,
  threads: number,
  device: 'cpu' | 'cuda',
  mode: 'tf32' | 'bf16',
): Promise<Contestant> {
  const name = device === 'cpu' ? 'PyTorch' : `PyTorch ${mode}`;
  const script = join(import.meta.dirname, 'torch_peer.py');
  return pythonPeer(name, python, script, { ...network, threads, device, mode });
}

/** A Python program that trains what it is told, and then answers numbers of steps with wall and CPU seconds. */
export async function pythonPeer(
  name: string,
  python: string,
  script: string,
  spec: Readonly<Record<string, unknown>> & { readonly threads: number },
): Promise<Contestant> {
  const child = spawn(python, [script, JSON.stringify(spec)], {
    stdio: ['pipe', 'pipe', 'inherit'],
    env: { ...process.env, OMP_NUM_THREADS: String(spec.threads) },
  });
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  const ready = await lines.next();
  if (ready.done) throw new Error('PyTorch ended before its first step.');
  return {
    name,
    async run(steps) {
      child.stdin.write(`${steps}\n`);
      const { value, done } = await lines.next();
      if (done) throw new Error('PyTorch ended early.');
      const [wall = 0, cpu = 0] = value.split(' ').map(Number);
      return { wall, cpu };
    },
    async close() {
      child.stdin.end();
    },
  };
}
