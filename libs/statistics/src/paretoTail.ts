/** A generalised Pareto distribution fitted to the upper tail of a null distribution. */
export interface ParetoTail {
  /** The tail begins above this value. */
  readonly threshold: number;
  /** Share of the null values above the threshold. */
  readonly share: number;
  readonly scale: number;
  /** Positive: heavy tail; negative: bounded tail (Hosking and Wallis use the opposite sign). */
  readonly shape: number;
  /** P(null >= x) for x above the threshold; NaN below it. */
  probability(x: number): number;
}

/**
 * Fits the tail of a null distribution (one value per relabeling) by the moments of its largest quarter or less, as
 * in Winkler et al., NeuroImage 141 (2016), after Knijnenburg et al., Bioinformatics 25 (2009): the threshold rises
 * in small steps until the Anderson-Darling distance of the exceedances to the fitted distribution is within
 * `worstFit`. Returns undefined where the values are too few (fewer than 250 above zero spread) or no tail fits.
 */
export function fitParetoTail(nullValues: Float64Array, worstFit = 2.5): ParetoTail | undefined {
  const sorted = nullValues.filter(Number.isFinite).sort();
  const total = nullValues.length;
  for (let inTail = Math.floor(total / 4); inTail >= 60; inTail = Math.floor(inTail * 0.9)) {
    const first = sorted.length - inTail;
    if (first < 1) continue;
    const threshold = (sorted[first - 1] + sorted[first]) / 2;
    const excesses = sorted.subarray(first).map((value) => value - threshold);
    const mean = excesses.reduce((sum, value) => sum + value, 0) / inTail;
    const variance = excesses.reduce((sum, value) => sum + (value - mean) ** 2, 0) / (inTail - 1);
    if (!(variance > 1e-24 * mean * mean)) continue;
    const ratio = (mean * mean) / variance;
    const shape = (1 - ratio) / 2;
    const scale = (mean * (1 + ratio)) / 2;
    const survival = (excess: number) => {
      if (Math.abs(shape) < 1e-9) return Math.exp(-excess / scale);
      const base = 1 + (shape * excess) / scale;
      return base <= 0 ? 0 : base ** (-1 / shape);
    };
    if (andersonDarling(excesses, survival) > worstFit) continue;
    const share = inTail / total;
    return {
      threshold,
      share,
      scale,
      shape,
      probability: (x) => (x > threshold ? share * survival(x - threshold) : Number.NaN),
    };
  }
  return undefined;
}

/** Anderson and Darling's distance A^2 between sorted values and a distribution given by its survival function. */
function andersonDarling(sorted: Float64Array, survival: (value: number) => number): number {
  const n = sorted.length;
  let sum = 0;
  for (let i = 0; i < n; i++) {
    const below = Math.min(1 - 1e-15, Math.max(1e-15, 1 - survival(sorted[i])));
    const above = Math.min(1 - 1e-15, Math.max(1e-15, survival(sorted[n - 1 - i])));
    sum += (2 * i + 1) * (Math.log(below) + Math.log(above));
  }
  return -n - sum / n;
}
