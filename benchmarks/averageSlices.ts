// Makes a scan with thick slices of one with thin ones: `node benchmarks/averageSlices.ts scan.nii.gz 6 out.nii.gz` writes the
// mean of every 6 axial slices, with the thickness in out.json; --axis for another axis.
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { parseArgs } from 'node:util';
import { readVolume, writeVolume } from '@oinr/nifti';
import { type AnatomicalAxis, arrayAxis, voxelSizes } from '@oinr/volume';

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { axis: { type: 'string', default: 'axial' } },
});
const [input, everyWord, output] = positionals;
const every = Number(everyWord);
if (output === undefined || !Number.isInteger(every) || every < 2) {
  console.error('Give a NIfTI file, how many slices are averaged (2 or more), and the file to write.');
  process.exit(1);
}
const { grid, data } = await readVolume(input);
const axis = arrayAxis(grid, values.axis as AnatomicalAxis);
const shape = grid.shape.map((size, n) => (n === axis ? Math.floor(size / every) : size)) as [
  number,
  number,
  number,
];
const stride = grid.shape.slice(0, axis).reduce((product, size) => product * size, 1);
const averaged = Float32Array.from({ length: shape[0] * shape[1] * shape[2] }, (_, index) => {
  const slice = Math.floor(index / stride) % shape[axis];
  const block = Math.floor(index / (stride * shape[axis]));
  const first = (index % stride) + stride * (slice * every + grid.shape[axis] * block);
  let sum = 0;
  for (let n = 0; n < every; n += 1) sum += data[first + n * stride];
  return sum / every;
});
// The centre of the first mean lies between the first and the last slice that it is of.
const affine = grid.affine.map((value, n) => {
  const row = 4 * Math.floor(n / 4);
  if (n % 4 === axis && n < 12) return value * every;
  return n % 4 === 3 && n < 12 ? value + (grid.affine[row + axis] * (every - 1)) / 2 : value;
});
mkdirSync(dirname(output), { recursive: true });
await writeVolume(output, { grid: { shape, affine }, data: averaged });
const SliceThickness = every * voxelSizes(grid.affine)[axis];
writeFileSync(output.replace(/\.nii(\.gz)?$/, '.json'), `${JSON.stringify({ SliceThickness })}\n`);
console.log(`${output}: ${shape[axis]} ${values.axis} slices of ${SliceThickness} mm`);
