import { type PeakRegions, peakRegions, readAtlas } from '@oinr/ttest';
import type { ComparePlan } from './config.ts';

/** What is known of the space of the compared volumes. */
export interface ComparedSpace {
  /** What the header says that coordinates mean. */
  readonly coordinates: string | undefined;
  /** BIDS label of the template that scans were registered to. */
  readonly template: string | undefined;
}

/**
 * How the peaks of a comparison are named: by the atlas that was given, else by what is known of their space.
 *
 * @throws what readAtlas throws.
 */
export async function regionsOfPeaks(
  { atlas, atlasNames }: Pick<ComparePlan, 'atlas' | 'atlasNames'>,
  space: ComparedSpace,
): Promise<PeakRegions | undefined> {
  return peakRegions(atlas === undefined ? undefined : await readAtlas(atlas, atlasNames), isMni(space));
}

/** By the header, or by the name of the template: not every MNI template's header says what it is. */
function isMni({ coordinates, template }: ComparedSpace): boolean {
  // Runs of earlier versions call MNIColin27 Colin27.
  return coordinates === 'mni' || /^(MNI|Colin27)/i.test(template ?? '');
}
