import { writeVolume } from '@oinr/nifti';
import { type RunFolder, writeJson } from '@oinr/run';
import { Ball } from '@oinr/transfer';
import { type Grid, voxelCount } from '@oinr/volume';
import { descLabel } from '../simulate/derivativeNames.ts';
import { type MeasuredPlace, summaryOf } from './results.ts';

const meaning =
  'People needed, times those with full scans, to see a loss of this size: (ratio of standard deviations / transfer)^2 in the core of every implant, half its width around its centre; NaN elsewhere, and where nothing comes through';

/** Writes a map of people needed for every method, k, smoothing and size, as drafts, with its sidecar. */
export async function writeMaps(
  folder: RunFolder,
  places: readonly MeasuredPlace[],
  grid: Grid,
): Promise<void> {
  const cells = Map.groupBy(places, ({ method, every, smooth, size }) =>
    [method, every, smooth, size].join(),
  );
  for (const members of cells.values()) {
    const [{ method, every, smooth, size }] = members;
    const data = new Float32Array(voxelCount(grid)).fill(Number.NaN);
    const core = new Ball(grid, size / 2);
    for (const one of members) {
      const { needed = Number.NaN } = summaryOf([one]);
      core.visit(one.place.voxel, (voxel) => {
        data[voxel] = needed;
      });
    }
    const name = `desc-${descLabel(method, every)}Smooth${smooth}Size${size}_stat-transfer_statmap`;
    await writeVolume(
      folder.draft('group', `${name}.nii.gz`),
      { grid, data },
      {
        space: 'aligned',
        description: `People needed, ${size} mm`,
      },
    );
    await writeJson(folder.draft('group', `${name}.json`), {
      Description: meaning,
      Method: method,
      KeptEvery: every,
      SmoothingFWHM: smooth,
      ImplantFWHM: size,
    });
  }
}
