/** A few numbers that tell whether values are the same: their mean, root mean square, and some of them. */
export interface Summary {
  readonly mean: number;
  readonly rms: number;
  readonly some: readonly number[];
}

const shares = [0.31, 0.42, 0.5, 0.55, 0.63];

export function summaryOf(values: Float32Array): Summary {
  const mean = (of: (value: number) => number): number =>
    values.reduce((sum, value) => sum + of(value), 0) / values.length;
  return {
    mean: mean((value) => value),
    rms: Math.sqrt(mean((value) => value ** 2)),
    some: shares.map((share) => values[Math.floor(share * values.length)]),
  };
}

/** The largest difference of two summaries, as a share of the root mean square. */
export function difference(a: Summary, b: Summary): number {
  const numbers = ({ mean, rms, some }: Summary): number[] => [mean, rms, ...some];
  const other = numbers(b);
  return Math.max(...numbers(a).map((value, n) => Math.abs(value - other[n]))) / b.rms;
}
