import test from 'ava';
import { slicesToKept } from '../src/index.ts';

test('the nearest kept slice is found between, on and beyond the kept ones', (t) => {
  const kept = [2, 5, 9];
  const expected = [
    [2, 0],
    [3, 1],
    [3.5, 1.5],
    [4.25, 0.75],
    [7, 2],
    [7.5, 1.5],
    [0, 2],
    [-1.5, 3.5],
    [12, 3],
  ];
  for (const [place, distance] of expected) t.is(slicesToKept(kept, place), distance, String(place));
  t.is(slicesToKept([4], 1), 3);
});
