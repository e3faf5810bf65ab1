import type { VoxelSet } from '@oinr/agreement';
import { significantCount } from '@oinr/statistics';
import { extentCounts, type Tested } from './tested.ts';

/** One way to call voxels significant. */
export interface Criterion {
  /** As it stands in tables. */
  readonly name: string;
  readonly significant: (tested: Tested) => VoxelSet;
}

/** A criterion of single voxels, which needs no clusters. */
export interface VoxelCriterion extends Criterion {
  readonly significant: (tested: Pick<Tested, 'result'>) => VoxelSet;
}

/** p, uncorrected, below a level. */
export interface UncorrectedCriterion extends VoxelCriterion {
  readonly level: number;
}

/** Voxels whose count is at most `most`; a count of 0 is that of a voxel that was not tested. */
const upTo = (most: number, counts: Uint32Array): VoxelSet =>
  Uint8Array.from(counts, (count) => (count > 0 && count <= most ? 1 : 0));

const uncorrected = (level: number): UncorrectedCriterion => ({
  level,
  name: `p < ${level}, uncorrected`,
  significant: ({ result: { uncorrected: counts, permutations } }) =>
    Uint8Array.from(counts, (count) => (count > 0 && count / permutations < level ? 1 : 0)),
});

/** T above the critical value: the same as p <= alpha, since ties count as reaching it. */
const familyWise = (alpha: number): VoxelCriterion => ({
  name: `p <= ${alpha}, family-wise`,
  significant: ({ result: { familyWise: counts, permutations } }) =>
    upTo(significantCount(alpha, permutations), counts),
});

const extent = (alpha: number): Criterion => ({
  name: `cluster extent p <= ${alpha}, family-wise`,
  significant: (tested) => upTo(significantCount(alpha, tested.result.permutations), extentCounts(tested)),
});

const tfce = (alpha: number): Criterion => ({
  name: `TFCE p <= ${alpha}, family-wise`,
  significant: ({ result: { tfce: test, permutations } }) => {
    if (test === undefined) throw new TypeError('The test was made without TFCE.');
    return upTo(significantCount(alpha, permutations), test.counts);
  },
});

/** The criteria of every table: voxels, strictest uncorrected level first, and what else was asked for. */
export interface Criteria {
  readonly voxels: readonly [UncorrectedCriterion, UncorrectedCriterion, VoxelCriterion];
  readonly extent?: Criterion;
  readonly tfce?: Criterion;
}

export function criteria(
  alpha: number,
  wanted: { readonly extent: boolean; readonly tfce: boolean } = { extent: false, tfce: false },
): Criteria {
  return {
    voxels: [uncorrected(0.001), uncorrected(0.01), familyWise(alpha)],
    extent: wanted.extent ? extent(alpha) : undefined,
    tfce: wanted.tfce ? tfce(alpha) : undefined,
  };
}

/**
 * Which criterion decides the verdict: the strictest uncorrected level that these relabelings can reach at all. Few
 * subjects have few relabelings, and then no voxel could ever have p < 0.001.
 */
export function decisiveCriterion(smallestP: number): 0 | 1 {
  return smallestP < 0.001 ? 0 : 1;
}
