// Fills the gaps of an array: a volume of which only every third slice is known. `node examples/imputeAnArray.ts`
import { dropSlices, findMethod, keepEvery, openExecutor, sliceErrors, type Volume } from 'oinr';

// A ball of 1 on a ground of 0, its edge 4 mm wide; 24 x 24 x 25 voxels of 2 mm. x runs fastest in the array.
const shape = [24, 24, 25] as const;
const truth: Volume = {
  // 16 numbers by rows: from the indices of a voxel to RAS+ millimetres.
  grid: { shape, affine: [2, 0, 0, -23, 0, 2, 0, -23, 0, 0, 2, -24, 0, 0, 0, 1] },
  data: Float32Array.from({ length: 24 * 24 * 25 }, (_, index) => {
    const [i, j, k] = [index % 24, Math.floor(index / 24) % 24, Math.floor(index / (24 * 24))];
    const radius = Math.hypot(2 * i - 23, 2 * j - 23, 2 * k - 24);
    return 1 / (1 + Math.exp((radius - 16) / 1.5));
  }),
};

// What a scanner with gaps between its slices would give: slices 0, 3, 6, ... of the third array axis.
const axis = 2;
const kept = keepEvery({ length: shape[axis], every: 3 });
const known = dropSlices(truth, axis, kept);

// Interpolations do not use the executor; networks run on it: 'auto' takes a GPU where there is one.
const executor = await openExecutor('cpu');
for (const name of ['nearest', 'linear', 'pchip', 'cubic']) {
  const imputation = await findMethod(name).impute(known, { executor, seed: 1 });
  const errors = sliceErrors({ truth: truth.data, imputed: imputation.data, shape, axis, kept, scale: 1 });
  console.log(`${name}: mean squared error ${errors.missing.mse.toExponential(2)} in the missing slices`);
}
