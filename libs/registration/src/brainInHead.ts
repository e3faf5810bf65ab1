import { percentile } from '@oinr/metrics';
import type { Volume } from '@oinr/volume';
import { dilateMask, erodeMask, largestComponent } from './morphology.ts';

/** How far from the expected brain it is looked for, in mm. */
const room = 16;
/** Deep enough to be white and grey matter even in a scan that lies a few mm off. */
const depth = 12;
/** Bridges from the brain to what is around it (vessels, nerves, meninges) are thinner than twice this, in mm. */
const bridge = 3;
/** Fluid in furrows narrower than twice this belongs to the brain's outline, in mm. */
const furrow = 10;

/**
 * A rough estimate of the brain in a whole head by thresholds and openings, to measure how well a carried mask fits:
 * tissue near the place where the brain is expected, at least half as bright as its middle and at most twice, the
 * bridges to its surroundings cut, the largest piece, its furrows closed. It uses the expected place only to know
 * where to look (16 mm around), so a scan that lies off shows. Not a skull stripping to work with.
 *
 * @param expected 1 where the template has its brain, on the head's grid (a few mm per voxel).
 */
export function brainInHead(head: Volume, expected: Uint8Array): Uint8Array {
  const { grid, data } = head;
  const middle = percentile(data, 50, erodeMask(expected, grid, depth));
  const near = dilateMask(expected, grid, room);
  const tissue = near.map((value, index) =>
    value === 1 && data[index] > 0.5 * middle && data[index] < 2 * middle ? 1 : 0,
  );
  const core = largestComponent(erodeMask(tissue, grid, bridge), grid);
  const regrown = dilateMask(core, grid, bridge + 1).map((value, index) => value & tissue[index]);
  return erodeMask(dilateMask(regrown, grid, furrow), grid, furrow);
}
