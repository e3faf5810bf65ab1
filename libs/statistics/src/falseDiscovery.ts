/**
 * Benjamini and Hochberg's step-up procedure (1995): q of each p. `p` has one value per voxel; NaN (excluded voxels)
 * stays NaN and does not count as a test. q is the smallest false discovery rate at which the voxel is declared.
 */
export function falseDiscoveryRate(p: Float64Array): Float64Array {
  const order = new Uint32Array(p.length);
  let tests = 0;
  for (let voxel = 0; voxel < p.length; voxel++) {
    if (!Number.isNaN(p[voxel])) order[tests++] = voxel;
  }
  const tested = order.subarray(0, tests).sort((a, b) => p[a] - p[b]);
  const q = new Float64Array(p.length).fill(Number.NaN);
  let smallest = 1;
  for (let rank = tests; rank >= 1; rank--) {
    const voxel = tested[rank - 1];
    smallest = Math.min(smallest, (p[voxel] * tests) / rank);
    q[voxel] = smallest;
  }
  return q;
}
