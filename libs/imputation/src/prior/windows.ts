import type { Tensor } from '@oinr/graph';
import { input } from '@oinr/graph';
import { geometryFunctionCount } from './gapFunctions.ts';
import type { PriorNetwork } from './network.ts';
import { applyPriorNetwork, correctionAt, inputChannels } from './network.ts';
import type { BatchOptions } from './sampler.ts';

/**
 * The correction that the operator gives for a batch of windows, (batch, wanted, window^2), from the inputs `blocks`,
 * `geometry` and `basis` as `drawBatch` makes them.
 */
export function windowCorrection(
  network: PriorNetwork,
  { batch, window, wanted }: Pick<BatchOptions, 'batch' | 'window' | 'wanted'>,
): Tensor {
  const side = window / network.block;
  const blocks = input('blocks', [batch, inputChannels(network), side, side]);
  const coefficients = applyPriorNetwork(network, blocks, input('geometry', [batch, geometryFunctionCount]));
  return correctionAt(network, coefficients, input('basis', [batch, wanted, network.phases]));
}

/** Arrays one after the other: the batches of several steps as one feed. */
export function joined(parts: readonly Float32Array[]): Float32Array {
  const all = new Float32Array(parts.reduce((sum, part) => sum + part.length, 0));
  let offset = 0;
  for (const part of parts) {
    all.set(part, offset);
    offset += part.length;
  }
  return all;
}
