import type { RandomStream } from '@oinr/random';
import type { Volume } from '@oinr/volume';
import { CohortError } from '../errors.ts';
import type { AtrophyModel } from './atrophy.ts';
import { prepareAtrophy, solveAtrophy } from './atrophy.ts';
import type { BaseBrain, SeenBrain } from './brain.ts';
import { phantomBaseFolder, readBaseBrain, seenThroughVoxels } from './brain.ts';
import type { Displacement } from './displacement.ts';
import { compose, movePoint } from './displacement.ts';
import type { Lattice } from './lattice.ts';
import { latticeGrid, latticeSize, phantomLattice, sampleLinear } from './lattice.ts';
import type { PhantomGroup, PhantomOptions } from './options.ts';
import { phantomOptions } from './options.ts';
import type { Person } from './people.ts';
import { drawPerson, personStream } from './people.ts';
import { phantomRegions, WHITE_MATTER } from './regions.ts';
import { nearRegions, regionVolumes, voxelsSeeing } from './regionVolumes.ts';
import { smoothRandomField } from './smoothField.ts';

/** The base brain and all that follows from it alone: one serves cohorts with any options. It is only read. */
export interface PhantomAnatomy {
  /** The folder of the base brain. */
  readonly folder: string;
  readonly brain: BaseBrain;
  readonly atrophy: AtrophyModel;
  /** Coarse voxels near some region. */
  readonly nearRegions: Uint8Array;
}

/** Everything that the subjects of one cohort share; made once, it is only read. */
export interface PhantomModel extends PhantomAnatomy {
  readonly options: PhantomOptions;
  /** Where the voxels of every volume are. */
  readonly lattice: Lattice;
  readonly seen: SeenBrain;
}

export interface PhantomSubject extends Person {
  /** T1 intensities: whole numbers, white matter near 1000, 0 outside the mask. */
  readonly image: Volume;
  /** Brain mask of this subject: 0 or 1. */
  readonly mask: Volume;
  /** True volume in mm3 of every region of `phantomRegions`, in this subject's image. */
  readonly volumes: readonly number[];
  /** Where each point of this subject comes from in the base brain. */
  readonly displacement: Displacement;
}

/** Intensity of white matter in the volumes of subjects. */
export const WHITE_MATTER_STORED = 1000;
/** Base brain intensity to stored intensity. */
export const STORED_PER_BASE = WHITE_MATTER_STORED / WHITE_MATTER;

const DEFORMATION_CONTROL_MM = 30;
const DEFORMATION_CUTOFF = 2.4;
/**
 * Coefficients below spacing / 2.48 make a cubic B-spline deformation in 3-D one-to-one (Choi & Lee, Graphical Models
 * 2000;62:411-427), so no drawn deformation can fold.
 */
const LARGEST_COEFFICIENT_MM = DEFORMATION_CONTROL_MM / 2.48;
/** Standard deviation of a cubic B-spline in 3-D for unit coefficients cut at 2.4 deviations. */
const SPLINE_DEVIATION = 0.316;

const BIAS_CONTROL_MM = 60;
const BIAS_DEVIATION = 0.03;
const SCALE_DEVIATION = 0.02;

/** No random displacement is longer than this along any axis, in mm. */
export function largestRandomDisplacement(options: PhantomOptions): number {
  return (DEFORMATION_CUTOFF * options.deformation) / SPLINE_DEVIATION;
}

/** Reads the base brain and learns how its regions respond to atrophy: about two seconds of one core, 60 MB. */
export async function readPhantomAnatomy(folder: string = phantomBaseFolder): Promise<PhantomAnatomy> {
  const brain = await readBaseBrain(folder);
  return { folder, brain, atrophy: prepareAtrophy(brain), nearRegions: nearRegions(brain) };
}

/**
 * Prepares what all subjects of a cohort share. Without `anatomy` it is read first. Throws a CohortError for options out of
 * range, and for a deformation that could fold the brain.
 */
export async function preparePhantom(
  given: Readonly<Partial<PhantomOptions>> = {},
  anatomy?: PhantomAnatomy,
): Promise<PhantomModel> {
  const options = phantomOptions(given);
  if (largestRandomDisplacement(options) > LARGEST_COEFFICIENT_MM) {
    throw new CohortError(
      `A deformation of ${options.deformation} mm could fold the phantom's brain; ask for ` +
        `${((LARGEST_COEFFICIENT_MM / DEFORMATION_CUTOFF) * SPLINE_DEVIATION).toFixed(2)} mm or less.`,
    );
  }
  const known = anatomy ?? (await readPhantomAnatomy());
  return {
    ...known,
    options,
    lattice: phantomLattice(options.voxelSize),
    seen: seenThroughVoxels(known.brain, options.voxelSize),
  };
}

/**
 * The number-th person (from 1) of a group, scanned. The same options give the same subject, whatever other subjects
 * are made, and in whatever order. Another `scan` of a person has the same anatomy, with another scale, bias and noise.
 */
export function makePhantomSubject(
  model: PhantomModel,
  group: PhantomGroup,
  number: number,
  scan = 1,
): PhantomSubject {
  const { options, brain, lattice } = model;
  const person = drawPerson(options, group, number);
  const random = randomDisplacement(brain.coarse, options, personStream(options, person.id, 'deformation'));
  const displacement = compose(random, solveAtrophy(model.atrophy, person.fractions));
  const { intensity, mask } = deformedBrain(model, displacement);
  const appearance = personStream(options, person.id, 'appearance', scan);
  const scale = 1 + SCALE_DEVIATION * appearance.normal();
  const bias = smoothRandomField(lattice, BIAS_CONTROL_MM, BIAS_DEVIATION, 2.5, appearance);
  for (let n = 0; n < intensity.length; n++) intensity[n] *= scale * (1 + bias[n]);
  addRicianNoise(
    intensity,
    mask,
    options.noise * WHITE_MATTER_STORED,
    personStream(options, person.id, 'noise', scan),
  );
  const regionVoxels = voxelsSeeing(brain, displacement, model.nearRegions);
  const grid = latticeGrid(lattice);
  return {
    ...person,
    image: { grid, data: intensity.map(Math.round) },
    mask: { grid, data: mask },
    volumes: Array.from(regionVolumes(brain, displacement, regionVoxels)),
    displacement,
  };
}

/** The person-to-person difference that registration left: a one-to-one cubic B-spline deformation. */
function randomDisplacement(lattice: Lattice, options: PhantomOptions, random: RandomStream): Displacement {
  const deviation = options.deformation / SPLINE_DEVIATION;
  const component = (): Float32Array =>
    smoothRandomField(lattice, DEFORMATION_CONTROL_MM, deviation, DEFORMATION_CUTOFF, random);
  return { lattice, x: component(), y: component(), z: component() };
}

/** What voxels see of the base brain through a displacement, without noise; 0 outside the brain mask. */
export function deformedBrain(
  { lattice, seen }: Pick<PhantomModel, 'lattice' | 'seen'>,
  displacement: Displacement,
): { intensity: Float32Array; mask: Float32Array } {
  const intensity = new Float32Array(latticeSize(lattice));
  const mask = new Float32Array(intensity.length);
  const { shape, origin, spacing } = lattice;
  const moved = new Float64Array(3);
  let n = 0;
  for (let k = 0; k < shape[2]; k++) {
    for (let j = 0; j < shape[1]; j++) {
      for (let i = 0; i < shape[0]; i++, n++) {
        movePoint(
          displacement,
          origin[0] + i * spacing,
          origin[1] + j * spacing,
          origin[2] + k * spacing,
          moved,
        );
        if (sampleLinear(seen.brain, seen.lattice, moved[0], moved[1], moved[2]) <= 0.5) continue;
        mask[n] = 1;
        intensity[n] =
          STORED_PER_BASE * sampleLinear(seen.intensity, seen.lattice, moved[0], moved[1], moved[2]);
      }
    }
  }
  return { intensity, mask };
}

/**
 * The length of a complex signal with independent normal noise in both channels, inside the mask (Gudbjartsson &
 * Patz, Magn Reson Med 1995;34:910-914).
 */
function addRicianNoise(
  intensity: Float32Array,
  mask: Float32Array,
  deviation: number,
  random: RandomStream,
) {
  for (let n = 0; n < intensity.length; n++) {
    if (mask[n] === 0) continue;
    const real = intensity[n] + deviation * random.normal();
    const imaginary = deviation * random.normal();
    intensity[n] = Math.sqrt(real * real + imaginary * imaginary);
  }
}

/** Names of all regions, in the order of `PhantomSubject.volumes`. */
export const regionNames: readonly string[] = phantomRegions.map((region) => region.name);
