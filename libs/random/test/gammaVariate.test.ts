import test from 'ava';
import { gammaVariate, stream } from '../src/index.ts';

test('gamma variates have the mean, the variance and the skewness of their shape', (t) => {
  for (const shape of [1, 1.5, 2, 30]) {
    const random = stream(5, 'gamma', String(shape));
    const draws = Array.from({ length: 40_000 }, () => gammaVariate(random, shape));
    const mean = draws.reduce((sum, value) => sum + value, 0) / draws.length;
    const moment = (power: number) =>
      draws.reduce((sum, value) => sum + (value - mean) ** power, 0) / draws.length;
    t.true(Math.abs(mean / shape - 1) < 0.025, `mean ${mean}`);
    t.true(Math.abs(moment(2) / shape - 1) < 0.06, `variance ${moment(2)}`);
    t.true(Math.abs(moment(3) / moment(2) ** 1.5 - 2 / Math.sqrt(shape)) < 0.2);
    t.true(draws.every((value) => value > 0));
  }
  t.throws(() => gammaVariate(stream(1), 0.5), { instanceOf: RangeError });
});
