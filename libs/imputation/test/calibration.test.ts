import { openExecutor } from '@oinr/engines';
import test from 'ava';
import {
  acrossOverWithin,
  calibrationModel,
  expectedLinearError,
  type SliceGeometry,
  thinTerms,
} from '../src/methods/internal/calibration.ts';
import { gapPhases } from '../src/methods/internal/gapPairs.ts';
import { predictErrors } from '../src/methods/internal/predictErrors.ts';
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

const geometry: SliceGeometry = { kept: positions, sizes: { slice: 1, row: 1, column: 1 }, axis: 'coronal' };
const none = { rows: 0, columns: 0 };
const context = { executor: await openExecutor('reference'), seed: 1 };
const thin = { kind: 'thin' } as const;

test('thick slices: linear interpolation within all slices, and a power of what slices differ more than lines', async (t) => {
  const source = waves(2);
  const box = { kind: 'box', thickness: every } as const;
  const [power, factor] = calibrationModel.thick;
  const slices = Array.from({ length: kept }, (_, n) => n);
  const { linear } = await predictErrors({ ...source, slices }, box, {}, context);
  const ratio = acrossOverWithin(source, positions) ?? Number.NaN;
  const expected = linear * ratio ** power * Math.exp(factor);
  t.is(await expectedLinearError({ source, geometry }, box, context), expected);
  const untested = { ...source, linesPerSlice: none };
  t.is(await expectedLinearError({ source: untested, geometry }, box, context), undefined);
});

test('thin slices: a power of what slices differ more, and a factor of the axis and the distance', async (t) => {
  const model = { ...calibrationModel, thin: 0.5 };
  const expected = async (amplitude: number, changes: Partial<SliceGeometry>): Promise<number> => {
    const pairs = { source: waves(amplitude), geometry: { ...geometry, ...changes } };
    return (await expectedLinearError(pairs, thin, context, model)) ?? Number.NaN;
  };
  // Slices that differ twice as much as lines: squares of 4, of which the root.
  const grown = (await expected(2, {})) / (await expected(1, {}));
  t.true(Math.abs(grown - 2) < 1e-3, `${grown}`);
  const { sagittal, axial } = model.axes;
  const away = Math.log((every * 1) / 4);
  const factor = Math.exp(axial[0] - sagittal[0] + (axial[1] - sagittal[1]) * away);
  const found = (await expected(1, { axis: 'axial' })) / (await expected(1, { axis: 'sagittal' }));
  t.true(Math.abs(found - factor) < 1e-9);
  // Beyond the distances that it was fitted to, the factor stays.
  const [, most] = model.distances;
  const far = (slice: number): SliceGeometry['sizes'] => ({ slice, row: slice, column: slice });
  t.true(
    Math.abs((await expected(1, { sizes: far(most) })) / (await expected(1, { sizes: far(2 * most) })) - 1) <
      1e-12,
  );
});

test('lines that lie farther apart than the slices: the error is brought to the distance of the slices', (t) => {
  // Where a wave is long, linear interpolation is off by its curvature times j (n - j) / 2 at place j of n. Pixels of 0.75 mm
  // where slices are 1 mm: gaps of three lines are tested, and four are as far apart as the slices.
  const long = (x: number): number => Math.sin((2 * Math.PI * x) / 64);
  const source = waves(1);
  const values = source.planes.values.map(
    (_, i) => 10 + long(Math.floor(i / columns) % rows) + long(i % columns),
  );
  const smooth: PairSource = {
    ...source,
    planes: { ...source.planes, values },
    acquired: { rows: values, columns: values },
  };
  const withinOf = (pixel: number): number =>
    thinTerms(smooth, { ...geometry, sizes: { slice: 1, row: pixel, column: pixel } }).within ?? Number.NaN;
  const expected = (1.5 ** 2 + 2 ** 2 + 1.5 ** 2) / 3 / 1 ** 2;
  const found = withinOf(0.75) / withinOf(1);
  t.true(Math.abs(found / expected - 1) < 0.05, `${found}, ${expected}`);
  // Between whole lags the error lies between theirs.
  t.true(withinOf(0.85) > withinOf(1) && withinOf(0.85) < withinOf(0.75));
  t.is(thinTerms({ ...smooth, linesPerSlice: none }, geometry).within, undefined);
});
