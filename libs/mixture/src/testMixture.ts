import {
  type PermutationTestOptions,
  type PermutationTestResult,
  permutationTest,
  SubjectData,
} from '@oinr/statistics';
import type { MixedTest } from './models.ts';
import { rowOf, type ValuePair } from './values.ts';

/** Data of the last test, whose memory the next one takes over. */
let spare: SubjectData | undefined;

/** The permutation t-test of a mixture. */
export async function testMixture(
  values: ValuePair,
  { people, usesImputed, design }: Pick<MixedTest, 'people' | 'usesImputed' | 'design'>,
  options: PermutationTestOptions,
): Promise<PermutationTestResult> {
  const { voxels } = values.full;
  const data = SubjectData.allocate(people.length, voxels, spare);
  // Whoever tests at the same time takes memory of its own.
  spare = undefined;
  people.forEach((person, index) => {
    data.store(index, rowOf(values, person, usesImputed[index] === 1));
  });
  const result = await permutationTest(data, design, options);
  spare = data;
  return result;
}
