import {
  type PermutationTestOptions,
  type PermutationTestResult,
  permutationTest,
  SubjectData,
} from '@oinr/statistics';
import type { MixedTest } from './models.ts';
import { rowOf, type ValuePair } from './values.ts';

/** The permutation t-test of a mixture. */
export async function testMixture(
  values: ValuePair,
  { people, usesImputed, design }: Pick<MixedTest, 'people' | 'usesImputed' | 'design'>,
  options: PermutationTestOptions,
): Promise<PermutationTestResult> {
  const data = SubjectData.allocate(people.length, values.full.voxels);
  people.forEach((person, index) => {
    data.store(index, rowOf(values, person, usesImputed[index] === 1));
  });
  return permutationTest(data, design, options);
}

/** Voxels whose two-sided permutation p, uncorrected, is below the level: 1 in the set. */
export function foundBelow(
  { uncorrectedCounts, relabelings }: Pick<PermutationTestResult, 'uncorrectedCounts' | 'relabelings'>,
  level: number,
): Uint8Array {
  return Uint8Array.from(uncorrectedCounts.two, (count) =>
    count > 0 && count / relabelings.count < level ? 1 : 0,
  );
}
