import { applyAffine, determinant3 } from '@oinr/volume';
import { ClusterFinder } from './clusters.ts';
import type { Connectivity, MaskGrid } from './maskGrid.ts';
import { padGrid } from './maskGrid.ts';

/** A local maximum of a cluster. */
export interface ClusterPeak {
  /** Number of the voxel in the mask. */
  readonly voxel: number;
  /** T, negative in the tail of the second group. */
  readonly t: number;
  /** Position in mm, by the affine. */
  readonly position: readonly [number, number, number];
}

/** Voxels of one sign above a threshold that touch each other. */
export interface Cluster {
  /** Voxels of the mask, ascending. */
  readonly voxels: Int32Array;
  /** Volume in cubic millimetres. */
  readonly mm3: number;
  /** Sum of |T| - threshold. */
  readonly mass: number;
  /** Sum of |T|: the scale of the rounding error of the mass. */
  readonly sum: number;
  /** Up to three peaks, the highest first. */
  readonly peaks: readonly ClusterPeak[];
}

/** Of which map `observedClusters` takes the clusters, and how. */
export interface ClusterRequest {
  /** One T per voxel of the mask; NaN where untested. */
  readonly t: Float64Array;
  readonly grid: MaskGrid;
  /** 4 x 4 row-major, voxel indices to mm. */
  readonly affine: readonly number[];
  /** 1: T > threshold; -1: -T > threshold. */
  readonly sign: 1 | -1;
  /** A T above 0. */
  readonly threshold: number;
  /** How many of a voxel's neighbours count as touching it. */
  readonly connectivity: Connectivity;
  /** Peaks of one cluster are more than this far apart, in mm; 8 by default. */
  readonly peakDistance?: number;
  /** Most peaks per cluster; 3 by default. */
  readonly mostPeaks?: number;
}

/**
 * The clusters of one tail of an observed map, the highest peak first. A peak is at least as high as all its
 * neighbours under the connectivity; of equal heights the first in file order counts as higher.
 */
export function observedClusters(request: ClusterRequest): Cluster[] {
  const { t, grid, affine, sign, threshold, connectivity } = request;
  const padded = padGrid(grid);
  const above = Int32Array.from(t.keys()).filter((voxel) => sign * t[voxel] > threshold);
  const heights = Float64Array.from(above, (voxel) => sign * t[voxel]);
  const roots = new ClusterFinder(padded, connectivity).find(above, heights, above.length);
  const members = new Map<number, number[]>();
  for (let i = 0; i < above.length; i++) {
    const list = members.get(roots[i]);
    if (list) list.push(i);
    else members.set(roots[i], [i]);
  }
  const isPeak = peakFinder(padded, above, heights, connectivity);
  const position = (voxel: number) => positionOf(grid, affine, voxel);
  const voxelVolume = Math.abs(determinant3(affine));
  const clusters = [...members.values()].map((list): Cluster => {
    const candidates = list.filter(isPeak).sort((a, b) => heights[b] - heights[a] || a - b);
    const peaks: ClusterPeak[] = [];
    for (const i of candidates) {
      if (peaks.length === (request.mostPeaks ?? 3)) break;
      const here = position(above[i]);
      const isFar = (peak: ClusterPeak) => distance(peak.position, here) > (request.peakDistance ?? 8);
      if (peaks.every(isFar)) peaks.push({ voxel: above[i], t: t[above[i]], position: here });
    }
    const sum = list.reduce((total, i) => total + heights[i], 0);
    return {
      voxels: Int32Array.from(list, (i) => above[i]),
      mm3: list.length * voxelVolume,
      mass: list.reduce((total, i) => total + (heights[i] - threshold), 0),
      sum,
      peaks,
    };
  });
  return clusters.sort((a, b) => sign * (b.peaks[0].t - a.peaks[0].t) || a.peaks[0].voxel - b.peaks[0].voxel);
}

/** Tells whether entry i of the list is as high as all its neighbours in the list. */
function peakFinder(
  padded: ReturnType<typeof padGrid>,
  above: Int32Array,
  heights: Float64Array,
  connectivity: Connectivity,
): (i: number) => boolean {
  const entries = new Map<number, number>();
  above.forEach((voxel, i) => {
    entries.set(padded.placeOfVoxel[voxel], i);
  });
  const most = connectivity === 6 ? 1 : connectivity === 18 ? 2 : 3;
  const distances: number[] = [];
  for (const z of [-1, 0, 1]) {
    for (const y of [-1, 0, 1]) {
      for (const x of [-1, 0, 1]) {
        const steps = Math.abs(x) + Math.abs(y) + Math.abs(z);
        if (steps >= 1 && steps <= most) distances.push(x + padded.strideY * y + padded.strideZ * z);
      }
    }
  }
  return (i) => {
    const place = padded.placeOfVoxel[above[i]];
    return distances.every((step) => {
      const neighbour = entries.get(place + step);
      return neighbour === undefined || heights[neighbour] <= heights[i];
    });
  };
}

/** Position in mm of a voxel of the mask. */
export function positionOf(
  grid: MaskGrid,
  affine: readonly number[],
  voxel: number,
): [number, number, number] {
  const [nx, ny] = grid.shape;
  const index = grid.indices[voxel];
  return applyAffine(affine, [index % nx, Math.floor(index / nx) % ny, Math.floor(index / (nx * ny))]);
}

function distance(a: readonly number[], b: readonly number[]): number {
  // Positions in mm carry rounding from the affine: 8.000000001 mm are 8 mm.
  return Math.round(Math.hypot(a[0] - b[0], a[1] - b[1], a[2] - b[2]) * 1e5) / 1e5;
}
