import { acquireSlices, isThick, keptShape } from '@oinr/slices';
import { type ArrayAxis, crop, stridesOf, type Volume, voxelSizes } from '@oinr/volume';
import { headThreshold, intensityRange } from '../../intensities.ts';
import { interpolateVolume } from '../../lines/interpolateVolume.ts';
import { pchip } from '../../lines/pchip.ts';
import type { KeptSlices, MethodContext } from '../../method.ts';
import { withProgress } from '../../progress.ts';
import { reproduceSlices } from '../../thickSlices.ts';
import { applyPrior } from './applyPrior.ts';
import type { PriorModel } from './priorModel.ts';

/** Mean squared errors on in-plane lines, on intensities divided by their 99.5th percentile. */
export interface ThickLineErrors {
  readonly pchip: number;
  /** Of the operator as it came. */
  readonly prior: number;
}

/** What is tested: a scan with thick slices, the full grid as the operator has filled it, and the operator. */
export interface ThickLineTest {
  readonly known: KeptSlices;
  readonly filled: Float32Array;
  readonly operator: PriorModel;
  /** The size of gap that is tested: every how many slices of the full grid one was acquired. */
  readonly every: number;
}

/** Gaps of a test, in the middle of the grid; its outermost two are not counted, since averages end there. */
const testedGaps = 8;

/**
 * Tests an operator on a scan with thick slices, without truth. Along each in-plane axis the lines of the filled volume are
 * averaged and thinned as the slices are, at the same distance and thickness in mm, and filled again by PCHIP and by the
 * operator, both with back-projection. What comes out is averaged over the slice profile and compared with the volume
 * averaged likewise, which is what was measured: the filled volume itself is an estimate. The operator has never seen this
 * subject, so no slice has to be held out. Undefined where slices are thin, where no in-plane axis is long enough, and
 * where the operator answers along none.
 */
export async function testOnThickLines(
  { known, filled, operator, every }: ThickLineTest,
  context: MethodContext,
): Promise<ThickLineErrors | undefined> {
  const { grid, axis: sliceAxis, kept: slices, profile } = known;
  const range = intensityRange(known.data);
  if (!isThick(profile) || range === undefined) return undefined;
  const whole: Volume = { grid, data: filled.slice() };
  reproduceSlices(whole.data, known);
  const sizes = voxelSizes(grid.affine);
  const sums = { pchip: 0, prior: 0, voxels: 0 };
  const axes = ([0, 1, 2] as const).filter((axis) => axis !== sliceAxis);
  for (const [n, axis] of axes.entries()) {
    const lines = Math.max(2, Math.round((every * sizes[sliceAxis]) / sizes[axis]));
    const truth = middleOf(whole, axis, testedGaps * lines + 1);
    if (truth === undefined) continue;
    const thickness = (profile.thickness / every) * lines;
    const kept = Array.from({ length: testedGaps + 1 }, (_, gap) => gap * lines);
    const acquired = acquireSlices(truth, axis, kept, { kind: profile.kind, thickness });
    const { onProgress, signal } = withProgress(context, n / axes.length, (n + 1) / axes.length);
    const prior = await applyPrior(acquired, operator, context.executor, { thickness, onProgress, signal });
    if (prior.gaps < testedGaps) continue;
    const interpolated = interpolateVolume(acquired, pchip);
    for (const volume of [prior.data, interpolated]) reproduceSlices(volume, acquired);
    const averaged = (data: Float32Array): Float32Array =>
      acquireSlices({ grid: truth.grid, data }, sliceAxis, slices, profile).data;
    const [measured, byPrior, byPchip] = [truth.data, prior.data, interpolated].map(averaged);
    const stride = stridesOf(keptShape({ grid: truth.grid, axis: sliceAxis, kept: slices }))[axis];
    for (let i = 0; i < measured.length; i++) {
      const line = Math.floor(i / stride) % truth.grid.shape[axis];
      if (line < lines || line > (testedGaps - 1) * lines) continue;
      if (!((measured[i] - range.offset) / range.scale > headThreshold)) continue;
      sums.pchip += ((byPchip[i] - measured[i]) / range.scale) ** 2;
      sums.prior += ((byPrior[i] - measured[i]) / range.scale) ** 2;
      sums.voxels += 1;
    }
  }
  if (sums.voxels === 0) return undefined;
  return { pchip: sums.pchip / sums.voxels, prior: sums.prior / sums.voxels };
}

/** So many lines of an axis from the middle of the volume; undefined where it has fewer. */
function middleOf(volume: Volume, axis: ArrayAxis, lines: number): Volume | undefined {
  const { shape } = volume.grid;
  if (shape[axis] < lines) return undefined;
  const start: [number, number, number] = [0, 0, 0];
  const size: [number, number, number] = [...shape];
  start[axis] = Math.floor((shape[axis] - lines) / 2);
  size[axis] = lines;
  return crop(volume, { start, shape: size });
}
