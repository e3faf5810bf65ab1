import {
  type Affine,
  antiAlias,
  applyAffine,
  invertAffine,
  multiplyAffines,
  type Vector3,
  type Volume,
  voxelSampler,
} from '@oinr/volume';
import { blockMean } from './blockMean.ts';
import { centreOfHead, type Foreground } from './foreground.ts';
import { mutualInformation } from './mutualInformation.ts';

/** Millimetres between the points at which images are compared. */
const coarse = 8;

export interface StartRequest {
  readonly template: Volume;
  /** 1 where images are compared, on the template's grid. */
  readonly region: Uint8Array;
  readonly templateForeground: Foreground;
  readonly scan: Volume;
  readonly scanForeground: Foreground;
}

/** Rotations about x, y and z (radians), shifts in mm, and the logarithm of a scale common to all axes. */
type Similarity = readonly number[];

const firstSteps: Similarity = [0.12, 0.12, 0.12, 8, 8, 8, 0.06];
/** Steps are halved this often before the search ends. */
const halvings = 4;
/** The best of the first guesses that are followed to their end. */
const followed = 6;

/**
 * A first similarity (rotation, shift, one scale) from the template's world to the scan's, by mutual information on
 * copies of 8 mm. The header's orientation is taken as it is and centres of mass are laid on each other; from there,
 * several nods of the head, shifts along the body and sizes are tried, since a neck or a tilted head moves the centre.
 * The best are followed by a compass search (a step along each of the 7 parameters, halved when none helps).
 */
export function startingPoint(request: StartRequest): Affine {
  const { template, scan, templateForeground, scanForeground } = request;
  const points = comparedPoints(request);
  const small = antiAlias(blockMean(scan, coarse / 2), [coarse, coarse, coarse]);
  const sample = voxelSampler(small, 'linear');
  const toVoxels = invertAffine(small.grid.affine);
  const centres = {
    from: centreOfHead(template, templateForeground),
    to: centreOfHead(scan, scanForeground),
  };
  const seen = new Float32Array(points.values.length);
  const white = [templateForeground.white, scanForeground.white] as const;
  const score = (similarity: Similarity): number => {
    const [ax, bx, cx, ox, ay, by, cy, oy, az, bz, cz, oz] = multiplyAffines(
      toVoxels,
      similarityAffine(similarity, centres),
    );
    for (let index = 0; index < seen.length; index += 1) {
      const [x, y, z] = [points.x[index], points.y[index], points.z[index]];
      seen[index] = sample(
        ax * x + bx * y + cx * z + ox,
        ay * x + by * y + cy * z + oy,
        az * x + bz * y + cz * z + oz,
      );
    }
    return mutualInformation(points.values, seen, white);
  };
  const ends = firstGuesses()
    .map((guess) => ({ guess, value: score(guess) }))
    .sort((a, b) => b.value - a.value)
    .slice(0, followed)
    .map(({ guess }) => compassSearch(guess, score));
  const best = ends.reduce((a, b) => (b.value > a.value ? b : a));
  return similarityAffine(best.place, centres);
}

interface Points {
  readonly x: Float64Array;
  readonly y: Float64Array;
  readonly z: Float64Array;
  readonly values: Float32Array;
}

/** World coordinates and intensities of the coarse template's voxels in the region. */
function comparedPoints({ template, region }: StartRequest): Points {
  const { grid } = template;
  const small = blockMean(template, coarse);
  const inside = blockMean({ grid, data: Float32Array.from(region) }, coarse);
  const kept: Vector3[] = [];
  const values: number[] = [];
  const [nx, ny] = small.grid.shape;
  small.data.forEach((value, index) => {
    if (inside.data[index] < 0.5) return;
    const voxel: Vector3 = [index % nx, Math.floor(index / nx) % ny, Math.floor(index / (nx * ny))];
    kept.push(applyAffine(small.grid.affine, voxel));
    values.push(value);
  });
  return {
    x: Float64Array.from(kept, ([x]) => x),
    y: Float64Array.from(kept, ([, y]) => y),
    z: Float64Array.from(kept, ([, , z]) => z),
    values: Float32Array.from(values),
  };
}

function firstGuesses(): Similarity[] {
  const guesses: Similarity[] = [];
  for (const nod of [-0.5, -0.25, 0, 0.25, 0.5])
    for (const lift of [-24, 0, 24])
      for (const size of [-0.12, 0, 0.12]) guesses.push([nod, 0, 0, 0, 0, lift, size]);
  return guesses;
}

function compassSearch(
  from: Similarity,
  score: (place: Similarity) => number,
): { place: Similarity; value: number } {
  let place = from;
  let value = score(place);
  for (let halving = 0; halving <= halvings; ) {
    let isBetter = false;
    for (let axis = 0; axis < place.length; axis += 1) {
      for (const sign of [1, -1]) {
        const step = (sign * firstSteps[axis]) / 2 ** halving;
        const next = place.map((one, index) => (index === axis ? one + step : one));
        const found = score(next);
        if (found <= value) continue;
        [place, value, isBetter] = [next, found, true];
        break;
      }
    }
    if (!isBetter) halving += 1;
  }
  return { place, value };
}

/** Turns about the template's centre, scales, and brings that centre to the scan's, plus the shift. */
function similarityAffine(
  [aboutX, aboutY, aboutZ, dx, dy, dz, logScale]: Similarity,
  { from, to }: { readonly from: Vector3; readonly to: Vector3 },
): Affine {
  const [sx, cx] = [Math.sin(aboutX), Math.cos(aboutX)];
  const [sy, cy] = [Math.sin(aboutY), Math.cos(aboutY)];
  const [sz, cz] = [Math.sin(aboutZ), Math.cos(aboutZ)];
  const turn = multiplyAffines(
    [cz, -sz, 0, 0, sz, cz, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1],
    multiplyAffines(
      [cy, 0, sy, 0, 0, 1, 0, 0, -sy, 0, cy, 0, 0, 0, 0, 1],
      [1, 0, 0, 0, 0, cx, -sx, 0, 0, sx, cx, 0, 0, 0, 0, 1],
    ),
  );
  const scale = Math.exp(logScale);
  const matrix = turn.map((value, index) => (index < 12 && index % 4 < 3 ? scale * value : value));
  const [x, y, z] = applyAffine(matrix, from);
  const shift = [to[0] + dx - x, to[1] + dy - y, to[2] + dz - z];
  return matrix.map((value, index) => (index < 12 && index % 4 === 3 ? shift[Math.floor(index / 4)] : value));
}
