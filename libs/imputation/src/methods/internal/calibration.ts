import { isThick, type SliceProfile } from '@oinr/slices';
import type { AnatomicalAxis } from '@oinr/volume';
import { headScale, headThreshold, maskShare } from '../../intensities.ts';
import type { MethodContext } from '../../method.ts';
import { predictErrors } from './predictErrors.ts';
import type { ScanPairs } from './scanPairs.ts';
import type { PairSource } from './trainingPairs.ts';

/** Where the kept slices lie, and how far apart pixels are. */
export interface SliceGeometry {
  /** Positions of the kept slices along the axis, in slices of the full grid. */
  readonly kept: readonly number[];
  /** Voxel sizes in mm across the slices, and along their rows' and columns' directions. */
  readonly sizes: { readonly slice: number; readonly row: number; readonly column: number };
  readonly axis: AnatomicalAxis;
}

/** How errors between slices follow from errors within them; see `expectedLinearError`. */
interface CalibrationModel {
  /** Thin slices: by this power of what slices differ more than lines. */
  readonly thin: number;
  /** Logarithm of the factor of thin slices 4 mm apart along each axis, and its change with the logarithm of the distance. */
  readonly axes: Readonly<Record<AnatomicalAxis, readonly [at4mm: number, perLogarithm: number]>>;
  /** Distances of slices in mm that the axes' factors were fitted to. */
  readonly distances: readonly [least: number, most: number];
  /** Thick slices: the power, and the logarithm of a factor. */
  readonly thick: readonly [power: number, factor: number];
}

/** Fitted and checked by benchmarks/predictedErrors.ts (docs/method.md, "Predicted errors"). */
export const calibrationModel: CalibrationModel = {
  thin: 0.415,
  axes: { sagittal: [0.141, -0.07], coronal: [-0.003, -0.029], axial: [-0.153, 0.159] },
  distances: [1.7, 8],
  thick: [0.757, 0.34],
};

/**
 * The mean squared error that linear interpolation will have between the slices, in units of the planes' scale squared. What other
 * methods are expected to have follows from their ratio to it on held-out lines, so no method is chosen for it.
 * Linear interpolation learns nothing, so it is tested in all slices, not in the few that are held out. Undefined where nothing can be tested.
 *
 * Lines are dropped in whole pixels, which are not as far apart as thin slices: the error is brought to their distance by lags around
 * it. Then tissue and resolution differ between directions: the error grows with what neighbouring slices differ more than lines within
 * them. Thin slices show that only at distances beyond the gap, so there the rest is what the axis itself makes of it
 * in heads. Lines within thick slices are smoother than the tissue, so there slices tell more.
 */
export async function expectedLinearError(
  { source, geometry }: Pick<ScanPairs, 'source' | 'geometry'>,
  profile: SliceProfile | undefined,
  context: MethodContext,
  model: CalibrationModel = calibrationModel,
): Promise<number | undefined> {
  const isThickSlice = isThick(profile);
  const { within, acrossOverWithin } = isThickSlice
    ? await thickTerms(source, geometry, profile, context)
    : thinTerms(source, geometry);
  if (within === undefined) return undefined;
  if (isThickSlice) return within * acrossOverWithin ** model.thick[0] * Math.exp(model.thick[1]);
  const [least, most] = model.distances;
  const [at4mm, perLogarithm] = model.axes[geometry.axis];
  const distance = source.every * geometry.sizes.slice;
  const away = Math.log(Math.min(most, Math.max(least, distance)) / 4);
  return within * acrossOverWithin ** model.thin * Math.exp(at4mm + perLogarithm * away);
}

/** What a scan shows of its errors. */
export interface ScanTerms {
  /**
   * Error of linear interpolation within the slices, over gaps as wide as those between slices (thick ones: averaged like them too).
   * Undefined where no direction can be tested.
   */
  readonly within: number | undefined;
  /** See `acrossOverWithin`; 1 where nothing is known of it. */
  readonly acrossOverWithin: number;
}

/** Of thin slices, over voxels above 2 % of the scale; in units of the planes' scale squared. */
export function thinTerms(source: PairSource, { kept, sizes }: SliceGeometry): ScanTerms {
  const { planes, every } = source;
  const { values } = planes;
  const distance = every * sizes.slice;
  const least = maskShare * headScale(values);
  const found = linesOf(source).flatMap(({ line, tested }, n) => {
    if (tested === 0) return [];
    const lag = distance / [sizes.row, sizes.column][n];
    const error = atLag((whole) => linearError(values, line, whole, least), lag, 2);
    const second = atLag((whole) => farFromNeighbours(values, line, whole, least), lag, 1);
    return error === undefined || second === undefined ? [] : [{ error, second }];
  });
  if (found.length === 0) return { within: undefined, acrossOverWithin: 1 };
  const meanOf = (name: 'error' | 'second'): number =>
    found.reduce((sum, one) => sum + one[name], 0) / found.length;
  const across = acrossOf(source, kept, least);
  return {
    within: meanOf('error'),
    acrossOverWithin: across !== undefined && across > 0 ? across / meanOf('second') : 1,
  };
}

/** Of thick slices: lines of all of them are averaged and thinned like the slices, and interpolated. */
export async function thickTerms(
  source: PairSource,
  { kept }: SliceGeometry,
  profile: SliceProfile | undefined,
  context: MethodContext,
): Promise<ScanTerms> {
  const slices = Array.from({ length: source.planes.kept }, (_, n) => n);
  const tested = { interpolations: ['linear'] } as const;
  const { linear } = await predictErrors({ ...source, slices }, profile, tested, context);
  return {
    within: linear > 0 ? linear : undefined,
    acrossOverWithin: acrossOverWithin(source, kept) ?? 1,
  };
}

/**
 * How far a kept slice is from the mean of its two neighbours, over how far a line is from the mean of the lines that lie
 * at the same distance on both sides of it within the slices: squares, means over pixels of the head. Above 1 where tissue
 * or its resolution change more along the slice axis. Undefined where no kept slice has neighbours at that distance, or
 * no line within the slices.
 */
export function acrossOverWithin(source: PairSource, kept: readonly number[]): number | undefined {
  const across = acrossOf(source, kept, headThreshold);
  const { rows, columns } = source.acquired;
  const within = linesOf(source)
    .map(({ line, tested }, n) =>
      tested === 0 ? undefined : farFromNeighbours([rows, columns][n], line, tested, headThreshold),
    )
    .filter((value) => value !== undefined);
  const inside = within.reduce((sum, value) => sum + value, 0) / within.length;
  return across === undefined || !(inside > 0) ? undefined : across / inside;
}

/** How far kept slices are from the mean of their neighbours, see `acrossOverWithin`. */
function acrossOf({ planes, every }: PairSource, kept: readonly number[], least: number): number | undefined {
  const { values, rows, columns } = planes;
  const isBetween = (n: number): boolean =>
    kept[n] - kept[n - 1] === every && kept[n + 1] - kept[n] === every;
  return farFromNeighbours(values, { length: planes.kept, stride: rows * columns }, 1, least, isBetween);
}

/** An axis of an array: how many values it has, and how far they lie apart. */
interface Line {
  readonly length: number;
  readonly stride: number;
}

/** Along rows and along columns: the lines, and how many of them the tests drop at a time, and one. */
function linesOf({
  planes: { rows, columns },
  every,
  linesPerSlice,
}: PairSource): { readonly line: Line; readonly tested: number }[] {
  return [
    { line: { length: rows, stride: columns }, tested: linesPerSlice.rows * every },
    { line: { length: columns, stride: 1 }, tested: linesPerSlice.columns * every },
  ];
}

/** A function of whole lags at a lag between them, as a power of it. `least` is the smallest lag that it knows. */
function atLag(of: (lag: number) => number | undefined, lag: number, least: number): number | undefined {
  const lower = Math.max(least, Math.floor(lag));
  const [low, high] = [of(lower), of(lower + 1)];
  if (low === undefined || !(low > 0)) return undefined;
  if (high === undefined || !(high > 0) || lag === lower) return low;
  return low * (lag / lower) ** (Math.log(high / low) / Math.log((lower + 1) / lower));
}

/**
 * Mean squared error of linear interpolation along an axis where all but one value in `every` are dropped, at every place that
 * they may be dropped from, over values above `least`. Undefined where there is none.
 */
function linearError(
  values: Float32Array,
  { length, stride }: Line,
  every: number,
  least: number,
): number | undefined {
  let sum = 0;
  let count = 0;
  const end = every * stride;
  const whole = length * stride;
  for (let start = 0; start < values.length; start += whole)
    for (let i = start; i < start + whole - end; i++) {
      const from = values[i];
      const slope = (values[i + end] - from) / every;
      for (let step = 1; step < every; step++) {
        const value = values[i + step * stride];
        if (!(value > least)) continue;
        sum += (value - from - slope * step) ** 2;
        count += 1;
      }
    }
  return count === 0 ? undefined : sum / count;
}

/**
 * Mean square of how far values are from the mean of those `step` before and behind them along an axis, over values above
 * `least` at places of the axis that have both and count. Undefined where there is none.
 */
function farFromNeighbours(
  values: Float32Array,
  { length, stride }: Line,
  step: number,
  least: number,
  counts: (place: number) => boolean = () => true,
): number | undefined {
  let sum = 0;
  let count = 0;
  const away = step * stride;
  const whole = length * stride;
  for (let start = 0; start < values.length; start += whole)
    for (let place = step; place < length - step; place++) {
      if (!counts(place)) continue;
      const from = start + place * stride;
      for (let i = from; i < from + stride; i++) {
        if (!(values[i] > least)) continue;
        sum += (values[i] - (values[i - away] + values[i + away]) / 2) ** 2;
        count += 1;
      }
    }
  return count === 0 ? undefined : sum / count;
}
