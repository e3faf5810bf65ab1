import type { Subject } from '@oinr/cohort';
import { mapLimited } from '@oinr/files';
import { median } from '@oinr/metrics';
import { readVolume } from '@oinr/nifti';
import { foreground, type Target } from '@oinr/registration';
import {
  applyAffine,
  type Grid,
  invertAffine,
  type Vector3,
  type Volume,
  voxelSampler,
  voxelSizes,
} from '@oinr/volume';

/** How well images on one grid lie on each other. */
export interface Alignment {
  /** They do, but for those that are doubtful. */
  readonly isCommon: boolean;
  /** What was seen, as the end of a sentence. */
  readonly inWords: string;
  /** Images that lie elsewhere than the rest, a phrase each. */
  readonly doubtful: readonly string[];
}

/**
 * From six brains of ds002748: registered by 12 parameters they overlap with the rest by a Dice of 0.95 to 0.96 and
 * their centres lie within 1.5 mm; placed by their headers alone, by 0.76 to 0.92, the centres 3.5 to 17 mm apart.
 */
const limits = {
  /** Of one image, beyond which it is doubtful. */
  dice: 0.8,
  distance: 5,
  /** Of the median image. */
  usualDice: 0.85,
  usualDistance: 2.5,
  /** So many may be doubtful where the others are not. */
  doubtfulShare: 0.1,
  /**
   * Of intensities with the mean of the others (median image): silhouettes of brains that were merely moved to one
   * centre overlap well. Six such brains reach 0.5 to 0.7, the same registered by 12 parameters 0.7 to 0.8.
   */
  correlation: 0.69,
  /** Of fewer images the mean of the others is too noisy for that. */
  fewest: 4,
  /** Of what the images have in common inside the template's brain, or of that brain inside what they have in common. */
  template: 0.6,
} as const;

/** About so many places are looked at in every image. */
const wantedPlaces = 16_000;
/** Images read at once. */
const atOnce = 4;

/**
 * Looks whether images on one grid show heads in one place: every foreground is compared with what most of the others
 * have in common. `template` is given where the headers say that they lie in its space; otherwise they are compared with
 * each other alone. An image that cannot be read, or that shows nothing, says nothing here.
 */
export async function alignmentOf(subjects: readonly Subject[], template?: Target): Promise<Alignment> {
  const looked = await mapLimited(subjects, atOnce, ({ id, image }) =>
    readVolume(image)
      .then((volume) => look(id, volume))
      .catch(() => undefined),
  );
  const seen = looked.filter((one) => one !== undefined);
  if (seen.length < 2)
    return { isCommon: false, inWords: 'fewer than two of them show anything', doubtful: [] };
  const counts = seen[0].bright.map(() => 0);
  for (const { bright } of seen)
    bright.forEach((one, place) => {
      counts[place] += one;
    });
  const middle = [0, 1, 2].map((axis) => median(seen.map(({ centre }) => centre[axis])));
  const compared = seen.map(({ id, bright, centre }) => ({
    id,
    dice: dice(bright, (place) => 2 * (counts[place] - bright[place]) >= seen.length - 1),
    // Of two images the middle lies halfway.
    distance: (seen.length === 2 ? 2 : 1) * Math.hypot(...centre.map((value, axis) => value - middle[axis])),
  }));
  const agreement = median(correlations(seen, (place) => 2 * counts[place] >= seen.length));
  const doubtful = compared.filter((one) => one.dice < limits.dice || one.distance > limits.distance);
  const usualDice = median(compared.map((one) => one.dice));
  const usualDistance = median(compared.map(({ distance }) => distance));
  const inTemplate =
    template === undefined ? 1 : shareIn(template, seen[0].grid, (place) => 2 * counts[place] >= seen.length);
  return {
    isCommon:
      doubtful.length <= limits.doubtfulShare * seen.length &&
      usualDice >= limits.usualDice &&
      usualDistance <= limits.usualDistance &&
      inTemplate >= limits.template,
    inWords:
      inTemplate < limits.template
        ? `only ${Math.round(100 * inTemplate)} % of what they show lies in the template's brain`
        : `their foregrounds overlap by ${usualDice.toFixed(2)} and their centres lie ${usualDistance.toFixed(1)} mm apart (medians)`,
    doubtful: [
      ...doubtful.map(
        (one) =>
          `sub-${one.id}: overlap with the others ${one.dice.toFixed(2)}, centre ${one.distance.toFixed(1)} mm away from theirs`,
      ),
      ...(seen.length >= limits.fewest && agreement < limits.correlation
        ? [
            `all of them: intensities agree with those of the others by a correlation of ${agreement.toFixed(2)} only (median), as in brains that were moved to one centre but not registered; --register always registers them`,
          ]
        : []),
    ],
  };
}

/** What an image shows at the places that are looked at. */
interface Seen {
  readonly id: string;
  /** 1 where it is not dark. */
  readonly bright: number[];
  /** Of what is bright, RAS+ mm. */
  readonly centre: Vector3;
  readonly grid: Grid;
  /** Means of the voxels around the places that are looked at. */
  readonly values: Float64Array;
}

/** Of every image the correlation with the mean of the others where most are bright; scale and offset mean nothing. */
function correlations(seen: readonly Seen[], isShown: (place: number) => boolean): number[] {
  const places = [...seen[0].bright.keys()].filter(isShown);
  const standardised = seen.map(({ values }) => {
    const own = places.map((place) => values[place]);
    const mean = own.reduce((sum, value) => sum + value, 0) / own.length;
    const norm = Math.sqrt(own.reduce((sum, value) => sum + (value - mean) ** 2, 0)) || 1;
    return own.map((value) => (value - mean) / norm);
  });
  const total = places.map((_, n) => standardised.reduce((sum, own) => sum + own[n], 0));
  return standardised.map((own) => {
    let [product, square] = [0, 0];
    for (const [n, value] of own.entries()) {
      const others = total[n] - value;
      product += value * others;
      square += others * others;
    }
    return square > 0 ? product / Math.sqrt(square) : 0;
  });
}

function look(id: string, volume: Volume): Seen {
  const { data, grid } = volume;
  const { least } = foreground(volume);
  const [nx, ny] = grid.shape;
  const bright: number[] = [];
  const values: number[] = [];
  const sum = [0, 0, 0];
  let count = 0;
  for (const [i, j, k] of placesOf(grid)) {
    const isBright = data[i + nx * (j + ny * k)] > least;
    bright.push(isBright ? 1 : 0);
    values.push(meanAround(volume, [i, j, k]));
    if (!isBright) continue;
    count += 1;
    const point = applyAffine(grid.affine, [i, j, k]);
    for (const axis of [0, 1, 2] as const) sum[axis] += point[axis];
  }
  return {
    id,
    bright,
    centre: [sum[0] / count, sum[1] / count, sum[2] / count],
    grid,
    values: Float64Array.from(values),
  };
}

/** The mean of a voxel and its neighbours within 1.5 mm, so that noise of fine voxels does not hide what is alike. */
function meanAround({ data, grid }: Volume, [i, j, k]: Vector3): number {
  const [nx, ny, nz] = grid.shape;
  const reach = voxelSizes(grid.affine).map((size) => Math.floor(1.5 / size));
  let [sum, count] = [0, 0];
  for (let z = Math.max(0, k - reach[2]); z <= Math.min(nz - 1, k + reach[2]); z++)
    for (let y = Math.max(0, j - reach[1]); y <= Math.min(ny - 1, j + reach[1]); y++)
      for (let x = Math.max(0, i - reach[0]); x <= Math.min(nx - 1, i + reach[0]); x++) {
        sum += data[x + nx * (y + ny * z)];
        count += 1;
      }
  return sum / count;
}

/** Voxels spread evenly over a grid. */
function* placesOf({ shape: [nx, ny, nz] }: Grid): Generator<Vector3> {
  const step = Math.max(1, Math.floor(Math.cbrt((nx * ny * nz) / wantedPlaces)));
  for (let k = 0; k < nz; k += step)
    for (let j = 0; j < ny; j += step) for (let i = 0; i < nx; i += step) yield [i, j, k];
}

function dice(bright: readonly number[], isOther: (place: number) => boolean): number {
  let [both, sizes] = [0, 0];
  bright.forEach((one, place) => {
    const other = isOther(place) ? 1 : 0;
    both += one * other;
    sizes += one + other;
  });
  return sizes === 0 ? 0 : (2 * both) / sizes;
}

/** The share of what images show that lies in the template's brain, or of that brain where images show something. */
function shareIn({ template, mask }: Target, grid: Grid, isShown: (place: number) => boolean): number {
  const sample = voxelSampler({ grid: template.grid, data: Float32Array.from(mask) }, 'nearest');
  const toVoxels = invertAffine(template.grid.affine);
  let [shown, brain, both, place] = [0, 0, 0, 0];
  for (const voxel of placesOf(grid)) {
    const isBrain = sample(...applyAffine(toVoxels, applyAffine(grid.affine, voxel))) > 0;
    const isSeen = isShown(place);
    place += 1;
    if (isSeen) shown += 1;
    if (isBrain) brain += 1;
    if (isSeen && isBrain) both += 1;
  }
  return both === 0 ? 0 : Math.max(both / shown, both / brain);
}
