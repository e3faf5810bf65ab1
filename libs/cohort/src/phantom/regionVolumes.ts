import type { BaseBrain } from './brain.ts';
import { dilate } from './dilate.ts';
import type { Displacement } from './displacement.ts';
import { movePoint } from './displacement.ts';
import { latticeSize } from './lattice.ts';
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

/** Coarse voxels (1, else 0) no more than 4 mm per axis from one that holds some region. */
export function nearRegions({ fine, labels, coarse }: BaseBrain): Uint8Array {
  const holds = new Uint8Array(latticeSize(coarse));
  const [nx, ny] = fine.shape;
  for (let at = 0; at < labels.length; at++) {
    if (labels[at] === 0) continue;
    const row = Math.floor(at / nx);
    const i = at - nx * row;
    const k = Math.floor(row / ny);
    holds[(i >> 1) + coarse.shape[0] * (((row - ny * k) >> 1) + coarse.shape[1] * (k >> 1))] = 1;
  }
  return dilate(holds, coarse, 2);
}

/**
 * The fine voxels (indices) that a displacement on the coarse lattice leads near a region: few, because the field
 * itself is asked. `near` is what nearRegions gives; its 4 mm cover how much a field varies within a coarse voxel.
 */
export function voxelsSeeing(brain: BaseBrain, field: Displacement, near: Uint8Array): Int32Array {
  const { fine, coarse } = brain;
  const [cx, cy, cz] = coarse.shape;
  const [nx, ny] = fine.shape;
  const indices: number[] = [];
  let n = 0;
  for (let k = 0; k < cz; k++) {
    for (let j = 0; j < cy; j++) {
      for (let i = 0; i < cx; i++, n++) {
        const u = i + Math.round(field.x[n] / coarse.spacing);
        const v = j + Math.round(field.y[n] / coarse.spacing);
        const w = k + Math.round(field.z[n] / coarse.spacing);
        if (u < 0 || v < 0 || w < 0 || u >= cx || v >= cy || w >= cz) continue;
        if (near[u + cx * (v + cy * w)] === 0) continue;
        const at = 2 * i + nx * (2 * j + ny * 2 * k);
        for (const corner of [at, at + nx, at + nx * ny, at + nx * ny + nx]) indices.push(corner, corner + 1);
      }
    }
  }
  return Int32Array.from(indices);
}

/**
 * The volumes of all regions in mm3 after the displacement, in the order of `phantomRegions`: at every fine voxel of
 * `voxels` (see voxelsNear and voxelsSeeing; others are taken to see no region) the share of each region where the displacement leads.
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
