import { join } from 'node:path';
import { writeJson } from '@oinr/files';
import { readVolume, type WriteOptions, writeVolume } from '@oinr/nifti';
import { tableOf, writeTsv } from '@oinr/tables';
import type { Volume } from '@oinr/volume';
import { regionOnCoarse } from '../phantom/brain.ts';
import { dilate } from '../phantom/dilate.ts';
import { jacobianDeterminant } from '../phantom/displacement.ts';
import { latticeGrid, latticeSize } from '../phantom/lattice.ts';
import { changingRegions, phantomRegions } from '../phantom/regions.ts';
import { type PersonFiles, templateSpace } from './files.ts';
import { type InsertedOptions, remainingFractions } from './options.ts';
import type { InsertedModel } from './person.ts';

/** Lattice points (2 mm) around all that changes in anybody which are no null voxels: another registration lies a little otherwise. */
const room = 2;

/**
 * Writes the truth of the cohort in the template's space, under the names that the phantom's has. The effect is the mean
 * over everybody of what the loss does to their own brain, carried to the template, whether they have it or not: with the
 * halves drawn at random this is what the difference of the groups is an estimate of.
 */
export async function writeInsertedTruth(
  root: string,
  model: InsertedModel,
  people: readonly PersonFiles[],
): Promise<void> {
  const { brain, effect, coarseBrain, options } = model;
  const grid = latticeGrid(brain.coarse);
  const size = latticeSize(brain.coarse);
  const reached = Uint8Array.from(effect.support);
  const sums = { intact: new Float64Array(size), effect: new Float64Array(size) };
  for (const files of people) {
    const intact = await readVolume(files.carriedIntact);
    const change = await readVolume(files.carriedEffect);
    for (let n = 0; n < size; n++) {
      sums.intact[n] += intact.data[n];
      sums.effect[n] += change.data[n];
      if (change.data[n] !== 0) reached[n] = 1;
    }
  }
  const near = dilate(reached, brain.coarse, room);
  const inBrain = (value: (n: number) => number): Volume => ({
    grid,
    data: Float32Array.from({ length: size }, (_, n) => (coarseBrain[n] === 1 ? value(n) : 0)),
  });
  const jacobian = jacobianDeterminant(effect.displacement);
  const labels = largestRegions(model);
  const map: WriteOptions = { space: templateSpace, description: 'inserted loss' };
  const whole: WriteOptions = { ...map, datatype: 'uint8' };
  const folder = join(root, 'derivatives', 'truth');
  const maps: readonly [string, Volume, WriteOptions, string][] = [
    [
      'template_T1w',
      inBrain((n) => sums.intact[n] / people.length),
      map,
      'Mean of all scans without the loss, white matter near 1000.',
    ],
    ['brain_mask', inBrain(() => 1), whole, "The template's brain."],
    [
      'effect_T1w',
      inBrain((n) => sums.effect[n] / people.length),
      map,
      'Mean over everybody of what the loss does to their own scan (with minus without), whether they have it or not, in the unit of desc-template_T1w.',
    ],
    [
      'volumechange_map',
      inBrain((n) => 1 / jacobian[n] - 1),
      map,
      'Local volume with the loss relative to without, minus 1, in the template.',
    ],
    ['regions_dseg', inBrain((n) => labels[n]), whole, 'Regions; their names are in the .tsv beside it.'],
    [
      'null_mask',
      inBrain((n) => 1 - near[n]),
      whole,
      'Voxels of the brain that the loss reaches in nobody: a difference found there is false.',
    ],
  ];
  for (const [name, volume, storage, description] of maps) {
    await writeVolume(join(folder, `desc-${name}.nii.gz`), volume, storage);
    await writeJson(join(folder, `desc-${name}.json`), {
      Description: description,
      SpatialReference: 'MNIColin27',
      Resolution: '2 mm cubes',
    });
  }
  await writeTsv(join(folder, 'desc-regions_dseg.tsv'), regionTable(options));
}

function regionTable(options: InsertedOptions) {
  const fractions = remainingFractions(options);
  return tableOf(
    ['index', 'name', 'change_in_loss'],
    phantomRegions.map((region, index) => ({
      index: index + 1,
      name: region.name,
      change_in_loss: Number(((fractions[changingRegions.indexOf(region)] ?? 1) - 1).toFixed(6)),
    })),
  );
}

/** The region that has most of each point of the lattice: its position in `phantomRegions` plus 1, or 0. */
function largestRegions({ brain }: InsertedModel): Uint8Array {
  const labels = new Uint8Array(latticeSize(brain.coarse));
  const most = new Float32Array(labels.length).fill(0.5 - 1e-6);
  phantomRegions.forEach((_, region) => {
    regionOnCoarse(brain, region + 1).forEach((share, n) => {
      if (share <= most[n]) return;
      most[n] = share;
      labels[n] = region + 1;
    });
  });
  return labels;
}
