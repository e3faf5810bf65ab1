import {
  channelsFirst,
  channelsLast,
  gridPoints,
  operatorNetwork,
  positionalEncoding,
  recipeOf,
  type Samples,
  type SignalNetwork,
  shiftGamma,
  siren,
  waveGamma,
} from '@oinr/inr';
import type { Clip, Image } from '@oinr/signals';
import { CaseError } from '../caseSignals.ts';
import type { Bench, Experiment, PaperSettings, Trial, TrialResult } from '../experiment.ts';
import { fitAndMeasure, octaveRemarks, recipeFor } from '../fitting.ts';
import { meanPsnr } from '../metrics.ts';

/** Figs 5 and 7: a clip as the weights of a network, also from every second frame. */
export const video: Experiment = {
  name: 'video',
  title: 'Clips',
  redoes: 'Figs 5 and 7, Appendix H',
  about:
    'O-INR is fitted to all frames (consecutive), or to every second one (sparse), and then asked for those between. Time enters by the paper\u2019s gamma, which is added to the encoding, or as waves in channels of their own. SIREN takes x, y and time. psnr_db: to the frames of the fit, the mean of their PSNRs; psnr_held_out_db: to those between. Baselines for these: the blend of both neighbours, and the mean of all frames of the fit.',
  published:
    'a cat (35.68 dB) and a road for consecutive frames, bikes for every second one, by a network of 1.35 million parameters.',
  takes: 'video',
  cases: ['pan'],
  trials: ({ size, octaves = paperOctaves }) => [
    blend,
    operatorTrial('oinr-consecutive', octaves, size, { isSparse: false, time: 'shift' }),
    operatorTrial('oinr-sparse', octaves, size, { isSparse: true, time: 'shift' }),
    operatorTrial('oinr-waves-sparse', octaves, size, { isSparse: true, time: 'waves' }),
    sirenTrial(size),
  ],
};

const paperOctaves = 10;
const waveOctaves = 3;
const batch = 8;
const measureAt = [20, 40, 80];

/** Quarter: 40,163 and 40,463 parameters. Full: the network of the authors' code, 1,352,771, and SIREN with as many. */
const sizes: Readonly<
  Record<
    PaperSettings['size'],
    { readonly oinr: readonly number[]; readonly siren: number; readonly steps: number }
  >
> = {
  quarter: { oinr: [32, 32, 32, 32], siren: 140, steps: 150 },
  full: { oinr: [64, 128, 256, 256, 128, 64], siren: 821, steps: 1000 },
};

/** Frames of the fit and those between two of them, by their numbers. */
interface Split {
  readonly fit: readonly number[];
  readonly heldOut: readonly number[];
}

/** @throws CaseError where no frame lies between two others. */
function splitOf({ frames }: Clip, isSparse: boolean, name: string): Split {
  const all = frames.map((_, n) => n);
  if (!isSparse) return { fit: all, heldOut: [] };
  if (frames.length < 3)
    throw new CaseError(
      `${name} has ${frames.length} frames; every second one is left out and predicted, which takes three or more.`,
    );
  return {
    fit: all.filter((n) => n % 2 === 0),
    heldOut: all.filter((n) => n % 2 === 1 && n + 1 < frames.length),
  };
}

const joined = (images: readonly Image[]): Float32Array => {
  const [{ data }] = images;
  const values = new Float32Array(images.length * data.length);
  for (const [n, image] of images.entries()) values.set(image.data, n * data.length);
  return values;
};

/** PSNR to the frames of the fit, and to those held out, from values of all frames (frames, channels, height, width). */
function measuresOf(values: Float32Array, { frames }: Clip, { fit, heldOut }: Split): Record<string, number> {
  const frameSize = frames[0].data.length;
  const psnrTo = (numbers: readonly number[]): number =>
    meanPsnr(
      numbers.map((n) => values.subarray(n * frameSize, (n + 1) * frameSize)),
      numbers.map((n) => frames[n].data),
    );
  return {
    psnr_db: psnrTo(fit),
    ...(heldOut.length > 0 && { psnr_held_out_db: psnrTo(heldOut) }),
  };
}

/** The middle one of the frames held out, or of all. */
function shownFrame({ heldOut, fit }: Split): number {
  const numbers = heldOut.length > 0 ? heldOut : fit;
  return numbers[Math.floor(numbers.length / 2)];
}

function resultOf(
  clip: Clip,
  split: Split,
  values: Float32Array,
  rest: Pick<TrialResult, 'measurements'> & { readonly remarks?: readonly string[] },
): TrialResult {
  const { frames, remarks } = clip;
  const n = shownFrame(split);
  const size = frames[0].data.length;
  return {
    shape: `${frames.length}x${frames[0].height}x${frames[0].width}`,
    measurements: rest.measurements,
    pictures: [{ image: { ...frames[n], data: values.slice(n * size, (n + 1) * size) } }],
    remarks: [...remarks, ...(rest.remarks ?? [])],
  };
}

function operatorTrial(
  method: string,
  octaves: number,
  size: PaperSettings['size'],
  { isSparse, time }: { readonly isSparse: boolean; readonly time: 'shift' | 'waves' },
): Trial {
  return {
    method,
    guess: 36,
    async run(bench): Promise<TrialResult> {
      const clip = await bench.clip();
      const { frames } = clip;
      const [{ channels, height, width }] = frames;
      const split = splitOf(clip, isSparse, bench.case);
      const { oinr, steps } = sizes[size];
      const x = encodedFrames(clip, octaves, time);
      const network = operatorNetwork({ channels: [x.shape[1], ...oinr, channels], bias: true });
      const target = {
        values: joined(frames),
        shape: [frames.length, channels, height, width],
      };
      const { fit, measurements } = await fitAndMeasure(
        bench,
        {
          ...{ network, octaves, x, target, measureAt },
          recipe: recipeFor(bench, network),
          batch: inOrder(split.fit),
          steps: bench.settings.steps ?? steps,
          name: `video ${method}`,
        },
        (values) => measuresOf(values, clip, split),
      );
      const remarks = octaveRemarks(octaves, [height, width]);
      return resultOf(clip, split, fit.values, { measurements, remarks });
    },
  };
}

/** Eight frames a step, one after the other, as in the authors' code; then from the first again. */
function inOrder(frames: readonly number[]) {
  const size = Math.min(batch, frames.length);
  return {
    size,
    rows: (step: number) => Array.from({ length: size }, (_, n) => frames[(step * size + n) % frames.length]),
  };
}

/** The encoding of every frame, (frames, channels, height, width): with time added to all channels, or in its own. */
function encodedFrames({ frames }: Clip, octaves: number, time: 'shift' | 'waves'): Samples {
  const [{ height, width }] = frames;
  const encoding = positionalEncoding(octaves, height, width);
  const pixels = height * width;
  const encoded = frames.map((_, n) => {
    if (time === 'shift') {
      const gamma = shiftGamma(n, frames.length);
      return encoding.map((value) => value + gamma);
    }
    const waves = waveGamma(n, frames.length, waveOctaves);
    const values = new Float32Array(encoding.length + waves.length * pixels);
    values.set(encoding);
    waves.forEach((wave, channel) => {
      values.fill(wave, encoding.length + channel * pixels, encoding.length + (channel + 1) * pixels);
    });
    return values;
  });
  const [first] = encoded;
  const values = new Float32Array(frames.length * first.length);
  for (const [n, one] of encoded.entries()) values.set(one, n * first.length);
  return { values, shape: [frames.length, first.length / pixels, height, width] };
}

function sirenTrial(size: PaperSettings['size']): Trial {
  return {
    method: 'siren-sparse',
    guess: 50,
    async run(bench): Promise<TrialResult> {
      const clip = await bench.clip();
      const split = splitOf(clip, true, bench.case);
      const { frames } = clip;
      const [{ channels, height, width }] = frames;
      const { siren: hidden, steps } = sizes[size];
      const network: SignalNetwork = siren({ channels: [3, hidden, hidden, hidden, channels] });
      const points = gridPoints([frames.length, height, width]);
      const pixels = height * width;
      // A sample is a point; those of the fit are picked, so that no step has to gather them.
      const x = new Float32Array(split.fit.length * pixels * 3);
      const target = new Float32Array(split.fit.length * pixels * channels);
      for (const [at, n] of split.fit.entries()) {
        x.set(points.subarray(n * pixels * 3, (n + 1) * pixels * 3), at * pixels * 3);
        target.set(channelsLast(frames[n].data, channels), at * pixels * channels);
      }
      const framesFirst = (values: Float32Array): Float32Array =>
        joined(
          frames.map((frame, n) => ({
            ...frame,
            data: channelsFirst(
              values.subarray(n * pixels * channels, (n + 1) * pixels * channels),
              channels,
            ),
          })),
        );
      const { fit, measurements } = await fitAndMeasure(
        bench,
        {
          ...{ network, measureAt },
          recipe: recipeOf(network, 'paper-decay'),
          x: { values: x, shape: [split.fit.length * pixels, 3] },
          target: { values: target, shape: [split.fit.length * pixels, channels] },
          evaluation: { values: points, shape: [frames.length * pixels, 3] },
          steps: bench.settings.steps ?? steps,
          name: 'video siren',
        },
        (values) => measuresOf(framesFirst(values), clip, split),
      );
      return resultOf(clip, split, framesFirst(fit.values), { measurements });
    },
  };
}

/** What needs no network: the mean of both neighbours, and the mean of all frames of the fit, on frames held out. */
const blend: Trial = {
  method: 'blend',
  guess: 0,
  async run(bench: Bench): Promise<TrialResult> {
    const clip = await bench.clip();
    const { frames } = clip;
    const split = splitOf(clip, true, bench.case);
    const began = bench.clock();
    const between = joined(
      frames.map((frame, n) => {
        const [before, after] = [frames[Math.max(0, n - 1)], frames[Math.min(frames.length - 1, n + 1)]];
        return { ...frame, data: before.data.map((value, i) => (value + after.data[i]) / 2) };
      }),
    );
    const seconds = bench.clock() - began;
    const mean = frames[0].data.map(
      (_, i) => split.fit.reduce((sum, n) => sum + frames[n].data[i], 0) / split.fit.length,
    );
    const still = joined(frames.map((frame) => ({ ...frame, data: mean })));
    const metric = 'psnr_held_out_db';
    const result = resultOf(clip, split, between, {
      measurements: [
        { seconds, metric, value: measuresOf(between, clip, split)[metric] },
        { method: 'static-mean', metric, value: measuresOf(still, clip, split)[metric] },
      ],
    });
    const truth = { label: 'truth', image: frames[shownFrame(split)] };
    return { ...result, pictures: [truth, ...(result.pictures ?? [])] };
  },
};
