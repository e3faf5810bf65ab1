import { acquireSlices, dropSlices } from '@oinr/slices';
import test from 'ava';
import { findMethod, inOriginalIntensities } from '../src/index.ts';
import { intensityRange } from '../src/intensities.ts';
import { cpu } from './prior/support.ts';
import { slicesDiffering } from './support/kept.ts';
import { texture } from './support/texture.ts';

const truth = texture([9, 11, 10]);
const scale = 0.1 * Math.PI;
const kept = [0, 3, 5, 9];

test('thin slices come back exactly as measured, the others times the scale', async (t) => {
  for (const axis of [0, 1, 2] as const) {
    const measured = dropSlices(truth, axis, kept.slice(0, 3));
    const scaled = { ...measured, data: measured.data.map((value) => value / scale) };
    const { data } = await findMethod('pchip').impute(scaled, { executor: cpu, seed: 1 });
    const plain = data.map((value) => value * scale);
    t.true(slicesDiffering(plain, measured).length > 0, 'dividing and multiplying rounds');
    const volume = inOriginalIntensities(data, measured, scale);
    t.deepEqual(slicesDiffering(volume, measured), []);
    const known = dropSlices({ grid: truth.grid, data: plain }, axis, measured.kept);
    t.is(
      volume.reduce((count, value, i) => count + (value === plain[i] ? 0 : 1), 0),
      measured.data.reduce((count, value, i) => count + (value === known.data[i] ? 0 : 1), 0),
      'nothing but kept slices differs',
    );
  }
});

test('thick slices are averages, so what was estimated in their place stays', (t) => {
  const measured = acquireSlices(truth, 1, kept, { kind: 'box', thickness: 3 });
  const imputed = truth.data.map((value) => value / scale);
  t.deepEqual(
    inOriginalIntensities(imputed, measured, scale),
    imputed.map((value) => value * scale),
  );
});

test('the range of intensities goes from the smallest to the 99.5th percentile of what lies above; constants have none', (t) => {
  const values = Float32Array.from({ length: 1001 }, (_, n) => 5 + n);
  t.deepEqual(intensityRange(values), { offset: 5, scale: 995 });
  t.is(intensityRange(new Float32Array(9).fill(3)), undefined);
});
