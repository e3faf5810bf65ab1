import { input } from '@oinr/graph';
import { stream } from '@oinr/random';
import test from 'ava';
import fc from 'fast-check';
import { linspace } from '../src/encodings.ts';
import {
  applyNetwork,
  architectureName,
  cosineRates,
  initialParameters,
  paperNetwork,
  positionalEncoding,
  shiftGamma,
  waveGamma,
  waveGammaChannels,
} from '../src/index.ts';

test('the positional encoding has sine and cosine of x, then of y, at doubling frequencies', (t) => {
  const [octaves, height, width] = [3, 4, 5];
  const out = positionalEncoding(octaves, height, width);
  t.is(out.length, 4 * octaves * height * width);
  for (let l = 0; l < octaves; l++)
    for (let row = 0; row < height; row++)
      for (let column = 0; column < width; column++) {
        const x = -1 + (2 * column) / (width - 1);
        const y = -1 + (2 * row) / (height - 1);
        const f = 2 ** l * Math.PI;
        const expected = [Math.sin(f * x), Math.cos(f * x), Math.sin(f * y), Math.cos(f * y)];
        expected.forEach((value, w) => {
          const found = out[((4 * l + w) * height + row) * width + column] ?? Number.NaN;
          t.true(Math.abs(found - value) < 1e-6, `octave ${l}, wave ${w}, row ${row}, column ${column}`);
        });
      }
  t.deepEqual([...positionalEncoding(1, 1, 1)], [0, 1, 0, 1], 'a single voxel is at 0');
});

test('linspace includes both ends (property)', (t) => {
  fc.assert(
    fc.property(fc.integer({ min: 2, max: 50 }), (count) => {
      const values = linspace(-1, 1, count);
      return values.length === count && values[0] === -1 && Math.abs((values.at(-1) ?? 0) - 1) < 1e-12;
    }),
  );
  t.deepEqual(linspace(-1, 1, 1), [0]);
});

test('gamma: the paper shifts by n / N of the range; waves are functions of z in [-1, 1]', (t) => {
  t.is(shiftGamma(0, 97), 0);
  t.true(Math.abs(shiftGamma(97, 97) - 0.1) < 1e-15);
  t.true(Math.abs(shiftGamma(48.5, 97, 1, 2) - 1.5) < 1e-12);
  const ends = [waveGamma(0, 11, 2), waveGamma(10, 11, 2)];
  t.is(ends[0]?.length, waveGammaChannels(2));
  t.deepEqual(
    ends.map((values) => values.at(-1)),
    [-1, 1],
  );
  const middle = waveGamma(5, 11, 2);
  t.deepEqual(middle, [0, 1, 0, 1, 0]);
  t.true(Math.abs((waveGamma(10, 11, 2)[0] ?? 0) - 1) < 1e-12, 'sin(pi z / 2) is 1 at the end');
});

test('the paper network has the weights that its code has, drawn within 1 / sqrt(fan-in)', (t) => {
  const values = initialParameters(paperNetwork, stream(1, 'test'));
  const total = Object.values(values).reduce((sum, array) => sum + array.length, 0);
  t.is(total, 1_351_617);
  const first = values['layer0.weights'] ?? new Float32Array();
  const bound = 1 / Math.sqrt(40 * 9);
  t.true(first.every((value) => Math.abs(value) <= bound));
  const variance = first.reduce((sum, value) => sum + value * value, 0) / first.length;
  t.true(Math.abs(variance / (bound ** 2 / 3) - 1) < 0.03, 'uniform: a third of the bound squared');
  t.true((values['layer0.bias'] ?? new Float32Array()).some((value) => value !== 0));
  const again = initialParameters(paperNetwork, stream(1, 'test'));
  t.deepEqual(again['layer6.weights'], values['layer6.weights']);
});

test('a zero last layer starts at nothing; residual branches start at half strength', (t) => {
  const network = {
    channels: [3, 8, 8, 2],
    activation: 'gelu',
    residual: true,
    hiddenInitialisation: 'wide',
    lastInitialisation: 'zero',
  } as const;
  const values = initialParameters(network, stream(2, 'test'));
  const plain = initialParameters({ ...network, residual: false }, stream(2, 'test'));
  t.true((values['layer2.weights'] ?? []).every((value) => value === 0));
  t.deepEqual(values['layer0.weights'], plain['layer0.weights']);
  t.deepEqual(
    values['layer1.weights'],
    plain['layer1.weights']?.map((value) => value / 2),
  );
  t.deepEqual(applyNetwork(network, input('x', [4, 3, 7, 9])).shape, [4, 2, 7, 9]);
  t.is(architectureName(network), 'conv3x3 3-8-8-2 gelu residual');
});

test('learning rates fall along half a cosine, whatever the chunks', (t) => {
  const rates = cosineRates(1e-2, 1e-4, 100);
  t.true(Math.abs((rates(0, 1)[0] ?? 0) - 1e-2) < 1e-8);
  t.true(Math.abs((rates(50, 1)[0] ?? 0) - 5.05e-3) < 1e-7);
  t.deepEqual([...rates(0, 30), ...rates(30, 70)], [...rates(0, 100)]);
  t.true((rates(99, 1)[0] ?? 0) > 1e-4 && (rates(99, 1)[0] ?? 1) < 1.1e-4);
});
