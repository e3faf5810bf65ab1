// What a user of the library may write, without the workspace: compiled and run against the packed tarball.
import {
  dropSlices,
  type ImputationMethod,
  type KeptSlices,
  keepEvery,
  methods,
  openExecutor,
  permutationTest,
  pOfCounts,
  readVolume,
  SubjectData,
  sliceErrors,
  type Volume,
  writeVolume,
} from 'oinr';

const shape = [4, 4, 9] as const;
const ramp: Volume = {
  grid: { shape, affine: [1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1] },
  data: Float32Array.from({ length: 4 * 4 * 9 }, (_, index) => Math.floor(index / 16)),
};
await writeVolume('ramp.nii.gz', ramp);
const scan = await readVolume('ramp.nii.gz');

const kept = keepEvery({ length: 9, every: 2 });
const known: KeptSlices = dropSlices(scan, 2, kept);
const linear: ImputationMethod | undefined = methods.get('linear');
if (linear === undefined) throw new Error('There is no method linear.');
const { data } = await linear.impute(known, { executor: await openExecutor('reference'), seed: 1 });
const { missing } = sliceErrors({ truth: scan.data, imputed: data, shape, axis: 2, kept, scale: 1 });
if (missing.mse !== 0) throw new Error(`A ramp is linear, but its error is ${missing.mse}.`);

const values = Float32Array.from({ length: 8 * 3 }, (_, index) => (index < 12 ? 10 : 0) + Math.sin(index));
const result = await permutationTest(
  SubjectData.from(values, 8),
  { labels: Uint8Array.of(1, 1, 1, 1, 0, 0, 0, 0) },
  { relabelings: { permutations: 70, seed: 1 }, threads: 1 },
);
const [p] = pOfCounts(result, result.familyWiseCounts.two);
if (p !== 2 / 70) throw new Error(`The groups differ as much as they can, but p is ${p}.`);
console.log(`mse ${missing.mse}, p ${p.toFixed(4)}`);
