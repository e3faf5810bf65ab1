import type { RandomStream } from '@oinr/random';
import type { Lattice } from './lattice.ts';
import { latticeSize } from './lattice.ts';

/**
 * A smooth random function on a lattice: a uniform cubic B-spline with a control point every `controlSpacing` mm and
 * independent normal coefficients, cut off at `cutoff` standard deviations (those beyond are drawn again).
 * `deviation` is the standard deviation of the coefficients before they are cut; the function's own is about 0.33
 * times that. Its values never exceed cutoff x deviation. Returns one value per voxel, x fastest.
 */
export function smoothRandomField(
  lattice: Lattice,
  controlSpacing: number,
  deviation: number,
  cutoff: number,
  random: RandomStream,
): Float32Array {
  const axes = [0, 1, 2].map((axis) => splineWeights(lattice, axis as 0 | 1 | 2, controlSpacing));
  const [cx, cy, cz] = axes.map((axis) => axis.controls);
  const coefficients = new Float64Array(cx * cy * cz);
  for (let i = 0; i < coefficients.length; i++) {
    let value = random.normal();
    while (Math.abs(value) > cutoff) value = random.normal();
    coefficients[i] = deviation * value;
  }
  // The spline is a product of its axes, so each is expanded in turn: few operations per voxel are left.
  const [nx, ny, nz] = lattice.shape;
  const alongX = expand(coefficients, 1, cx, cy * cz, axes[0], nx);
  const alongY = expand(alongX, nx, cy, cz, axes[1], ny);
  return Float32Array.from(expand(alongY, nx * ny, cz, 1, axes[2], nz).subarray(0, latticeSize(lattice)));
}

interface SplineAxis {
  readonly controls: number;
  /** First of the four control points that matter at each voxel. */
  readonly first: Int32Array;
  /** Their four weights at each voxel. */
  readonly weights: Float64Array;
}

function splineWeights(lattice: Lattice, axis: 0 | 1 | 2, controlSpacing: number): SplineAxis {
  const count = lattice.shape[axis];
  const first = new Int32Array(count);
  const weights = new Float64Array(4 * count);
  // Control points are fixed in the world, so that a field does not depend on the voxel size.
  const start = Math.floor(CONTROL_ORIGIN[axis] / controlSpacing) * controlSpacing;
  let last = 0;
  for (let i = 0; i < count; i++) {
    const position = (lattice.origin[axis] + i * lattice.spacing - start) / controlSpacing;
    const cell = Math.floor(position);
    const t = position - cell;
    if (cell < 0) throw new RangeError('The lattice reaches beyond the control points of a smooth field.');
    first[i] = cell;
    last = Math.max(last, cell);
    weights[4 * i] = ((1 - t) * (1 - t) * (1 - t)) / 6;
    weights[4 * i + 1] = (3 * t * t * t - 6 * t * t + 4) / 6;
    weights[4 * i + 2] = (-3 * t * t * t + 3 * t * t + 3 * t + 1) / 6;
    weights[4 * i + 3] = (t * t * t) / 6;
  }
  const controls = Math.ceil((CONTROL_EXTENT[axis] - start) / controlSpacing) + 4;
  if (last + 4 > controls)
    throw new RangeError('The lattice reaches beyond the control points of a smooth field.');
  return { controls, first, weights };
}

/** Corner and end, in mm, of the box that control points cover: a little more than any phantom lattice. */
const CONTROL_ORIGIN = [-84, -122, -78] as const;
const CONTROL_EXTENT = [84, 88, 96] as const;

/** Replaces the middle axis of [inner, controls, outer] (inner fastest) by `count` interpolated positions. */
function expand(
  source: Float64Array,
  inner: number,
  controls: number,
  outer: number,
  axis: SplineAxis,
  count: number,
): Float64Array {
  const target = new Float64Array(inner * count * outer);
  for (let o = 0; o < outer; o++) {
    for (let i = 0; i < count; i++) {
      const a = axis.weights[4 * i];
      const b = axis.weights[4 * i + 1];
      const c = axis.weights[4 * i + 2];
      const d = axis.weights[4 * i + 3];
      const from = inner * (axis.first[i] + controls * o);
      const to = inner * (i + count * o);
      for (let n = 0; n < inner; n++) {
        const s = from + n;
        target[to + n] =
          a * source[s] + b * source[s + inner] + c * source[s + 2 * inner] + d * source[s + 3 * inner];
      }
    }
  }
  return target;
}
