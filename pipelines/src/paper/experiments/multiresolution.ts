import {
  aliasFreeOctaves,
  channelsLast,
  gridEncoding,
  gridPoints,
  kernelNetwork,
  noiseEncoding,
  operatorNetwork,
  type RecipeName,
  recipeOf,
  type Samples,
  type SignalNetwork,
  scaledKernelNetwork,
  signalPredictor,
  siren,
} from '@oinr/inr';
import { stream } from '@oinr/random';
import { greyImage, type Image, resizeBicubic } from '@oinr/signals';
import type { Bench, Experiment, PaperSettings, Trial, TrialResult } from '../experiment.ts';
import { fitAndMeasure } from '../fitting.ts';
import { psnrOf } from '../metrics.ts';

/** Figures 2, 10, 14 and 15: one operator for all resolutions. */
export const multiresolution: Experiment = {
  name: 'multiresolution',
  title: 'Resolutions that were never seen',
  redoes: 'Section 3.3, Figs 2, 10, 14 and 15',
  about:
    "Networks are trained on a grey photograph at 60 to 112 pixels, one size in every step, and asked for it at 128, which none has seen. Measured: PSNR there (psnr_db) and at the largest size that was seen (seen_psnr_db). O-INR has discrete kernels, the authors' kernel net (ckconv: nine values, whatever the resolution), or kernels that scale (oinr-scaled: functions of offsets in units of the image, averaged over pixels); oinr-edges differs from oinr in the places of its encoding alone, which are those of oinr-scaled. SIREN is trained at the largest size. Baselines: bicubic interpolation from the largest size, and from the smallest.",
  takes: 'image',
  cases: ['camera'],
  trials: (settings) => [
    bicubic('bicubic', seen[seen.length - 1]),
    bicubic('bicubic-from-smallest', seen[0]),
    ...operatorsOf(settings).map(fitted),
    sirenAtLargest,
  ],
};

/** Sizes of training, of a side of 128. */
const seen = [60, 64, 68, 72, 76, 80, 84, 88, 92, 96, 100, 104, 108, 112];
const original = 128;

function sized(image: Image, size: number): Image {
  const side = (length: number): number => Math.max(1, Math.round((length * size) / original));
  return resizeBicubic(image, side(image.height), side(image.width));
}

async function greyOf(bench: Bench): Promise<Image & { readonly remarks: readonly string[] }> {
  const image = await bench.image();
  return { ...greyImage(image), remarks: image.remarks };
}

interface Operator {
  readonly method: string;
  readonly guess: number;
  /** All that the smallest size tells apart where not given. */
  readonly octaves?: number;
  readonly noise?: number;
  readonly ends?: 'middles' | 'edges';
  readonly recipe: RecipeName;
  readonly network: (inputs: number, reference: number) => SignalNetwork;
}

function operatorsOf({ size, recipe, octaves }: PaperSettings): Operator[] {
  const hidden = size === 'quarter' ? [32, 64, 64, 32] : [64, 128, 128, 64];
  const channels = (inputs: number): number[] => [inputs, ...hidden, 1];
  const discrete = (inputs: number): SignalNetwork =>
    operatorNetwork({ channels: channels(inputs), bias: true });
  const adam = recipe === 'paper' ? 'paper' : 'paper-decay';
  const paperOctaves = octaves ?? 10;
  const own = octaves === undefined ? {} : { octaves };
  return [
    {
      ...{ method: 'ckconv', guess: 15, octaves: paperOctaves, noise: 1, recipe: adam },
      network: (inputs) => kernelNetwork({ channels: channels(inputs) }),
    },
    { ...{ method: 'oinr', guess: 14, octaves: paperOctaves, recipe }, network: discrete },
    { ...{ method: 'oinr-alias-free', guess: 14, ...own, recipe }, network: discrete },
    { ...{ method: 'oinr-edges', guess: 14, ...own, ends: 'edges', recipe }, network: discrete },
    {
      ...{ method: 'oinr-scaled', guess: 16, ...own, ends: 'edges', recipe },
      network: (inputs, reference) => scaledKernelNetwork({ channels: channels(inputs), reference }),
    },
  ];
}

function stepsOf({ size, steps }: PaperSettings): number {
  return steps ?? (size === 'quarter' ? 150 : 300);
}

function fitted({ method, guess, noise = 0, ends, recipe, network: networkOf, ...given }: Operator): Trial {
  return {
    method,
    guess,
    async run(bench): Promise<TrialResult> {
      const image = await greyOf(bench);
      const images = seen.map((size) => sized(image, size));
      const [smallest, largest] = [images[0], images[images.length - 1]];
      const octaves =
        given.octaves ?? Math.max(1, aliasFreeOctaves(Math.min(smallest.height, smallest.width)));
      const random = (name: string) => stream(bench.settings.seed, 'paper', 'multiresolution', name);
      const inputs = 4 * octaves + noise;
      const encoded = ({ height, width }: Image): Samples => ({
        values: Float32Array.from([
          ...gridEncoding(octaves, [height, width], { ends }),
          ...noiseEncoding(random(`noise ${height} ${width}`), noise, [height, width]),
        ]),
        shape: [1, inputs, height, width],
      });
      const signals = images.map((one) => ({
        x: encoded(one),
        target: { values: one.data, shape: [1, 1, one.height, one.width] },
      }));
      const steps = stepsOf(bench.settings);
      const draws = random('sizes');
      const order = Array.from({ length: steps }, () => draws.integer(seen.length));
      const network = networkOf(inputs, Math.max(largest.height, largest.width));
      const last = signals[signals.length - 1];
      const atLargest = signalPredictor(await bench.executor(), network, last.x);
      try {
        const { fit, measurements } = await fitAndMeasure(
          bench,
          {
            ...{ network, octaves, steps, measureAt: [50, 100], name: `multiresolution ${method}` },
            recipe: recipeOf(network, recipe),
            ...last,
            sizes: { signals, which: (step) => order[step] },
            evaluation: encoded(image),
          },
          async (values, parameters) => ({
            psnr_db: psnrOf(values, image.data),
            seen_psnr_db: psnrOf(await atLargest.run(parameters, last.x), largest.data),
          }),
        );
        return {
          shape: `${image.height}x${image.width}`,
          measurements,
          pictures: [{ image: { ...image, data: fit.values } }],
          remarks: image.remarks,
        };
      } finally {
        await atLargest.dispose();
      }
    },
  };
}

const sirenAtLargest: Trial = {
  method: 'siren',
  guess: 10,
  async run(bench): Promise<TrialResult> {
    const image = await greyOf(bench);
    const largest = sized(image, seen[seen.length - 1]);
    const width = bench.settings.size === 'quarter' ? 118 : 256;
    const network = siren({ channels: [2, width, width, width, 1] });
    const pointsOf = ({ height, width: columns }: Image): Samples => ({
      values: gridPoints([height, columns]),
      shape: [height * columns, 2],
    });
    const places = pointsOf(largest);
    const steps = stepsOf(bench.settings);
    const atLargest = signalPredictor(await bench.executor(), network, places);
    try {
      const { fit, measurements } = await fitAndMeasure(
        bench,
        {
          ...{ network, steps, measureAt: [50, 100], name: 'multiresolution siren' },
          recipe: recipeOf(network, bench.settings.recipe === 'paper' ? 'paper' : 'paper-decay'),
          x: places,
          target: { values: channelsLast(largest.data, 1), shape: [places.shape[0], 1] },
          evaluation: pointsOf(image),
        },
        async (values, parameters) => ({
          psnr_db: psnrOf(values, image.data),
          seen_psnr_db: psnrOf(await atLargest.run(parameters, places), largest.data),
        }),
      );
      return {
        shape: `${image.height}x${image.width}`,
        measurements,
        pictures: [{ image: { ...image, data: fit.values } }],
        remarks: image.remarks,
      };
    } finally {
      await atLargest.dispose();
    }
  },
};

/** The trivial baseline: a training image, enlarged. */
function bicubic(method: string, size: number): Trial {
  return {
    method,
    guess: 0,
    async run(bench): Promise<TrialResult> {
      const image = await greyOf(bench);
      const began = bench.clock();
      const known = sized(image, size);
      const enlarged = resizeBicubic(known, image.height, image.width);
      const seconds = bench.clock() - began;
      return {
        shape: `${image.height}x${image.width}`,
        measurements: [
          {
            ...{ parameters: known.data.length, seconds, metric: 'psnr_db' },
            value: psnrOf(enlarged.data, image.data),
          },
        ],
        pictures: [{ image: enlarged }, { label: 'truth', image }],
        remarks: image.remarks,
      };
    },
  };
}
