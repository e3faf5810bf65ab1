import { DivergedError } from '@oinr/inr';
import { checkKnown, keptRange, restoreKept } from '../../keptSlices.ts';
import { interpolateVolume } from '../../lines/interpolateVolume.ts';
import { linear } from '../../lines/linear.ts';
import { interpolateLines, type LineInterpolation } from '../../lines/lines.ts';
import { pchip } from '../../lines/pchip.ts';
import type { Imputation, ImputationMethod, KeptSlices } from '../../method.ts';
import { keptPlanes } from '../../planes/keptPlanes.ts';
import { planeLayout } from '../../planes/layout.ts';
import { withProgress } from '../../progress.ts';
import { fitRemarks } from '../../training/fitRemarks.ts';
import { baseParameters } from './baseNetwork.ts';
import type { SliceSequence } from './fitSlices.ts';
import { fitSlices, sampleSlices, sliceSequence } from './fitSlices.ts';
import type { OinrPreset } from './presets.ts';
import { compactPreset, paperPreset } from './presets.ts';
import { representationName } from './representation.ts';

export const oinrName = 'oinr';
/** Share of the time that the fit takes; the rest is sampling. */
const fittingShare = 0.85;

/**
 * O-INR on the sequence of slices (paper, section 3): one convolutional network maps the positional encoding and
 * gamma to the slice at gamma; it is fitted to the kept slices of the subject and evaluated at the missing ones.
 * Then the interpolation of the residual at the kept slices is added, so that those come out as measured.
 * A base network for the same preset in the context is a warm start, with fewer steps. Values are clipped to the
 * range of the kept slices, extended to 0 where all are positive.
 */
export function oinr(preset: OinrPreset = compactPreset): ImputationMethod {
  return {
    name: oinrName,
    title: 'O-INR',
    description:
      'one convolutional network maps a positional encoding of slice position to the slice, for all slices of a subject; it is fitted to the kept slices and evaluated at the missing ones (Pal et al., 2024). The interpolation of its residual at the kept slices (the mean of linear and monotone) is added.',
    needs: ['executor', 'base'],
    isTrained: true,
    predicts: false,
    color: '#d55e00',
    async impute(known, context): Promise<Imputation> {
      checkKnown(known);
      context.signal?.throwIfAborted();
      // Slices outside the head's box, and volumes that show nothing to fit, stay linear interpolations.
      const data = interpolateVolume(known, linear);
      const planes = keptPlanes(known);
      const constant =
        'The kept slices are constant, so there is nothing to fit: linear interpolation was used.';
      if (!planes) return { data, steps: 0, remarks: [constant], details: {}, filledBy: 'linear' };
      const sequence = sliceSequence(planes, known.kept);
      const start = baseParameters(context.base, oinrName, representationName(preset));
      const steps = start ? preset.stepsFromBase : stepsFor(sequence, preset);
      try {
        const fitting = withProgress(context, 0, fittingShare);
        const fitted = await fitSlices(sequence, { preset, steps, start }, fitting);
        const { parameters } = fitted.state;
        const wanted = positionsOf(sequence);
        const sampling = withProgress(context, fittingShare, 1);
        const sampled = await sampleSlices(sequence, preset, parameters, wanted, sampling);
        writeCorrected(data, known, sequence, sampled);
        restoreKept(data, known);
        return {
          data,
          steps,
          remarks: fitRemarks(fitted),
          details: {
            network: representationName(preset),
            start: start ? 'base network' : 'random',
            finalLoss: mean(fitted.losses.subarray(-Math.min(50, fitted.losses.length))),
          },
        };
      } catch (error) {
        if (!(error instanceof DivergedError)) throw error;
        const remarks = [`${error.message} Linear interpolation was used.`];
        return { data, steps: 0, remarks, details: {}, filledBy: 'linear' };
      }
    },
  };
}

/** `oinr` with the settings of the paper. */
export function oinrPaper(preset: OinrPreset = paperPreset): ImputationMethod {
  return {
    ...oinr(preset),
    name: 'oinr-paper',
    title: 'O-INR with the settings of the paper',
    description: 'seven convolutions, 1.35 million weights, 10,000 steps per subject.',
    needs: ['executor'],
    onlyWhenNamed: 'the settings of the paper, which take a GPU',
    color: undefined,
  };
}

function stepsFor({ first, last }: SliceSequence, { steps, passes, batch }: OinrPreset): number {
  return passes === undefined ? steps : Math.min(steps, Math.ceil((passes * (last - first + 1)) / batch));
}

/** Every slice from the first to the last of the sequence. */
function positionsOf({ kept, first, last }: SliceSequence): number[] {
  return Array.from({ length: kept[last] - kept[first] + 1 }, (_, n) => kept[first] + n);
}

/** Writes sampled slices plus the interpolated residual of the kept ones into the volume, clipped. */
function writeCorrected(
  data: Float32Array,
  known: KeptSlices,
  { planes, kept, first, last }: SliceSequence,
  sampled: Float32Array,
): void {
  const { rows, columns, box, scale, offset } = planes;
  const size = rows * columns;
  const { sliceStride, rowStride, columnStride } = planeLayout(known.grid.shape, known.axis);
  const [low, high] = keptRange(known);
  const start = kept[first];
  const fitted = kept.slice(first, last + 1);
  const residuals = Float32Array.from(
    { length: fitted.length * size },
    (_, i) =>
      planes.values[first * size + i] - sampled[(fitted[Math.floor(i / size)] - start) * size + (i % size)],
  );
  const positions = Array.from({ length: kept[last] - start + 1 }, (_, n) => start + n);
  const lines = { values: residuals, inner: size, length: fitted.length, outer: 1 };
  const added = interpolateLines(lines, fitted, positions, halfway);
  for (const [n, p] of positions.entries())
    for (let row = 0; row < rows; row++)
      for (let column = 0; column < columns; column++) {
        const i = n * size + row * columns + column;
        const to =
          p * sliceStride + (box.rows[0] + row) * rowStride + (box.columns[0] + column) * columnStride;
        data[to] = Math.min(high, Math.max(low, offset + scale * (sampled[i] + added[i])));
      }
}

/**
 * The mean of linear and monotone interpolation. Of residuals the first is better where slices lie far apart and the second
 * where they are near; their mean is ahead of both or close behind the better one (docs/paper.md).
 */
const halfway: LineInterpolation = (knots, positions) => {
  const [straight, monotone] = [linear(knots, positions), pchip(knots, positions)];
  const other = new Float64Array(positions.length);
  return (values, out) => {
    straight(values, out);
    monotone(values, other);
    for (let n = 0; n < out.length; n++) out[n] = (out[n] + other[n]) / 2;
  };
};

function mean(values: Float32Array): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}
