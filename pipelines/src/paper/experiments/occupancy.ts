import {
  cutSlabs,
  gridEncoding,
  gridPoints,
  joinSlabs,
  operatorNetwork,
  recipeOf,
  siren,
  slabsOf,
  slabWeights,
} from '@oinr/inr';
import { stream } from '@oinr/random';
import { boxMeans, filledShare, type Image, type OccupancyVolume, resizeTrilinear } from '@oinr/signals';
import type { Bench, Experiment, PaperSettings, Trial, TrialResult } from '../experiment.ts';
import { fitAndMeasure, recipeFor } from '../fitting.ts';
import { intersectionOverUnion } from '../metrics.ts';

/** Figs 6 and 12: a body as the weights of a network. */
export const occupancy: Experiment = {
  name: 'occupancy',
  title: 'Occupancy volumes',
  redoes: 'Figs 6 and 12',
  about:
    'O-INR with kernels of 3x3x3, a slab of the volume a step (with a halo as wide as the network sees), and SIREN, 16,384 random voxels a step, are fitted to a body (1 inside, 0 outside). Measured: intersection over union at 0.5 over all voxels. Baseline: means of boxes of 2 and of 4 voxels a side, interpolated trilinearly.',
  published:
    'the Thai statue, Lucy and others at 512 voxels a side by networks of about a million parameters; neither bodies nor size are to be had here.',
  takes: 'volume',
  cases: ['solid'],
  trials: ({ size, octaves = settingsOf[size].octaves }) => [
    trilinear('trilinear', 2),
    trilinear('trilinear-4', 4),
    operatorTrial(octaves, settingsOf[size]),
    sirenTrial(settingsOf[size]),
  ],
};

interface SizeSettings {
  readonly octaves: number;
  /** Widths of O-INR between encoding and volume. */
  readonly oinr: readonly number[];
  /** Width of SIREN's three layers. */
  readonly siren: number;
  readonly steps: number;
}

/** Quarter: 27,265 and 28,675 parameters. Full: the authors' 969,793 and as many. */
const settingsOf: Readonly<Record<PaperSettings['size'], SizeSettings>> = {
  quarter: { octaves: 5, oinr: [16, 16, 16], siren: 118, steps: 240 },
  full: { octaves: 8, oinr: [64, 128, 128, 64], siren: 695, steps: 1000 },
};
const measureAt = [20, 40, 60, 100, 150, 200];
/** Voxels of a slab along its axis, the middle one, and voxels of a step of SIREN. */
const slabThickness = 16;
const pointsPerStep = 16_384;

function operatorTrial(octaves: number, { oinr, steps }: SizeSettings): Trial {
  return {
    method: 'oinr',
    guess: 100,
    async run(bench): Promise<TrialResult> {
      const volume = await bench.volume();
      const { shape, data } = volume;
      const network = operatorNetwork({ channels: [6 * octaves, ...oinr, 1], axes: 3, learningRate: 5e-3 });
      // Windows reach as far beyond their slab as the network sees, so that slabs leave no seams.
      const cut = slabsOf(shape, { axis: 1, thickness: slabThickness, halo: oinr.length + 1 });
      const { fit, measurements } = await fitAndMeasure(
        bench,
        {
          ...{ network, octaves, measureAt },
          recipe: recipeFor(bench, network),
          x: cutSlabs(cut, gridEncoding(octaves, shape)),
          target: cutSlabs(cut, data),
          weights: slabWeights(cut),
          batch: { size: 1, rows: (step) => [step % cut.slabs.length] },
          steps: bench.settings.steps ?? steps,
          name: 'occupancy oinr',
        },
        (values) => ({ iou: intersectionOverUnion(joinSlabs(cut, values), data) }),
      );
      const body = joinSlabs(cut, fit.values);
      return resultOf(volume, { measurements, pictures: [{ image: depthImage(body, shape) }] });
    },
  };
}

function sirenTrial({ siren: width, steps }: SizeSettings): Trial {
  return {
    method: 'siren',
    guess: 22,
    async run(bench): Promise<TrialResult> {
      const volume = await bench.volume();
      const { shape, data } = volume;
      const network = siren({ channels: [3, width, width, width, 1] });
      const size = Math.min(pointsPerStep, data.length);
      const { fit, measurements } = await fitAndMeasure(
        bench,
        {
          ...{ network, measureAt },
          recipe: recipeOf(network, 'paper'),
          x: { values: gridPoints(shape), shape: [data.length, 3] },
          target: { values: data, shape: [data.length, 1] },
          batch: { size, rows: (step) => randomVoxels(bench, step, size, data.length) },
          steps: bench.settings.steps ?? steps,
          name: 'occupancy siren',
        },
        (values) => ({ iou: intersectionOverUnion(values, data) }),
      );
      return resultOf(volume, { measurements, pictures: [{ image: depthImage(fit.values, shape) }] });
    },
  };
}

function randomVoxels({ settings, case: name }: Bench, step: number, size: number, voxels: number) {
  const random = stream(settings.seed, 'paper', 'voxels', name, step);
  return Int32Array.from({ length: size }, () => random.integer(voxels));
}

function trilinear(method: string, factor: number): Trial {
  return {
    method,
    guess: 0,
    async run(bench): Promise<TrialResult> {
      const volume = await bench.volume();
      const began = bench.clock();
      const means = boxMeans(volume, Math.min(factor, ...volume.shape));
      const back = resizeTrilinear(means, volume.shape);
      const seconds = bench.clock() - began;
      const iou = intersectionOverUnion(back, volume.data);
      return resultOf(volume, {
        measurements: [
          { parameters: means.data.length, seconds, metric: 'iou', value: iou },
          ...(factor === 2 ? [{ method: 'body', metric: 'filled_share', value: filledShare(volume) }] : []),
        ],
        pictures: [
          ...(factor === 2 ? [{ label: 'truth', image: depthImage(volume.data, volume.shape) }] : []),
          { image: depthImage(back, volume.shape) },
        ],
      });
    },
  };
}

function resultOf(
  { shape, remarks }: OccupancyVolume,
  own: Omit<TrialResult, 'shape' | 'remarks'>,
): TrialResult {
  return { ...own, shape: shape.join('x'), remarks };
}

/** The body seen along the rows, nearer parts brighter; the first axis from bottom to top. */
function depthImage(values: Float32Array, [depth, height, width]: OccupancyVolume['shape']): Image {
  const data = new Float32Array(depth * width);
  for (let k = 0; k < depth; k++)
    for (let i = 0; i < width; i++) {
      let j = 0;
      while (j < height && !(values[(k * height + j) * width + i] > 0.5)) j += 1;
      data[(depth - 1 - k) * width + i] = j < height ? 1 - (0.8 * j) / height : 0;
    }
  return { channels: 1, height: depth, width, data };
}
