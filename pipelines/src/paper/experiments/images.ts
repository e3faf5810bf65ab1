import { type RecipeName, recipeOf, type Samples } from '@oinr/inr';
import { stream } from '@oinr/random';
import { type ReadImage, resizeBicubic } from '@oinr/signals';
import type { Bench, Experiment, Trial, TrialResult } from '../experiment.ts';
import { fitAndMeasure, octaveRemarks, recipeFor } from '../fitting.ts';
import {
  filterNetworkOn,
  type ImageNetwork,
  operatorOn,
  representationWidths,
  sirenOn,
  wireOn,
} from '../imageNetworks.ts';
import { psnrOf } from '../metrics.ts';

/** Table 1: a photograph as the weights of a network, by four networks, and by a thumbnail of as many numbers. */
export const images: Experiment = {
  name: 'images',
  title: 'Representation of images',
  redoes: 'Table 1, Figs 3 and 11',
  about:
    'Networks of about equally many parameters are fitted to a photograph: O-INR, SIREN, WIRE and MFN; beside the recipe of the run O-INR by Adam as in the paper (oinr-adam), and SIREN at the learning rate of its repository (siren-1e-4). Measured: PSNR to the photograph. Baseline: a thumbnail that has no more values than O-INR has parameters, enlarged by bicubic interpolation.',
  published:
    'five photographs at full size by networks of about 172 thousand parameters, until convergence; steps are not given, and what a fit reaches differs by more than 10 dB with budget and learning rate, so that its decibels cannot be set beside these.',
  takes: 'image',
  cases: ['coffee', 'rocket', 'astronaut', 'chelsea'],
  trials: ({ size, recipe, octaves = paperOctaves }) => {
    const widths = representationWidths[size];
    const oinr = (image: ReadImage): ImageNetwork => operatorOn(image, octaves, widths.oinr);
    return [
      bicubic(widths.oinr, octaves),
      fitted('oinr', 9, oinr),
      ...(recipe === 'paper' ? [] : [fitted('oinr-adam', 9, oinr, { recipe: 'paper' })]),
      fitted('siren', 18, (image) => sirenOn(image, widths)),
      fitted('siren-1e-4', 18, (image) => sirenOn(image, widths, 1e-4)),
      fitted('wire', 39, (image) => wireOn(image, widths, 20, 30), { mostPoints: wirePoints }),
      fitted('mfn', 34, (image) => filterNetworkOn(image, widths)),
    ];
  },
};

const paperOctaves = 10;
const steps = 300;
/** WIRE's own code takes as many random pixels a step; more than the quarter size has. */
const wirePoints = 256 ** 2;
const measureAt = [10, 25, 50, 75, 100, 150, 200, 250];

function fitted(
  method: string,
  guess: number,
  networkOn: (image: ReadImage) => ImageNetwork,
  own: { readonly recipe?: RecipeName; readonly mostPoints?: number } = {},
): Trial {
  return {
    method,
    guess,
    async run(bench): Promise<TrialResult> {
      const image = await bench.image();
      const { height, width, data, remarks } = image;
      const { network, octaves, x, target, imageOf } = networkOn(image);
      const { fit, measurements } = await fitAndMeasure(
        bench,
        {
          ...{ network, octaves, x, target, measureAt },
          recipe: own.recipe === undefined ? recipeFor(bench, network) : recipeOf(network, own.recipe),
          steps: bench.settings.steps ?? steps,
          batch: drawnPoints(bench, x, own.mostPoints),
          name: `images ${method}`,
        },
        (values) => ({ psnr_db: psnrOf(imageOf(values).data, data) }),
      );
      return {
        shape: `${height}x${width}`,
        measurements,
        pictures: [{ image: imageOf(fit.values) }],
        remarks: octaves === undefined ? remarks : [...remarks, ...octaveRemarks(octaves, [height, width])],
      };
    },
  };
}

/** Other random pixels in every step, where there are more than can be taken at once; else all of them. */
function drawnPoints(
  { settings, case: name }: Bench,
  { shape: [points] }: Samples,
  most = Number.POSITIVE_INFINITY,
) {
  if (points <= most) return undefined;
  const rows = (step: number): Int32Array => {
    const random = stream(settings.seed, 'paper', 'points', name, step);
    return Int32Array.from({ length: most }, () => random.integer(points));
  };
  return { size: most, rows };
}

/** A thumbnail with no more values than O-INR has parameters, enlarged. */
function bicubic(hidden: readonly number[], octaves: number): Trial {
  return {
    method: 'bicubic',
    guess: 0,
    async run(bench: Bench): Promise<TrialResult> {
      const image = await bench.image();
      const { channels, height, width, data, remarks } = image;
      const layers = [4 * octaves, ...hidden, channels];
      const parameters = layers.slice(1).reduce((sum, outputs, n) => sum + 9 * layers[n] * outputs, 0);
      const shrink = Math.min(1, Math.sqrt(parameters / data.length));
      const began = bench.clock();
      const small = resizeBicubic(
        image,
        Math.max(1, Math.floor(height * shrink)),
        Math.max(1, Math.floor(width * shrink)),
      );
      const back = resizeBicubic(small, height, width);
      const seconds = bench.clock() - began;
      return {
        shape: `${height}x${width}`,
        measurements: [
          { parameters: small.data.length, seconds, metric: 'psnr_db', value: psnrOf(back.data, data) },
        ],
        pictures: [{ label: 'truth', image }, { image: back }],
        remarks,
      };
    },
  };
}
