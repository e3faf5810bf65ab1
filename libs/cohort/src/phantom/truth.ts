import type { Volume } from '@oinr/volume';
import { forEachRow, solveAtrophy } from './atrophy.ts';
import { dilate } from './dilate.ts';
import { jacobianDeterminant, zeroDisplacement } from './displacement.ts';
import { latticeGrid, latticeSize, sampleLinear } from './lattice.ts';
import { meanFraction } from './people.ts';
import { changingRegions } from './regions.ts';
import type { PhantomModel } from './subject.ts';
import { deformedBrain, largestRandomDisplacement } from './subject.ts';

/** What is true of a cohort, on the grid of its volumes. */
export interface PhantomTruth {
  /** The mean CN brain: noise-free T1 without any person's deformation, on the scale of the subjects. */
  readonly template: Volume;
  /** Its brain mask, 0 or 1. */
  readonly mask: Volume;
  /** T1 of the mean AD brain minus that of the mean CN brain, noise-free; 0 outside the mask. */
  readonly effect: Volume;
  /** Local volume of the mean AD brain relative to the mean CN brain, minus 1: -0.2 where a fifth is lost. */
  readonly volumeChange: Volume;
  /** Region of each voxel: its position in `phantomRegions` plus 1, or 0. */
  readonly regions: Volume;
  /** 1 in brain voxels that no atrophy of any subject can reach: group differences there are false positives. */
  readonly nullMask: Volume;
}

/** Works out the truth of a cohort, whichever groups it has. */
export function phantomTruth(model: PhantomModel): PhantomTruth {
  const { brain, lattice, options, atrophy } = model;
  const atRest = deformedBrain(model, zeroDisplacement(brain.coarse));
  const disease = solveAtrophy(
    atrophy,
    changingRegions.map((region) => meanFraction(region, options.effectScale)),
  );
  const diseased = deformedBrain(model, disease);
  const jacobian = jacobianDeterminant(disease);
  const reachable = reachOfAtrophy(model);
  const size = latticeSize(lattice);
  const effect = new Float32Array(size);
  const volumeChange = new Float32Array(size);
  const regions = new Float32Array(size);
  const nullMask = new Float32Array(size);
  const { shape, origin, spacing } = lattice;
  let n = 0;
  for (let k = 0; k < shape[2]; k++) {
    for (let j = 0; j < shape[1]; j++) {
      for (let i = 0; i < shape[0]; i++, n++) {
        const x = origin[0] + i * spacing;
        const y = origin[1] + j * spacing;
        const z = origin[2] + k * spacing;
        if (atRest.mask[n] === 0) continue;
        effect[n] = diseased.intensity[n] - atRest.intensity[n];
        volumeChange[n] = 1 / sampleLinear(jacobian, brain.coarse, x, y, z) - 1;
        regions[n] = nearest(brain.labels, brain.fine, x, y, z);
        nullMask[n] = nearest(reachable, brain.coarse, x, y, z) === 0 ? 1 : 0;
      }
    }
  }
  const grid = latticeGrid(lattice);
  return {
    template: { grid, data: atRest.intensity },
    mask: { grid, data: atRest.mask },
    effect: { grid, data: effect },
    volumeChange: { grid, data: volumeChange },
    regions: { grid, data: regions },
    nullMask: { grid, data: nullMask },
  };
}

/** Coarse voxels (1, else 0) where some subject's voxel can show tissue that an atrophy displaces. */
function reachOfAtrophy({ brain, atrophy, options }: PhantomModel): Uint8Array {
  const support = new Uint8Array(latticeSize(brain.coarse));
  for (const potential of atrophy.potentials) {
    forEachRow(potential, brain.coarse, (from, count, to) => {
      for (let i = 0; i < count; i++) if (potential.values[from + i] !== 0) support[to + i] = 1;
    });
  }
  // The gradient reaches one coarse voxel further, interpolation another; then the person's own deformation, half a
  // voxel of the volume and the millimetre over which the base brain is interpolated.
  const millimetres = largestRandomDisplacement(options) + options.voxelSize / 2 + 1;
  return dilate(support, brain.coarse, 2 + Math.ceil(millimetres / brain.coarse.spacing));
}

function nearest(
  values: Uint8Array,
  { shape, origin, spacing }: PhantomModel['lattice'],
  x: number,
  y: number,
  z: number,
): number {
  const i = Math.round((x - origin[0]) / spacing);
  const j = Math.round((y - origin[1]) / spacing);
  const k = Math.round((z - origin[2]) / spacing);
  return values[i + shape[0] * (j + shape[1] * k)];
}
