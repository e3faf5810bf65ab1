import { invertAffine, multiplyAffines } from './affine.ts';
import { checkFinite } from './intensity.ts';
import { splineCoefficients } from './spline.ts';
import type { Grid, Volume } from './volume.ts';
import { checkVolume, voxelCount } from './volume.ts';

/** nearest = value of the nearest voxel centre; linear = trilinear; cubic = interpolating cubic B-spline. */
export type Interpolation = 'nearest' | 'linear' | 'cubic';

/** The value at a point of the source grid, in voxel indices that lie within the outermost centres. */
type Sampler = (x: number, y: number, z: number) => number;

function nearestSampler(volume: Volume): Sampler {
  const [nx, ny] = volume.grid.shape;
  return (x, y, z) => volume.data[Math.round(x) + nx * (Math.round(y) + ny * Math.round(z))];
}

function linearSampler(volume: Volume): Sampler {
  const { data, grid } = volume;
  const [nx, ny, nz] = grid.shape;
  return (x, y, z) => {
    const i = Math.min(Math.floor(x), Math.max(nx - 2, 0));
    const j = Math.min(Math.floor(y), Math.max(ny - 2, 0));
    const k = Math.min(Math.floor(z), Math.max(nz - 2, 0));
    const dx = x - i;
    const dy = y - j;
    const dz = z - k;
    // On an axis of one voxel the second neighbour is the voxel itself.
    const stepX = nx > 1 ? 1 : 0;
    const stepY = ny > 1 ? nx : 0;
    const stepZ = nz > 1 ? nx * ny : 0;
    const at = i + nx * (j + ny * k);
    const low =
      (1 - dy) * ((1 - dx) * data[at] + dx * data[at + stepX]) +
      dy * ((1 - dx) * data[at + stepY] + dx * data[at + stepY + stepX]);
    const above = at + stepZ;
    const high =
      (1 - dy) * ((1 - dx) * data[above] + dx * data[above + stepX]) +
      dy * ((1 - dx) * data[above + stepY] + dx * data[above + stepY + stepX]);
    return (1 - dz) * low + dz * high;
  };
}

/** Values of the cubic B-spline at distances 1 + t, t, 1 - t, 2 - t from its centre. */
function splineWeights(t: number, weights: Float64Array): void {
  const s = 1 - t;
  weights[0] = (s * s * s) / 6;
  weights[1] = 2 / 3 - (t * t * (2 - t)) / 2;
  weights[2] = 2 / 3 - (s * s * (2 - s)) / 2;
  weights[3] = (t * t * t) / 6;
}

/** Mirrors an index about the first and last sample: -1 -> 1, n -> n - 2. */
function mirror(index: number, size: number): number {
  if (size === 1) return 0;
  const period = 2 * (size - 1);
  const folded = Math.abs(index) % period;
  return folded < size ? folded : period - folded;
}

function cubicSampler(volume: Volume): Sampler {
  const [nx, ny, nz] = volume.grid.shape;
  const coefficients = splineCoefficients(volume);
  const [wx, wy, wz] = [new Float64Array(4), new Float64Array(4), new Float64Array(4)];
  const columns = new Int32Array(4);
  return (x, y, z) => {
    const i = Math.floor(x);
    const j = Math.floor(y);
    const k = Math.floor(z);
    splineWeights(x - i, wx);
    splineWeights(y - j, wy);
    splineWeights(z - k, wz);
    for (let a = 0; a < 4; a++) columns[a] = mirror(i - 1 + a, nx);
    let value = 0;
    for (let c = 0; c < 4; c++) {
      const plane = ny * mirror(k - 1 + c, nz);
      let planeSum = 0;
      for (let b = 0; b < 4; b++) {
        const row = nx * (mirror(j - 1 + b, ny) + plane);
        planeSum +=
          wy[b] *
          (wx[0] * coefficients[row + columns[0]] +
            wx[1] * coefficients[row + columns[1]] +
            wx[2] * coefficients[row + columns[2]] +
            wx[3] * coefficients[row + columns[3]]);
      }
      value += wz[c] * planeSum;
    }
    return value;
  };
}

const samplers: Readonly<Record<Interpolation, (volume: Volume) => Sampler>> = {
  nearest: nearestSampler,
  linear: linearSampler,
  cubic: cubicSampler,
};

/** The value at a point given in voxel indices of the source, anywhere in space. */
export type VoxelSampler = (x: number, y: number, z: number) => number;

/**
 * Reads a volume between its voxels. Border rule: a point up to half a voxel outside the outermost voxel centres
 * belongs to the image and takes the value at the border; every point farther out gets `background` (default 0).
 * Throws an InputError for values that are not finite unless the interpolation is 'nearest'.
 */
export function voxelSampler(volume: Volume, interpolation: Interpolation, background = 0): VoxelSampler {
  checkVolume(volume);
  if (interpolation !== 'nearest') checkFinite(volume);
  const sample = samplers[interpolation](volume);
  const [lastX, lastY, lastZ] = volume.grid.shape.map((size) => size - 1);
  // Rounding in the affines must not push a point that lies on the edge of the outermost voxel outside.
  const edge = 0.5 + 1e-6;
  return (x, y, z) => {
    if (x < -edge || y < -edge || z < -edge) return background;
    if (x > lastX + edge || y > lastY + edge || z > lastZ + edge) return background;
    return sample(
      x < 0 ? 0 : x > lastX ? lastX : x,
      y < 0 ? 0 : y > lastY ? lastY : y,
      z < 0 ? 0 : z > lastZ ? lastZ : z,
    );
  };
}

/**
 * The volume on another grid, through world coordinates, by the border rule of `voxelSampler`. Throws an InputError
 * for a singular affine, and for values that are not finite unless the interpolation is 'nearest'.
 */
export function resample(volume: Volume, grid: Grid, interpolation: Interpolation, background = 0): Volume {
  const sample = voxelSampler(volume, interpolation, background);
  const toSource = multiplyAffines(invertAffine(volume.grid.affine), grid.affine);
  const [ax, bx, cx, ox, ay, by, cy, oy, az, bz, cz, oz] = toSource;
  const [nx, ny, nz] = grid.shape;
  const data = new Float32Array(voxelCount(grid));
  let target = 0;
  for (let k = 0; k < nz; k++) {
    for (let j = 0; j < ny; j++) {
      const startX = bx * j + cx * k + ox;
      const startY = by * j + cy * k + oy;
      const startZ = bz * j + cz * k + oz;
      for (let i = 0; i < nx; i++, target++) {
        data[target] = sample(startX + ax * i, startY + ay * i, startZ + az * i);
      }
    }
  }
  return { grid, data };
}
