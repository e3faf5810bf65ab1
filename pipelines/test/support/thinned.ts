import type { Volume } from '@oinr/volume';

/** Every `every`-th coronal slice (the second array axis), as a scanner would have acquired it. */
export function thinned({ grid, data }: Volume, every: number): Volume {
  const [nx, ny, nz] = grid.shape;
  const slices = Math.ceil(ny / every);
  const few = new Float32Array(nx * slices * nz);
  for (let z = 0; z < nz; z += 1)
    for (let slice = 0; slice < slices; slice += 1)
      for (let x = 0; x < nx; x += 1)
        few[x + nx * (slice + slices * z)] = data[x + nx * (slice * every + ny * z)];
  const affine = grid.affine.map((value, index) => (index % 4 === 1 ? value * every : value));
  return {
    grid: { shape: [nx, slices, nz], affine: affine as unknown as Volume['grid']['affine'] },
    data: few,
  };
}
