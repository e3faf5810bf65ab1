import type { Mesh } from './mesh.ts';

/** Voxels left free around the body along its longest side, both ends together. */
const margin = 3;

/**
 * Which of n x n x n voxels lie inside a closed mesh: along every axis a ray through each line of voxel centres counts the
 * faces that it has crossed (odd: inside), and the majority of the three axes decides. The longest side of the mesh takes
 * n - 3 voxels, its middle is the middle of the volume. Shape (z, y, x).
 */
export function occupancyOf(mesh: Mesh, n: number): Float32Array {
  const at = placed(mesh, n);
  const votes = new Uint8Array(n ** 3);
  for (const axis of [0, 1, 2] as const) vote(at, mesh.triangles, axis, n, votes);
  return Float32Array.from(votes, (count) => (count >= 2 ? 1 : 0));
}

/** Vertices in voxels: voxel i has its centre at i. */
function placed({ vertices }: Mesh, n: number): Float64Array {
  const low = [Infinity, Infinity, Infinity];
  const high = [-Infinity, -Infinity, -Infinity];
  for (let i = 0; i < vertices.length; i++) {
    low[i % 3] = Math.min(low[i % 3], vertices[i]);
    high[i % 3] = Math.max(high[i % 3], vertices[i]);
  }
  const longest = Math.max(...high.map((value, axis) => value - low[axis]));
  const scale = Math.max(1, n - margin) / longest;
  return vertices.map((value, i) => (value - (low[i % 3] + high[i % 3]) / 2) * scale + (n - 1) / 2);
}

// Rays pass by the centres of voxels a little, by another amount along either side, so that they meet no edge or corner
// of a mesh whose vertices lie on a lattice.
const aside = [3.1e-5, 7.3e-5] as const;

/** Adds a vote for every voxel that lies inside as seen along an axis (0: x, 1: y, 2: z). */
function vote(at: Float64Array, triangles: Uint32Array, axis: 0 | 1 | 2, n: number, votes: Uint8Array): void {
  const u = (axis + 1) % 3;
  const v = (axis + 2) % 3;
  // Parity of crossings below voxel i of every line, as flips: the first voxel above a crossing changes sides.
  const flips = new Uint8Array(n ** 3);
  const strides = [1, n, n * n];
  for (let i = 0; i < triangles.length; i += 3) {
    const [a, b, c] = [3 * triangles[i], 3 * triangles[i + 1], 3 * triangles[i + 2]];
    const [au, bu, cu] = [at[a + u], at[b + u], at[c + u]];
    const [av, bv, cv] = [at[a + v], at[b + v], at[c + v]];
    const area = (bu - au) * (cv - av) - (cu - au) * (bv - av);
    if (area === 0) continue;
    const firstU = Math.max(0, Math.ceil(Math.min(au, bu, cu) - aside[0]));
    const lastU = Math.min(n - 1, Math.floor(Math.max(au, bu, cu) - aside[0]));
    const firstV = Math.max(0, Math.ceil(Math.min(av, bv, cv) - aside[1]));
    const lastV = Math.min(n - 1, Math.floor(Math.max(av, bv, cv) - aside[1]));
    for (let lineV = firstV; lineV <= lastV; lineV++)
      for (let lineU = firstU; lineU <= lastU; lineU++) {
        const pu = lineU + aside[0];
        const pv = lineV + aside[1];
        const wb = ((pu - au) * (cv - av) - (cu - au) * (pv - av)) / area;
        const wc = ((bu - au) * (pv - av) - (pu - au) * (bv - av)) / area;
        if (wb < 0 || wc < 0 || wb + wc > 1) continue;
        const depth = at[a + axis] + wb * (at[b + axis] - at[a + axis]) + wc * (at[c + axis] - at[a + axis]);
        const first = Math.max(0, Math.ceil(depth));
        if (first < n) flips[lineU * strides[u] + lineV * strides[v] + first * strides[axis]] ^= 1;
      }
  }
  for (let lineV = 0; lineV < n; lineV++)
    for (let lineU = 0; lineU < n; lineU++) {
      let inside = 0;
      for (
        let depth = 0, voxel = lineU * strides[u] + lineV * strides[v];
        depth < n;
        depth++, voxel += strides[axis]
      ) {
        inside ^= flips[voxel];
        votes[voxel] += inside;
      }
    }
}
