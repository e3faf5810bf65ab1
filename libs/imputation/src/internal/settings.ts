import type { ConvolutionalNetwork } from '@oinr/inr';
import { gapChannels } from './gapPairs.ts';

/** Everything about a fit of `oinr-internal` that is not the data. */
export interface InternalSettings {
  /** Widths of the hidden layers, all residual but the first. */
  readonly hidden: readonly number[];
  readonly steps: number;
  /** Windows in one step and their largest size. */
  readonly batch: number;
  readonly gaps: number;
  readonly columns: number;
  /** Adam's learning rate falls from the first to the second along half a cosine. */
  readonly learningRates: readonly [number, number];
}

/** The network on the low-resolution plane: three input functions of a gap in, one correction per phase out. */
export function gapNetwork(hidden: readonly number[], every: number): ConvolutionalNetwork {
  return {
    channels: [gapChannels, ...hidden, every - 1],
    activation: 'gelu',
    residual: true,
    hiddenInitialisation: 'wide',
    // Nothing is added to PCHIP at the start.
    lastInitialisation: 'zero',
  };
}

/**
 * Settings by the size of the gap and of the volume (kept voxels in the head's box). The larger the gap, the fewer
 * pixels a plane has and the wider the network can be at equal time; more data carries a larger network.
 */
export function internalSettings(every: number, keptVoxels: number): InternalSettings {
  const large = keptVoxels > 600_000;
  const learningRates = [1e-2, 1e-4] as const;
  const shape = { gaps: 38, columns: 76, learningRates };
  if (large) return { ...shape, hidden: [24, 24, 24, 24], batch: 2, steps: 1500 };
  if (every === 2) return { ...shape, hidden: [16, 16, 16], batch: 1, steps: 1700 };
  return { ...shape, hidden: [16, 16, 16], batch: 2, steps: 1000 };
}
