import { stream } from '@oinr/random';
import { groupsOf } from './mixture.ts';
import { type MixedPeople, testOfSample } from './models.ts';
import { quantile } from './quantile.ts';
import { type SmallTestsOptions, smallTests } from './smallTests.ts';
import type { ValuePair } from './values.ts';

/** Who has which scans in a point of the curve. */
export type Scans = 'full' | 'imputed' | 'mixed';

export interface PowerOptions extends SmallTestsOptions {
  /** People of each group; each at most the size of the smaller group. */
  readonly sizes: readonly number[];
  /** Samples of people at every size, drawn without replacement. */
  readonly samples: number;
  readonly seed: number;
  /** Level of the uncorrected, two-sided p of Student's t. */
  readonly level: number;
}

/** What there is to find, per voxel of the mask. */
export interface Findable {
  /** 1 where there is an effect. */
  readonly effect: Uint8Array;
  /** 1 where it is decided whether there is one; every voxel by default. */
  readonly decided?: Uint8Array;
}

/** A point of the curve. Shares are means over the samples, with what 95 % of the samples lie between. */
export interface PowerPoint {
  readonly size: number;
  /** Those that could be tested. */
  readonly samples: number;
  readonly voxelsFound: number;
  /** Share of the effect that was found. */
  readonly sensitivity: readonly [mean: number, low: number, high: number] | undefined;
  /** Share of what was found that is no effect. */
  readonly oneMinusPrecision: readonly [mean: number, low: number, high: number] | undefined;
}

/** Sizes of a curve: up to half of the smaller group, about doubling, at least five people. */
export function curveSizes(smallerGroup: number): number[] {
  const most = Math.floor(smallerGroup / 2);
  const sizes: number[] = [];
  for (let size = most; size >= 5; size = Math.floor(size / Math.SQRT2)) sizes.unshift(size);
  return sizes.slice(-5);
}

/**
 * Sensitivity and 1 - precision against the number of people: samples without replacement from the people that there
 * are, the same people for every kind of scans. In a mixed sample half of each group is imputed, and the model is that of
 * kinds. What comes out is conditional on this cohort: samples of half of it overlap.
 */
export async function powerCurve(
  values: ValuePair,
  scans: Scans,
  people: Pick<MixedPeople, 'labels' | 'strata' | 'covariates'>,
  findable: Findable,
  options: PowerOptions,
): Promise<PowerPoint[]> {
  const { sizes, samples, seed, level, ...how } = options;
  const { labels, strata } = people;
  const jobs = sizes.flatMap((size) => Array.from({ length: samples }, (_, sample) => ({ size, sample })));
  const found: Found[][] = sizes.map(() => []);
  const tests = jobs.flatMap(({ size, sample }) => {
    const members = sampleOfGroups(labels, size, seed, sample);
    const isImputed = Uint8Array.from(members, (_, index) =>
      scans === 'full' ? 0 : scans === 'imputed' ? 1 : index % 2,
    );
    // Strata have their means in the model whatever the scans, so that the curves differ in these alone.
    const model = scans === 'mixed' || strata !== undefined ? 'kinds' : 'naive';
    const test = testOfSample(people, members, isImputed, model);
    return test === undefined ? [] : [{ size, test }];
  });
  await smallTests(
    values,
    tests.length,
    (index) => ({ ...tests[index].test, ask: { what: 'voxels', level } }),
    (result, index) => {
      found[sizes.indexOf(tests[index].size)].push(countFound(result.found ?? new Uint8Array(), findable));
    },
    how,
  );
  return sizes.flatMap((size, index) => (found[index].length === 0 ? [] : [pointOf(size, found[index])]));
}

function pointOf(size: number, found: readonly Found[]): PowerPoint {
  return {
    size,
    samples: found.length,
    voxelsFound: mean(found.map(({ voxels }) => voxels)),
    sensitivity: spread(found.flatMap(({ sensitivity }) => sensitivity ?? [])),
    oneMinusPrecision: spread(found.flatMap(({ oneMinusPrecision }) => oneMinusPrecision ?? [])),
  };
}

/** A sample of people: the first group, then the second, each in random order. */
function sampleOfGroups(labels: Uint8Array, size: number, seed: number, sample: number): Int32Array {
  const groups = groupsOf(labels);
  const members = [1, 0].flatMap((label) => {
    return stream(seed, 'sample of people', sample, label).shuffle(groups[label]).slice(0, size);
  });
  return Int32Array.from(members);
}

/**
 * How many people of each group with full scans find as much as this sensitivity, read off their curve by straight lines
 * between its points; undefined outside of it.
 */
export function sizeOfSensitivity(
  curve: readonly Pick<PowerPoint, 'size' | 'sensitivity'>[],
  sensitivity: number,
): number | undefined {
  const points = curve.flatMap(({ size, sensitivity: one }) =>
    one === undefined ? [] : [[size, one[0]] as const],
  );
  for (let at = 1; at < points.length; at++) {
    const [[from, low], [to, high]] = [points[at - 1], points[at]];
    if (sensitivity >= low && sensitivity <= high && high > low)
      return from + ((sensitivity - low) / (high - low)) * (to - from);
  }
  return undefined;
}

interface Found {
  readonly voxels: number;
  readonly sensitivity: number | undefined;
  readonly oneMinusPrecision: number | undefined;
}

function countFound(found: Uint8Array, { effect, decided }: Findable): Found {
  let [voxels, candidates, both, effects] = [0, 0, 0, 0];
  for (let voxel = 0; voxel < found.length; voxel++) {
    voxels += found[voxel];
    if (decided !== undefined && decided[voxel] !== 1) continue;
    candidates += found[voxel];
    effects += effect[voxel];
    both += found[voxel] & effect[voxel];
  }
  return {
    voxels,
    sensitivity: effects === 0 ? undefined : both / effects,
    oneMinusPrecision: candidates === 0 ? undefined : (candidates - both) / candidates,
  };
}

function spread(values: readonly number[]): readonly [number, number, number] | undefined {
  if (values.length === 0) return undefined;
  const sorted = values.toSorted((a, b) => a - b);
  return [mean(values), quantile(sorted, 0.025), quantile(sorted, 0.975)];
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}
