import { forwardProgram, input, type TensorValues } from '@oinr/graph';
import {
  fitSignal,
  likenessNames,
  matchChannels,
  type OperatorNetwork,
  operatorNetwork,
  parameterCount,
  positionalEncoding,
  type Recipe,
  recipeOf,
  reorderChannels,
  type Samples,
  signalPredictor,
  siren,
  weightsBetween,
} from '@oinr/inr';
import { stream } from '@oinr/random';
import { boxAverage, cropImage, type Image } from '@oinr/signals';
import type { Bench, Experiment, Measurement, Picture, Trial, TrialResult } from '../experiment.ts';
import { coordinateNetworkOn, type ImageNetwork, operatorOn } from '../imageNetworks.ts';
import { psnrOf } from '../metrics.ts';

/** Section 8 and Figs 9, 19 and 20: what lies between the weights of two images. */
export const weights: Experiment = {
  name: 'weights',
  title: 'Paths between weights',
  redoes: 'Section 8, Figs 9, 19 and 20',
  about:
    'Networks are fitted to two photographs, and their weights go from one to the other in a straight line. Measured: PSNR of the image at t to the blend (1 - t) A + t B, as mean over t = 0.1 .. 0.9 (path_psnr_db) and at t = 0.5 (midpoint_psnr_db), with equal and different initial weights, channels matched or not, the second fit started from the first (warm-start), and one layer moving alone. Baselines: the mean colour of the blend, and an end of the path. output_change is the largest change of an image by the reordering of channels.',
  cases: ['astronaut-chelsea', 'coffee-rocket'],
  trials: ({ recipe, steps = 300, octaves = 10 }) => [
    yardsticks,
    operatorPaths('paper', steps, octaves),
    ...(recipe === 'paper' ? [] : [operatorPaths('muon', steps, octaves)]),
    sirenPaths(steps),
  ],
};

/** Where the pairs are cut out, in pixels of photographs at half their size: 64 x 64 each. */
const crops: Readonly<Record<string, readonly (readonly [name: string, top: number, left: number])[]>> = {
  'astronaut-chelsea': [
    ['astronaut', 10, 80],
    ['chelsea', 30, 70],
  ],
  'coffee-rocket': [
    ['coffee', 60, 100],
    ['rocket', 90, 130],
  ],
};
const side = 64;

type Pair = readonly [Image, Image];

async function pairOf(bench: Bench): Promise<Pair> {
  const isQuarter = bench.settings.size === 'quarter';
  const scale = isQuarter ? 1 : 2;
  const images = await Promise.all(
    crops[bench.case].map(async ([name, top, left]) => {
      const photograph = await bench.photograph(name);
      const sized = isQuarter ? boxAverage(photograph, 2) : photograph;
      return cropImage(sized, scale * top, scale * left, scale * side, scale * side);
    }),
  );
  return [images[0], images[1]];
}

const between = [0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9];
/** Shown in pictures: from one end to the other. */
const shownAt = [0, 0.25, 0.5, 0.75, 1];

/** What the image at t should be. */
function blend([a, b]: Pair, t: number): Float32Array {
  return a.data.map((value, i) => (1 - t) * value + t * b.data[i]);
}

interface Path {
  readonly mean: number;
  readonly middle: number;
}

async function pathOf(pair: Pair, imageAt: (t: number) => Promise<Float32Array>): Promise<Path> {
  const found: number[] = [];
  for (const t of between) found.push(psnrOf(await imageAt(t), blend(pair, t)));
  return { mean: found.reduce((sum, value) => sum + value, 0) / found.length, middle: found[4] };
}

function pathRows(method: string, { mean, middle }: Path, row: Partial<Measurement> = {}): Measurement[] {
  return [
    { ...row, method, metric: 'path_psnr_db', value: mean },
    { ...row, method, metric: 'midpoint_psnr_db', value: middle },
  ];
}

/** The trivial baselines. */
const yardsticks: Trial = {
  method: 'yardsticks',
  guess: 0,
  async run(bench): Promise<TrialResult> {
    const pair = await pairOf(bench);
    const [a, b] = pair;
    const size = a.height * a.width;
    const meanColour = (t: number): Float32Array => {
      const values = blend(pair, t);
      const means = Array.from(
        { length: a.channels },
        (_, channel) =>
          values.subarray(channel * size, (channel + 1) * size).reduce((sum, value) => sum + value, 0) / size,
      );
      return values.map((_, i) => means[Math.floor(i / size)]);
    };
    return {
      shape: `${a.height}x${a.width}`,
      measurements: [
        ...pathRows('mean-colour', await pathOf(pair, async (t) => meanColour(t))),
        ...pathRows('nearer-end', await pathOf(pair, async (t) => (t <= 0.5 ? a : b).data)),
      ],
      pictures: [{ image: sideBySide(shownAt.map((t) => ({ ...a, data: blend(pair, t) }))) }],
    };
  },
};

/** The path of O-INR with all that may help it. */
function operatorPaths(recipeName: 'paper' | 'muon', steps: number, octaves: number): Trial {
  return {
    method: `oinr-${recipeName}`,
    guess: 40,
    async run(bench): Promise<TrialResult> {
      const pair = await pairOf(bench);
      const hidden = new Array<number>(4).fill(bench.settings.size === 'quarter' ? 32 : 64);
      const [first, second] = pair.map((image) => operatorOn(image, octaves, hidden));
      const network = operatorNetwork({ channels: [4 * octaves, ...hidden, 3] });
      const recipe = recipeOf(network, recipeName, recipeName === 'paper' ? 3e-3 : undefined);
      const fits = new Fits(bench, recipe, steps, 4);
      const [one, other] = [0, 1].map((draw) => network.initial(fits.draws('weights oinr', draw)));
      const a = await fits.fit(first, one, 'oinr-first');
      const same = await fits.fit(second, one, 'oinr-same-seed');
      const different = await fits.fit(second, other, 'oinr-different-seeds');
      const warm = await fits.fit(second, a, 'oinr-warm-start');

      const walker = await Walker.open(bench, first, pair);
      try {
        await walker.path('oinr-same-seed', a, same);
        await walker.path('oinr-different-seeds', a, different);
        await walker.path('oinr-warm-start', a, warm);
        for (const [layer] of network.channels.slice(1).entries())
          await walker.path(`oinr-layer-${layer + 1}`, a, same, [`layer${layer}.weights`]);
        const activationsOf = await activations(bench, network, octaves, pair[0]);
        for (const likeness of likenessNames)
          for (const [name, b] of [
            ['oinr-same-seed', same],
            ['oinr-different-seeds', different],
          ] as const) {
            const matched = reorderChannels(
              network,
              b,
              matchChannels(await activationsOf(a), await activationsOf(b), hidden, likeness),
            );
            const method = `${name}-matched${likeness === 'quantiles' ? '-quantiles' : ''}`;
            await walker.change(method, b, matched);
            await walker.path(method, a, matched);
          }
        const shared = { recipe: recipe.name, parameters: parameterCount(network), octaves, step: steps };
        return {
          shape: `${first.target.shape.slice(2).join('x')}`,
          measurements: [...fits.rows(octaves), ...walker.rows.map((row) => ({ ...shared, ...row }))],
          pictures: walker.pictures,
        };
      } finally {
        await walker.close();
      }
    },
  };
}

/** SIREN's path: at its own fit, and where it has come as far as O-INR does by the paper's optimiser. */
function sirenPaths(steps: number): Trial {
  return {
    method: 'siren',
    guess: 20,
    async run(bench): Promise<TrialResult> {
      const pair = await pairOf(bench);
      const width = bench.settings.size === 'quarter' ? 140 : 256;
      const network = siren({ channels: [2, width, width, width, 3], learningRate: 3e-4 });
      const [first, second] = pair.map((image) => coordinateNetworkOn(image, network));
      const fits = new Fits(bench, recipeOf(network), steps, 3);
      const [one, other] = [0, 1].map((draw) => network.initial(fits.draws('weights siren', draw)));
      const a = await fits.fit(first, one, 'siren-first');
      const same = await fits.fit(second, one, 'siren-same-seed');
      const different = await fits.fit(second, other, 'siren-different-seeds');
      const walker = await Walker.open(bench, first, pair);
      try {
        await walker.path('siren-same-seed', a, same);
        await walker.path('siren-different-seeds', a, different);
        const shared = { recipe: 'paper', parameters: parameterCount(network) };
        const rows = walker.rows.splice(0).map((row) => ({ ...shared, step: steps, ...row }));
        const [from, to] = [fits.earliest('siren-first'), fits.earliest('siren-same-seed')];
        if (from && to) {
          await walker.path('siren-same-seed-equal-fit', from.weights, to.weights);
          rows.push(...walker.rows.map((row) => ({ ...shared, step: Math.max(from.step, to.step), ...row })));
        }
        return {
          shape: `${pair[0].height}x${pair[0].width}`,
          measurements: [...fits.rows(), ...rows],
          pictures: walker.pictures,
        };
      } finally {
        await walker.close();
      }
    },
  };
}

/** A fit as loose as this one is "equal" to O-INR's by the paper's optimiser. */
const looseFit = 26.5;

/** The fits of a trial, and their rows. */
class Fits {
  private readonly bench: Bench;
  private readonly recipe: Recipe;
  private readonly steps: number;
  private readonly planned: number;
  private done = 0;
  private readonly curves = new Map<
    string,
    { readonly parameters: number; readonly points: readonly FitPoint[] }
  >();

  constructor(bench: Bench, recipe: Recipe, steps: number, planned: number) {
    this.bench = bench;
    this.recipe = recipe;
    this.steps = steps;
    this.planned = planned;
  }

  draws(name: string, draw: number) {
    return stream(this.bench.settings.seed, 'paper', name, draw);
  }

  /** Fits and keeps the curve under this name; returns the weights. */
  async fit(
    { network, x, target }: ImageNetwork,
    start: TensorValues,
    method: string,
  ): Promise<TensorValues> {
    const { bench, recipe, steps } = this;
    const fit = await fitSignal({
      ...{ network, recipe, steps, x, target, start },
      executor: await bench.executor(),
      measureAt: [10, 20, 30, 40, 50, 60, 80, 100, 150, 200, 250].filter((step) => step < steps),
      measure: (values, weights) => ({ psnr: psnrOf(values, target.values), weights }),
      clock: bench.clock,
      signal: bench.signal,
      onProgress: (share) => bench.onProgress((this.done + share) / this.planned),
    });
    this.done += 1;
    const points = fit.curve.map(({ step, seconds, measures }) => ({ step, seconds, ...measures }));
    this.curves.set(method, { parameters: parameterCount(network), points });
    return fit.state.parameters;
  }

  /** The point at which a fit first came as far as a loose one; undefined where it never did. */
  earliest(method: string): FitPoint | undefined {
    return this.curves.get(method)?.points.find(({ psnr }) => psnr >= looseFit);
  }

  rows(octaves?: number): Measurement[] {
    const { name, optimiser, learningRate } = this.recipe;
    return [...this.curves].flatMap(([method, { parameters, points }]) =>
      points.map(({ step, seconds, psnr }) => ({
        ...{ method, recipe: name, parameters, octaves, step, seconds },
        learningRate: optimiser === 'muon' ? 10 * learningRate : learningRate,
        ...{ metric: 'psnr_db', value: psnr },
      })),
    );
  }
}

interface FitPoint {
  readonly step: number;
  readonly seconds: number;
  readonly psnr: number;
  readonly weights: TensorValues;
}

/** Walks along paths and writes down what it sees. */
class Walker {
  readonly rows: Measurement[] = [];
  readonly pictures: Picture[] = [];
  private readonly pair: Pair;
  private readonly imageOf: (values: Float32Array) => Image;
  private readonly predictor: ReturnType<typeof signalPredictor>;
  private readonly x: Samples;

  private constructor(pair: Pair, { imageOf, x }: ImageNetwork, predictor: Walker['predictor']) {
    this.pair = pair;
    this.imageOf = imageOf;
    this.x = x;
    this.predictor = predictor;
  }

  static async open(bench: Bench, fitted: ImageNetwork, pair: Pair): Promise<Walker> {
    return new Walker(pair, fitted, signalPredictor(await bench.executor(), fitted.network, fitted.x));
  }

  async path(method: string, a: TensorValues, b: TensorValues, moving?: readonly string[]): Promise<void> {
    const imageAt = async (t: number): Promise<Image> => this.image(weightsBetween(a, b, t, moving));
    const path = await pathOf(this.pair, async (t) => (await imageAt(t)).data);
    this.rows.push(...pathRows(method, path));
    const shown: Image[] = [];
    for (const t of shownAt) shown.push(await imageAt(t));
    this.pictures.push({ label: method, image: sideBySide(shown) });
  }

  /** The largest change of the image from one set of weights to another. */
  async change(method: string, from: TensorValues, to: TensorValues): Promise<void> {
    const [a, b] = [await this.image(from), await this.image(to)];
    const value = a.data.reduce((most, each, i) => Math.max(most, Math.abs(each - b.data[i])), 0);
    this.rows.push({ method, metric: 'output_change', value });
  }

  async close(): Promise<void> {
    await this.predictor.dispose();
  }

  private async image(weights: TensorValues): Promise<Image> {
    return this.imageOf(await this.predictor.run(weights, this.x));
  }
}

/** The activations of all hidden layers at the pixels of an image, for given weights. */
async function activations(
  bench: Bench,
  network: OperatorNetwork,
  octaves: number,
  { height, width }: Image,
): Promise<(weights: TensorValues) => Promise<Float32Array[]>> {
  const x = input('x', [1, 4 * octaves, height, width]);
  const layers = network.hidden(x);
  const outputs = Object.fromEntries(layers.map((layer, n) => [`layer${n}`, layer]));
  const program = forwardProgram(outputs);
  const executor = await bench.executor();
  const encoding = positionalEncoding(octaves, height, width);
  return async (weights) => {
    // The last layer stands in no hidden one.
    const own = program.parameters.map(({ attributes: { name } }) => [name, weights[name]]);
    const predictor = await executor.predictor(program);
    try {
      const values = await predictor.run(Object.fromEntries(own), { x: encoding });
      return layers.map((_, n) => values[`layer${n}`]);
    } finally {
      await predictor.dispose();
    }
  };
}

/** Images of one size in a row. */
function sideBySide(images: readonly Image[]): Image {
  const [{ channels, height, width }] = images;
  const data = new Float32Array(images.length * channels * height * width);
  for (const [n, image] of images.entries())
    for (let line = 0; line < channels * height; line++)
      data.set(image.data.subarray(line * width, (line + 1) * width), (line * images.length + n) * width);
  return { channels, height, width: images.length * width, data };
}
