// What a method draws where a lesion ends between slices: bright and dark balls are put into a full scan, in the middle
// of gaps and across kept slices, slices are dropped, and the scan with lesions is imputed beside the one without.
//   node benchmarks/lesions.ts brain.nii.gz --every 3 6 --method linear pchip cubic oinr-prior
// Per size, place and sign, over missing slices: `kept` is what is left inside the lesion of the contrast that was put
// there (mean over lesions), `invented` what is drawn outside of it, over the whole contrast of the lesion (all that is
// drawn beyond 1 mm of its surface), `erased` the share of lesions of which less than a fifth is left. A lesion that no
// kept slice touches is erased by every method: nothing was measured of it. Methods that are fitted to the scan anew
// (oinr, oinr-internal) differ from run to run by more than a small lesion, so what they invent includes that.
import { basename } from 'node:path';
import { parseArgs } from 'node:util';
import { openExecutor } from '@oinr/engines';
import { findMethod } from '@oinr/imputation';
import { intensityScale } from '@oinr/metrics';
import { readVolume } from '@oinr/nifti';
import { stream } from '@oinr/random';
import { dropSlices, keepEvery } from '@oinr/slices';
import { type AnatomicalAxis, arrayAxis, boundingBox, crop, type Volume, voxelSizes } from '@oinr/volume';

const { values: options, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    axis: { type: 'string', default: 'coronal' },
    every: { type: 'string', multiple: true, default: [] },
    method: { type: 'string', multiple: true, default: [] },
    lesions: { type: 'string', default: '24' },
    seed: { type: 'string', default: '1' },
  },
});
const files = positionals.filter((word) => /\.nii(\.gz)?$/.test(word));
const rest = positionals.filter((word) => !files.includes(word));
const spacings = [...options.every, ...rest.filter((word) => /^\d+$/.test(word))].map(Number);
const named = [...options.method, ...rest.filter((word) => !/^\d+$/.test(word))];
const methods = named.length > 0 ? named : ['linear', 'pchip', 'cubic', 'oinr-prior'];
for (const name of methods) findMethod(name);
if (files.length === 0) {
  console.error('Give NIfTI files of brain-extracted scans.');
  process.exit(1);
}

const diameters = [3, 5, 7, 10];
/** Contrast of a lesion, as a share of the intensity scale: dark as CSF in white matter, or as bright. */
const contrast = 0.3;
/** The surface is a ramp of this width in mm, as partial volumes make it. */
const ramp = 1;
/** Lesions are so far apart, centre to centre in mm, that none is in what another's correction sees. */
const apart = 32;

interface Lesion {
  readonly centre: readonly [number, number, number];
  /** In the middle of a gap, or on a kept slice. */
  readonly place: 'between' | 'across';
}

const executor = await openExecutor('auto');
/** The scans as imputed without lesions, which all sizes share. */
const plains = new Map<string, Float32Array>();
for (const file of files) {
  const whole = await readVolume(file);
  const box = boundingBox(whole, 2, 0);
  const scan = box === undefined ? whole : crop(whole, box);
  const axis = arrayAxis(scan.grid, options.axis as AnatomicalAxis);
  const scale = intensityScale(
    scan.data,
    scan.data.map((value) => (value > 0 ? 1 : 0)),
  ).value;
  const truth: Volume = { grid: scan.grid, data: scan.data.map((value) => value / scale) };
  console.log(`\n${basename(file)}, ${options.axis}, lesions of ${contrast} of the intensity scale`);
  console.log('k  diameter  place    sign    method        kept  invented  erased');
  for (const every of spacings.length > 0 ? spacings : [3, 6]) {
    const kept = keepEvery({ length: truth.grid.shape[axis], every });
    for (const diameter of diameters)
      for (const sign of [1, -1] as const) {
        const lesions = placeLesions(truth, axis, kept, every, diameter);
        const lesioned = withLesions(truth, lesions, diameter, sign);
        for (const name of methods) {
          const run = async (volume: Volume) =>
            (
              await findMethod(name).impute(dropSlices(volume, axis, kept), {
                executor,
                seed: Number(options.seed),
              })
            ).data;
          const [plain, drawn] = [
            await plainOnce(`${file} ${name} ${every}`, () => run(truth)),
            await run(lesioned),
          ];
          for (const place of ['between', 'across'] as const) {
            const own = lesions.filter((lesion) => lesion.place === place);
            const scores = own.map((lesion) =>
              score({ truth, lesioned, plain, drawn }, lesion, axis, kept, diameter),
            );
            const mean = (values: readonly number[]) => values.reduce((sum, v) => sum + v, 0) / values.length;
            console.log(
              `${every}  ${String(diameter).padStart(2)} mm     ${place.padEnd(8)} ${sign > 0 ? 'bright' : 'dark  '}  ${name.padEnd(13)} ` +
                `${mean(scores.map((s) => s.kept)).toFixed(2)}  ${mean(scores.map((s) => s.invented)).toFixed(2)}      ` +
                `${mean(scores.map((s) => (s.kept < 0.2 ? 1 : 0))).toFixed(2)}   (n = ${own.length})`,
            );
          }
        }
      }
  }
}

async function plainOnce(key: string, make: () => Promise<Float32Array>): Promise<Float32Array> {
  const known = plains.get(key) ?? (await make());
  plains.set(key, known);
  return known;
}

/** Places inside the brain, half of them in the middle of gaps, far from each other. */
function placeLesions(
  { grid, data }: Volume,
  axis: 0 | 1 | 2,
  kept: readonly number[],
  every: number,
  diameter: number,
): Lesion[] {
  const random = stream(Number(options.seed), 'lesions', every, diameter);
  const sizes = voxelSizes(grid.affine);
  const [nx, ny] = grid.shape;
  const reach = diameter / 2 + 3;
  const lesions: Lesion[] = [];
  const most = Number(options.lesions);
  for (let attempt = 0; attempt < 40_000 && lesions.length < most; attempt++) {
    const place = lesions.length % 2 === 0 ? 'between' : 'across';
    const centre: [number, number, number] = [0, 1, 2].map((a) => random.integer(grid.shape[a])) as never;
    const gap = 1 + random.integer(kept.length - 3);
    centre[axis] = kept[gap] + (place === 'between' ? every / 2 : 0);
    const far = lesions.every(
      (other) => Math.hypot(...centre.map((c, a) => (c - other.centre[a]) * sizes[a])) > apart,
    );
    if (!far) continue;
    const offsets = [-1, 0, 1].flatMap((x) =>
      [-1, 0, 1].flatMap((y) => [-1, 0, 1].map((z) => [x, y, z] as const)),
    );
    const inside = offsets.every((offset) => {
      const at = centre.map((c, a) => Math.round(c + (offset[a] * reach) / sizes[a]));
      return (
        at.every((c, a) => c >= 0 && c < grid.shape[a]) && data[at[0] + nx * (at[1] + ny * at[2])] > 0.35
      );
    });
    if (inside) lesions.push({ centre, place });
  }
  return lesions;
}

/** Visits the voxels around a lesion with their distance from its surface in mm, negative inside. */
function around(
  { grid }: Volume,
  { centre }: Lesion,
  diameter: number,
  within: number,
  visit: (voxel: number, position: readonly number[], depth: number) => void,
): void {
  const sizes = voxelSizes(grid.affine);
  const [nx, ny] = grid.shape;
  const reach = sizes.map((size) => Math.ceil((diameter / 2 + within) / size));
  const from = centre.map((c, a) => Math.max(0, Math.floor(c) - reach[a]));
  const to = centre.map((c, a) => Math.min(grid.shape[a] - 1, Math.ceil(c) + reach[a]));
  for (let z = from[2]; z <= to[2]; z++)
    for (let y = from[1]; y <= to[1]; y++)
      for (let x = from[0]; x <= to[0]; x++) {
        const position = [x, y, z];
        const distance = Math.hypot(...position.map((c, a) => (c - centre[a]) * sizes[a]));
        visit(x + nx * (y + ny * z), position, distance - diameter / 2);
      }
}

function withLesions(volume: Volume, lesions: readonly Lesion[], diameter: number, sign: 1 | -1): Volume {
  const data = volume.data.slice();
  for (const lesion of lesions)
    around(volume, lesion, diameter, ramp, (voxel, _, depth) => {
      const share = Math.min(1, Math.max(0, 0.5 - depth / ramp));
      data[voxel] = Math.max(0, data[voxel] + sign * contrast * share);
    });
  return { grid: volume.grid, data };
}

interface Compared {
  readonly truth: Volume;
  readonly lesioned: Volume;
  readonly plain: Float32Array;
  readonly drawn: Float32Array;
}

function score(
  { truth, lesioned, plain, drawn }: Compared,
  lesion: Lesion,
  axis: 0 | 1 | 2,
  kept: readonly number[],
  diameter: number,
): { kept: number; invented: number } {
  const measured = new Set(kept);
  let [put, left, all, outside] = [0, 0, 0, 0];
  around(truth, lesion, diameter, apart / 2 - diameter / 2, (voxel, position, depth) => {
    const own = lesioned.data[voxel] - truth.data[voxel];
    all += Math.abs(own);
    if (measured.has(position[axis])) return;
    const shown = drawn[voxel] - plain[voxel];
    if (depth < 0) {
      put += own;
      left += shown;
    } else if (depth > 1) outside += Math.abs(shown);
  });
  return { kept: left / put, invented: outside / all };
}
