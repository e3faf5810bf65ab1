import { InputError } from '@oinr/errors';
import type { RandomStream } from '@oinr/random';
import { profileWeights } from '@oinr/slices';
import { type AnatomicalAxis, stridesOf, worldAxisOf } from '@oinr/volume';
import { headThreshold } from '../../intensities.ts';
import { blockOrder } from './blockOrder.ts';
import { geometryFunctionCount, geometryFunctions, phaseFunctions } from './gapFunctions.ts';
import { writeFeatures, writeGapPchip } from './neighbourhood.ts';
import type { PriorNetwork } from './network.ts';
import { inputChannels } from './network.ts';
import type { Scene } from './scene.ts';
import { uprightPlane } from './upright.ts';

/** Size and content of one training batch. */
export interface BatchOptions {
  readonly batch: number;
  /** Neighbouring gaps in each sample, a stack. */
  readonly gaps: number;
  /** Side of the square windows within the slices, in pixels; a multiple of the network's block. */
  readonly window: number;
  /** Missing slices that are asked for in each gap. */
  readonly wanted: number;
  /** Every how many slices one is kept: one of these is drawn for each sample. */
  readonly spacings: readonly number[];
  /** Along which axis slices are missing; any where absent. */
  readonly axis?: AnatomicalAxis;
  /** Windows are seen upright (see `uprightPlane`) and from left to right mirrored at random; else turned and mirrored at random. */
  readonly upright?: boolean;
  /** Share of the samples whose kept slices average over a box of up to the gap's size. */
  readonly thickShare: number;
  /** Where given, each sample is cut in one of these ways; else along `axis` and by any of `spacings`. */
  readonly cuts?: readonly Cut[];
}

/** A way to drop slices of a scene: along this array axis one in `every` is kept. */
export interface Cut {
  readonly axis: number;
  readonly every: number;
}

/** One batch, flat and row-major, as the training program takes it. Every sample is a stack of gaps. */
export interface Batch {
  /** (batch, gaps * inputChannels, rows, columns) of blocks. */
  readonly blocks: Float32Array;
  /** (batch, geometry functions). */
  readonly geometry: Float32Array;
  /** (batch, gaps * wanted, phase functions). */
  readonly basis: Float32Array;
  /** (batch, gaps * wanted, block^2 rows columns): truth minus PCHIP. */
  readonly target: Float32Array;
  /** How much each value of the target counts, in its order; absent where the scenes give no weights. */
  readonly pixelWeights?: Float32Array;
  /** Every how many slices one was kept, of each sample. */
  readonly every: readonly number[];
  /** The scene that each sample was taken from. */
  readonly scenes: readonly Scene[];
}

/** Draws one batch. Truth is the scene's own axis: any of the three or `axis`, seen from either side. */
export function drawBatch(
  scenes: readonly Scene[],
  random: RandomStream,
  network: PriorNetwork,
  options: BatchOptions,
): Batch {
  const { batch, gaps, window, wanted } = options;
  const side = window / network.block;
  const inputSize = inputChannels(network) * side * side;
  const area = window * window;
  const blocks = new Float32Array(batch * gaps * inputSize);
  const target = new Float32Array(batch * gaps * wanted * area);
  const geometry = new Float32Array(batch * geometryFunctionCount);
  const basis = new Float32Array(batch * gaps * wanted * network.phases);
  const every: number[] = [];
  const sampledScenes: Scene[] = [];
  const weighted = scenes.some((scene) => scene.weight);
  const pixelWeights = weighted ? new Float32Array(target.length) : undefined;
  const none = new Float32Array(area);
  const base = new Float32Array(area);
  for (let b = 0; b < batch; b++) {
    const sample = drawSample(scenes, random, network, options);
    geometry.set(sample.geometry, b * geometryFunctionCount);
    for (const [g, { planes, slices }] of sample.gaps.entries()) {
      const n = b * gaps + g;
      const gap = { planes, rows: window, columns: window };
      writeFeatures(gap, network.block, blocks.subarray(n * inputSize, (n + 1) * inputSize));
      for (const [w, { phase, truth, weight }] of slices.entries()) {
        const slice = n * wanted + w;
        basis.set(phaseFunctions(phase, network.phases), slice * network.phases);
        writeGapPchip(gap, phase, base);
        const [from, to] = [slice * area, (slice + 1) * area];
        writeBlocks(truth, base, window, network.block, target.subarray(from, to));
        if (weight)
          writeBlocks(weight, none, window, network.block, pixelWeights?.subarray(from, to) ?? none);
      }
    }
    every.push(sample.every);
    sampledScenes.push(sample.scene);
  }
  return {
    blocks,
    geometry,
    basis,
    target,
    every,
    scenes: sampledScenes,
    ...(pixelWeights && { pixelWeights }),
  };
}

/** A missing slice that is asked for. */
interface WantedSlice {
  readonly phase: number;
  readonly truth: Float32Array;
  readonly weight?: Float32Array;
}

/** A stack of neighbouring gaps, seen through one window. */
interface Sample {
  readonly scene: Scene;
  readonly every: number;
  readonly geometry: readonly number[];
  readonly gaps: readonly {
    readonly planes: readonly Float32Array[];
    readonly slices: readonly WantedSlice[];
  }[];
}

// A window must show enough of the head to teach something.
const leastHead = 0.25;
const attempts = 30;

function drawSample(
  scenes: readonly Scene[],
  random: RandomStream,
  network: PriorNetwork,
  options: BatchOptions,
): Sample {
  let sample: Sample | undefined;
  for (let attempt = 0; attempt < attempts; attempt++) {
    const scene = scenes[random.integer(scenes.length)];
    const drawn = sampleOf(scene, random, network, options);
    if (drawn) sample = drawn;
    const middle = drawn?.gaps[Math.floor(drawn.gaps.length / 2)];
    if (drawn && middle && headShare(middle.planes[network.reach]) >= leastHead) return drawn;
  }
  if (!sample) {
    throw new InputError(
      `No training sample fits: the volumes are smaller than a gap of ${Math.max(...options.spacings)} slices.`,
    );
  }
  return sample;
}

function sampleOf(
  scene: Scene,
  random: RandomStream,
  network: PriorNetwork,
  { gaps, window, wanted, spacings, axis: wantedAxis, upright, thickShare, cuts }: BatchOptions,
): Sample | undefined {
  const cut = cuts?.[random.integer(cuts.length)];
  const axis = cut?.axis ?? (wantedAxis === undefined ? random.integer(3) : arrayAxisOf(scene, wantedAxis));
  const [rows, columns] = upright ? uprightSides(scene, axis, random) : turnedSides(axis, random);
  const every = cut?.every ?? spacings[random.integer(spacings.length)];
  const length = scene.shape[axis];
  const thick = random.uniform() < thickShare ? random.uniformIn(1, every) : 0;
  if (length <= every) return undefined;
  // A volume that holds fewer gaps than a stack repeats the last of them.
  const held = Math.min(gaps, Math.floor((length - 1) / every));
  const start = random.integer(length - held * every);
  const place = windowPlace(scene, random, rows, columns, window);
  const stride = stridesOf(scene.shape)[axis];
  const clamped = (position: number): number => {
    let p = position;
    while (p < 0) p += every;
    while (p >= length) p -= every;
    return p;
  };
  // Neighbouring gaps share all but one of their planes.
  const reach = network.reach;
  const planes = Array.from({ length: 2 * reach + held - 1 }, (_, n) => {
    const position = clamped(start + (n - reach + 1) * every);
    return readSlice(scene.measured, place, stride, position, length, thick);
  });
  const mirrored = random.uniform() < 0.5;
  const stack = Array.from({ length: gaps }, (_, n) => {
    const gap = Math.min(n, held - 1);
    const inner = random.permutation(every - 1);
    const asked = Array.from({ length: wanted }, (_, n) => inner[n % inner.length] + 1);
    const around = planes.slice(gap, gap + 2 * reach);
    return {
      planes: mirrored ? around.reverse() : around,
      slices: asked.map((n) => {
        const position = start + gap * every + n;
        return {
          phase: mirrored ? 1 - n / every : n / every,
          truth: readSlice(scene.clean, place, stride, position, length, 0),
          ...(scene.weight && { weight: readSlice(scene.weight, place, stride, position, length, 0) }),
        };
      }),
    };
  });
  return {
    scene,
    every,
    geometry: geometryFunctions({
      distance: every * scene.voxels[axis],
      pixel: Math.sqrt(scene.voxels[rows.axis] * scene.voxels[columns.axis]),
      thickness: thick / every,
    }),
    gaps: mirrored ? stack.reverse() : stack,
  };
}

function arrayAxisOf({ directions }: Scene, axis: AnatomicalAxis): number {
  const found = directions?.findIndex(({ world }) => world === worldAxisOf[axis]) ?? -1;
  if (found < 0) throw new TypeError(`The ${axis} axis is wanted of a volume whose axes have no directions.`);
  return found;
}

/** An array axis along which a window runs, and whether it does so against the index; drawn once the window is placed where absent. */
interface WindowSide {
  readonly axis: number;
  readonly isReversed?: boolean;
}

function turnedSides(sliceAxis: number, random: RandomStream): WindowSide[] {
  return random.shuffle([0, 1, 2].filter((axis) => axis !== sliceAxis)).map((axis) => ({ axis }));
}

function uprightSides({ directions }: Scene, sliceAxis: number, random: RandomStream): WindowSide[] {
  if (directions === undefined)
    throw new TypeError('Upright slices are wanted of a volume whose axes have no directions.');
  const { rows, columns, isSymmetric } = uprightPlane(directions, sliceAxis);
  const isMirrored = random.uniform() < 0.5 && isSymmetric;
  return [rows, { axis: columns.axis, isReversed: columns.isReversed !== isMirrored }];
}

/** Where a window lies: pixel (row, column) is at start + row * rowStride + column * columnStride. */
interface WindowPlace {
  readonly start: number;
  readonly rowStride: number;
  readonly columnStride: number;
  readonly rows: number;
  readonly columns: number;
  readonly window: number;
}

function windowPlace(
  scene: Scene,
  random: RandomStream,
  rowSide: WindowSide,
  columnSide: WindowSide,
  window: number,
): WindowPlace {
  const along = stridesOf(scene.shape);
  const side = ({ axis, isReversed }: WindowSide): { start: number; stride: number; count: number } => {
    const length = scene.shape[axis];
    const count = Math.min(window, length);
    const from = random.integer(length - count + 1);
    const stride = along[axis];
    return (isReversed ?? random.uniform() >= 0.5)
      ? { start: (from + count - 1) * stride, stride: -stride, count }
      : { start: from * stride, stride, count };
  };
  const [rows, columns] = [side(rowSide), side(columnSide)];
  return {
    start: rows.start + columns.start,
    rowStride: rows.stride,
    columnStride: columns.stride,
    rows: rows.count,
    columns: columns.count,
    window,
  };
}

/** A window of a slice, averaged over a box of `thick` slices where that is more than 0; zero beyond the scene. */
function readSlice(
  data: Float32Array,
  place: WindowPlace,
  stride: number,
  position: number,
  length: number,
  thick: number,
): Float32Array {
  const { start, rowStride, columnStride, rows, columns, window } = place;
  const { reach, weights } = profileWeights(thick > 0 ? { kind: 'box', thickness: thick } : { kind: 'thin' });
  const out = new Float32Array(window * window);
  for (let offset = -reach; offset <= reach; offset++) {
    const weight = weights[offset + reach];
    const slice = Math.min(length - 1, Math.max(0, position + offset));
    for (let row = 0; row < rows; row++) {
      let from = start + slice * stride + row * rowStride;
      for (let column = 0; column < columns; column++, from += columnStride) {
        out[row * window + column] += weight * data[from];
      }
    }
  }
  return out;
}

/** truth - base, in the order of the network's output, see BlockOrder. */
function writeBlocks(
  truth: Float32Array,
  base: Float32Array,
  window: number,
  block: number,
  out: Float32Array,
): void {
  const { at } = blockOrder(window, window, block);
  for (let row = 0; row < window; row++) {
    for (let column = 0; column < window; column++) {
      const i = row * window + column;
      out[at(row, column)] = truth[i] - base[i];
    }
  }
}

function headShare(plane: Float32Array): number {
  let count = 0;
  for (const value of plane) if (value > headThreshold) count += 1;
  return count / plane.length;
}
