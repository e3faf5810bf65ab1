import { gridEncoding, noiseEncoding, operatorNetwork, type RecipeName, recipeOf } from '@oinr/inr';
import { stream } from '@oinr/random';
import type { Bench, Experiment, PaperSettings, Trial, TrialResult } from '../experiment.ts';
import { fitAndMeasure, octaveRemarks } from '../fitting.ts';
import { psnrOf } from '../metrics.ts';

/** Remark 2 and Fig. 16: noise in place of octaves, or of all coordinates. */
export const noise: Experiment = {
  name: 'noise',
  title: 'Noise as encoding',
  redoes: 'Remark 2, Fig. 16',
  about:
    'O-INR is fitted to a photograph from octaves, from octaves and channels of fixed noise (oinr-28-noise: 28 of them in place of the upper octaves), and from noise alone (oinr-40-noise), and so is a network of about as many parameters that takes each pixel by itself (pointwise: 1x1 kernels). Measured: PSNR to the photograph. Baseline: its mean colour.',
  takes: 'image',
  cases: ['coffee'],
  trials: (settings) => [meanColour, ...fitsOf(settings).map(fitted)],
};

interface NoiseFit {
  readonly octaves: number;
  /** Channels of noise. */
  readonly noise: number;
  readonly kernel: 1 | 3;
  readonly width: number;
  readonly recipe: RecipeName;
  readonly learningRate?: number;
  readonly steps: number;
}

/** All by Adam at a budget at which noise was found ahead, and the three that matter by Muon, where it need not be. */
function fitsOf({ size, octaves = 10, recipe, steps }: PaperSettings): NoiseFit[] {
  const few = Math.min(3, octaves);
  const all = 4 * octaves;
  const [wide, pointwise] = size === 'quarter' ? [16, 57] : [64, 192];
  const adam = { recipe: 'paper', learningRate: 1e-2, steps: steps ?? 150 } as const;
  const muon = { recipe: 'muon', steps: steps ?? 300 } as const;
  const stack = { kernel: 3, width: wide } as const;
  const point = { kernel: 1, width: pointwise } as const;
  const encodings = {
    octaves: { octaves, noise: 0 },
    few: { octaves: few, noise: 0 },
    one: { octaves, noise: 1 },
    upper: { octaves: few, noise: all - 4 * few },
    alone: { octaves: 0, noise: all },
  };
  const withNoise = few < octaves ? [encodings.upper, encodings.alone] : [encodings.alone];
  return [
    ...[encodings.octaves, ...(few < octaves ? [encodings.few] : []), encodings.one, ...withNoise].map(
      (encoding) => ({ ...encoding, ...stack, ...adam }),
    ),
    ...[encodings.octaves, ...withNoise].map((encoding) => ({ ...encoding, ...point, ...adam })),
    ...(recipe === 'paper' ? [] : [encodings.octaves, ...withNoise]).map((encoding) => ({
      ...{ ...encoding, ...stack, ...muon },
    })),
  ];
}

function fitted({ octaves, noise: channels, kernel, width, recipe, learningRate, steps }: NoiseFit): Trial {
  const method = `${kernel === 1 ? 'pointwise' : 'oinr'}${channels > 0 ? `-${channels}-noise` : ''}`;
  return {
    method: `${method}-${octaves}-octaves-${recipe}`,
    guess: recipe === 'muon' ? 9 : 5,
    async run(bench): Promise<TrialResult> {
      const image = await bench.image();
      const { height, width: columns, data } = image;
      const grid = [height, columns];
      const network = operatorNetwork({
        channels: [4 * octaves + channels, ...new Array<number>(5).fill(width), image.channels],
        kernel,
      });
      const drawn = noiseEncoding(stream(bench.settings.seed, 'paper', 'noise encoding'), channels, grid);
      const { fit, measurements } = await fitAndMeasure(
        bench,
        {
          ...{ network, octaves, steps, measureAt: [50, 100, 150, 200] },
          recipe: recipeOf(network, recipe, learningRate),
          x: {
            values: Float32Array.from([...gridEncoding(octaves, grid), ...drawn]),
            shape: [1, 4 * octaves + channels, ...grid],
          },
          target: { values: data, shape: [1, image.channels, ...grid] },
          name: `noise ${method}`,
        },
        (values) => ({ psnr_db: psnrOf(values, data) }),
      );
      return {
        shape: `${height}x${columns}`,
        measurements: measurements.map((one) => ({ ...one, method })),
        pictures: [{ image: { ...image, data: fit.values } }],
        remarks: [...image.remarks, ...octaveRemarks(octaves, grid)],
      };
    },
  };
}

/** The trivial baseline: one colour for all pixels. */
const meanColour: Trial = {
  method: 'mean-colour',
  guess: 0,
  async run(bench: Bench): Promise<TrialResult> {
    const image = await bench.image();
    const size = image.height * image.width;
    const means = Array.from({ length: image.channels }, (_, channel) => {
      const values = image.data.subarray(channel * size, (channel + 1) * size);
      return values.reduce((sum, value) => sum + value, 0) / size;
    });
    const values = image.data.map((_, i) => means[Math.floor(i / size)]);
    return {
      shape: `${image.height}x${image.width}`,
      measurements: [{ parameters: image.channels, metric: 'psnr_db', value: psnrOf(values, image.data) }],
      pictures: [{ label: 'truth', image }],
      remarks: image.remarks,
    };
  },
};
