import { percentile } from '@oinr/metrics';
import { readVolume } from '@oinr/nifti';
import { type SliceIntensities, sliceIntensities } from '@oinr/slices';
import {
  type AnatomicalAxis,
  type ArrayAxis,
  boundingBox,
  crop,
  type Grid,
  reorientToRas,
  type Volume,
  voxelCount,
} from '@oinr/volume';
import { inRasOrder } from '../../inRasOrder.ts';
import { brainOfHead, mayShowFace } from './brainInPictures.ts';
import type { ImputedSidecar } from './imputedSidecar.ts';

/** A scan before and after, as it is drawn: stored axes in RAS order, cropped to what is shown. */
export interface ShownScan {
  /** Every slice that was acquired, drawn as thick as slices are apart. */
  readonly before: Volume;
  readonly after: Volume;
  /** So far from `after` the truth is expected in 68 of 100 voxels; where error maps were written. */
  readonly halfWidth?: Volume;
  /** The axis with few slices, and which of the drawn slices were acquired. */
  readonly axis: AnatomicalAxis;
  readonly acquired: readonly number[];
  /** The intensity that is drawn white. */
  readonly white: number;
}

/** What pictures show of a scan, and how bright its slices are. */
export interface SeenScan {
  /** Undefined where the brain could not be told from a head. */
  readonly shown?: ShownScan;
  readonly region: 'brain' | 'brain of a head' | 'whole head';
  readonly brightness: SliceIntensities;
}

/**
 * Reads a scan and what was imputed from it. Of a head only the brain is shown, unless `showFaces`.
 *
 * @param files `scan`: the file of the scan; `imputed`: the volume with slices between, on whose grid everything is drawn; `halfWidth`:
 *   its error map of 68 %.
 */
export async function seeScan(
  files: { readonly scan: string; readonly imputed: string; readonly halfWidth?: string },
  sidecar: ImputedSidecar,
  showFaces: boolean,
): Promise<SeenScan> {
  const axis = ['i', 'j', 'k'].indexOf(sidecar.SliceArrayAxis) as ArrayAxis;
  const scan = await readVolume(files.scan);
  const after = await readVolume(files.imputed);
  const halfWidth = files.halfWidth === undefined ? undefined : await readVolume(files.halfWidth);
  const brightness = sliceIntensities(scan.data, scan.grid.shape, axis);
  const before = asThickAsApart(scan, axis, sidecar.KeptSlices, after.grid);
  const acquired = inRasOrder(sidecar.KeptSlices, after.grid, axis);
  const isHead = mayShowFace(after, sidecar.SkullStripped);
  if (!isHead || showFaces) {
    const region = isHead ? 'whole head' : 'brain';
    return { region, brightness, shown: cropped({ before, after, halfWidth, acquired, sidecar }) };
  }
  const region = 'brain of a head';
  const brain = await brainOfHead(after);
  if (brain === undefined) return { region, brightness };
  const only = ({ grid, data }: Volume): Volume => ({
    grid,
    data: data.map((value, index) => value * brain.data[index]),
  });
  const shown = cropped({
    before: only(before),
    after: only(after),
    halfWidth: halfWidth && only(halfWidth),
    acquired,
    sidecar,
  });
  return { region, brightness, shown };
}

/** For every slice of the finer grid the acquired one that is nearest. */
function asThickAsApart(scan: Volume, axis: ArrayAxis, kept: readonly number[], grid: Grid): Volume {
  const stride = grid.shape.slice(0, axis).reduce((product, size) => product * size, 1);
  const [few, many] = [scan.grid.shape[axis], grid.shape[axis]];
  const nearest = Array.from({ length: many }, (_, slice) =>
    kept.reduce((best, one, n) => (Math.abs(one - slice) < Math.abs(kept[best] - slice) ? n : best), 0),
  );
  const data = new Float32Array(voxelCount(grid));
  for (let index = 0; index < data.length; index += 1) {
    const slice = nearest[Math.floor(index / stride) % many];
    const block = Math.floor(index / (stride * many));
    data[index] = scan.data[(index % stride) + stride * (slice + few * block)];
  }
  return { grid, data };
}

/** Voxels around what is shown. */
const margin = 3;

function cropped({
  before,
  after,
  halfWidth,
  acquired,
  sidecar,
}: {
  readonly before: Volume;
  readonly after: Volume;
  readonly halfWidth: Volume | undefined;
  readonly acquired: readonly number[];
  readonly sidecar: ImputedSidecar;
}): ShownScan {
  const volume = reorientToRas(after);
  const positive = Uint8Array.from(volume.data, (value) => (value > 0 ? 1 : 0));
  const white = positive.includes(1) ? percentile(volume.data, 99.5, positive) : 1;
  const box = boundingBox(volume, margin, white / 20) ?? { start: [0, 0, 0], shape: volume.grid.shape };
  const axis = sidecar.SliceAxis;
  const along = { sagittal: 0, coronal: 1, axial: 2 }[axis];
  return {
    before: crop(reorientToRas(before), box),
    after: crop(volume, box),
    ...(halfWidth && { halfWidth: crop(reorientToRas(halfWidth), box) }),
    axis,
    acquired: acquired
      .map((slice) => slice - box.start[along])
      .filter((slice) => slice >= 0 && slice < box.shape[along]),
    white,
  };
}
