import { errorMessage, InputError, isUserError } from '@oinr/errors';
import type { Executor } from '@oinr/graph';
import { EngineUnavailableError } from './engineUnavailable.ts';
import { blockSize } from './onnx/blockSize.ts';
import { onnxExecutor } from './onnx/executor.ts';
import { nodeRuntime } from './onnx/nodeRuntime.ts';
import { providerProblem } from './onnx/probe.ts';
import { referenceExecutor } from './reference/executor.ts';
import { fasterOf } from './speed.ts';
import { tfjsExecutor } from './tfjs/executor.ts';
import { loadTensorFlow } from './tfjs/load.ts';

/** Engines by the names that a user gives; `auto` takes the fastest of cuda, webgpu and cpu that is there. */
export const engineNames = ['auto', 'cpu', 'webgpu', 'cuda', 'tfjs', 'reference'] as const;
/** The name of an engine. */
export type EngineName = (typeof engineNames)[number];

/** How an engine is opened. */
export interface EngineOptions {
  /** Threads inside one operation on the CPU; 1 by default, because subjects in parallel use cores better. */
  readonly threads?: number;
  /** Bytes of float32 values that the reference engine may hold at once; it refuses more, as a small device would. */
  readonly memoryLimit?: number;
}

/** Whether an engine can be used here, and what it is or why it is absent, as a sentence. */
export interface EngineAvailability {
  readonly name: Exclude<EngineName, 'auto'>;
  /** Whether it can be opened on this machine. */
  readonly available: boolean;
  /** What it runs on, or why it cannot run, as a sentence. */
  readonly reason: string;
}

/**
 * Opens an engine.
 *
 * Throws InputError for an unknown name, and EngineUnavailableError when the engine asked for is not usable here; only
 * `auto` falls back, to the CPU.
 */
export async function openExecutor(
  name: string = 'auto',
  { threads = 1, memoryLimit }: EngineOptions = {},
): Promise<Executor> {
  if (!Number.isInteger(threads) || threads < 1) {
    throw new InputError(`The number of threads must be a positive whole number, not ${threads}.`);
  }
  const engine = checkedEngineName(name);
  switch (engine) {
    case 'auto':
      return fastestExecutor(threads);
    case 'cpu':
      return cpuExecutor(threads);
    case 'webgpu':
    case 'cuda': {
      const problem = await providerProblem(engine);
      if (problem !== '') {
        throw new EngineUnavailableError(
          `The engine "${engine}" cannot be used here. ${problem} Or use the engine cpu.`,
        );
      }
      return gpuExecutor(engine);
    }
    case 'tfjs':
      return tfjsExecutor((await loadTensorFlow()).tf);
    case 'reference':
      return referenceExecutor(memoryLimit);
  }
}

/**
 * The engine that a name stands for here: `auto` becomes the fastest one, any other stays. Processes that compute parts of
 * one result are given the resolved name, since each of them would measure `auto` anew.
 *
 * @throws what openExecutor throws.
 */
export async function resolveEngine(name: string): Promise<Exclude<EngineName, 'auto'>> {
  const { name: executor } = await openExecutor(name);
  const engine = checkedEngineName(name);
  if (engine !== 'auto') return engine;
  return executor === 'onnx-cuda' ? 'cuda' : executor === 'onnx-webgpu' ? 'webgpu' : 'cpu';
}

/** All engines: which are here, what they are, and why the others are absent. */
export async function availableEngines(): Promise<readonly EngineAvailability[]> {
  const [webgpu, cuda, tensorFlow] = await Promise.all([
    providerProblem('webgpu'),
    providerProblem('cuda'),
    loadTensorFlow().then(
      ({ description }) => ({ available: true, reason: description }),
      (error: unknown) => ({
        available: false,
        reason: isUserError(error) ? errorMessage(error) : `TensorFlow.js does not load: ${String(error)}.`,
      }),
    ),
  ]);
  return [
    { name: 'cpu', available: true, reason: 'onnxruntime-node on the CPU.' },
    { name: 'webgpu', available: webgpu === '', reason: webgpu || 'onnxruntime-node on a WebGPU adapter.' },
    { name: 'cuda', available: cuda === '', reason: cuda || 'onnxruntime-node on an NVIDIA GPU.' },
    { name: 'tfjs', ...tensorFlow },
    { name: 'reference', available: true, reason: 'Plain TypeScript in float64; the slow truth.' },
  ];
}

/** Tries a small training step where there is a choice: an adapter may be a weak GPU, or software. */
async function fastestExecutor(threads: number): Promise<Executor> {
  const [cpu, cudaProblem, webgpuProblem] = await Promise.all([
    cpuExecutor(threads),
    providerProblem('cuda'),
    providerProblem('webgpu'),
  ]);
  if (cudaProblem === '') return gpuExecutor('cuda');
  if (webgpuProblem !== '') return cpu;
  const webgpu = gpuExecutor('webgpu');
  return fasterOf(webgpu, cpu);
}

async function cpuExecutor(threads: number): Promise<Executor> {
  return onnxExecutor({
    runtime: nodeRuntime,
    provider: 'cpu',
    device: { target: 'cpu', block: await blockSize() },
    threads,
  });
}

function gpuExecutor(target: 'webgpu' | 'cuda'): Executor {
  return onnxExecutor({ runtime: nodeRuntime, provider: target, device: { target, block: 1 }, threads: 1 });
}

function checkedEngineName(name: string): EngineName {
  const known = engineNames.find((engine) => engine === name);
  if (!known) {
    throw new InputError(`There is no engine named "${name}"; choose one of: ${engineNames.join(', ')}.`);
  }
  return known;
}
