import test from 'ava';
import { acrossOverWithin, calibration } from '../src/methods/internal/calibration.ts';
import { gapPhases } from '../src/methods/internal/gapPairs.ts';
import type { PairSource } from '../src/methods/internal/trainingPairs.ts';

const every = 3;
const [kept, rows, columns] = [16, 40, 40];
const positions = Array.from({ length: kept }, (_, n) => n * every);

/**
 * Kept slices of waves of one length along all three axes, of this amplitude along the slice axis and 1 along the others,
 * on a bright ground. A wave differs from the mean of its values at both sides by a factor that depends on their distance alone.
 */
function waves(amplitude: number): PairSource {
  const wave = (x: number): number => Math.sin((2 * Math.PI * x) / 16);
  const values = new Float32Array(kept * rows * columns);
  let i = 0;
  for (let n = 0; n < kept; n++)
    for (let r = 0; r < rows; r++)
      for (let c = 0; c < columns; c++) values[i++] = 10 + amplitude * wave(positions[n]) + wave(r) + wave(c);
  const box = { rows: [0, rows - 1], columns: [0, columns - 1] } as const;
  return {
    planes: { values, kept, rows, columns, box, offset: 0, scale: 1 },
    every,
    phases: gapPhases(every, true),
    linesPerSlice: { rows: 1, columns: 1 },
    slices: [],
    acquired: { rows: values, columns: values },
  };
}

test('slices that differ as lines within them do, and slices that differ twice as much: squares of 1 and 4', (t) => {
  for (const amplitude of [1, 2]) {
    const found = acrossOverWithin(waves(amplitude), positions) ?? Number.NaN;
    t.true(Math.abs(found / amplitude ** 2 - 1) < 0.1, `amplitude ${amplitude}: ${found}`);
  }
  // All that is left to differ is how often a wave's crest is met: no influence on the ratio of both.
  const [one, two] = [1, 2].map((amplitude) => acrossOverWithin(waves(amplitude), positions) ?? Number.NaN);
  t.true(Math.abs(two / one - 4) < 1e-4, `${two / one}`);
});

test('nothing is said where no slice has neighbours at the distance of the gaps, or no line within them', (t) => {
  const source = waves(1);
  t.is(
    acrossOverWithin(
      source,
      positions.map((p) => p + (p > 21 ? 1 : 0)).map((p, n) => p + n),
    ),
    undefined,
  );
  t.is(acrossOverWithin({ ...source, linesPerSlice: { rows: 0, columns: 0 } }, positions), undefined);
});

test('predicted errors of thin slices stay as measured; of thick ones they grow with what slices differ more than lines', (t) => {
  const source = waves(2);
  t.is(calibration(source, positions, { kind: 'thin' }), 1);
  const ratio = acrossOverWithin(source, positions) ?? Number.NaN;
  t.is(calibration(source, positions, { kind: 'box', thickness: every }), ratio ** 1.5);
  t.is(
    calibration({ ...source, linesPerSlice: { rows: 0, columns: 0 } }, positions, {
      kind: 'box',
      thickness: every,
    }),
    1,
  );
});
