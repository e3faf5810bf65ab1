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
