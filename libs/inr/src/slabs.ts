import { InputError } from '@oinr/errors';
import type { Samples } from './networks/signalNetwork.ts';

/**
 * A volume in slabs, for convolutional networks whose activations do not fit into memory, or to take a part of it in each
 * step. Every slab is seen through a window that reaches further by the `halo`, the number of voxels that a network sees to
 * each side (one for each layer of 3x3x3). What a window cuts off is then further away than the network sees, so that the
 * values of the slab are those of the whole volume. At the volume's own border the window ends with it, and the zero padding
 * there is that of the volume.
 */
export interface Slabs {
  /** Shape of the volume, (depth, height, width). */
  readonly shape: readonly [number, number, number];
  /** The axis that is cut, 0 to 2. */
  readonly axis: number;
  /** Voxels of every window along that axis: the thickness and both halos, or the whole side. */
  readonly window: number;
  readonly slabs: readonly Slab[];
}

/** One slab: [from, to) of the volume, seen through the window that begins at `start`. */
export interface Slab {
  readonly start: number;
  readonly from: number;
  readonly to: number;
}

/**
 * Cuts a volume into slabs of `thickness` voxels, the last one of what is left; windows are all of one size.
 * Throws InputError where thickness or halo are no whole numbers, the thickness is below 1 or the halo below 0.
 */
export function slabsOf(
  shape: readonly [number, number, number],
  {
    axis = 0,
    thickness,
    halo,
  }: { readonly axis?: number; readonly thickness: number; readonly halo: number },
): Slabs {
  if (!Number.isInteger(thickness) || !Number.isInteger(halo) || thickness < 1 || halo < 0) {
    throw new InputError(
      `A slab needs a whole number of voxels, at least 1, and a halo of at least 0, but got ${thickness} and ${halo}.`,
    );
  }
  const side = shape[axis];
  const window = Math.min(side, thickness + 2 * halo);
  const count = Math.ceil(side / thickness);
  const slabs = Array.from({ length: count }, (_, n) => {
    const from = n * thickness;
    const to = Math.min(side, from + thickness);
    return { start: Math.max(0, Math.min(from - halo, side - window)), from, to };
  });
  return { shape, axis, window, slabs };
}

/** Values (channels, ...shape) as seen through all windows: (slabs, channels, ...shape of a window). */
export function cutSlabs(cut: Slabs, values: Float32Array): Samples & { readonly values: Float32Array } {
  const { window, slabs } = cut;
  const { lines, inner, channels, windowShape, side } = layoutOf(cut, values.length);
  const out = new Float32Array(slabs.length * lines * window * inner);
  let at = 0;
  for (const { start } of slabs) {
    for (let line = 0; line < lines; line++, at += window * inner) {
      const begin = (line * side + start) * inner;
      out.set(values.subarray(begin, begin + window * inner), at);
    }
  }
  return { values: out, shape: [slabs.length, channels, ...windowShape] };
}

/** The way back: the values of all slabs, without their halos, as (channels, ...shape). */
export function joinSlabs(cut: Slabs, values: Float32Array): Float32Array {
  const { window, slabs, shape } = cut;
  const voxels = shape[0] * shape[1] * shape[2];
  const perWindow = (voxels / shape[cut.axis]) * window;
  const channels = values.length / (slabs.length * perWindow);
  const { lines, inner, side } = layoutOf(cut, channels * voxels);
  const out = new Float32Array(channels * voxels);
  for (const [n, { start, from, to }] of slabs.entries()) {
    for (let line = 0; line < lines; line++) {
      const begin = ((n * lines + line) * window + from - start) * inner;
      out.set(values.subarray(begin, begin + (to - from) * inner), (line * side + from) * inner);
    }
  }
  return out;
}

/**
 * What each voxel of the windows counts in a mean over the window: nothing in the halo, and inside as much as makes it the mean
 * over the slab. Shape (slabs, 1, ...shape of a window).
 */
export function slabWeights(cut: Slabs): Samples {
  const { window, slabs } = cut;
  const { lines, inner, windowShape } = layoutOf(cut, cut.shape[0] * cut.shape[1] * cut.shape[2]);
  const values = Float32Array.from({ length: slabs.length * lines * window * inner }, (_, i) => {
    const { start, from, to } = slabs[Math.floor(i / (lines * window * inner))];
    const place = start + (Math.floor(i / inner) % window);
    return place >= from && place < to ? window / (to - from) : 0;
  });
  return { values, shape: [slabs.length, 1, ...windowShape] };
}

/** Values as (lines, side, inner), with the axis that is cut in the middle. */
function layoutOf({ shape, axis, window }: Slabs, length: number) {
  const inner = shape.slice(axis + 1).reduce((product, n) => product * n, 1);
  const lines = length / (shape[axis] * inner);
  const channels = length / (shape[0] * shape[1] * shape[2]);
  const windowShape = shape.map((n, a) => (a === axis ? window : n));
  return { lines, inner, channels, windowShape, side: shape[axis] };
}
