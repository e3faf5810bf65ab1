import { meansOfKinds, type ResolvedDesign } from './design.ts';
import { welchBits } from './welch.ts';

/** Two statistics closer than this in r are ties: they differ by rounding, not by data. */
export const tieTolerance = 3e-6;

/** The part of a design that the threads need, and the number formats that follow from it. */
export interface Model {
  readonly subjects: number;
  readonly groups: readonly [number, number];
  readonly labels: Uint8Array;
  /** Kind of each subject, numbered from 0, where there are several. */
  readonly kinds: Int32Array | undefined;
  /** See labelDirection: that of the labels as they are, where there are several kinds. */
  readonly direction: Float64Array | undefined;
  /** Every kind is divided by its standard deviation. */
  readonly variance: ResolvedDesign['variance'];
  readonly statistic: ResolvedDesign['statistic'];
  readonly basis: readonly Float64Array[];
  readonly loadings: Float64Array;
  readonly labelNorm: number;
  readonly degreesOfFreedom: number;
  /** Fraction bits of the standardised data. */
  readonly fractionBits: number;
  /** The sum over the first group, in fixed point, at which r = 1 (without covariates). */
  readonly sumAtPerfect: number;
}

/**
 * Number formats of a design. A voxel is standardised to norm 1, so a sum over the first group is at most
 * sqrt(n1 n2 / n), with kinds the root of the sum of that over the kinds, and int32 leaves room for 27 fraction bits up to n = 1000, up to 30 for small n, fewer beyond.
 */
export function modelOf(design: ResolvedDesign): Model {
  const { subjects, groups, labels, kinds, variance, statistic, basis, loadings } = design;
  const { labelNorm, degreesOfFreedom } = design;
  // Labels without covariates: a relabeling within kinds leaves the norm of what it does to them unchanged.
  const largestSum =
    basis.length > 0 || kinds === undefined ? Math.sqrt((groups[0] * groups[1]) / subjects) : labelNorm;
  const mostBits = statistic === 'welch' ? welchBits(subjects).valueBits : 30;
  const fractionBits = Math.min(mostBits, Math.floor(Math.log2((2 ** 31 - 1 - subjects) / largestSum)));
  return {
    subjects,
    groups,
    labels,
    kinds,
    direction: kinds && labelDirection(labels, { kinds, labelNorm }),
    variance,
    statistic,
    basis,
    loadings,
    labelNorm,
    degreesOfFreedom,
    fractionBits,
    sumAtPerfect: largestSum * 2 ** fractionBits,
  };
}

/** How the scores that voxels are compared by become T: r = score / scale. */
export interface ScoreScale {
  readonly scale: number;
  readonly degreesOfFreedom: number;
  /** Above this r^2 (Infinity: never) a score has too few digits for 1 - r^2, and T is computed from the data. */
  readonly exactAbove: number;
}

/** Without covariates scores are sums over the first group, with covariates partial correlations; for Welch see welchScore. */
export function scoreScaleOf(model: Model): ScoreScale {
  const { subjects, statistic, basis, degreesOfFreedom, sumAtPerfect } = model;
  if (statistic === 'welch')
    return { scale: 1, degreesOfFreedom: subjects - 2, exactAbove: Number.POSITIVE_INFINITY };
  return basis.length > 0
    ? { scale: 1, degreesOfFreedom, exactAbove: Number.POSITIVE_INFINITY }
    : { scale: sumAtPerfect, degreesOfFreedom, exactAbove: 0.9 };
}

/** T of a (partial) correlation; Infinity at |r| = 1. */
export function tOfCorrelation(r: number, degreesOfFreedom: number): number {
  const rest = (1 - r) * (1 + r);
  if (rest <= 0) return r > 0 ? Number.POSITIVE_INFINITY : Number.NEGATIVE_INFINITY;
  return r * Math.sqrt(degreesOfFreedom / rest);
}

/** The (partial) correlation of a T. */
export function correlationOfT(t: number, degreesOfFreedom: number): number {
  if (!Number.isFinite(t)) return Math.sign(t);
  return t / Math.sqrt(t * t + degreesOfFreedom);
}

/** Below this share of the total sum of squares, what the groups leave over is rounding: T is infinite. */
const perfectShare = 1e-15;

/**
 * T of two groups of one voxel, from values with any scale and offset, by the sums of squares within the groups:
 * exact also where they are small beside the difference (T of hundreds), where 1 - r^2 would have lost its digits.
 * `values[first + stride * i]` is subject i's. Returns 0 where all values are the same.
 */
export function twoSampleT(
  values: ArrayLike<number>,
  first: number,
  stride: number,
  labels: ArrayLike<number>,
  groups: readonly [number, number],
): number {
  const subjects = groups[0] + groups[1];
  let sum1 = 0;
  let sum2 = 0;
  for (let i = 0, at = first; i < subjects; i++, at += stride) {
    if (labels[i]) sum1 += values[at];
    else sum2 += values[at];
  }
  const mean1 = sum1 / groups[0];
  const mean2 = sum2 / groups[1];
  let within = 0;
  for (let i = 0, at = first; i < subjects; i++, at += stride) {
    const difference = values[at] - (labels[i] ? mean1 : mean2);
    within += difference * difference;
  }
  return tOfSums(mean1 - mean2, within, groups);
}

/**
 * The same with the means of kinds in the model, of values from which they were taken: T by the component along the
 * labels without the means of their kinds, and what it leaves over.
 */
export function twoSampleTWithinKinds(
  values: ArrayLike<number>,
  first: number,
  stride: number,
  direction: Float64Array,
  degreesOfFreedom: number,
): number {
  let component = 0;
  for (let i = 0, at = first; i < direction.length; i++, at += stride) component += values[at] * direction[i];
  let rest = 0;
  for (let i = 0, at = first; i < direction.length; i++, at += stride)
    rest += (values[at] - component * direction[i]) ** 2;
  if (component === 0) return 0;
  if (rest <= perfectShare * component * component) return Math.sign(component) * Number.POSITIVE_INFINITY;
  return component * Math.sqrt(degreesOfFreedom / rest);
}

/** Labels without the means of their kinds, scaled to norm 1. */
export function labelDirection(
  labels: ArrayLike<number>,
  { kinds, labelNorm }: Pick<Model, 'kinds' | 'labelNorm'>,
): Float64Array {
  const shares = meansOfKinds(labels, kinds);
  return Float64Array.from(labels, (label, i) => (label - shares[kinds?.[i] ?? 0]) / labelNorm);
}

/** T from the difference of the group means and the sum of squares within the groups; 0 where all values are the same. */
export function tOfSums(difference: number, within: number, groups: readonly [number, number]): number {
  const subjects = groups[0] + groups[1];
  const between = (difference * difference * groups[0] * groups[1]) / subjects;
  if (between === 0) return 0;
  if (within <= perfectShare * between) {
    return difference > 0 ? Number.POSITIVE_INFINITY : Number.NEGATIVE_INFINITY;
  }
  return Math.sign(difference) * Math.sqrt((between * (subjects - 2)) / within);
}
