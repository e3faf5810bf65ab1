import type { OccupancyVolume } from './volume.ts';

// In a cube from -1 to 1.
const knot = { large: 0.55, small: 0.24, tube: 0.1, samples: 1024 } as const;
const ball = { radius: 0.5, wall: 0.28, frequency: 2.5 * Math.PI } as const;
const plate = { z: -0.82, thickness: 0.05, radius: 0.8, hole: 0.15, period: 0.4 } as const;

/**
 * A solid that comes with the program, n voxels a side: a trefoil knot around a ball of gyroid walls, over a thin plate with
 * holes. It has smooth parts, thin walls and many holes, and is exact at every resolution. Shape (z, y, x).
 */
export function analyticSolid(n: number): OccupancyVolume {
  const data = new Float32Array(n ** 3);
  const at = (i: number): number => (2 * i + 1) / n - 1;
  for (let k = 0, voxel = 0; k < n; k++)
    for (let j = 0; j < n; j++)
      for (let i = 0; i < n; i++, voxel++)
        if (isInPlate(at(i), at(j), at(k)) || isInWalls(at(i), at(j), at(k))) data[voxel] = 1;
  paintKnot(data, n, at);
  return { shape: [n, n, n], data, remarks: [] };
}

function isInPlate(x: number, y: number, z: number): boolean {
  if (Math.abs(z - plate.z) >= plate.thickness || x * x + y * y >= plate.radius ** 2) return false;
  const [u, v] = [x, y].map((value) => value - plate.period * Math.round(value / plate.period));
  return u * u + v * v > plate.hole ** 2;
}

/** Walls where a gyroid is near 0. */
function isInWalls(x: number, y: number, z: number): boolean {
  const { radius, wall, frequency: f } = ball;
  if (x * x + y * y + z * z >= radius ** 2) return false;
  const { sin, cos } = Math;
  return Math.abs(sin(f * x) * cos(f * y) + sin(f * y) * cos(f * z) + sin(f * z) * cos(f * x)) < wall;
}

/** A tube along a trefoil knot, as balls that lie closer to each other than they are thick. */
function paintKnot(data: Float32Array, n: number, at: (i: number) => number): void {
  const { large, small, tube, samples } = knot;
  const range = (centre: number): readonly [first: number, last: number] => [
    Math.max(0, Math.floor(((centre - tube + 1) * n) / 2 - 1)),
    Math.min(n - 1, Math.ceil(((centre + tube + 1) * n) / 2)),
  ];
  for (let sample = 0; sample < samples; sample++) {
    const t = (2 * Math.PI * sample) / samples;
    const r = large + small * Math.cos(3 * t);
    const [x, y, z] = [r * Math.cos(2 * t), r * Math.sin(2 * t), small * Math.sin(3 * t)];
    const [[firstK, lastK], [firstJ, lastJ], [firstI, lastI]] = [range(z), range(y), range(x)];
    for (let k = firstK; k <= lastK; k++)
      for (let j = firstJ; j <= lastJ; j++)
        for (let i = firstI; i <= lastI; i++)
          if ((at(i) - x) ** 2 + (at(j) - y) ** 2 + (at(k) - z) ** 2 < tube ** 2)
            data[(k * n + j) * n + i] = 1;
  }
}
