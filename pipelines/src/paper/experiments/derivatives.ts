import { differentiableOctaves, type RecipeName, recipeOf } from '@oinr/inr';
import { percentile } from '@oinr/metrics';
import type { Image } from '@oinr/signals';
import type { Bench, Experiment, Measurement, PaperSettings, Trial, TrialResult } from '../experiment.ts';
import { fitAndMeasure } from '../fitting.ts';
import { operatorOn } from '../imageNetworks.ts';
import { correlation, psnrOf } from '../metrics.ts';
import {
  centralDifference,
  closedForm,
  type EncodingOf,
  exactEncoding,
  inside,
  laplacian,
  magnitude,
  type Slopes,
  sobel,
} from '../slopes.ts';

/** Figure 8: the gradient of a photograph from the weights of an O-INR. */
export const derivatives: Experiment = {
  name: 'derivatives',
  title: 'Derivatives in closed form',
  redoes: 'Section 7, Fig. 8',
  about:
    "An O-INR is fitted to a photograph, and its derivatives are calculated from its weights by the chain rule. Measured: their correlation with central differences of the O-INR's own image (correlation: the length of the gradient; correlation_x and correlation_y: along columns and rows), their relative error against these, and the correlation with Sobel's derivative of the photograph (truth_correlation). Baseline: central differences of the photograph. oinr-filtered-encoding takes the differences of the encoding for its derivative, as the authors' code does with Sobel's filter.",
  takes: 'image',
  cases: ['coffee'],
  trials: (settings) => [centralDifferences, ...fitsOf(settings).map(fitted)],
};

interface DerivativeFit {
  readonly octaves: number;
  readonly hidden: readonly number[];
  readonly recipe: RecipeName;
  readonly learningRate?: number;
  readonly steps: number;
}

/**
 * Loose fits with the paper's optimiser, and tight ones, which need fewer octaves. At full size the octaves follow the rule
 * for a side of 400 pixels.
 */
function fitsOf({ size, octaves, recipe, steps }: PaperSettings): DerivativeFit[] {
  const isQuarter = size === 'quarter';
  const most = isQuarter ? 4 : differentiableOctaves(400);
  const [wide, narrow] = isQuarter ? [32, 16] : [64, 64];
  const loose = octaves === undefined ? [10, ...(isQuarter ? [6, 5] : []), most] : [octaves];
  const tight = octaves === undefined ? [most, most - 1] : [octaves];
  const layers = (width: number): readonly number[] => new Array<number>(5).fill(width);
  return [
    ...loose.map(
      (count): DerivativeFit => ({
        ...{ octaves: count, hidden: layers(wide), recipe: 'paper', learningRate: 5e-3 },
        steps: steps ?? 200,
      }),
    ),
    ...(recipe === 'paper' ? [] : tight).map(
      (count): DerivativeFit => ({
        ...{ octaves: count, hidden: layers(narrow), recipe: 'muon' },
        steps: steps ?? 300,
      }),
    ),
  ];
}

// Zero padding shows in what is next to the edge.
const border = 2;

function fitted({ octaves, hidden, recipe, learningRate, steps }: DerivativeFit): Trial {
  return {
    method: `oinr-${recipe}-${octaves}-octaves`,
    guess: recipe === 'muon' ? 9 : 14,
    async run(bench): Promise<TrialResult> {
      const image = await bench.image();
      const { network, x, target, imageOf } = operatorOn(image, octaves, hidden);
      const { fit, measurements } = await fitAndMeasure(
        bench,
        {
          ...{ network, octaves, x, target, steps, measureAt: [50, 100, 150, 200] },
          recipe: recipeOf(network, recipe, learningRate),
          name: `derivatives ${octaves} octaves`,
        },
        (values) => ({ psnr_db: psnrOf(values, target.values) }),
      );
      const represented = imageOf(fit.values);
      const executor = await bench.executor();
      const derive = (encoding: EncodingOf, along: readonly (readonly number[])[]): Promise<Image[]> =>
        closedForm(executor, network, fit.state.parameters, image, encoding, along);
      const exact = exactEncoding(octaves, image);
      const [y, horizontal, yy, xx] = await derive(exact, [[0], [1], [0, 0], [1, 1]]);
      const filtered = await derive(filteredEncoding(exact, image), [[0], [1]]);
      const bend = { ...yy, data: yy.data.map((value, i) => value + xx.data[i]) };
      const found: Slopes = { y, x: horizontal };
      const expected = slopesBy(centralDifference, represented);
      const last = measurements[measurements.length - 1];
      const rows = (values: Readonly<Record<string, number>>, method = 'oinr'): Measurement[] =>
        Object.entries(values).map(([metric, value]) => ({ ...last, method, metric, value }));
      return {
        shape: `${image.height}x${image.width}`,
        measurements: [
          ...measurements.map((one) => ({ ...one, method: 'oinr' })),
          ...rows({
            ...agreement(found, expected),
            ...agreementWithTruth(found, image),
            laplacian_correlation: correlation(inside(bend, border), inside(laplacian(represented), border)),
          }),
          ...rows(agreement({ y: filtered[0], x: filtered[1] }, expected), 'oinr-filtered-encoding'),
        ],
        pictures: [
          { label: 'closed-form', image: shown(magnitude(found)) },
          { label: 'central-differences', image: shown(magnitude(expected)) },
          { label: 'represented', image: represented },
        ],
        remarks: [...image.remarks, ...remarksOn(octaves, image)],
      };
    },
  };
}

/** The trivial baseline: what one has without any network. */
const centralDifferences: Trial = {
  method: 'central-differences',
  guess: 0,
  async run(bench: Bench): Promise<TrialResult> {
    const image = await bench.image();
    const measures = agreementWithTruth(slopesBy(centralDifference, image), image);
    return {
      shape: `${image.height}x${image.width}`,
      measurements: Object.entries(measures).map(([metric, value]) => ({ metric, value })),
      pictures: [{ label: 'truth', image: shown(magnitude(slopesBy(sobel, image))) }],
      remarks: image.remarks,
    };
  },
};

function slopesBy(derivative: (image: Image, axis: number) => Image, image: Image): Slopes {
  return { y: derivative(image, 0), x: derivative(image, 1) };
}

/** How well derivatives agree with those of the same image by differences. */
function agreement(found: Slopes, expected: Slopes): Record<string, number> {
  const [error, size] = (['x', 'y'] as const).reduce(
    (sums, axis) => {
      const [a, b] = [inside(found[axis], border), inside(expected[axis], border)];
      return [
        sums[0] + a.reduce((sum, value, i) => sum + (value - b[i]) ** 2, 0),
        sums[1] + b.reduce((sum, value) => sum + value ** 2, 0),
      ];
    },
    [0, 0],
  );
  return {
    correlation_x: correlation(inside(found.x, border), inside(expected.x, border)),
    correlation_y: correlation(inside(found.y, border), inside(expected.y, border)),
    correlation: correlation(inside(magnitude(found), border), inside(magnitude(expected), border)),
    // An image without edges has no error relative to them.
    ...(size > 0 && { relative_error: Math.sqrt(error / size) }),
  };
}

function agreementWithTruth(found: Slopes, image: Image): Record<string, number> {
  const truth = agreement(found, slopesBy(sobel, image));
  return {
    truth_correlation_x: truth.correlation_x,
    truth_correlation_y: truth.correlation_y,
    truth_correlation: truth.correlation,
  };
}

/** The authors' derivative of the encoding: differences between its pixels, which octaves above the sixth do not survive. */
function filteredEncoding(exact: EncodingOf, { height, width }: Image): EncodingOf {
  return (order) => {
    const data = exact([0, 0]);
    const channels = data.length / (height * width);
    return order.reduce<Image>(
      (encoding, times, axis) => {
        if (times === 0) return encoding;
        const perPixel = centralDifference(encoding, axis);
        const pixel = 2 / ((axis === 0 ? height : width) - 1);
        return { ...perPixel, data: perPixel.data.map((value) => value / pixel) };
      },
      { channels, height, width, data },
    ).data;
  };
}

function remarksOn(octaves: number, { height, width }: Image): string[] {
  const shorter = Math.min(height, width);
  const most = differentiableOctaves(shorter);
  return octaves <= most
    ? []
    : [
        `The derivative of an O-INR of ${octaves} octaves is not the gradient of an image of ${shorter} pixels; that of at most ${most} is.`,
      ];
}

/** Lengths of gradients as grey values: 1 is their 99th percentile. */
function shown({ channels, height, width, data }: Image): Image {
  const size = height * width;
  const mean = Float32Array.from({ length: size }, (_, i) => {
    let sum = 0;
    for (let channel = 0; channel < channels; channel++) sum += data[channel * size + i];
    return sum / channels;
  });
  const white = percentile(mean, 99) || 1;
  return { channels: 1, height, width, data: mean.map((value) => Math.min(1, value / white)) };
}
