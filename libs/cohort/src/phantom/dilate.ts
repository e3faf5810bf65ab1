import type { Lattice } from './lattice.ts';

/** Every voxel within `reach` voxels, along each axis, of a voxel that is 1 becomes 1 too: a mask of 0 and 1. */
export function dilate(mask: Uint8Array, { shape }: Lattice, reach: number): Uint8Array {
  let current = mask;
  let stride = 1;
  for (const count of shape) {
    const wider = new Uint8Array(current.length);
    for (let at = 0; at < current.length; at++) {
      if (current[at] === 0) continue;
      const position = Math.floor(at / stride) % count;
      const from = -Math.min(reach, position);
      const to = Math.min(reach, count - 1 - position);
      for (let d = from; d <= to; d++) wider[at + d * stride] = 1;
    }
    current = wider;
    stride *= count;
  }
  return current;
}
