import { countedAtOnce } from './kernel.ts';
import { studentTail } from './studentT.ts';

export interface BatchRequest {
  readonly voxels: number;
  readonly relabelings: number;
  readonly subjects: number;
  readonly covariates: number;
  readonly degreesOfFreedom: number;
  readonly clusterThreshold: number | undefined;
  readonly tfce: boolean;
  readonly smoothing: boolean;
  readonly batch: number | undefined;
}

/** Voxels times relabelings of one pass: a few seconds, so that little is lost when a run is stopped. */
const voxelRelabelings = 2.5e9;
/** Bytes for supra-threshold voxels, for rows of covariates per thread (they should stay in the cache), for maps. */
const listBytes = 100e6;
const rowBytes = 4e6;
const mapBytes = 90e6;

export interface Batches {
  readonly batch: number;
  readonly mapBatch: number;
  readonly mapsWhileCounting: boolean;
}

/**
 * How many relabelings one pass over the data takes (`batch`), and how many whole maps are kept at once
 * (`mapBatch`, 0 where none are needed). Neither changes any result; both bound memory and time. Maps of T over binary
 * labels come from the sums that counting makes anyway (`mapsWhileCounting`), so that a pass makes one batch of maps.
 */
export function planBatches(request: BatchRequest): Batches {
  const { voxels, relabelings, covariates, subjects, clusterThreshold } = request;
  const needsMaps = request.tfce || request.smoothing;
  let batch = Math.min(16384, Math.max(512, voxelRelabelings / voxels));
  if (covariates > 0) batch = Math.min(2048, Math.max(64, rowBytes / (covariates * subjects * 2)));
  if (clusterThreshold !== undefined) {
    const expected = 2 * studentTail(clusterThreshold, request.degreesOfFreedom) * voxels;
    // As the kernel lists it (see FoundVoxels) and once more sorted.
    const bytesPerVoxel = covariates > 0 ? 16 + 12 : 12 + 8;
    batch = Math.min(batch, listBytes / (bytesPerVoxel * Math.max(1, expected)));
  }
  const bytesPerMap = 4 * voxels * (request.smoothing ? 2 : 1);
  const mostMaps = Math.min(countedAtOnce, Math.max(4, Math.floor(mapBytes / bytesPerMap)));
  const mapsWhileCounting = request.tfce && !request.smoothing && covariates === 0;
  if (needsMaps) batch = Math.min(batch, 512);
  batch = Math.max(16, Math.floor(request.batch ?? batch));
  if (mapsWhileCounting) batch = Math.min(batch, mostMaps);
  // Batches of equal size: the last is not a leftover.
  const passes = Math.ceil(relabelings / batch);
  batch = Math.max(1, Math.ceil(relabelings / passes));
  return { batch, mapBatch: needsMaps ? Math.min(batch, mostMaps) : 0, mapsWhileCounting };
}
