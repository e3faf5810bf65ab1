import { type Recipe, recipeOf } from '@oinr/inr';
import { stream } from '@oinr/random';
import { addPhotonNoise, gaussianBlur, type Image, noiseVariance, paperNoise } from '@oinr/signals';
import { CaseError } from '../caseSignals.ts';
import type { Bench, Experiment, Measurement, Trial, TrialResult } from '../experiment.ts';
import { fitAndMeasure, recipeFor } from '../fitting.ts';
import {
  denoisingWidths,
  filterNetworkOn,
  type ImageNetwork,
  operatorOn,
  sirenOn,
  wireOn,
} from '../imageNetworks.ts';
import { meanSquare, psnrOf } from '../metrics.ts';

/** Table 2: networks fitted to a photograph with few photons, which are nearest to the clean one on their way. */
export const denoising: Experiment = {
  name: 'denoising',
  title: 'Denoising',
  redoes: 'Table 2, Figs 4 and 13',
  about:
    'Photons are counted (30 where the photograph is brightest, readout of 2) and networks fitted to the noisy image; PSNR to the clean one after every tenth step. psnr_oracle_db: the best step, which only the clean image tells; psnr_stopped_db: the first step at which the squared error to the noisy image is no larger than the variance of the noise, which is known without it; psnr_db: as it goes on, to the last step. Baseline: a Gaussian blur.',
  published:
    'O-INR of about 130 thousand parameters, learning rate 0.003; 24.28 dB for Astronaut at full size, the best of all epochs against the clean image.',
  takes: 'image',
  cases: ['chelsea'],
  trials: ({ size, recipe, octaves = paperOctaves }) => {
    const widths = denoisingWidths[size];
    const oinr = (image: Image): ImageNetwork => operatorOn(image, octaves, widths.oinr, paperRate);
    return [
      blur,
      fitted('oinr', 5, oinr),
      ...(recipe === 'paper' ? [] : [fitted('oinr-adam', 5, oinr, 'paper')]),
      fitted('siren', 6, (image) => sirenOn(image, widths)),
      fitted('siren-1e-4', 6, (image) => sirenOn(image, widths, 1e-4)),
      fitted('wire', 14, (image) => wireOn(image, widths, 5, 5)),
      fitted('mfn', 12, (image) => filterNetworkOn(image, widths)),
    ];
  },
};

const paperOctaves = 10;
/** The paper's for denoising. */
const paperRate = 3e-3;
const steps = 300;
const everyStep = 10;
/** Widths of the blur among which the best is taken, pixels. */
const sigmas = [0.6, 0.8, 1, 1.2, 1.5];

/** A decay would only bring the fit nearer to the noise. */
const constantMuon: Recipe = { name: 'muon', optimiser: 'muon', learningRate: 0.002, decay: false };

function recipeOfTrial(bench: Bench, { network }: ImageNetwork, own: 'paper' | undefined): Recipe {
  if (own !== undefined) return recipeOf(network, own);
  const recipe = recipeFor(bench, network);
  return recipe.name === 'muon' ? constantMuon : recipe;
}

interface NoisyCase {
  readonly clean: Image;
  readonly noisy: Image;
  /** Of the noise, known from the noisy image alone. */
  readonly variance: number;
  readonly remarks: readonly string[];
}

/** The same noise for every method. */
async function noisyCase(bench: Bench): Promise<NoisyCase> {
  const image = await bench.image();
  const low = image.data.reduce((least, value) => Math.min(least, value), Number.POSITIVE_INFINITY);
  const high = image.data.reduce((most, value) => Math.max(most, value), Number.NEGATIVE_INFINITY);
  if (!(high > low))
    throw new CaseError(`${bench.case} has the same colour everywhere, so there is nothing to be denoised.`);
  const clean = { ...image, data: image.data.map((value) => (value - low) / (high - low)) };
  const noisy = addPhotonNoise(clean, paperNoise, stream(bench.settings.seed, 'paper', 'noise', bench.case));
  return { clean, noisy, variance: noiseVariance(noisy, paperNoise), remarks: image.remarks };
}

function fitted(
  method: string,
  guess: number,
  networkOn: (image: Image) => ImageNetwork,
  own?: 'paper',
): Trial {
  return {
    method,
    guess,
    async run(bench): Promise<TrialResult> {
      const { clean, noisy, variance, remarks } = await noisyCase(bench);
      const made = networkOn(noisy);
      const last = bench.settings.steps ?? steps;
      let stopped: Image | undefined;
      const { fit, measurements } = await fitAndMeasure(
        bench,
        {
          ...{ network: made.network, octaves: made.octaves, x: made.x, target: made.target },
          recipe: recipeOfTrial(bench, made, own),
          steps: last,
          measureAt: Array.from({ length: Math.floor(last / everyStep) }, (_, n) => (n + 1) * everyStep),
          name: `denoising ${method}`,
        },
        (values) => {
          const image = made.imageOf(values);
          const residual = meanSquare(image.data, noisy.data);
          if (residual <= variance) stopped ??= image;
          return { psnr_db: psnrOf(image.data, clean.data), residual_mse: residual };
        },
      );
      return {
        shape: `${clean.height}x${clean.width}`,
        measurements: [...measurements, ...summary(measurements, variance)],
        pictures: [{ label: 'stopped', image: stopped ?? made.imageOf(fit.values) }],
        remarks,
      };
    },
  };
}

/** The oracle's step, and the one at which the rule stops: the last one where the residual stays above the noise. */
function summary(measurements: readonly Measurement[], variance: number): Measurement[] {
  const curve = measurements.filter(({ metric }) => metric === 'psnr_db');
  const residuals = measurements.filter(({ metric }) => metric === 'residual_mse');
  const oracle = curve.reduce((best, point) => (point.value > best.value ? point : best));
  const at = residuals.findIndex(({ value }) => value <= variance);
  return [
    { ...oracle, metric: 'psnr_oracle_db' },
    { ...curve[at < 0 ? curve.length - 1 : at], metric: 'psnr_stopped_db' },
  ];
}

/** The noisy image itself, and blurred: by the best width, and by the widest whose residual is not above the noise. */
const blur: Trial = {
  method: 'gaussian-blur',
  guess: 0,
  async run(bench): Promise<TrialResult> {
    const { clean, noisy, variance, remarks } = await noisyCase(bench);
    const began = bench.clock();
    const blurred = sigmas.map((sigma) => gaussianBlur(noisy, sigma));
    const seconds = bench.clock() - began;
    const all = blurred.map((image) => ({
      image,
      psnr: psnrOf(image.data, clean.data),
      residual: meanSquare(image.data, noisy.data),
    }));
    const oracle = all.reduce((best, one) => (one.psnr > best.psnr ? one : best));
    const stopped = all.findLast(({ residual }) => residual <= variance) ?? all[0];
    return {
      shape: `${clean.height}x${clean.width}`,
      measurements: [
        { method: 'noisy', metric: 'psnr_db', value: psnrOf(noisy.data, clean.data) },
        { method: 'noisy', metric: 'noise_variance', value: variance },
        { parameters: 1, seconds, metric: 'psnr_oracle_db', value: oracle.psnr },
        { parameters: 1, seconds, metric: 'psnr_stopped_db', value: stopped.psnr },
      ],
      pictures: [
        { label: 'truth', image: clean },
        { label: 'noisy', image: noisy },
        { label: 'stopped', image: stopped.image },
      ],
      remarks,
    };
  },
};
