import { acquireSlices, axisLayout, isThick } from '@oinr/slices';
import { keptRange } from './keptSlices.ts';
import { linear } from './lines/linear.ts';
import { interpolateLines } from './lines/lines.ts';
import type { ImputationMethod, KeptSlices } from './method.ts';

/** Rounds of back-projection; see docs/method.md for what each gains. */
const rounds = 2;

/**
 * Brings a volume nearer to what was acquired, in place: averaged over the profile, it should give the thick slices
 * back. What is missing at each of them is spread by linear interpolation and added (iterative back-projection, Irani
 * and Peleg 1991). A few rounds sharpen; many would sharpen the noise. Values are not let below those of `keptRange`.
 * Thin samples are left alone: they are in the volume already.
 */
export function reproduceSlices(volume: Float32Array, known: KeptSlices, times: number = rounds): void {
  const { grid, axis, kept, profile } = known;
  if (!isThick(profile)) return;
  const { inner, length, outer } = axisLayout(grid.shape, axis);
  const positions = Array.from({ length }, (_, p) => p);
  const [low] = keptRange(known);
  for (let round = 0; round < times; round++) {
    const acquired = acquireSlices({ grid, data: volume }, axis, kept, profile).data;
    const lacking = acquired.map((value, i) => known.data[i] - value);
    const lines = { values: lacking, inner, length: kept.length, outer };
    const correction = interpolateLines(lines, kept, positions, linear);
    for (let i = 0; i < volume.length; i++) volume[i] = Math.max(low, volume[i] + correction[i]);
  }
}

/** The method with back-projection after it where slices are thick, so that all methods are compared alike. */
export function reproducingThickSlices(method: ImputationMethod): ImputationMethod {
  return {
    ...method,
    async impute(known, context) {
      const imputation = await method.impute(known, context);
      reproduceSlices(imputation.data, known);
      return imputation;
    },
  };
}
