// A method of one's own beside those that come with the package. `node examples/ownMethod.ts`
//
// The pipeline runs it like any other, with tables, figures, help and report, once it is registered: in the workspace
// that is a file in libs/imputation/src and a line in its registry.ts.
import {
  axisLayout,
  dropSlices,
  findMethod,
  type ImputationMethod,
  keepEvery,
  openExecutor,
  sliceErrors,
  type Volume,
} from 'oinr';

/** Every missing slice is the plain mean of the two kept ones around it, wherever in the gap it lies. */
const meanOfNeighbours: ImputationMethod = {
  name: 'mean-of-neighbours',
  title: 'Mean of neighbours',
  description: 'every missing slice is the mean of the two kept ones around it.',
  // No network, no engine, and no error that it could predict by itself.
  needs: [],
  isTrained: false,
  predicts: false,
  async impute({ grid, axis, kept, data }, { signal, onProgress }) {
    // Voxel i of run o of slice p is at i + inner * (p + length * o); see AxisLayout.
    const { inner, length, outer } = axisLayout(grid.shape, axis);
    const filled = new Float32Array(inner * length * outer);
    for (let p = 0; p < length; p++) {
      signal?.throwIfAborted();
      // Beyond the outermost kept slices there is one neighbour only.
      const before = Math.max(
        0,
        kept.findLastIndex((slice) => slice <= p),
      );
      const after = kept[before] === p ? before : Math.min(before + 1, kept.length - 1);
      for (let o = 0; o < outer; o++) {
        for (let i = 0; i < inner; i++) {
          const a = data[i + inner * (before + kept.length * o)];
          const b = data[i + inner * (after + kept.length * o)];
          // Exact where both are the kept slice itself, as every method promises.
          filled[i + inner * (p + length * o)] = a + (b - a) / 2;
        }
      }
      onProgress?.((p + 1) / length);
    }
    return { data: filled, steps: 0, remarks: [], details: {} };
  },
};

// Waves along the second array axis, of which every fourth plane is kept.
const shape = [8, 33, 8] as const;
const truth: Volume = {
  grid: { shape, affine: [1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1] },
  data: Float32Array.from(
    { length: 8 * 33 * 8 },
    (_, index) => 2 + Math.sin((Math.floor(index / 8) % 33) / 4) + 0.1 * (index % 8),
  ),
};
const axis = 1;
const kept = keepEvery({ length: shape[axis], every: 4 });
const known = dropSlices(truth, axis, kept);
const context = { executor: await openExecutor('cpu'), seed: 1 };
for (const method of [meanOfNeighbours, findMethod('linear')]) {
  const { data } = await method.impute(known, context);
  const errors = sliceErrors({ truth: truth.data, imputed: data, shape, axis, kept, scale: 1 });
  console.log(
    `${method.name}: mean squared error ${errors.missing.mse.toFixed(5)} in missing slices, ${errors.kept.mse} in kept ones`,
  );
}
