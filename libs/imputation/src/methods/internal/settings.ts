import type { ConvolutionalNetwork } from '@oinr/inr';
import { gapChannels } from './gapPairs.ts';

export const internalName = 'oinr-internal';

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

/** Settings by the size of the gap (every how many slices one is kept) and of the volume (kept voxels in the head's box). */
export type ChooseSettings = (every: number, keptVoxels: number) => InternalSettings;

/** The network on the low-resolution plane: three input functions of a gap in, one correction per phase out. */
export function gapNetwork(hidden: readonly number[], phases: number): ConvolutionalNetwork {
  return {
    channels: [gapChannels, ...hidden, phases],
    activation: 'gelu',
    residual: true,
    hiddenInitialisation: 'wide',
    // Nothing is added to PCHIP at the start.
    lastInitialisation: 'zero',
  };
}

/**
 * The standard settings. The larger the gap, the fewer pixels a plane has and the wider the network can be at equal time;
 * more data carries a larger network. One window a step and many steps reach a lower error than the reverse at equal
 * cost (measured: 2 % at k = 6).
 */
export const internalSettings: ChooseSettings = (every, keptVoxels) => {
  const large = keptVoxels > 600_000;
  const common = { batch: 1, gaps: 38, columns: 76, learningRates: [1e-2, 1e-4] } as const;
  if (large) return { ...common, hidden: every < 5 ? [24, 24, 24] : [24, 24, 24, 24], steps: 2400 };
  if (every === 2) return { ...common, hidden: [16, 16, 16], steps: 1700 };
  if (every < 5) return { ...common, hidden: [16, 16, 16], steps: 2000 };
  return { ...common, hidden: [24, 24, 24], steps: 2000 };
};
