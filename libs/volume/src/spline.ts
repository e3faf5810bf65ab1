import { stridesOf, type Volume } from './volume.ts';

const pole = Math.sqrt(3) - 2;

/**
 * Turns samples on one line into cubic B-spline coefficients in place, the samples being continued by mirror
 * symmetry about the first and the last one (Unser, Aldroubi, Eden 1993, IEEE Trans. Signal Process. 41, 821;
 * Thevenaz, Blu, Unser 2000, IEEE Trans. Med. Imaging 19, 739).
 */
export function filterLine(line: Float64Array, length: number): void {
  if (length < 2) return;
  const gain = (1 - pole) * (1 - 1 / pole);
  for (let n = 0; n < length; n++) line[n] *= gain;
  // The causal filter's start is the sum over the mirrored signal; its exact closed form over one period.
  let sum = line[0];
  let power = pole;
  const inverse = 1 / pole;
  const lastPower = pole ** (length - 1);
  let backwards = lastPower * lastPower * inverse;
  sum += lastPower * line[length - 1];
  for (let n = 1; n < length - 1; n++) {
    sum += (power + backwards) * line[n];
    power *= pole;
    backwards *= inverse;
  }
  line[0] = sum / (1 - lastPower * lastPower);
  for (let n = 1; n < length; n++) line[n] += pole * line[n - 1];
  line[length - 1] = (pole / (pole * pole - 1)) * (line[length - 1] + pole * line[length - 2]);
  for (let n = length - 2; n >= 0; n--) line[n] = pole * (line[n + 1] - line[n]);
}

/** Runs `filter` over every line of the array along each axis in turn; `line` holds `length` numbers. */
export function filterLines(
  data: Float64Array,
  shape: readonly [number, number, number],
  filters: readonly [LineFilter?, LineFilter?, LineFilter?],
): void {
  const strides = stridesOf(shape);
  for (const axis of [0, 1, 2] as const) {
    const filter = filters[axis];
    if (filter === undefined) continue;
    const length = shape[axis];
    const stride = strides[axis];
    const line = new Float64Array(length);
    const [first, second] = [0, 1, 2].filter((other) => other !== axis);
    for (let b = 0; b < shape[second]; b++) {
      for (let a = 0; a < shape[first]; a++) {
        const start = a * strides[first] + b * strides[second];
        for (let n = 0; n < length; n++) line[n] = data[start + n * stride];
        filter(line, length);
        for (let n = 0; n < length; n++) data[start + n * stride] = line[n];
      }
    }
  }
}

/** Changes a line of `length` numbers in place. */
export type LineFilter = (line: Float64Array, length: number) => void;

/** The coefficients of the cubic B-spline that passes through every voxel of a volume, x fastest, in float64. */
export function splineCoefficients(volume: Volume): Float64Array {
  const coefficients = Float64Array.from(volume.data);
  filterLines(coefficients, volume.grid.shape, [filterLine, filterLine, filterLine]);
  return coefficients;
}
