import fc from 'fast-check';
import {
  type Affine,
  affineFromQuaternion,
  type Grid,
  multiplyAffines,
  type Volume,
  voxelCount,
} from '../src/index.ts';

const component = fc.double({ min: -1, max: 1, noNaN: true });

/** Grids as scanners make them: any rotation, mirrored or not, unequal voxel sizes, small shapes. */
export const anyGrid: fc.Arbitrary<Grid> = fc
  .record({
    vector: fc.tuple(component, component, component, component).filter((q) => Math.hypot(...q) > 0.1),
    qfac: fc.constantFrom(1 as const, -1 as const),
    sizes: fc.tuple(
      fc.double({ min: 0.3, max: 5, noNaN: true }),
      fc.double({ min: 0.3, max: 5, noNaN: true }),
      fc.double({ min: 0.3, max: 5, noNaN: true }),
    ),
    offset: fc.tuple(component, component, component),
    shape: fc.tuple(
      fc.integer({ min: 1, max: 6 }),
      fc.integer({ min: 1, max: 6 }),
      fc.integer({ min: 1, max: 6 }),
    ),
  })
  .map(({ vector, qfac, sizes, offset, shape }) => {
    const length = Math.hypot(...vector);
    const [b, c, d] = vector.slice(1).map((value) => value / length);
    return {
      shape,
      affine: affineFromQuaternion({
        b,
        c,
        d,
        qfac,
        sizes,
        offset: [offset[0] * 100, offset[1] * 100, offset[2] * 100],
      }),
    };
  });

/** A shear added to a grid, as sforms of registered images have. */
export function sheared(affine: Affine, amount: number): Affine {
  return multiplyAffines(affine, [1, amount, 0, 0, 0, 1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1]);
}

/** A volume whose voxel values are all different, so that a misplaced voxel shows. */
export function countingVolume(grid: Grid): Volume {
  return { grid, data: Float32Array.from({ length: voxelCount(grid) }, (_, index) => index + 1) };
}

export const millimetre: Affine = [1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1];
