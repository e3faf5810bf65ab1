import type { OccupancyVolume } from './volume.ts';

/** Means of boxes of `factor` voxels a side; voxels that fill no box are left out. */
export function boxMeans({ shape, data }: Pick<OccupancyVolume, 'shape' | 'data'>, factor: number) {
  const [depth, height, width] = shape.map((length) => Math.floor(length / factor));
  const out = new Float32Array(depth * height * width);
  for (let k = 0; k < depth * factor; k++)
    for (let j = 0; j < height * factor; j++)
      for (let i = 0; i < width * factor; i++)
        out[(Math.floor(k / factor) * height + Math.floor(j / factor)) * width + Math.floor(i / factor)] +=
          data[(k * shape[1] + j) * shape[2] + i] / factor ** 3;
  return { shape: [depth, height, width] as const, data: out };
}

/** A volume at another size by trilinear interpolation between the centres of its voxels; beyond them the last one counts. */
export function resizeTrilinear(
  { shape, data }: Pick<OccupancyVolume, 'shape' | 'data'>,
  size: readonly [number, number, number],
): Float32Array {
  const taps = size.map((fresh, axis) =>
    Array.from({ length: fresh }, (_, n) => {
      const place = Math.min(shape[axis] - 1, Math.max(0, ((n + 0.5) * shape[axis]) / fresh - 0.5));
      const low = Math.min(shape[axis] - 1, Math.floor(place));
      return [low, Math.min(shape[axis] - 1, low + 1), place - low] as const;
    }),
  );
  const out = new Float32Array(size[0] * size[1] * size[2]);
  let at = 0;
  for (const [k0, k1, fk] of taps[0])
    for (const [j0, j1, fj] of taps[1])
      for (const [i0, i1, fi] of taps[2]) {
        const value = (k: number, j: number, i: number): number => data[(k * shape[1] + j) * shape[2] + i];
        const row = (k: number, j: number): number => value(k, j, i0) * (1 - fi) + value(k, j, i1) * fi;
        const plane = (k: number): number => row(k, j0) * (1 - fj) + row(k, j1) * fj;
        out[at++] = plane(k0) * (1 - fk) + plane(k1) * fk;
      }
  return out;
}
