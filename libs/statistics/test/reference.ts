import type { ResolvedDesign } from '../src/design.ts';
import { tieTolerance } from '../src/model.ts';
import type { Relabelings } from '../src/relabelings.ts';

/** What the plain reference computes; shapes as in the result of `permutationTest`. */
export interface ReferenceResult {
  readonly t: Float64Array;
  /** statistic >= observed, <= observed, |statistic| >= |observed|; one count per voxel. */
  readonly uncorrected: { readonly gt: Uint32Array; readonly lt: Uint32Array; readonly two: Uint32Array };
  readonly familyWise: { readonly gt: Uint32Array; readonly lt: Uint32Array; readonly two: Uint32Array };
  /** relabelings x voxels: every statistic of every relabeling. */
  readonly maps: readonly Float64Array[];
}

/**
 * The test as it is written in a textbook, in float64: for every relabeling and voxel the model is fitted by least
 * squares and r = T / sqrt(T^2 + df) is compared with the observed one, ties within the tolerance. Slow; the truth
 * in the tests of the fast kernels. `values` is subjects x voxels, subject-major; every voxel must be testable.
 */
export function referenceTest(
  values: ArrayLike<number>,
  design: ResolvedDesign,
  relabelings: Relabelings,
): ReferenceResult {
  const { subjects } = design;
  const voxels = values.length / subjects;
  const maps: Float64Array[] = [];
  for (let index = 0; index < relabelings.count; index++) {
    const row = relabelings.rows.subarray(index * subjects, (index + 1) * subjects);
    maps.push(
      Float64Array.from({ length: voxels }, (_, voxel) => {
        const y = Float64Array.from({ length: subjects }, (_, i) => values[i * voxels + voxel]);
        return relabelings.kind === 'labels' ? correlation(y, row, design) : freedmanLane(y, row, design);
      }),
    );
  }
  const observed = maps[0];
  const count = (
    reaches: (value: number, observed: number) => boolean,
    of: (map: Float64Array, v: number) => number,
  ) =>
    Uint32Array.from(observed, (value, voxel) => maps.filter((map) => reaches(of(map, voxel), value)).length);
  const gt = (value: number, bound: number) => value >= bound - tieTolerance;
  const lt = (value: number, bound: number) => value <= bound + tieTolerance;
  const two = (value: number, bound: number) => Math.abs(value) >= Math.abs(bound) - tieTolerance;
  const own = (map: Float64Array, voxel: number) => map[voxel];
  const largest = new Map(maps.map((map) => [map, map.reduce((a, b) => Math.max(a, b), -Infinity)]));
  const smallest = new Map(maps.map((map) => [map, map.reduce((a, b) => Math.min(a, b), Infinity)]));
  const max = (map: Float64Array) => largest.get(map) as number;
  const min = (map: Float64Array) => smallest.get(map) as number;
  return {
    t: observed.map((r) => r * Math.sqrt(design.degreesOfFreedom / (1 - r * r))),
    uncorrected: { gt: count(gt, own), lt: count(lt, own), two: count(two, own) },
    familyWise: {
      gt: count(gt, max),
      lt: count(lt, min),
      two: count(two, (map) => Math.max(max(map), -min(map))),
    },
    maps,
  };
}

/**
 * Correlation of values with 0/1 labels; with kinds the partial correlation, the means of the kinds taken out, of values
 * divided by the standard deviation of their kind where each has its own.
 */
function correlation(
  y: Float64Array,
  labels: ArrayLike<number>,
  { kinds, variance }: Pick<ResolvedDesign, 'kinds' | 'variance'>,
): number {
  const x = Float64Array.from(labels);
  const centred = y.slice();
  for (const kind of new Set(kinds === undefined ? [0] : Array.from(kinds))) {
    const isOfKind = (i: number) => (kinds?.[i] ?? 0) === kind;
    for (const values of [x, centred]) removeMean(values, isOfKind);
    if (variance !== 'by-kind') continue;
    const members = [...y.keys()].filter(isOfKind);
    const square = members.reduce((sum, i) => sum + centred[i] ** 2, 0);
    for (const i of members) centred[i] = centred[i] / Math.sqrt(square / (members.length - 1));
  }
  return dot(x, centred) / Math.sqrt(dot(x, x) * dot(centred, centred));
}

/** Partial correlation with the groups of y* = fit of the covariates + permuted residuals. */
function freedmanLane(y: Float64Array, permutation: ArrayLike<number>, design: ResolvedDesign): number {
  const residuals = residualsOf(y, design.basis);
  const relabeled = y.map((value, i) => value - residuals[i] + residuals[permutation[i]]);
  const left = residualsOf(relabeled, design.basis);
  const labels = residualsOf(Float64Array.from(design.labels), design.basis);
  return dot(left, labels) / Math.sqrt(dot(left, left) * dot(labels, labels));
}

function residualsOf(y: Float64Array, basis: readonly Float64Array[]): Float64Array {
  const residuals = y.slice();
  removeMean(residuals);
  for (const vector of basis) {
    const component = dot(residuals, vector);
    for (let i = 0; i < residuals.length; i++) {
      residuals[i] = residuals[i] - component * vector[i];
    }
  }
  return residuals;
}

function removeMean(values: Float64Array, isMember: (index: number) => boolean = () => true): void {
  const members = [...values.keys()].filter(isMember);
  const mean = members.reduce((sum, i) => sum + values[i], 0) / members.length;
  for (const i of members) values[i] = values[i] - mean;
}

function dot(a: Float64Array, b: Float64Array): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += a[i] * b[i];
  return sum;
}
