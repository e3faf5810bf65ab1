import type { Grid } from '@oinr/volume';

/** A voxel of a ball by its steps from the centre, and its distance in mm. */
interface Step {
  readonly steps: readonly [number, number, number];
  readonly distance: number;
}

/** The voxels whose centres are within a radius of a voxel's centre. One is made for a grid and used for every centre. */
export class Ball {
  readonly #shape: Grid['shape'];
  readonly #steps: readonly Step[];

  /** `radius` in mm, the border included. */
  constructor({ shape, affine }: Grid, radius: number) {
    this.#shape = shape;
    const columns = [0, 1, 2].map((axis) => [affine[axis], affine[4 + axis], affine[8 + axis]]);
    const reach = boundOfSteps(columns, radius);
    const steps: Step[] = [];
    for (let k = -reach[2]; k <= reach[2]; k++)
      for (let j = -reach[1]; j <= reach[1]; j++)
        for (let i = -reach[0]; i <= reach[0]; i++) {
          const distance = Math.hypot(
            ...[0, 1, 2].map((row) => columns[0][row] * i + columns[1][row] * j + columns[2][row] * k),
          );
          if (distance <= radius * (1 + 1e-9)) steps.push({ steps: [i, j, k], distance });
        }
    this.#steps = steps;
  }

  /** Calls `visit` with every voxel of the ball inside the image, x fastest. Returns whether none lies outside. */
  visit(centre: number, visit: (voxel: number, distance: number) => void): boolean {
    const [nx, ny, nz] = this.#shape;
    const [x, y, z] = [centre % nx, Math.floor(centre / nx) % ny, Math.floor(centre / (nx * ny))];
    let isWhole = true;
    for (const { steps, distance } of this.#steps) {
      const [i, j, k] = [x + steps[0], y + steps[1], z + steps[2]];
      if (i < 0 || i >= nx || j < 0 || j >= ny || k < 0 || k >= nz) isWhole = false;
      else visit(i + nx * (j + ny * k), distance);
    }
    return isWhole;
  }
}

/** Most steps along each axis that a vector of this length can take: its component along the reciprocal axis. */
function boundOfSteps(columns: readonly (readonly number[])[], radius: number): number[] {
  return [0, 1, 2].map((axis) => {
    const [a, b] = [columns[(axis + 1) % 3], columns[(axis + 2) % 3]];
    const normal = [a[1] * b[2] - a[2] * b[1], a[2] * b[0] - a[0] * b[2], a[0] * b[1] - a[1] * b[0]];
    const height =
      Math.abs(normal.reduce((sum, n, row) => sum + n * columns[axis][row], 0)) / Math.hypot(...normal);
    return Math.ceil(radius / height);
  });
}
