// The picture of the README: a sagittal cut of the Colin27 brain averaged to axial slices of 6 mm, as acquired, imputed by linear
// interpolation and by ours, and the truth. `node benchmarks/sagittalPicture.ts docs/sagittal.png`
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { phantomBaseFolder } from '@oinr/cohort';
import { openExecutor } from '@oinr/engines';
import { cutPicture, imagePanels, renderPng } from '@oinr/figures';
import { findMethod } from '@oinr/imputation';
import { intensityScale } from '@oinr/metrics';
import { readVolume } from '@oinr/nifti';
import { acquireSlices, keepEvery } from '@oinr/slices';
import { boundingBox, crop, type Volume } from '@oinr/volume';

const [, , output] = process.argv;
if (output === undefined) {
  console.error('Name the PNG file to write.');
  process.exit(1);
}
const every = 6;
const truth = await readVolume(join(phantomBaseFolder, 'colin27_brain_1mm.nii.gz'));
const mask = truth.data.map((value) => (value > 0 ? 1 : 0));
const { value: scale } = intensityScale(truth.data, mask);
const kept = keepEvery({ length: truth.grid.shape[2], every });
const known = acquireSlices(truth, 2, kept, { kind: 'box', thickness: every });
const executor = await openExecutor('auto');
const imputed = async (method: string): Promise<Volume> => ({
  grid: truth.grid,
  data: (await findMethod(method).impute(known, { executor, seed: 1 })).data,
});

/** Mean squared error in the brain x 1000. */
function error({ data }: Volume): string {
  let [sum, count] = [0, 0];
  data.forEach((value, index) => {
    if (mask[index] !== 1) return;
    sum += ((value - truth.data[index]) / scale) ** 2;
    count += 1;
  });
  return `error ${((1000 * sum) / count).toFixed(1)}e-3`;
}

const box = boundingBox(truth, 2, 0);
const shown: readonly (readonly [name: string, volume: Volume, isTruth: boolean])[] = [
  ['Acquired: slices of 6 mm', await imputed('nearest'), false],
  ['Linear interpolation', await imputed('linear'), false],
  ['oinr-prior', await imputed('oinr-prior'), false],
  ['Truth: 1 mm', truth, true],
];
const title = 'A sagittal cut of the Colin27 brain';
const svg = imagePanels({
  title,
  description: `${title}: averaged to axial slices of ${every} mm, imputed to 1 mm by linear interpolation and by oinr-prior, and as it was.`,
  rows: [
    {
      name: 'Colin27',
      panels: shown.map(([name, volume, isTruth]) => ({
        name,
        note: isTruth ? '' : error(volume),
        png: renderPng(
          cutPicture({
            title: name,
            description: title,
            volume: box === undefined ? volume : crop(volume, box),
            axis: 'sagittal',
            index: 64,
            white: 1.05 * scale,
            name: { text: '', side: 'left' },
            note: '',
          }),
          2,
        ),
      })),
    },
  ],
});
writeFileSync(output, renderPng(svg, 3));
