import { InputError } from '@oinr/errors';
import { applyAffine, type Grid, voxelSizes } from '@oinr/volume';
import test from 'ava';
import fc from 'fast-check';
import { finerGrid, lowResolutionAxis } from '../src/index.ts';

/** An oblique grid whose slices along the second stored axis are 5 mm apart; its axes are at right angles. */
const [c, s] = [Math.cos(0.2), Math.sin(0.2)];
const oblique: Grid = {
  shape: [40, 12, 50],
  affine: [-c, 5 * s, 0, 20, 0, 0, 1, -25, s, 5 * c, 0, -30, 0, 0, 0, 1],
};
const sized = (sizes: readonly [number, number, number]): Grid => ({
  shape: [10, 10, 10],
  affine: [sizes[0], 0, 0, 0, 0, sizes[1], 0, 0, 0, 0, sizes[2], 0, 0, 0, 0, 1],
});

test('the axis with few slices is the one with clearly the largest voxels, also in an oblique scan', (t) => {
  t.is(lowResolutionAxis(oblique), 1);
  t.is(lowResolutionAxis(sized([0.9, 0.9, 5])), 2);
  t.is(lowResolutionAxis(sized([3, 1, 2])), 0);
  t.throws(() => lowResolutionAxis(sized([1, 1, 1])), {
    message: /No axis has clearly the largest voxels \(1 mm sagittal, 1 mm coronal, 1 mm axial\)/,
  });
  t.throws(() => lowResolutionAxis(sized([0.87, 0.87, 1])), { instanceOf: InputError });
  // Two thick axes and one fine one: neither is the low-resolution axis.
  t.throws(() => lowResolutionAxis(sized([4, 4, 1])), { instanceOf: InputError });
});

test('every acquired slice stays where it was in the world, first and last included (property)', (t) => {
  fc.assert(
    fc.property(
      fc.double({ min: 0.3, max: 2.5, noNaN: true }),
      fc.nat(39),
      fc.nat(11),
      fc.nat(49),
      fc.constantFrom(0, 2, 5, 8),
      (spacing, i, j, k, thickness) => {
        const { grid, every, kept, beyond, spacing: taken } = finerGrid(oblique, 1, spacing, thickness);
        const before = applyAffine(oblique.affine, [i, j, k]);
        const after = applyAffine(grid.affine, [i, kept[j] ?? Number.NaN, k]);
        before.forEach((value, n) => {
          if (Math.abs(value - (after[n] ?? Number.NaN)) > 1e-9) throw new Error(`${before} is not ${after}`);
        });
        if (Math.abs(voxelSizes(grid.affine)[1] - taken) > 1e-9) throw new Error('spacing');
        if (grid.shape[1] !== 11 * every + 1 + 2 * beyond) throw new Error('slices');
        if (kept[0] !== beyond || kept.at(-1) !== grid.shape[1] - 1 - beyond) throw new Error('ends');
      },
    ),
  );
  t.pass();
});

test('a spacing that does not divide the distance becomes the nearest that does', (t) => {
  const taken = (gap: number, wanted: number): number => finerGrid(sized([1, 1, gap]), 2, wanted).every;
  t.is(taken(5, 1), 5);
  t.is(taken(5, 1.2), 4);
  t.is(taken(3.3, 1), 3);
  // 5 / 4 = 1.25 and 5 / 3 = 1.67: 1.45 is nearer to the first, 1.5 to the second.
  t.is(taken(5, 1.45), 4);
  t.is(taken(5, 1.5), 3);
});

test('a spacing that leaves nothing to impute, or asks for invention, is refused with a sentence', (t) => {
  for (const wanted of [5, 7, 4.2])
    t.throws(() => finerGrid(oblique, 1, wanted), {
      message:
        /nothing to impute: the coronal|nothing to impute: the axial slices of the scan are 5 mm apart.*2\.5 mm/,
    });
  t.throws(() => finerGrid(oblique, 1, 0.1), { message: /puts 49 slices between two.*At most 20/ });
  for (const wanted of [0, -1, Number.NaN, Number.POSITIVE_INFINITY])
    t.throws(() => finerGrid(oblique, 1, wanted), { message: /positive number of millimetres/ });
});

test('a slab whose slices fill their distance comes back whole; thin samples end at their centres', (t) => {
  const slab: Grid = { shape: [10, 10, 36], affine: [1, 0, 0, 3, 0, 1, 0, 4, 0, 0, 5, 7, 0, 0, 0, 1] };
  /** From the lower edge of the first slice to the upper edge of the last, in world mm. */
  const extent = (wanted: number, thickness: number): [number, number] => {
    const { grid, spacing } = finerGrid(slab, 2, wanted, thickness);
    const first = grid.affine[11] - spacing / 2;
    return [first, first + grid.shape[2] * spacing];
  };
  t.deepEqual(extent(1, 5), [4.5, 184.5]);
  // Slices that overlap are no reason to go farther.
  t.deepEqual(extent(1, 8), [4.5, 184.5]);
  // Where edges lie on centres, half a finer slice more: nothing of the slab is lost.
  t.deepEqual(extent(1.25, 5), [4.5 - 0.625, 184.5 + 0.625]);
  // With gaps between slices only what they have seen.
  t.deepEqual(extent(1, 3), [5.5, 183.5]);
  t.deepEqual(extent(1, 0), [6.5, 182.5]);
  // No thicker than the finer slices, these see nothing of their neighbours.
  t.is(finerGrid(slab, 2, 1, 1).beyond, 0);
});
