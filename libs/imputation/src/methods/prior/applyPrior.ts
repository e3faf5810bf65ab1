import type { Executor } from '@oinr/graph';
import { forwardProgram, input, reshape } from '@oinr/graph';
import { batchPredictor } from '@oinr/inr';
import { keptShape } from '@oinr/slices';
import { voxelSizes } from '@oinr/volume';
import { gapSizes, gapsOf } from '../../gaps.ts';
import { interpolateVolume } from '../../lines/interpolateVolume.ts';
import { pchip } from '../../lines/pchip.ts';
import type { KeptSlices } from '../../method.ts';
import {
  columnsOf,
  occupiedRectangle,
  type PlaneLayout,
  planeLayout,
  type Rectangle,
  readPlane,
  rowsOf,
} from '../../planes/layout.ts';
import type { GapGeometry } from './gapFunctions.ts';
import { geometryFunctions, outsideRange, phaseFunctions } from './gapFunctions.ts';
import { writeFeatures } from './neighbourhood.ts';
import type { PriorNetwork } from './network.ts';
import { applyPriorNetwork, correctionAt, foldGeometry, inputChannels } from './network.ts';
import type { PriorModel } from './priorModel.ts';

export interface ApplyOptions {
  /** Thickness over which a kept slice averages, in slices of the full grid; 0 (the default) for thin slices. */
  readonly thickness?: number;
  /** Called after every gap with the share done, 0 to 1. */
  readonly onProgress?: (done: number) => void;
  readonly signal?: AbortSignal;
}

/** A filled volume, and which gaps the operator could not fill. */
export interface PriorVolume {
  /** The full grid, x fastest. */
  readonly data: Float32Array;
  /** Sentences about gaps that were left to PCHIP. */
  readonly remarks: readonly string[];
  /** Number of gaps filled by the operator. */
  readonly gaps: number;
}

/** Pixels at the rim of the head that are corrected too, since the network sees beyond them. */
const rectangleMargin = 4;

/**
 * The full volume: PCHIP along the slice axis plus the operator's correction in every gap of a trained size. Results stay
 * within the intensities of the kept slices.
 */
export async function applyPrior(
  known: KeptSlices,
  { network, weights, range }: PriorModel,
  executor: Executor,
  { thickness = 0, onProgress, signal }: ApplyOptions = {},
): Promise<PriorVolume> {
  const data = interpolateVolume(known, pchip);
  const limits = intensityLimits(known.data);
  const keptLayout = planeLayout(keptShape(known), known.axis);
  const rectangle = occupiedRectangle(known.data, keptLayout, limits[0], rectangleMargin);
  const head: Head = { data, layout: planeLayout(known.grid.shape, known.axis), rectangle, limits };
  const sizes = gapSizes(known.kept);
  const total = sizes.reduce((sum, size) => sum + gapsOf(size).length, 0);
  const remarks: string[] = [];
  let done = 0;
  // The planes are read from PCHIP's volume, which is being corrected, so corrections are added at the end.
  const corrections: GapCorrection[] = [];
  for (const size of sizes) {
    const { every } = size;
    const gaps = gapsOf(size);
    const geometry = gapGeometry(known, every, thickness);
    const outside = outsideRange(geometry, range);
    if (outside) {
      remarks.push(
        `Between ${gaps.length} pairs of kept slices PCHIP was used: ${outside}. Method oinr-internal needs no training range.`,
      );
      continue;
    }
    if (rowsOf(rectangle) === 0) continue;
    const predictor = await openGapPredictor(network, executor, rectangle, every);
    try {
      const parameters = foldGeometry(network, weights, geometryFunctions(geometry));
      for (const gap of gaps) {
        signal?.throwIfAborted();
        const first = known.kept[gap];
        const planes = gapPlanes(head, { first, every }, known.kept, network.reach);
        const values = await predictor.correction(parameters, planes);
        corrections.push({ first, every, values });
        done += 1;
        onProgress?.(done / total);
      }
    } finally {
      await predictor.dispose();
    }
  }
  for (const correction of corrections) addCorrection(head, correction, network.block);
  return { data, remarks, gaps: done };
}

/** The volume that is being filled, where the head lies in its slices, and the intensities that it may have. */
interface Head {
  readonly data: Float32Array;
  readonly layout: PlaneLayout;
  readonly rectangle: Rectangle;
  readonly limits: readonly [low: number, high: number];
}

/** A gap by its first kept slice in the full grid and the distance of the second. */
interface Gap {
  readonly first: number;
  readonly every: number;
}

interface GapCorrection extends Gap {
  /** (every - 1 missing slices, block^2, block rows, block columns). */
  readonly values: Float32Array;
}

/** The geometry of gaps of this many slices of the full grid. */
export function gapGeometry(
  known: Pick<KeptSlices, 'grid' | 'axis'>,
  every: number,
  thickness: number,
): GapGeometry {
  const sizes = voxelSizes(known.grid.affine);
  const [first, second] = sizes.filter((_, a) => a !== known.axis);
  return {
    distance: every * sizes[known.axis],
    pixel: Math.sqrt(first * second),
    thickness: thickness / every,
  };
}

/** Slices at the uniform positions around a gap, above background; beyond the outermost kept ones these repeat. */
function gapPlanes(
  { data, layout, rectangle, limits: [background] }: Head,
  { first, every }: Gap,
  kept: readonly number[],
  reach: number,
): Float32Array[] {
  return Array.from({ length: 2 * reach }, (_, n) => {
    const position = first + (n - reach + 1) * every;
    const slice = Math.min(kept[kept.length - 1], Math.max(kept[0], position));
    const plane = readPlane(data, layout, rectangle, slice);
    // What is added to all intensities must not change the correction.
    return background === 0 ? plane : plane.map((value) => value - background);
  });
}

interface GapPredictor {
  correction(parameters: Record<string, Float32Array>, planes: Float32Array[]): Promise<Float32Array>;
  dispose(): Promise<void>;
}

/**
 * How a gap is seen: `across` from its other side, `within` rotated by half a turn in the plane. The answers of all
 * views are averaged, which lowers the error by 2 to 3 %, and since every view has its counterpart from the other
 * side, mirroring the slice axis mirrors the result exactly. All eight mirror images would gain another 0.5 % at
 * twice the time.
 */
const views = [
  { across: false, within: false },
  { across: true, within: false },
  { across: false, within: true },
  { across: true, within: true },
] as const;

/** Predicts corrections of the missing slices of gaps of one size; see GapCorrection for their order. */
async function openGapPredictor(
  network: PriorNetwork,
  executor: Executor,
  rectangle: Rectangle,
  every: number,
): Promise<GapPredictor> {
  const [rows, columns] = [rowsOf(rectangle), columnsOf(rectangle)];
  const missing = every - 1;
  const channels = inputChannels(network);
  const blocks = [Math.ceil(rows / network.block), Math.ceil(columns / network.block)] as const;
  const pixels = blocks[0] * blocks[1] * network.block ** 2;
  const program = (samples: number) => {
    const x = input('blocks', [samples, channels, ...blocks]);
    const basis = input('basis', [samples, missing, network.phases]);
    const answers = correctionAt(network, applyPriorNetwork(network, x), basis);
    return forwardProgram({ answers: reshape(answers, [samples, missing, pixels]) });
  };
  const predictor = await batchPredictor(executor, { batch: views.length, program });
  const phases = Array.from({ length: missing }, (_, n) => (n + 1) / every);
  const basis = Float32Array.from(
    views.flatMap(({ across }) =>
      phases.flatMap((phase) => phaseFunctions(across ? 1 - phase : phase, network.phases)),
    ),
  );
  const viewSize = channels * blocks[0] * blocks[1];
  const features = new Float32Array(views.length * viewSize);
  return {
    async correction(parameters, planes) {
      // Incomplete blocks at the end are zero; a half turn has moved them.
      features.fill(0);
      for (const [n, { across, within }] of views.entries()) {
        const out = features.subarray(n * viewSize, (n + 1) * viewSize);
        writeFeatures({ planes, rows, columns }, network.block, across, out);
        if (within) halfTurns(out, pixels);
      }
      const { answers } = await predictor.run(parameters, { blocks: features, basis });
      return meanOfViews(answers, missing, pixels);
    },
    dispose: () => predictor.dispose(),
  };
}

/** Turns every plane by half a turn: in the order of whole blocks that is its values in reverse. */
function halfTurns(planes: Float32Array, pixels: number): void {
  for (let from = 0; from < planes.length; from += pixels) planes.subarray(from, from + pixels).reverse();
}

/** Answers (view, missing, pixels) turned back and averaged: (missing, pixels). Overwrites them. */
function meanOfViews(answers: Float32Array, missing: number, pixels: number): Float32Array {
  const size = missing * pixels;
  const mean = new Float32Array(size);
  for (const [n, { within }] of views.entries()) {
    const answer = answers.subarray(n * size, (n + 1) * size);
    if (within) halfTurns(answer, pixels);
    for (let i = 0; i < size; i++) mean[i] += answer[i] / views.length;
  }
  return mean;
}

/** Adds corrections to the missing slices of a gap. */
function addCorrection(
  { data, layout, rectangle, limits: [low, high] }: Head,
  { first, every, values }: GapCorrection,
  block: number,
): void {
  const [rows, columns] = [rowsOf(rectangle), columnsOf(rectangle)];
  const blockColumns = Math.ceil(columns / block);
  const area = Math.ceil(rows / block) * blockColumns;
  for (let n = 1; n < every; n++) {
    const offset = (n - 1) * block * block * area;
    for (let row = 0; row < rows; row++) {
      let voxel =
        (first + n) * layout.sliceStride +
        (rectangle.rows[0] + row) * layout.rowStride +
        rectangle.columns[0] * layout.columnStride;
      for (let column = 0; column < columns; column++, voxel += layout.columnStride) {
        const within = (row % block) * block + (column % block);
        const from =
          offset + within * area + Math.floor(row / block) * blockColumns + Math.floor(column / block);
        data[voxel] = Math.min(high, Math.max(low, data[voxel] + values[from]));
      }
    }
  }
}

function intensityLimits(data: Float32Array): readonly [number, number] {
  let [low, high] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  for (const value of data) {
    if (value < low) low = value;
    if (value > high) high = value;
  }
  return [low, high];
}
