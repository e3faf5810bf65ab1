import test from 'ava';
import { LiveTable } from '../src/simulate/liveTable.ts';
import { meaningOf } from '../src/simulate/meaning.ts';
import type { MeasuredVolume } from '../src/simulate/outcome.ts';

const volume = (subject: string, method: string, every: number, error: number): MeasuredVolume => ({
  subject,
  group: 'CN',
  method,
  every,
  firstKept: 0,
  mse_kept: 0,
  mse_missing: error,
  mse_volume: error,
  mse_missing_mask: 2 * error,
  psnr_missing: null,
  ssim_missing: null,
  bias_missing_mask: 0,
  seconds: 1,
  steps: 0,
  engine: 'none',
  scale: '',
  region: '',
  remarks: [],
  volume: null,
});

test('what the errors mean: the best trained method beside the best interpolation, and in how many subjects it is better', (t) => {
  const volumes = [
    volume('01', 'linear', 3, 0.5),
    volume('01', 'pchip', 3, 0.3),
    volume('01', 'oinr-internal', 3, 0.1),
    volume('02', 'linear', 3, 0.1),
    volume('02', 'pchip', 3, 0.1),
    volume('02', 'oinr-internal', 3, 0.2),
    // Without the others at this k, so that nothing can be said of it.
    volume('02', 'linear', 4, 0.1),
  ];
  t.is(
    meaningOf(volumes),
    'Over the missing slices in the mask, at 66 % oinr-internal makes 0.75 of the error of the best interpolation (pchip), ' +
      'less than all of them in 1 of 2 subjects. A small reconstruction error does not guarantee that the group difference is preserved.',
  );
  t.is(meaningOf(volumes.filter(({ method }) => method === 'linear')), undefined);
  t.is(meaningOf([]), undefined);
});

test('a row of the live table comes when all methods have imputed a subject at a k, whatever their order', (t) => {
  const lines: string[] = [];
  const table = new LiveTable('As it comes', ['linear', 'oinr-internal'], ['01', 'AD002'], (line) =>
    lines.push(line),
  );
  table.add('01', volume('01', 'oinr-internal', 2, 0.001));
  table.add('AD002', volume('AD002', 'linear', 2, 0.25));
  t.deepEqual(lines, []);
  table.add('01', volume('01', 'linear', 2, 0.002));
  t.is(lines.length, 3);
  t.is(lines[0], 'As it comes: mean squared error over missing slices, in the mask');
  t.deepEqual(lines[1].trim().split(/\s+/), ['missing', 'linear', 'oinr-internal']);
  t.deepEqual(lines[2].trim().split(/\s+/), ['sub-01', '50', '%', '4.00e-3', '2.00e-3']);
  table.add('AD002', volume('AD002', 'oinr-internal', 2, 0.5));
  t.is(lines.length, 4);
});
