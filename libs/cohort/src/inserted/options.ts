import { meanFraction } from '../phantom/people.ts';
import { changingRegions } from '../phantom/regions.ts';

/** The groups of the cohort: without a loss, and with it. First minus second: what is lost is positive. */
export const insertedGroups = ['intact', 'loss'] as const;
export type InsertedGroup = (typeof insertedGroups)[number];

/** What is inserted, and into whom. */
export interface InsertedOptions {
  /** 1: the disease of the phantom as described; 0: nothing but what `lossPercent` names. */
  readonly effectScale: number;
  /** By region: of its volume so many percent are lost (below 0: gained), whatever the scale. */
  readonly lossPercent: Readonly<Partial<Record<string, number>>>;
  readonly seed: number;
  /** Halves are drawn within each group of the base. */
  readonly isBalanced: boolean;
  /** Registration is refined by a B-spline, so that the regions are met where they are in each brain. */
  readonly isNonlinear: boolean;
}

/** The volume that each changing region keeps, as a fraction of its own, in the order of `changingRegions`. */
export function remainingFractions({
  effectScale,
  lossPercent,
}: Pick<InsertedOptions, 'effectScale' | 'lossPercent'>): number[] {
  return changingRegions.map((region) => {
    const loss = lossPercent[region.name];
    return loss === undefined ? meanFraction(region, effectScale) : 1 - loss / 100;
  });
}

/** What is lost, in words: `hippocampus loses 10 %, lateral ventricle gains 20 %`. */
export function lossInWords(options: Pick<InsertedOptions, 'effectScale' | 'lossPercent'>): string {
  const fractions = remainingFractions(options);
  const parts = changingRegions.flatMap(({ name }, index) => {
    const percent = Number((100 * (1 - fractions[index])).toFixed(2));
    const what = `${percent > 0 ? 'loses' : 'gains'} ${Math.abs(percent)} %`;
    return percent === 0 ? [] : [`${name.replaceAll('_', ' ')} ${what}`];
  });
  return parts.length === 0 ? 'no region changes' : parts.join(', ');
}
