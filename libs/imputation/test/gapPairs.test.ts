import { stream } from '@oinr/random';
import test from 'ava';
import { commonestGap, gapSizes } from '../src/gaps.ts';
import { heldOutOfTraining, heldOutOfTuning } from '../src/heldOut.ts';
import { interpolateLines } from '../src/lines/lines.ts';
import { pchip } from '../src/lines/pchip.ts';
import { gapPhases, writeFeatures, writeTargets } from '../src/methods/internal/gapPairs.ts';
import type { PairSource } from '../src/methods/internal/trainingPairs.ts';
import {
  gapsAlong,
  linesPerSlice,
  simulatedPlane,
  windowSize,
} from '../src/methods/internal/trainingPairs.ts';
import type { KeptPlanes } from '../src/planes/keptPlanes.ts';

const [kept, rows, columns] = [3, 17, 20];
const random = stream(4, 'pairs');
const planes: KeptPlanes = {
  values: Float32Array.from({ length: kept * rows * columns }, () => random.uniform()),
  kept,
  rows,
  columns,
  box: { rows: [0, rows], columns: [0, columns] },
  offset: 0,
  scale: 1,
};

test('targets plus PCHIP of the known lines are the true lines, from every offset, direction and mirror image', (t) => {
  for (const [every, phase] of [
    [2, 1],
    [3, 1],
    [2, 2],
  ] as const) {
    const source: PairSource = {
      planes,
      every,
      linesPerSlice: { rows: phase, columns: phase },
      slices: [0, 1, 2],
      phases: gapPhases(every, false),
      acquired: { rows: planes.values, columns: planes.values },
    };
    for (const alongRows of [true, false])
      for (const backwards of [false, true])
        for (const mirrored of [false, true])
          for (let offset = 0; offset < every * phase; offset++) {
            const length = alongRows ? rows : columns;
            const across = alongRows ? columns : rows;
            const pixel = (line: number, column: number): number =>
              planes.values[
                rows * columns + (alongRows ? line * columns + column : column * columns + line)
              ] ?? Number.NaN;
            const plane = simulatedPlane(source, { slice: 1, alongRows, offset, backwards, mirrored });
            // Positions of the known lines in the slice, in the order of the walk.
            const step = every * phase;
            const ahead: number[] = [];
            for (let line = offset; line < length; line += step) ahead.push(line);
            const known = backwards ? ahead.reverse() : ahead;
            t.is(plane.view.lines, known.length);
            const gaps = gapsAlong(length, step);
            t.true(gaps <= known.length - 1 && gaps >= known.length - 2);
            const size = gaps * across;
            const targets = new Float32Array((every - 1) * size);
            const window = { gapStart: 0, gaps, columnStart: 0, columns: across };
            writeTargets(plane, source, window, 2, targets, 0);
            const features = new Float32Array(3 * size);
            writeFeatures(plane.view, window, { difference: 3, curvature: 5 }, features, 0);
            const knots = known.map((_, n) => n * every);
            for (let c = 0; c < across; c++) {
              const column = mirrored ? across - 1 - c : c;
              const values = Float32Array.from(known, (line) => pixel(line, column));
              const positions = Array.from({ length: gaps * every }, (_, n) => n);
              const lines = { values, inner: 1, length: known.length, outer: 1 };
              const interpolant = interpolateLines(lines, knots, positions, pchip);
              for (let g = 0; g < gaps; g++) {
                const [a = 0, b = 0] = [values[g], values[g + 1]];
                const before = values[Math.max(0, g - 1)] ?? 0;
                const after = values[Math.min(known.length - 1, g + 2)] ?? 0;
                const expected = [(a + b) / 2, 3 * (b - a), (5 * (before + after - a - b)) / 2];
                expected.forEach((value, f) => {
                  if (Math.abs((features[f * size + g * across + c] ?? 9) - value) > 1e-5)
                    t.fail(`feature ${f}`);
                });
                for (let j = 1; j < every; j++) {
                  const line = (known[g] ?? 0) + (backwards ? -1 : 1) * j * phase;
                  const truth = pixel(line, column);
                  const found = (targets[(j - 1) * size + g * across + c] ?? 9) / 2;
                  if (Math.abs(found + (interpolant[g * every + j] ?? 9) - truth) > 1e-5)
                    t.fail(
                      `k ${every}, rows ${alongRows}, backwards ${backwards}, offset ${offset}, gap ${g}`,
                    );
                }
              }
            }
          }
  }
  t.pass();
});

test('lines are dropped as far apart in millimetres as the slices lie', (t) => {
  const sizes = { slice: 3, row: 1, column: 0.9 };
  t.deepEqual(linesPerSlice({ rows: 100, columns: 100 }, 2, sizes), { rows: 3, columns: 3 });
  // 3 gaps of 2 slices at 3 lines each need 23 lines for every offset; a shorter direction is not used.
  t.is(gapsAlong(24, 6), 3);
  t.deepEqual(linesPerSlice({ rows: 24, columns: 23 }, 2, sizes), { rows: 3, columns: 0 });
  t.deepEqual(linesPerSlice({ rows: 24, columns: 3 }, 2, sizes), { rows: 0, columns: 0 });
  // Slices nearer to each other than voxels in plane: one line each is the best there is.
  t.deepEqual(linesPerSlice({ rows: 90, columns: 90 }, 3, { slice: 0.5, row: 2, column: 2 }), {
    rows: 1,
    columns: 1,
  });
  const source = {
    planes,
    every: 2,
    linesPerSlice: { rows: 1, columns: 1 },
    slices: [0],
    phases: [1],
    acquired: { rows: planes.values, columns: planes.values },
  };
  t.deepEqual(windowSize(source, { gaps: 38, columns: 76 }), { gaps: 7, columns: 17 });
  t.is(windowSize({ ...source, linesPerSlice: { rows: 0, columns: 0 } }, { gaps: 9, columns: 9 }), undefined);
});

test('gaps are grouped by size in runs of neighbours, and the commonest is that with most missing slices', (t) => {
  t.deepEqual(gapSizes([0, 2, 4, 5, 7, 10]), [
    {
      every: 2,
      runs: [
        { first: 0, gaps: 2 },
        { first: 3, gaps: 1 },
      ],
      missing: 3,
    },
    { every: 3, runs: [{ first: 4, gaps: 1 }], missing: 2 },
  ]);
  t.deepEqual(gapSizes([3, 4, 5]), []);
  t.is(commonestGap([0, 2, 4, 5, 7, 10]), 2);
  t.is(commonestGap([3, 4, 5]), undefined);
});

test('at least one slice is held out of training, and never all; of tuning none of fewer than four', (t) => {
  t.deepEqual(heldOutOfTraining(2), [1]);
  t.deepEqual(heldOutOfTraining(3), [1]);
  t.deepEqual(heldOutOfTraining(17), [5, 15]);
  for (let n = 2; n < 40; n++) t.true(heldOutOfTraining(n).length >= 1 && heldOutOfTraining(n).length < n);
  t.deepEqual([2, 3, 4, 10].map(heldOutOfTuning), [[], [], [3], [3, 9]]);
});
