import { InputError } from '@oinr/errors';
import test from 'ava';
import fc from 'fast-check';
import {
  anatomicalAxis,
  applyAffine,
  arrayAxis,
  orientationCodes,
  reorientationToRas,
  reorientToRas,
} from '../src/index.ts';
import { axisDirections } from '../src/orientation.ts';
import { reorient } from '../src/reorient.ts';
import { anyGrid, countingVolume, millimetre, sheared } from './helpers.ts';

const letterSteps: Readonly<Record<string, readonly number[]>> = {
  R: [1, 0, 0],
  L: [-1, 0, 0],
  A: [0, 1, 0],
  P: [0, -1, 0],
  S: [0, 0, 1],
  I: [0, 0, -1],
};

/** All 48 orientations: three letters, one from each pair, in any order. */
const allCodes = ['RAS', 'RSA', 'ARS', 'ASR', 'SRA', 'SAR'].flatMap((order) =>
  [0, 1, 2, 3, 4, 5, 6, 7].map((flips) =>
    [...order]
      .map((letter) => {
        const bit = 'RAS'.indexOf(letter);
        return (flips >> bit) & 1 ? 'LPI'[bit] : letter;
      })
      .join(''),
  ),
);

function affineOf(codes: string): number[] {
  const columns = [...codes].map((letter) => letterSteps[letter]);
  return [0, 1, 2].flatMap((row) => [...columns.map((column) => column[row]), 10 * row]).concat([0, 0, 0, 1]);
}

test('every one of the 48 orientations is named, and becomes RAS', (t) => {
  t.is(new Set(allCodes).size, 48);
  for (const codes of allCodes) {
    const grid = { shape: [2, 3, 4], affine: affineOf(codes) } as const;
    t.is(orientationCodes(grid.affine), codes);
    t.is(orientationCodes(reorientationToRas(grid).to.affine), 'RAS');
    t.is(anatomicalAxis(grid, arrayAxis(grid, 'coronal')), 'coronal');
    t.true('AP'.includes(codes[arrayAxis(grid, 'coronal')]));
    t.true('LR'.includes(codes[arrayAxis(grid, 'sagittal')]));
    t.true('IS'.includes(codes[arrayAxis(grid, 'axial')]));
  }
});

test('reorientation keeps every voxel at its place in the world', (t) => {
  fc.assert(
    fc.property(anyGrid, fc.double({ min: -0.5, max: 0.5, noNaN: true }), (grid, shear) => {
      const volume = countingVolume({ ...grid, affine: sheared(grid.affine, shear) });
      const turned = reorientToRas(volume);
      const place = new Map<number, readonly number[]>();
      const walk = (v: typeof volume, visit: (value: number, world: readonly number[]) => void) => {
        const [nx, ny, nz] = v.grid.shape;
        for (let k = 0; k < nz; k++)
          for (let j = 0; j < ny; j++)
            for (let i = 0; i < nx; i++)
              visit(v.data[i + nx * (j + ny * k)], applyAffine(v.grid.affine, [i, j, k]));
      };
      walk(volume, (value, world) => place.set(value, world));
      let visited = 0;
      walk(turned, (value, world) => {
        visited++;
        const expected = place.get(value) ?? [NaN];
        if (!world.every((x, axis) => Math.abs(x - expected[axis]) < 1e-9)) throw new Error('moved');
      });
      return visited === volume.data.length;
    }),
  );
  t.pass();
});

test('three stored axes always get three different anatomical axes', (t) => {
  fc.assert(
    fc.property(anyGrid, fc.double({ min: -3, max: 3, noNaN: true }), (grid, shear) => {
      const worlds = axisDirections(sheared(grid.affine, shear)).map(({ world }) => world);
      return new Set(worlds).size === 3;
    }),
  );
  t.pass();
});

test('ambiguous oblique grids get the answer of nibabel', (t) => {
  // Computed with nibabel 5.0.0, nibabel.aff2axcodes. In most, a column's largest entry is already taken.
  const cases: readonly (readonly [readonly number[], string])[] = [
    [[0.8, 0.7, 0.1, 0, 0.3, 0.6, 0.2, 0, 0.1, -0.2, 1, 0, 0, 0, 0, 1], 'RAS'],
    [[1, 0.9, 0.3, 0, 0.2, 0.4, -0.9, 0, -0.3, 0.5, 0.4, 0, 0, 0, 0, 1], 'RSP'],
    [[-0.6, 0.7, 0.5, 0, 0.7, 0.65, -0.2, 0, 0.4, -0.3, 0.9, 0, 0, 0, 0, 1], 'ARS'],
    [[0.5, -0.4, -0.2, 0, 0.4, 0.3, -1.2, 0, 0.8, -0.6, -1.1, 0, 0, 0, 0, 1], 'RIP'],
    [[-0.9, -0.4, 1.6, 0, -1.2, 0.2, -2.1, 0, 0, 0.9, -0.2, 0, 0, 0, 0, 1], 'PSR'],
    [[0.5, 0.2, -0.9, 0, 2.9, 0.9, -1.1, 0, -0.8, 0.1, -1.6, 0, 0, 0, 0, 1], 'IAL'],
    [[0.2, -0.7, 0.7, 0, -0.5, -0.9, 0.1, 0, 0.4, -0.2, -0.9, 0, 0, 0, 0, 1], 'PLI'],
  ];
  for (const [affine, codes] of cases) t.is(orientationCodes(affine), codes);
});

test('a singular affine has no orientation', (t) => {
  t.throws(() => orientationCodes(millimetre.with(0, 0)), { instanceOf: InputError, message: /orientation/ });
});

test('a volume of another shape is refused', (t) => {
  const reorientation = reorientationToRas({ shape: [2, 3, 4], affine: millimetre });
  const other = countingVolume({ shape: [3, 2, 4], affine: millimetre });
  t.throws(() => reorient(other, reorientation), { instanceOf: InputError, message: /3 x 2 x 4.*2 x 3 x 4/ });
});
