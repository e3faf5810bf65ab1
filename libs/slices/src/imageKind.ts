import { type Volume, voxelSizes } from '@oinr/volume';
import type { SliceFields } from './sliceFields.ts';

/** Fewer different numbers than this are labels or classes whatever they look like; scanners give hundreds. */
const fewValues = 17;
/** More than this no atlas has; a scan with fewer grey levels is told by its noise. */
const mostLabels = 3000;
/** In a label map most neighbours are alike; in a scan of few grey levels noise and tissue make them differ. */
const alikeShare = 0.6;

/** Widths of the ranges that scanners and converters give phase in: radians and thousandths, degrees, 12 bits. */
const phaseRanges = [2 * Math.PI, 2000 * Math.PI, 360, 4095, 8191] as const;
/** How far a distribution may lie from a uniform one, by Kolmogorov's distance. Scans lie at 0.3 and more. */
const uniformDistance = 0.15;

/**
 * What an image is that cannot be a T1-weighted scan, as the end of a sentence that begins with its name; undefined where
 * nothing speaks against it. Labels would be averaged to other labels, and phase wraps.
 */
export function otherKind(
  { data, grid }: Volume,
  stem: string,
  { ImageType = [] }: Pick<SliceFields, 'ImageType'>,
): string | undefined {
  if (/(^|_)part-phase(_|$)/.test(stem)) return 'is a phase image by its name (part-phase)';
  if (ImageType.some((word) => /^(P|PHASE)$/i.test(word)))
    return `is a phase image by its sidecar (ImageType ${ImageType.join(', ')})`;
  if (isUniform(data)) return 'looks like a phase image (every value is as frequent as any other)';
  const labels = labelCount({ data, grid });
  return labels === undefined ? undefined : `looks like a label map (${labels} different numbers)`;
}

/** How many labels an image has; undefined where it is no label map. */
function labelCount({ data, grid }: Volume): number | undefined {
  const counts = new Map<number, number>();
  let areWhole = true;
  for (const value of data) {
    areWhole &&= Number.isInteger(value);
    counts.set(value, (counts.get(value) ?? 0) + 1);
    if (counts.size > (areWhole ? mostLabels : fewValues)) return undefined;
  }
  if (counts.size < fewValues) return counts.size;
  if (!areWhole) return undefined;
  let background = Number.NaN;
  for (const [value, count] of counts) if (count > (counts.get(background) ?? 0)) background = value;
  // Neighbours along the axis with the smallest voxels, where both are no background.
  const sizes = voxelSizes(grid.affine);
  const axis = sizes.indexOf(Math.min(...sizes));
  const step = grid.shape.slice(0, axis).reduce((product, size) => product * size, 1);
  let [pairs, alike] = [0, 0];
  for (let index = step; index < data.length; index += 1) {
    const isFirst = Math.floor(index / step) % grid.shape[axis] === 0;
    if (isFirst || data[index] === background || data[index - step] === background) continue;
    pairs += 1;
    if (data[index] === data[index - step]) alike += 1;
  }
  return alike > alikeShare * pairs ? counts.size : undefined;
}

/** Whether values fill one of the ranges of phase evenly; 0 is passed over, which stands around what was masked. */
function isUniform(data: Float32Array): boolean {
  let [low, high] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  for (const value of data) {
    if (value < low) low = value;
    if (value > high) high = value;
  }
  const range = high - low;
  if (!phaseRanges.some((width) => Math.abs(range - width) <= 0.02 * width)) return false;
  const bins = new Float64Array(256);
  let count = 0;
  for (const value of data) {
    if (value === 0) continue;
    count += 1;
    bins[Math.min(255, Math.floor((256 * (value - low)) / range))] += 1;
  }
  let [below, distance] = [0, 0];
  bins.forEach((own, bin) => {
    below += own / count;
    distance = Math.max(distance, Math.abs(below - (bin + 1) / 256));
  });
  return distance < uniformDistance;
}
