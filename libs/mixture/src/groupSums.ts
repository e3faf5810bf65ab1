/**
 * Sums of people of two groups over voxels, from which the standardised group difference follows. Sums are float64: with
 * float32 rows of order 1 nothing is lost.
 */
export class GroupSums {
  readonly #counts = [0, 0];
  readonly #sums: readonly [Float64Array, Float64Array];
  readonly #squares: Float64Array;
  readonly #step: number;

  /** `step`: every how many voxels one is looked at. */
  constructor(voxels: number, step = 1) {
    const length = Math.ceil(voxels / step);
    this.#sums = [new Float64Array(length), new Float64Array(length)];
    this.#squares = new Float64Array(length);
    this.#step = step;
  }

  /** Adds a person of a group (0 or 1) `times` times, with values multiplied by a factor. */
  add(row: Float32Array, group: number, times = 1, factor = 1): void {
    if (times === 0) return;
    this.#counts[group] += times;
    const sum = this.#sums[group];
    const squares = this.#squares;
    const step = this.#step;
    for (let at = 0, voxel = 0; at < sum.length; at++, voxel += step) {
      const value = factor * row[voxel];
      const weighted = times * value;
      sum[at] += weighted;
      squares[at] += weighted * value;
    }
  }

  /** Per voxel the sum over everybody. */
  totals(): Float64Array {
    const [second, first] = this.#sums;
    return second.map((sum, voxel) => sum + first[voxel]);
  }

  /** Per voxel the sum of squares within groups; 0 where a voxel does not vary or is not finite. */
  within(): Float64Array {
    return this.#squares.map((square, voxel) => {
      let rest = square;
      for (const group of [0, 1])
        if (this.#counts[group] > 0) rest -= this.#sums[group][voxel] ** 2 / this.#counts[group];
      // What rounding leaves of a constant voxel is no variation.
      return rest > 1e-12 * square ? rest : 0;
    });
  }

  /**
   * Per voxel (mean of group 1 minus mean of group 0) / pooled standard deviation: Cohen's d of first minus second, labels
   * being 1 for the first group. 0 where a voxel does not vary or is not finite.
   */
  effectSize(): Float64Array {
    const [second, first] = this.#sums;
    const [n0, n1] = this.#counts;
    return this.within().map((within, voxel) =>
      within === 0 ? 0 : (first[voxel] / n1 - second[voxel] / n0) / Math.sqrt(within / (n0 + n1 - 2)),
    );
  }
}
