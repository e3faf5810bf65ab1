// Full, dropped and imputed slices of a brain as an SVG figure. `node examples/drawAFigure.ts [FILE.svg]`
import { writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import {
  dropSlices,
  findMethod,
  gaussianSmooth,
  intensityScale,
  keepEvery,
  openExecutor,
  readVolume,
  reorientToRas,
  resample,
  sliceComparison,
  type Volume,
} from 'oinr';

const [, , file = 'slices.svg'] = process.argv;

// Colin27 comes with the workspace; any T1 volume does. Here in 4 mm voxels, so that it takes a second.
const path = fileURLToPath(new URL('../cohorts/phantom-base/colin27_brain_1mm.nii.gz', import.meta.url));
const brain = reorientToRas(await readVolume(path));
const coarse = {
  shape: [45, 54, 45],
  affine: [4, 0, 0, -88, 0, 4, 0, -126, 0, 0, 4, -72, 0, 0, 0, 1],
} as const;
const full = resample(gaussianSmooth(brain, 4), coarse, 'linear');

// After reorientToRas the second array axis runs from back to front: its slices are coronal.
const kept = keepEvery({ length: full.grid.shape[1], every: 3 });
const known = dropSlices(full, 1, kept);
const context = { executor: await openExecutor('cpu'), seed: 1 };
const { value: white } = intensityScale(full.data);
const shown = (data: Float32Array): Volume => ({
  grid: full.grid,
  data: data.map((value) => value / white),
});
const imputed = [];
for (const name of ['nearest', 'pchip'])
  imputed.push({ name, volume: shown((await findMethod(name).impute(known, context)).data) });

const svg = sliceComparison({
  title: 'Every third coronal slice kept',
  description: 'A brain with two of three slices missing, filled by nearest neighbour and by PCHIP.',
  full: shown(full.data),
  imputed,
  axis: 'coronal',
  kept,
  slice: 28,
  window: [0, 1],
  errorRange: 0.3,
  unit: 'intensity / 99.5th percentile',
});
await writeFile(file, svg);
console.log(`${file}: ${svg.length} characters`);
