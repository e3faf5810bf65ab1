import { join } from 'node:path';
import { readVolume } from '@oinr/nifti';
import { acquireSlices, estimateSliceWidth, keepEvery, keptVolume, type SliceProfile } from '@oinr/slices';
import type { ArrayAxis, Volume } from '@oinr/volume';
import test from 'ava';
import { describeAcquisition } from '../src/index.ts';

const brain = await readVolume(
  join(import.meta.dirname, '../../../cohorts/phantom-base/colin27_brain_1mm.nii.gz'),
);

/** The brain in slices `every` mm apart along an array axis, as a scan that has nothing between them. */
function scanOf(axis: ArrayAxis, every: number, profile: SliceProfile): Volume {
  const kept = keepEvery({ length: brain.grid.shape[axis], every, offset: 2 % every });
  return keptVolume(acquireSlices(brain, axis, kept, profile));
}

test('of a brain of another scanner the width of slices is found within a fifth, or said to be unknown', (t) => {
  let unknown = 0;
  for (const axis of [0, 1, 2] as const) {
    const thin = estimateSliceWidth(scanOf(axis, 5, { kind: 'thin' }), axis);
    if (thin.kind === 'unknown') unknown += 1;
    else t.is(thin.kind, 'thin');
    for (const [kind, every, thickness] of [
      ['box', 5, 5],
      ['box', 5, 4],
      ['box', 4, 4],
      ['gauss', 5, 5],
    ] as const) {
      const found = estimateSliceWidth(scanOf(axis, every, { kind, thickness }), axis);
      if (found.kind === 'unknown') unknown += 1;
      else if (found.kind === 'thin') t.fail(`${kind} of ${thickness}: thin`);
      else {
        t.is(found.kind, kind);
        const away = Math.abs(found.thickness / thickness - 1);
        t.true(away <= 0.2, `${axis}, ${kind} of ${thickness}: ${found.thickness}`);
      }
    }
  }
  t.true(unknown <= 4, `${unknown} of 15 unknown`);
});

test('intensities may be of any scale', (t) => {
  const scan = scanOf(2, 5, { kind: 'box', thickness: 5 });
  const louder = { grid: scan.grid, data: scan.data.map((value) => 1024 * value) };
  t.deepEqual(estimateSliceWidth(louder, 2), estimateSliceWidth(scan, 2));
  t.is(estimateSliceWidth(scan, 2).kind, 'box');
});

test('what is unlike a brain, has few slices, or slices too near or too far, is not guessed', (t) => {
  const scan = scanOf(2, 5, { kind: 'box', thickness: 5 });
  const why = (volume: Volume): string => {
    const found = estimateSliceWidth(volume, 2);
    return found.kind === 'unknown' ? found.why : found.kind;
  };
  // The fraction of a fast wave: as good as noise here.
  const noise = (i: number): number => (Math.sin(12.9898 * i) * 43758.5453) % 1;
  t.regex(
    why({ grid: scan.grid, data: scan.data.map((_, i) => 2 + noise(i)) }),
    /no brain without its skull/,
  );
  const noisy = scan.data.map((value, i) => (value > 0 ? 2 + noise(i) : 0));
  t.regex(why({ grid: scan.grid, data: noisy }), /unlike the brains/);
  const [nx, ny] = scan.grid.shape;
  const few = {
    grid: { ...scan.grid, shape: [nx, ny, 9] as const },
    data: scan.data.slice(9 * nx * ny, 18 * nx * ny),
  };
  t.regex(why(few), /fewer than 12 slices/);
  t.regex(why(scanOf(2, 2, { kind: 'box', thickness: 2 })), /not 3 to 7\.2 mm apart/);
  t.regex(why(scanOf(2, 9, { kind: 'box', thickness: 9 })), /not 3 to 7\.2 mm apart/);
});

test('where nobody says how thick slices are the scan is asked, and what was found or not is said', (t) => {
  const scan = scanOf(2, 5, { kind: 'gauss', thickness: 5 });
  const found = describeAcquisition(scan.grid, {}, {}, scan);
  t.is(found.profileFrom, 'estimated');
  t.is(found.profile.kind, 'gauss');
  t.true(Math.abs((found.thickness ?? 0) / 5 - 1) <= 0.2);
  t.regex(
    found.remarks.join(),
    /to average over a Gaussian of about [\d.]+ mm, estimated from the scan itself/,
  );
  // Options and sidecars go first.
  t.is(describeAcquisition(scan.grid, { SliceThickness: 4 }, {}, scan).profileFrom, 'sidecar');
  t.is(describeAcquisition(scan.grid, {}, { profile: 'box' }, scan).profileFrom, 'options');
  const noise = { grid: scan.grid, data: scan.data.map((_, i) => 1 + ((i * 7919) % 101)) };
  const { profileFrom, thickness, remarks } = describeAcquisition(scan.grid, {}, {}, noise);
  t.deepEqual([profileFrom, thickness], ['assumed', 5]);
  t.regex(
    remarks.join(),
    /box as wide as they are apart \(5 mm\).* The scan itself does not tell: it is no brain without its skull\./,
  );
  const thin = scanOf(2, 5, { kind: 'thin' });
  const asThin = describeAcquisition(thin.grid, {}, {}, thin);
  t.is(asThin.profile.kind, 'thin');
  t.regex(asThin.remarks.join(), /for thin samples, estimated from the scan itself/);
});
