import { errorMessage, UserError } from '@oinr/errors';
import { percentile } from '@oinr/metrics';
import { readHeader, readVolume, type WriteOptions, writeVolume } from '@oinr/nifti';
import { register, resampleThrough, type Target } from '@oinr/registration';
import { type Affine, intensityProblem, sameGrid, type Volume } from '@oinr/volume';
import { CohortError } from '../errors.ts';
import { type BaseBrain, regionOnCoarse } from '../phantom/brain.ts';
import { latticeGrid } from '../phantom/lattice.ts';
import type { PhantomAnatomy } from '../phantom/subject.ts';
import type { Subject } from '../subject.ts';
import { type Effect, insertedEffect } from './effect.ts';
import { type PersonFiles, templateSpace } from './files.ts';
import { insertEffect } from './insertEffect.ts';
import { smallMotion } from './motion.ts';
import type { InsertedGroup, InsertedOptions } from './options.ts';

/** What serves everybody: made once, only read. */
export interface InsertedModel {
  readonly options: InsertedOptions;
  readonly brain: BaseBrain;
  readonly effect: Effect;
  readonly target: Target;
  /** 1 in the template's brain, on the 2 mm lattice of the truth. */
  readonly coarseBrain: Uint8Array;
}

export function prepareInserted(
  { brain, atrophy, ...anatomy }: PhantomAnatomy,
  options: InsertedOptions,
): InsertedModel {
  const template: Volume = { grid: latticeGrid(brain.fine), data: brain.intensity };
  const mask = brain.intensity.map((value) => (value > 0 ? 1 : 0));
  const share = regionOnCoarse({ ...brain, labels: Uint8Array.from(mask) }, 1);
  return {
    options,
    brain,
    effect: insertedEffect({ ...anatomy, brain, atrophy }, options),
    target: { template, mask: Uint8Array.from(mask) },
    coarseBrain: Uint8Array.from(share, (value) => (value > 0.5 ? 1 : 0)),
  };
}

/** White matter in what is carried to the template, whatever the scanner's unit. */
export const WHITE_IN_TRUTH = 1000;

/** What is kept of a person beside the images. */
export interface InsertedPerson {
  /** From the template to the new image, RAS+ mm. */
  readonly affine: Affine;
  readonly isNonlinear: boolean;
  /** How the new image lies in the scan. */
  readonly motion: Affine;
  /** The 99.5th percentile of intensities in the template's brain. */
  readonly white: number;
}

/**
 * Registers a scan, resamples it once, with or without the loss, and writes it; and for the truth what the loss does to
 * it (with minus without), on its own grid for those who have it and carried to the template for everybody.
 *
 * @throws UserError whose sentence names the file.
 */
export async function makePerson(
  model: InsertedModel,
  { id, image, mask: maskFile }: Subject,
  group: InsertedGroup,
  files: PersonFiles,
): Promise<InsertedPerson> {
  const { options, effect, target, brain, coarseBrain } = model;
  const scan = await readVolume(image);
  const problem = intensityProblem(scan);
  if (problem !== undefined) throw new CohortError(`${image} ${problem}`);
  const { space } = await readHeader(image);
  const mask = maskFile === undefined ? undefined : await readVolume(maskFile);
  if (mask !== undefined && !sameGrid(mask.grid, scan.grid))
    throw new CohortError(
      `The mask ${maskFile} is not on the grid of ${image}; give a mask in the same space, or none.`,
    );
  const { transform: found } = await register({
    target,
    scan:
      mask === undefined
        ? scan
        : { grid: scan.grid, data: scan.data.map((value, index) => (mask.data[index] > 0.5 ? value : 0)) },
    shows: mask === undefined ? undefined : 'brain',
    isNonlinear: options.isNonlinear,
  }).catch((error: unknown) => {
    if (!(error instanceof UserError)) throw error;
    throw new CohortError(`${image} could not be registered: ${errorMessage(error)}`, { cause: error });
  });
  const motion = smallMotion(options.seed, id, scan.grid);
  const { grid, intact, loss, intactMask, lossMask, transform } = insertEffect({
    scan,
    mask,
    transform: found,
    motion,
    effect,
  });

  const lattice = latticeGrid(brain.coarse);
  // The affine part alone: it is how the stage prepare brings scans to the template, unless it is told otherwise.
  const carried = (data: Float32Array): Volume =>
    resampleThrough({ grid, data }, { affine: transform.affine }, lattice, 'linear');
  const seen = carried(intact);
  const white = percentile(seen.data, 99.5, coarseBrain);
  if (!(white > 0))
    throw new CohortError(
      `${image} shows nothing in its brain (its 99.5th percentile there is ${white}); look at the scan.`,
    );
  const change = loss.map((value, index) => value - intact[index]);
  const inTruth = ({ data }: Volume): Volume => ({
    grid: lattice,
    data: data.map((value) => (value / white) * WHITE_IN_TRUTH),
  });

  const image16: WriteOptions = {
    datatype: 'int16',
    slope: slopeFor(intact, loss),
    space,
    description: 'inserted loss',
  };
  await writeVolume(files.image, { grid, data: group === 'loss' ? loss : intact }, image16);
  const ownMask = group === 'loss' ? lossMask : intactMask;
  if (ownMask !== undefined)
    await writeVolume(
      files.mask,
      { grid, data: ownMask },
      { datatype: 'uint8', space, description: 'brain mask' },
    );
  if (group === 'loss')
    await writeVolume(
      files.effect,
      { grid, data: change },
      { space, description: 'with minus without the loss' },
    );
  const map: WriteOptions = { space: templateSpace, description: 'in the space of Colin27' };
  await writeVolume(files.carriedIntact, inTruth(seen), map);
  await writeVolume(files.carriedEffect, inTruth(carried(change)), map);
  return { affine: transform.affine, isNonlinear: transform.warp !== undefined, motion, white };
}

/** So that the brightest voxel uses nearly all of 16 bits, and 0 stays 0. */
function slopeFor(...all: readonly Float32Array[]): number {
  let largest = 0;
  for (const data of all) for (const value of data) largest = Math.max(largest, Math.abs(value));
  return largest / 32_000;
}
