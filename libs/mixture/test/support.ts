import { stream } from '@oinr/random';
import { sharedRow } from '../src/index.ts';
import type { ValuePair } from '../src/values.ts';

/** People of whom the first half is the first group: 1, with an effect on the first voxels; imputed = change(full, noise). */
export function synthetic({
  people,
  voxels,
  effect,
  effectVoxels = voxels,
  seed = 1,
  change = (value) => value,
}: {
  people: number;
  voxels: number;
  effect: number;
  effectVoxels?: number;
  seed?: number;
  change?: (value: number, noise: number) => number;
}): { values: ValuePair; labels: Uint8Array } {
  const random = stream(seed, 'synthetic');
  const labels = Uint8Array.from({ length: people }, (_, person) => (person < people / 2 ? 1 : 0));
  const full = Array.from(labels, (label) =>
    sharedRow(
      Float32Array.from(
        { length: voxels },
        (_, voxel) => 10 + random.normal() + (voxel < effectVoxels ? effect * label : 0),
      ),
    ),
  );
  const imputed = full.map((row) => sharedRow(row.map((value) => change(value, random.normal()))));
  return { values: { full: { voxels, rows: full }, imputed: { voxels, rows: imputed } }, labels };
}
