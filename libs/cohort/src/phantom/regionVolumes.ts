import type { BaseBrain } from './brain.ts';
import { dilate } from './dilate.ts';
import type { Displacement } from './displacement.ts';
import { movePoint } from './displacement.ts';
import { phantomRegions } from './regions.ts';

/** The fine voxels (indices) from which a displacement of at most `reach` mm per axis can hit one of the labels. */
export function voxelsNear(
  brain: BaseBrain,
  isWanted: (label: number) => boolean,
  reach: number,
): Int32Array {
  const wanted = brain.labels.map((label) => (label > 0 && isWanted(label) ? 1 : 0));
  const near = dilate(wanted, brain.fine, reach);
  const indices = new Int32Array(near.reduce((sum, value) => sum + value, 0));
  let used = 0;
  for (let at = 0; at < near.length; at++) if (near[at] === 1) indices[used++] = at;
  return indices;
}

/**
 * The volumes of all regions in mm3 after the displacement, in the order of `phantomRegions`: at every fine voxel of
 * `voxels` (see voxelsNear; others are taken to see no region) the share of each region where the displacement leads.
 */
export function regionVolumes(brain: BaseBrain, field: Displacement, voxels: Int32Array): Float64Array {
  const { shape, origin } = brain.fine;
  const { labels } = brain;
  const [nx, ny, nz] = shape;
  const plane = nx * ny;
  const volumes = new Float64Array(phantomRegions.length + 1);
  const moved = new Float64Array(3);
  for (const at of voxels) {
    const k = Math.floor(at / plane);
    const j = Math.floor((at - k * plane) / nx);
    const i = at - nx * (j + ny * k);
    movePoint(field, origin[0] + i, origin[1] + j, origin[2] + k, moved);
    const u = moved[0] - origin[0];
    const v = moved[1] - origin[1];
    const w = moved[2] - origin[2];
    const a = Math.floor(u);
    const b = Math.floor(v);
    const c = Math.floor(w);
    if (a < 0 || b < 0 || c < 0 || a + 1 >= nx || b + 1 >= ny || c + 1 >= nz) continue;
    const fx = u - a;
    const fy = v - b;
    const fz = w - c;
    const n = a + nx * b + plane * c;
    volumes[labels[n]] += (1 - fx) * (1 - fy) * (1 - fz);
    volumes[labels[n + 1]] += fx * (1 - fy) * (1 - fz);
    volumes[labels[n + nx]] += (1 - fx) * fy * (1 - fz);
    volumes[labels[n + nx + 1]] += fx * fy * (1 - fz);
    volumes[labels[n + plane]] += (1 - fx) * (1 - fy) * fz;
    volumes[labels[n + plane + 1]] += fx * (1 - fy) * fz;
    volumes[labels[n + plane + nx]] += (1 - fx) * fy * fz;
    volumes[labels[n + plane + nx + 1]] += fx * fy * fz;
  }
  return volumes.slice(1);
}
