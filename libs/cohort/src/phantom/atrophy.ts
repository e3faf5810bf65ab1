import { boundingBox, crop } from '@oinr/volume';
import { CohortError } from '../errors.ts';
import { boxFilter } from './boxFilter.ts';
import type { BaseBrain } from './brain.ts';
import { regionOnCoarse } from './brain.ts';
import type { Displacement } from './displacement.ts';
import { zeroDisplacement } from './displacement.ts';
import type { Lattice } from './lattice.ts';
import { latticeGrid } from './lattice.ts';
import { changingRegions, phantomRegions } from './regions.ts';
import { regionVolumes, voxelsNear } from './regionVolumes.ts';

/**
 * Deformations that change the volumes of the regions by given amounts and leave the rest of the brain alone.
 *
 * Each region moves along the gradient of its own blurred label: displacement = -sum over regions of a_r grad psi_r,
 * psi_r = the region's label blurred by three boxes of 10 mm (nearly a Gaussian of 5 mm), times that Gaussian's
 * variance. Where a_r > 0 the region contracts towards its middle and its surroundings follow; beyond 16 mm from every
 * region nothing moves at all. The amplitudes a_r are solved for, because neighbours pull at each other.
 */
export interface AtrophyModel {
  readonly brain: BaseBrain;
  /** psi_r in mm2 on the coarse lattice, in the order of `changingRegions`. */
  readonly potentials: readonly Potential[];
  /** Volumes of the changing regions in mm3 without any displacement, by the same quadrature. */
  readonly restVolumes: Float64Array;
  /** Fine voxels that can see a changing region. */
  readonly voxels: Int32Array;
  /** Inverse of the derivative of relative volumes by amplitudes, row-major. */
  readonly inverseResponse: Float64Array;
}

/** A function on the coarse lattice that is 0 outside a box of it: values x-fastest inside the box. */
export interface Potential {
  readonly start: readonly [number, number, number];
  readonly shape: readonly [number, number, number];
  readonly values: Float32Array;
}

const BLUR_WIDTH_MM = 10;
/** Solved amplitudes give each volume to this relative precision. */
const PRECISION = 2e-3;

const labelOf = changingRegions.map((region) => phantomRegions.indexOf(region));

/** Prepares the potentials and how volumes respond to them. Takes about two seconds. */
export function prepareAtrophy(brain: BaseBrain): AtrophyModel {
  const width = BLUR_WIDTH_MM / brain.coarse.spacing;
  const variance = (3 * (width * width - 1) * brain.coarse.spacing ** 2) / 12;
  const potentials = labelOf.map((label) => {
    const share = { grid: latticeGrid(brain.coarse), data: regionOnCoarse(brain, label + 1) };
    // Three boxes reach as far as this many voxels, and no further.
    const box = boundingBox(share, (3 * (width - 1)) / 2);
    if (box === undefined)
      throw new CohortError(`The base brain shows nothing of the ${phantomRegions[label].name}.`);
    let values = crop(share, box).data;
    for (let pass = 0; pass < 3; pass++) values = boxFilter(values, box.shape, width);
    return { ...box, values: values.map((value) => value * variance) };
  });
  const voxels = voxelsNear(brain, (label) => labelOf.includes(label - 1), 4);
  const rest = regionVolumes(brain, zeroDisplacement(brain.coarse), voxels);
  const restVolumes = Float64Array.from(labelOf, (label) => rest[label]);
  const count = labelOf.length;
  const partial = { brain, potentials, restVolumes, voxels };
  const response = new Float64Array(count * count);
  const step = 0.1;
  for (let column = 0; column < count; column++) {
    const amplitudes = new Float64Array(count);
    amplitudes[column] = step;
    const relative = relativeVolumes(partial, atrophyDisplacement(partial, amplitudes));
    for (let row = 0; row < count; row++) response[row * count + column] = (relative[row] - 1) / step;
  }
  return { ...partial, inverseResponse: invertMatrix(response, count) };
}

/** Calls `row(index in the potential's values, count, index on the lattice)` for each x-row of a potential. */
export function forEachRow(
  { start, shape }: Potential,
  lattice: Lattice,
  row: (from: number, count: number, to: number) => void,
): void {
  for (let k = 0; k < shape[2]; k++) {
    for (let j = 0; j < shape[1]; j++) {
      const to = start[0] + lattice.shape[0] * (start[1] + j + lattice.shape[1] * (start[2] + k));
      row(shape[0] * (j + shape[1] * k), shape[0], to);
    }
  }
}

type Prepared = Omit<AtrophyModel, 'inverseResponse'>;

/** The displacement with these amplitudes, one per changing region. */
export function atrophyDisplacement(
  { brain, potentials }: Prepared,
  amplitudes: ArrayLike<number>,
): Displacement {
  const field = zeroDisplacement(brain.coarse);
  const total = new Float32Array(field.x.length);
  const [nx, ny, nz] = brain.coarse.shape;
  potentials.forEach((potential, region) => {
    const amplitude = amplitudes[region];
    forEachRow(potential, brain.coarse, (from, count, to) => {
      for (let i = 0; i < count; i++) total[to + i] += amplitude * potential.values[from + i];
    });
  });
  const plane = nx * ny;
  const scale = -1 / (2 * brain.coarse.spacing);
  for (let k = 1; k < nz - 1; k++) {
    for (let j = 1; j < ny - 1; j++) {
      for (let i = 1; i < nx - 1; i++) {
        const n = i + nx * j + plane * k;
        field.x[n] = scale * (total[n + 1] - total[n - 1]);
        field.y[n] = scale * (total[n + nx] - total[n - nx]);
        field.z[n] = scale * (total[n + plane] - total[n - plane]);
      }
    }
  }
  return field;
}

/** Volumes of the changing regions after a displacement, as fractions of their volumes at rest. */
export function relativeVolumes(model: Prepared, field: Displacement): Float64Array {
  const volumes = regionVolumes(model.brain, field, model.voxels);
  return Float64Array.from(labelOf, (label, region) => volumes[label] / model.restVolumes[region]);
}

/**
 * The displacement after which the changing regions have these fractions of their volumes at rest, each within 0.2 % of
 * its volume at rest.
 * Throws a CohortError where no smooth deformation of this kind was found: the fractions are too far from 1.
 */
export function solveAtrophy(model: AtrophyModel, fractions: ArrayLike<number>): Displacement {
  const count = labelOf.length;
  const amplitudes = new Float64Array(count);
  const inverse = Float64Array.from(model.inverseResponse);
  let field = atrophyDisplacement(model, amplitudes);
  let relative: Float64Array = new Float64Array(count).fill(1);
  // Broyden's method: Newton with the response at rest, which every step taken corrects.
  for (let iteration = 0; iteration < 20; iteration++) {
    const missing = Array.from({ length: count }, (_, region) => fractions[region] - relative[region]);
    if (missing.every((value) => Math.abs(value) < PRECISION)) return field;
    const step = multiply(inverse, missing);
    for (let region = 0; region < count; region++) amplitudes[region] += step[region];
    field = atrophyDisplacement(model, amplitudes);
    const reached = relativeVolumes(model, field);
    const change = reached.map((value, region) => value - relative[region]);
    relative = reached;
    improveInverse(inverse, step, change);
  }
  throw new CohortError(
    `No smooth deformation of the phantom reaches the volume fractions ${Array.from(fractions).join(', ')} ` +
      `of ${changingRegions.map((region) => region.name).join(', ')}; ask for less: a smaller effect scale, or less loss.`,
  );
}

/** Matrix (row-major, square) times vector. */
function multiply(matrix: Float64Array, vector: ArrayLike<number>): Float64Array {
  const size = vector.length;
  const product = new Float64Array(size);
  for (let row = 0; row < size; row++) {
    for (let column = 0; column < size; column++)
      product[row] += matrix[row * size + column] * vector[column];
  }
  return product;
}

/** Broyden's update (the "good" one): afterwards inverse x change = step, with the least change to the matrix. */
function improveInverse(inverse: Float64Array, step: Float64Array, change: Float64Array): void {
  const size = step.length;
  const predicted = multiply(inverse, change);
  const stepTimesInverse = new Float64Array(size);
  let scale = 0;
  for (let row = 0; row < size; row++) {
    scale += step[row] * predicted[row];
    for (let column = 0; column < size; column++) {
      stepTimesInverse[column] += step[row] * inverse[row * size + column];
    }
  }
  if (scale === 0) return;
  for (let row = 0; row < size; row++) {
    for (let column = 0; column < size; column++) {
      inverse[row * size + column] += ((step[row] - predicted[row]) * stepTimesInverse[column]) / scale;
    }
  }
}

/** Gauss and Jordan with row exchange. `matrix` is row-major, size x size. */
function invertMatrix(matrix: Float64Array, size: number): Float64Array {
  const left = Float64Array.from(matrix);
  const right = new Float64Array(size * size);
  for (let i = 0; i < size; i++) right[i * size + i] = 1;
  for (let column = 0; column < size; column++) {
    let pivot = column;
    for (let row = column + 1; row < size; row++) {
      if (Math.abs(left[row * size + column]) > Math.abs(left[pivot * size + column])) pivot = row;
    }
    if (left[pivot * size + column] === 0) {
      throw new CohortError(
        'The regions of the phantom cannot be changed apart: their response matrix is singular.',
      );
    }
    for (const side of [left, right]) {
      for (let n = 0; n < size; n++) {
        const kept = side[column * size + n];
        side[column * size + n] = side[pivot * size + n];
        side[pivot * size + n] = kept;
      }
    }
    const scale = 1 / left[column * size + column];
    for (const side of [left, right]) for (let n = 0; n < size; n++) side[column * size + n] *= scale;
    for (let row = 0; row < size; row++) {
      const factor = left[row * size + column];
      if (row === column || factor === 0) continue;
      for (const side of [left, right]) {
        for (let n = 0; n < size; n++) side[row * size + n] -= factor * side[column * size + n];
      }
    }
  }
  return right;
}
