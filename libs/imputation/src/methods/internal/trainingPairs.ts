import type { RandomStream } from '@oinr/random';
import type { KeptPlanes } from '../../planes/keptPlanes.ts';
import type { Gains, GapLines, SimulatedPlane, Window } from './gapPairs.ts';
import { gapChannels, writeFeatures, writeTargets } from './gapPairs.ts';

/**
 * Where training pairs come from. A kept slice has full resolution in plane; dropping lines of it, along its rows or
 * its columns, simulates the gaps between slices with the truth known.
 */
export interface PairSource extends GapLines {
  readonly planes: KeptPlanes;
  /**
   * Lines per slice distance along rows and columns: where slices lie further apart than voxels in plane, lines are
   * dropped accordingly. 0 where the direction has too few lines for pairs.
   */
  readonly linesPerSlice: { readonly rows: number; readonly columns: number };
  /** Numbers (0 .. kept - 1) of the kept slices that pairs are drawn from. */
  readonly slices: readonly number[];
  /**
   * The slices as a scanner with the profile of the kept slices would have seen their rows, and their columns: averages
   * over neighbouring lines, laid out like `planes.values`. The values themselves where kept slices are samples.
   */
  readonly acquired: { readonly rows: Float32Array; readonly columns: Float32Array };
}

/** Smallest number of gaps of a training window; with less, nothing is learned beyond PCHIP. */
const fewestGaps = 3;
const fewestColumns = 4;

/** Gaps that every offset of a direction offers, for lines of `length` voxels. */
export function gapsAlong(length: number, step: number): number {
  return step > 0 ? Math.floor((length - (step - 1) - 1) / step) : 0;
}

/**
 * Lines per slice distance from voxel sizes in mm, at least 1; 0 for a direction that is too short for windows of
 * three gaps and four columns.
 */
export function linesPerSlice(
  planes: Pick<KeptPlanes, 'rows' | 'columns'>,
  every: number,
  sizes: { readonly slice: number; readonly row: number; readonly column: number },
): PairSource['linesPerSlice'] {
  const along = (length: number, across: number, size: number): number => {
    const lines = Math.max(1, Math.round(sizes.slice / size));
    return gapsAlong(length, lines * every) >= fewestGaps && across >= fewestColumns ? lines : 0;
  };
  return {
    rows: along(planes.rows, planes.columns, sizes.row),
    columns: along(planes.columns, planes.rows, sizes.column),
  };
}

/** The size of a training window that fits into planes of every usable direction; undefined where none is usable. */
export function windowSize(
  { planes, every, linesPerSlice: lines }: PairSource,
  largest: { readonly gaps: number; readonly columns: number },
): { gaps: number; columns: number } | undefined {
  const usable: (readonly [number, number])[] = [];
  if (lines.rows > 0) usable.push([gapsAlong(planes.rows, lines.rows * every), planes.columns]);
  if (lines.columns > 0) usable.push([gapsAlong(planes.columns, lines.columns * every), planes.rows]);
  if (usable.length === 0) return undefined;
  return {
    gaps: Math.min(largest.gaps, ...usable.map(([gaps]) => gaps)),
    columns: Math.min(largest.columns, ...usable.map(([, columns]) => columns)),
  };
}

/**
 * The plane made by keeping one line in (every x lines per slice) of a kept slice, from `offset`. `alongRows`: the lines
 * kept are rows. `backwards` walks the lines, `mirrored` the columns, from the other end.
 */
export function simulatedPlane(
  source: PairSource,
  choice: {
    readonly slice: number;
    readonly alongRows: boolean;
    readonly offset: number;
    readonly backwards: boolean;
    readonly mirrored: boolean;
  },
): SimulatedPlane {
  const { planes, every, linesPerSlice: perSlice } = source;
  const { values, rows, columns } = planes;
  const [length, across] = choice.alongRows ? [rows, columns] : [columns, rows];
  const [stride, acrossStride] = choice.alongRows ? [columns, 1] : [1, columns];
  const phase = choice.alongRows ? perSlice.rows : perSlice.columns;
  const step = phase * every;
  const lines = Math.floor((length - 1 - choice.offset) / step) + 1;
  const first = choice.backwards ? choice.offset + step * (lines - 1) : choice.offset;
  const sign = choice.backwards ? -1 : 1;
  return {
    view: {
      values: choice.alongRows ? source.acquired.rows : source.acquired.columns,
      origin:
        choice.slice * rows * columns + first * stride + (choice.mirrored ? (across - 1) * acrossStride : 0),
      lineStride: sign * step * stride,
      lines,
      columnStride: choice.mirrored ? -acrossStride : acrossStride,
    },
    truth: values,
    phaseStride: sign * phase * stride,
    columns: across,
  };
}

/** Draws a plane (direction, slice, offset, mirror images) with equal chances. */
export function drawPlane(source: PairSource, random: RandomStream): SimulatedPlane {
  const { rows, columns } = source.linesPerSlice;
  const alongRows = rows > 0 && (columns === 0 || random.integer(2) === 0);
  return simulatedPlane(source, {
    slice: source.slices[random.integer(source.slices.length)],
    alongRows,
    offset: random.integer((alongRows ? rows : columns) * source.every),
    backwards: random.integer(2) === 0,
    mirrored: random.integer(2) === 0,
  });
}

/** Inputs (batch, 3, gaps, columns) and targets (batch, phases, gaps, columns) of training windows. */
export interface PairBatch {
  readonly inputs: Float32Array;
  readonly targets: Float32Array;
}

/** Windows that show too little of the head are drawn again this often. */
const redraws = 8;
const leastHead = 0.05;

/** Draws a batch of windows of `gaps` x `columns` at random places of random planes. */
export function drawBatch(
  source: PairSource,
  { gaps, columns, batch }: { readonly gaps: number; readonly columns: number; readonly batch: number },
  gains: Gains,
  random: RandomStream,
): PairBatch {
  const phases = source.phases.length;
  const inputs = new Float32Array(batch * gapChannels * gaps * columns);
  const targets = new Float32Array(batch * phases * gaps * columns);
  for (let b = 0; b < batch; b++) {
    const to = b * gapChannels * gaps * columns;
    for (let draw = 0; draw < redraws; draw++) {
      const plane = drawPlane(source, random);
      const window: Window = {
        gapStart: random.integer(plane.view.lines - gaps),
        gaps,
        columnStart: random.integer(plane.columns - columns + 1),
        columns,
      };
      writeFeatures(plane.view, window, gains, inputs, to);
      let head = 0;
      for (let i = to; i < to + gaps * columns; i++) if (inputs[i] > 0) head += 1;
      if (head < leastHead * gaps * columns && draw < redraws - 1) continue;
      writeTargets(plane, source, window, gains.target, targets, b * phases * gaps * columns);
      break;
    }
  }
  return { inputs, targets };
}
