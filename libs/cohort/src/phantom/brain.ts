import { join } from 'node:path';
import { readVolume } from '@oinr/nifti';
import type { Volume } from '@oinr/volume';
import { CohortError } from '../errors.ts';
import { boxFilter } from './boxFilter.ts';
import type { Lattice } from './lattice.ts';
import { latticeSize } from './lattice.ts';
import { isInShapes, phantomRegions, shapesBox } from './regions.ts';

/** The brain that every phantom subject is a deformation of, with its regions. */
export interface BaseBrain {
  /** 1 mm lattice of `intensity` and `labels`. */
  readonly fine: Lattice;
  /** T1 intensity, 0 outside the brain. */
  readonly intensity: Float32Array;
  /** Position in `phantomRegions` plus 1, or 0. */
  readonly labels: Uint8Array;
  /** 2 mm lattice of displacements and potentials; its voxels are 2 x 2 x 2 of the fine ones. */
  readonly coarse: Lattice;
}

const FINE: Lattice = { shape: [166, 208, 172], origin: [-83, -121, -77], spacing: 1 };
const COARSE: Lattice = { shape: [83, 104, 86], origin: [-82.5, -120.5, -76.5], spacing: 2 };

/** The folder of the base brain that comes with the project. */
export const phantomBaseFolder: string = join(import.meta.dirname, '../../../../cohorts/phantom-base');

/** Reads the base brain (1 mm, axes along RAS+) and draws the regions on it. */
export async function readBaseBrain(folder: string = phantomBaseFolder): Promise<BaseBrain> {
  const file = join(folder, 'colin27_brain_1mm.nii.gz');
  const intensity = placeOnFineLattice(await readVolume(file), file);
  return { fine: FINE, intensity, labels: drawRegions(intensity), coarse: COARSE };
}

function placeOnFineLattice(volume: Volume, file: string): Float32Array {
  const { shape, affine } = volume.grid;
  const expected = [1, 0, 0, affine[3], 0, 1, 0, affine[7], 0, 0, 1, affine[11]];
  const shift = [3, 7, 11].map((at, axis) => affine[at] - FINE.origin[axis]);
  const fits = shift.every((s, axis) => Number.isInteger(s) && s >= 0 && s + shape[axis] <= FINE.shape[axis]);
  if (!fits || expected.some((value, at) => affine[at] !== value)) {
    throw new CohortError(
      `${file}: the base brain of the phantom must have 1 mm voxels along the RAS+ axes, centred on whole millimetres, ` +
        `but its affine is [${affine.join(', ')}]; restore the file that came with the project.`,
    );
  }
  const data = new Float32Array(latticeSize(FINE));
  for (let k = 0; k < shape[2]; k++) {
    for (let j = 0; j < shape[1]; j++) {
      const from = shape[0] * (j + shape[1] * k);
      const to = shift[0] + FINE.shape[0] * (j + shift[1] + FINE.shape[1] * (k + shift[2]));
      data.set(volume.data.subarray(from, from + shape[0]), to);
    }
  }
  return data;
}

function drawRegions(intensity: Float32Array): Uint8Array {
  const [nx, ny] = FINE.shape;
  const [ox, oy, oz] = FINE.origin;
  const labels = new Uint8Array(intensity.length);
  phantomRegions.forEach((region, index) => {
    const { low, high } = shapesBox(region);
    const [lowest, highest] = region.intensity;
    for (let z = Math.ceil(low[2]); z <= high[2]; z++) {
      for (let y = Math.ceil(low[1]); y <= high[1]; y++) {
        // The box of both hemispheres: the shapes' own test mirrors x.
        for (let x = -Math.floor(high[0]); x <= high[0]; x++) {
          const at = x - ox + nx * (y - oy + ny * (z - oz));
          const value = intensity[at];
          if (labels[at] !== 0 || value < lowest || value >= highest) continue;
          if (isInShapes(region, x, y, z)) labels[at] = index + 1;
        }
      }
    }
  });
  return labels;
}

/** One region's share of each coarse voxel, 0 to 1. */
export function regionOnCoarse({ fine, labels, coarse }: BaseBrain, label: number): Float32Array {
  const [nx, ny, nz] = fine.shape;
  const share = new Float32Array(latticeSize(coarse));
  for (let k = 0; k < nz; k++) {
    for (let j = 0; j < ny; j++) {
      const row = nx * (j + ny * k);
      const target = coarse.shape[0] * ((j >> 1) + coarse.shape[1] * (k >> 1));
      for (let i = 0; i < nx; i++) if (labels[row + i] === label) share[target + (i >> 1)] += 1 / 8;
    }
  }
  return share;
}

/** What voxels of a given size see of the base brain: both on the fine lattice, to be sampled anywhere. */
export interface SeenBrain {
  readonly lattice: Lattice;
  readonly intensity: Float32Array;
  /** Share of brain, 0 to 1. */
  readonly brain: Float32Array;
}

/** Averages the base brain over voxels of this size in mm, so that sampling it at that spacing does not alias. */
export function seenThroughVoxels({ fine, intensity }: BaseBrain, voxelSize: number): SeenBrain {
  const brain = intensity.map((value) => (value > 0 ? 1 : 0));
  if (voxelSize <= 1) return { lattice: fine, intensity, brain };
  return {
    lattice: fine,
    intensity: boxFilter(intensity, fine.shape, voxelSize),
    brain: boxFilter(brain, fine.shape, voxelSize),
  };
}
