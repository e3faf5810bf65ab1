import type { Executor } from '@oinr/graph';
import { keptShape } from '@oinr/slices';
import { type AnatomicalAxis, anatomicalAxis, voxelSizes } from '@oinr/volume';
import { type GapRun, gapSizes, gapsOf } from '../../gaps.ts';
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
import { blockOrder } from './blockOrder.ts';
import { averagedPlane, finerPlane, type PixelPlane } from './coarsePlanes.ts';
import { type ExpertShares, expertsFor, geometryTold } from './experts.ts';
import type { GapGeometry } from './gapFunctions.ts';
import { geometryFunctions } from './gapFunctions.ts';
import { gapSlabs } from './gapSlabs.ts';
import { foldGeometry, mixingReach } from './network.ts';
import type { PriorModel } from './priorModel.ts';
import { expertViews, gapsAtOnce, openStackPredictor } from './stackPredictor.ts';
import { type PlaneTurn, turned, turnedBack, uprightTurn } from './upright.ts';

export interface ApplyOptions {
  /** Thickness over which a kept slice averages, in slices of the full grid; 0 (the default) for thin slices. */
  readonly thickness?: number;
  /** Called after every view of neighbouring gaps with the share done, 0 to 1. */
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
 * The full volume: PCHIP along the slice axis plus the operator's correction in every gap of a trained size. Neighbouring
 * gaps of one size are seen together. Results stay within the intensities of the kept slices.
 */
export async function applyPrior(
  known: KeptSlices,
  model: PriorModel,
  executor: Executor,
  { thickness = 0, onProgress, signal }: ApplyOptions = {},
): Promise<PriorVolume> {
  const data = interpolateVolume(known, pchip);
  const limits = intensityLimits(known.data);
  const keptLayout = planeLayout(keptShape(known), known.axis);
  const rectangle = occupiedRectangle(known.data, keptLayout, limits[0], rectangleMargin);
  const head: Head = { data, layout: planeLayout(known.grid.shape, known.axis), rectangle, limits };
  const axis = anatomicalAxis(known.grid, known.axis);
  const sizes = gapSizes(known.kept);
  const total = sizes.reduce((sum, size) => sum + gapsOf(size).length, 0);
  const remarks: string[] = [];
  let done = 0;
  // The planes are read from PCHIP's volume, which is being corrected, so corrections are added at the end.
  const corrections: GapCorrection[] = [];
  for (const size of sizes) {
    const { every, runs } = size;
    const gaps = gapsOf(size).length;
    const view = viewOf(model, gapGeometry(known, every, thickness), axis);
    if (view.outside) {
      remarks.push(
        `Between ${gaps} pairs of kept slices PCHIP was used: ${view.outside}. Method oinr-internal needs no training range.`,
      );
      continue;
    }
    const { geometry, coarsening, shares } = view;
    if (coarsening > 1)
      remarks.push(
        `Between ${gaps} pairs of kept slices the operator saw averages of ${coarsening} x ${coarsening} pixels ` +
          `(${geometry.pixel.toFixed(2)} mm), since finer ones were not in its training; its correction was brought up to ` +
          "the scan's pixels.",
      );
    if (rowsOf(rectangle) === 0) continue;
    for (const { expert, share } of shares) {
      const { network } = expert;
      const turn = expert.upright ? uprightTurn(known.grid, known.axis, head.layout.rowAxis) : asStored;
      const views = expertViews(expert, axis);
      const parameters = foldGeometry(
        network,
        expert.weights,
        geometryFunctions(geometryTold(expert, geometry)),
      );
      for (const run of runs) {
        const planes = runPlanes(head, known.kept, run, every, network.reach).map((plane) =>
          averagedPlane(turned(plane, turn), coarsening),
        );
        const [{ rows, columns }] = planes;
        const slabs = gapSlabs(run.gaps, mixingReach(network), gapsAtOnce(network, rows, columns));
        const form = { network, executor, rows, columns, every, views };
        const predictor = await openStackPredictor(form, slabs[0].gaps);
        try {
          for (const slab of slabs) {
            const seen = planes.slice(slab.from, slab.from + slab.gaps + 2 * network.reach - 1);
            const part = (share * (slab.keep[1] - slab.keep[0])) / views.length;
            const values = await predictor.correction(parameters, seen, () => {
              signal?.throwIfAborted();
              done += part;
              onProgress?.(Math.min(1, done / total));
            });
            signal?.throwIfAborted();
            for (let n = slab.keep[0]; n < slab.keep[1]; n++)
              corrections.push({
                first: known.kept[run.first + n],
                every,
                share,
                coarsening,
                turn,
                rows,
                columns,
                block: network.block,
                values: values[n - slab.from],
              });
          }
        } finally {
          await predictor.dispose();
        }
      }
    }
  }
  for (const correction of corrections) addCorrection(head, correction);
  keepWithin(data, limits);
  return { data, remarks, gaps: Math.round(done) };
}

/** How gaps of one geometry are seen: by whom, and on averages of how many pixels. */
interface GapView extends ExpertShares {
  readonly geometry: GapGeometry;
  /** Side of the blocks of pixels that are averaged, 1 where pixels are seen as they are. */
  readonly coarsening: number;
}

// Pixels are averaged up to this many in each direction: 0.25 mm becomes 0.75 mm.
const mostCoarsening = 3;

/**
 * Clinical scans have finer pixels than those that operators are trained on. A correction is about what happens between
 * slices millimetres apart, so it is as good on coarser pixels: the smallest average that was trained is taken.
 */
function viewOf({ experts }: PriorModel, geometry: GapGeometry, axis: AnatomicalAxis): GapView {
  for (let coarsening = 1; coarsening <= mostCoarsening; coarsening++) {
    const coarse = { ...geometry, pixel: coarsening * geometry.pixel };
    const found = expertsFor(experts, coarse, axis);
    if (found.outside === undefined) return { ...found, geometry: coarse, coarsening };
  }
  return { ...expertsFor(experts, geometry, axis), geometry, coarsening: 1 };
}

/** The volume that is being filled, where the head lies in its slices, and the intensities that it may have. */
interface Head {
  readonly data: Float32Array;
  readonly layout: PlaneLayout;
  readonly rectangle: Rectangle;
  readonly limits: readonly [low: number, high: number];
}

interface GapCorrection {
  /** The gap's first kept slice in the full grid. */
  readonly first: number;
  /** The distance of the second. */
  readonly every: number;
  /** How much of it counts: experts share the gaps between those that they were trained on. */
  readonly share: number;
  /** Side of the blocks of pixels that were averaged. */
  readonly coarsening: number;
  /** By which the planes of the head were turned before. */
  readonly turn: PlaneTurn;
  /** Of the averaged planes. */
  readonly rows: number;
  readonly columns: number;
  /** Side of the blocks in which the network groups pixels. */
  readonly block: number;
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

/**
 * Slices at the uniform positions around a run of gaps, above background: `reach` before the first gap's second slice,
 * and so on to `reach` after the last one's first. Beyond the outermost kept slices these repeat.
 */
function runPlanes(
  { data, layout, rectangle, limits: [background] }: Head,
  kept: readonly number[],
  run: GapRun,
  every: number,
  reach: number,
): PixelPlane[] {
  const [rows, columns] = [rowsOf(rectangle), columnsOf(rectangle)];
  return Array.from({ length: run.gaps + 2 * reach - 1 }, (_, n) => {
    const position = kept[run.first] + (n - reach + 1) * every;
    const slice = Math.min(kept[kept.length - 1], Math.max(kept[0], position));
    const plane = readPlane(data, layout, rectangle, slice);
    // What is added to all intensities must not change the correction.
    const values = background === 0 ? plane : plane.map((value) => value - background);
    return { values, rows, columns };
  });
}

/** Planes are seen as the array holds them. */
const asStored: PlaneTurn = { isTransposed: false, areRowsReversed: false, areColumnsReversed: false };

/** Adds corrections to the missing slices of a gap. */
function addCorrection({ data, layout, rectangle }: Head, correction: GapCorrection): void {
  const { first, every, share, coarsening, turn } = correction;
  const [rows, columns] = [rowsOf(rectangle), columnsOf(rectangle)];
  for (let n = 1; n < every; n++) {
    const plane = turnedBack(correctionPlane(correction, n - 1), turn);
    const { values } = finerPlane(plane, coarsening, rows, columns);
    for (let row = 0; row < rows; row++) {
      let voxel =
        (first + n) * layout.sliceStride +
        (rectangle.rows[0] + row) * layout.rowStride +
        rectangle.columns[0] * layout.columnStride;
      for (let column = 0; column < columns; column++, voxel += layout.columnStride)
        data[voxel] += share * values[row * columns + column];
    }
  }
}

/** The correction of one missing slice of a gap out of its blocks. */
function correctionPlane({ rows, columns, block, values }: GapCorrection, missing: number): PixelPlane {
  const { size, at } = blockOrder(rows, columns, block);
  const out = new Float32Array(rows * columns);
  for (let row = 0; row < rows; row++)
    for (let column = 0; column < columns; column++)
      out[row * columns + column] = values[missing * size + at(row, column)];
  return { values: out, rows, columns };
}

function keepWithin(data: Float32Array, [low, high]: readonly [number, number]): void {
  for (let i = 0; i < data.length; i++) data[i] = Math.min(high, Math.max(low, data[i]));
}

function intensityLimits(data: Float32Array): readonly [number, number] {
  let [low, high] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  for (const value of data) {
    if (value < low) low = value;
    if (value > high) high = value;
  }
  return [low, high];
}
