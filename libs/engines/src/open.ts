import type { Executor } from '@oinr/graph';
import { blockSize } from './onnx/block-size.ts';
import { onnxExecutor } from './onnx/executor.ts';
import { referenceExecutor } from './reference/executor.ts';

/** Engines by the names that a user gives; `auto` takes the fastest that is there. */
export const engineNames = ['auto', 'cpu', 'webgpu', 'cuda', 'tfjs', 'reference'] as const;
export type EngineName = (typeof engineNames)[number];

export interface EngineOptions {
  /** Threads for one training step on the CPU; 1 by default, because subjects in parallel use cores better. */
  readonly threads?: number;
}

/** Whether an engine can be used here, and if not, why, as a sentence. */
export interface EngineAvailability {
  readonly name: Exclude<EngineName, 'auto'>;
  readonly available: boolean;
  readonly reason: string;
}

/**
 * Opens an engine. Throws when the name is unknown, or when an engine that was asked for by name is not usable here.
 */
export async function openExecutor(
  name: string = 'auto',
  { threads = 1 }: EngineOptions = {},
): Promise<Executor> {
  if (!Number.isInteger(threads) || threads < 1) {
    throw new RangeError(`The number of threads must be a positive whole number, not ${threads}.`);
  }
  switch (checkedEngineName(name)) {
    case 'auto':
    case 'cpu':
      return onnxExecutor({ device: { target: 'cpu', block: await blockSize() }, threads });
    case 'reference':
      return referenceExecutor();
    default:
      throw new Error(`The engine "${name}" is not built yet; use cpu.`);
  }
}

/** All engines, with the reason for those that are absent. */
export async function availableEngines(): Promise<readonly EngineAvailability[]> {
  return [
    { name: 'cpu', available: true, reason: 'onnxruntime-node on the CPU.' },
    { name: 'reference', available: true, reason: 'Plain TypeScript in float64; slow.' },
  ];
}

function checkedEngineName(name: string): EngineName {
  const known = engineNames.find((engine) => engine === name);
  if (!known) {
    throw new RangeError(`There is no engine named "${name}"; choose one of: ${engineNames.join(', ')}.`);
  }
  return known;
}
