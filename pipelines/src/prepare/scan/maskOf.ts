import type { Volume } from '@oinr/volume';

/** The mask that a volume of shares stands for: 1 where a voxel is above one half, else 0. */
export function maskOf({ data }: Volume): Uint8Array {
  return Uint8Array.from(data, (value) => (value > 0.5 ? 1 : 0));
}
