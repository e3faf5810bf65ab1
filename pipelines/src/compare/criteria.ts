import type { VoxelSet } from '@oinr/agreement';
import type { StatisticMaps } from './statisticMaps.ts';

/** One way to call voxels significant. */
export interface Criterion {
  /** As it stands in tables. */
  readonly name: string;
  readonly significant: (maps: Omit<StatisticMaps, 't'>, permutations: number) => VoxelSet;
}

/** p is stored as float32, so it is turned back into the count it came from before it is compared with a level. */
const count = (p: number, permutations: number): number => Math.round(p * permutations);

const uncorrected = (level: number): Criterion => ({
  name: `p < ${level}, uncorrected`,
  significant: ({ pUncorrected }, permutations) =>
    Uint8Array.from(pUncorrected, (p) => (count(p, permutations) / permutations < level ? 1 : 0)),
});

/** T above the critical value: the same as p <= alpha, since ties count as reaching it. */
const familyWise = (alpha: number): Criterion => ({
  name: `p <= ${alpha}, family-wise`,
  significant: ({ pFamilyWise }, permutations) =>
    Uint8Array.from(pFamilyWise, (p) =>
      count(p, permutations) <= Math.floor(alpha * permutations + 1e-9) ? 1 : 0,
    ),
});

/** The criteria of every table, strictest uncorrected level first. */
export function criteria(alpha: number): readonly [Criterion, Criterion, Criterion] {
  return [uncorrected(0.001), uncorrected(0.01), familyWise(alpha)];
}

/**
 * Which criterion decides the verdict: the strictest uncorrected level that these relabelings can reach at all. Few
 * subjects have few relabelings, and then no voxel could ever have p < 0.001.
 */
export function decisiveCriterion(smallestP: number): 0 | 1 {
  return smallestP < 0.001 ? 0 : 1;
}
