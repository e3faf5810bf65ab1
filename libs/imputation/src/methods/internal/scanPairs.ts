import { isThick } from '@oinr/slices';
import { anatomicalAxis, voxelSizes } from '@oinr/volume';
import { heldOutOfTraining } from '../../heldOut.ts';
import type { KeptSlices } from '../../method.ts';
import type { KeptPlanes } from '../../planes/keptPlanes.ts';
import { planeLayout } from '../../planes/layout.ts';
import { acquiredPlanes } from './acquiredPlanes.ts';
import type { SliceGeometry } from './calibration.ts';
import { gapPhases } from './gapPairs.ts';
import { linesPerSlice, type PairSource } from './trainingPairs.ts';

/** The kept slices of a scan as training and tests for one gap size take them. */
export interface ScanPairs {
  /** Pairs to learn from. */
  readonly source: PairSource;
  /** Pairs of the slices that are left out of the training, to test on. */
  readonly heldOut: PairSource;
  readonly geometry: SliceGeometry;
}

/** `planes` are the kept slices of `known` around the head, see `keptPlanes`. */
export function scanPairs(known: KeptSlices, planes: KeptPlanes, every: number): ScanPairs {
  const sizes = pixelSizes(known);
  const perSlice = linesPerSlice(planes, every, sizes);
  const tested = heldOutOfTraining(planes.kept);
  const all = Array.from({ length: planes.kept }, (_, n) => n);
  const source: PairSource = {
    planes,
    every,
    linesPerSlice: perSlice,
    slices: all.filter((n) => !tested.includes(n)),
    phases: gapPhases(every, isThick(known.profile)),
    acquired: acquiredPlanes(planes, known.profile, perSlice),
  };
  return {
    source,
    heldOut: { ...source, slices: tested },
    geometry: { kept: known.kept, sizes, axis: anatomicalAxis(known.grid, known.axis) },
  };
}

/** Voxel sizes in mm across the slices, and along their rows' and columns' directions. */
function pixelSizes({ grid, axis }: KeptSlices): SliceGeometry['sizes'] {
  const sizes = voxelSizes(grid.affine);
  const { rowAxis, columnAxis } = planeLayout(grid.shape, axis);
  return { slice: sizes[axis], row: sizes[rowAxis], column: sizes[columnAxis] };
}
