// Two groups compared voxel by voxel, corrected for all voxels, with age held constant. `node examples/tTestOnArrays.ts`
import { falseDiscoveryMap, permutationTest, pOfCounts, SubjectData, significantVoxels } from 'oinr';

// 24 subjects with 100 voxels each, one after the other. The first group is higher in the first ten voxels.
const [subjects, voxels] = [24, 100];
const isFirst = (subject: number): boolean => subject < 12;
const age = Float64Array.from({ length: subjects }, (_, subject) => 60 + ((7 * subject) % 20));
const values = Float32Array.from({ length: subjects * voxels }, (_, index) => {
  const [subject, voxel] = [Math.floor(index / voxels), index % voxels];
  const effect = isFirst(subject) && voxel < 10 ? 1.5 : 0;
  // No random numbers, so that everybody sees the same: a sine of large numbers scatters well enough.
  return 100 + effect + 0.05 * age[subject] + Math.sin(12.9898 * subject + 78.233 * voxel);
});

const result = await permutationTest(
  SubjectData.from(values, subjects), // serves for one test: it is standardised in place
  {
    labels: Uint8Array.from({ length: subjects }, (_, subject) => Number(isFirst(subject))),
    covariates: [{ name: 'age', values: age }],
  },
  { relabelings: { permutations: 1000, seed: 1 }, alpha: 0.05 },
);

const corrected = pOfCounts(result, result.familyWiseCounts.two);
const discoveries = falseDiscoveryMap(result);
console.log(`critical T ${result.criticalT.two.toFixed(2)}, ${result.relabelings.count} permutations`);
console.log(`significant voxels, family-wise: ${significantVoxels(result).two}`);
console.log(`significant voxels, false discovery rate: ${discoveries.filter((q) => q < 0.05).length}`);
console.log(`voxel 0: T ${result.t[0].toFixed(2)}, corrected p ${corrected[0]}`);
