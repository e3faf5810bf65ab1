import { DivergedError } from '@oinr/inr';
import { baseParameters } from '../baseNetwork.ts';
import { fitRemarks } from '../fitRemarks.ts';
import { interpolateVolume } from '../interpolation.ts';
import { keptPlanes } from '../keptPlanes.ts';
import { checkKnown, keptRange, restoreKept } from '../known.ts';
import { linear } from '../linear.ts';
import { gapOf } from '../lines.ts';
import type { Imputation, ImputationMethod, KeptSlices } from '../method.ts';
import type { SliceSequence } from './fitSlices.ts';
import { fitSlices, sampleSlices, sliceSequence } from './fitSlices.ts';
import type { OinrPreset } from './presets.ts';
import { compactPreset } from './presets.ts';
import { representationName } from './representation.ts';

export const oinrName = 'oinr';
const fittingShare = 0.85;

/**
 * O-INR on the sequence of slices (paper, section 3): one convolutional network maps the positional encoding and
 * gamma to the slice at gamma; it is fitted to the kept slices of the subject and evaluated at the missing ones.
 * Then the linear interpolation of the residual at the kept slices is added, so that those come out as measured.
 * A base network for the same preset in the context is a warm start, with fewer steps. Values are clipped to the
 * range of the kept slices, extended to 0 where all are positive.
 */
export function oinr(preset: OinrPreset = compactPreset, name: string = oinrName): ImputationMethod {
  return {
    name,
    async impute(known, context): Promise<Imputation> {
      checkKnown(known);
      context.signal?.throwIfAborted();
      // Where nothing of the head is, and where nothing can be fitted, the result is linear interpolation.
      const data = interpolateVolume(known, linear);
      const planes = keptPlanes(known);
      const constant =
        'The kept slices are constant, so there is nothing to fit: linear interpolation was used.';
      if (!planes) return { data, steps: 0, remarks: [constant], details: {} };
      const sequence = sliceSequence(planes, known.kept);
      const warm = baseParameters(context.base, oinrName, representationName(preset));
      const steps = warm ? preset.stepsFromBase : preset.steps;
      const fitting = (done: number, loss?: number): void => context.onProgress?.(fittingShare * done, loss);
      try {
        const fitted = await fitSlices(sequence, preset, steps, { ...context, onProgress: fitting }, warm);
        const wanted = positionsOf(sequence);
        const { parameters } = fitted.state;
        const sampled = await sampleSlices(sequence, preset, parameters, wanted, context, (done) =>
          context.onProgress?.(fittingShare + (1 - fittingShare) * done),
        );
        writeCorrected(data, known, sequence, sampled);
        restoreKept(data, known);
        return {
          data,
          steps,
          remarks: fitRemarks(fitted),
          details: {
            network: representationName(preset),
            start: warm ? 'base network' : 'random',
            finalLoss: mean(fitted.losses.subarray(-Math.min(50, fitted.losses.length))),
          },
        };
      } catch (error) {
        if (!(error instanceof DivergedError)) throw error;
        return { data, steps: 0, remarks: [`${error.message} Linear interpolation was used.`], details: {} };
      }
    },
  };
}

/** Every slice from the first to the last of the sequence. */
function positionsOf({ kept, first, last }: SliceSequence): number[] {
  const start = kept[first] ?? 0;
  return Array.from({ length: (kept[last] ?? 0) - start + 1 }, (_, n) => start + n);
}

/** Writes sampled slices plus the interpolated residual of the kept ones into the volume, clipped. */
function writeCorrected(
  data: Float32Array,
  known: KeptSlices,
  { planes, kept, first, last }: SliceSequence,
  sampled: Float32Array,
): void {
  const { rows, columns, scale, offset } = planes;
  const size = rows * columns;
  const { shape } = known.grid;
  const strides = [1, shape[0], shape[0] * shape[1]];
  const strideOf = (axis: 0 | 1 | 2): number => strides[axis] ?? 0;
  const [low, high] = keptRange(known);
  const start = kept[first] ?? 0;
  const own = kept.slice(first, last + 1);
  const residual = (n: number, i: number): number =>
    (planes.values[(first + n) * size + i] ?? 0) - (sampled[((own[n] ?? 0) - start) * size + i] ?? 0);
  for (let p = start; p <= (kept[last] ?? 0); p++) {
    const gap = gapOf(own, p);
    const left = own[gap] ?? 0;
    const t = (p - left) / ((own[gap + 1] ?? 0) - left);
    for (let row = 0; row < rows; row++)
      for (let column = 0; column < columns; column++) {
        const i = row * columns + column;
        const value =
          (sampled[(p - start) * size + i] ?? 0) + (1 - t) * residual(gap, i) + t * residual(gap + 1, i);
        const to =
          p * strideOf(known.axis) +
          (planes.rowStart + row) * strideOf(planes.rowAxis) +
          (planes.columnStart + column) * strideOf(planes.columnAxis);
        data[to] = Math.min(high, Math.max(low, offset + scale * value));
      }
  }
}

function mean(values: Float32Array): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}
