/** A person's values in the sums of a group. */
export interface Member {
  /** Values of order 1, one entry per voxel. */
  readonly row: Float32Array;
  /** 0 or 1. */
  readonly group: number;
  /** How often the person counts; once by default. */
  readonly times?: number;
  /** What values are multiplied by; 1 by default. */
  readonly factor?: number;
}

/** Voxels whose sums stay in the first cache while everybody is added. */
const voxelsAtOnce = 1024;

/**
 * Sums of people of two groups over voxels, from which the standardised group difference follows. Sums are float64: with
 * float32 rows of order 1 nothing is lost.
 */
export class GroupSums {
  readonly #counts = [0, 0];
  readonly #sums: readonly [Float64Array, Float64Array];
  readonly #squares: Float64Array;

  constructor(voxels: number, members: readonly Member[]) {
    this.#sums = [new Float64Array(voxels), new Float64Array(voxels)];
    this.#squares = new Float64Array(voxels);
    for (const { group, times = 1 } of members) this.#counts[group] += times;
    for (let from = 0; from < voxels; from += voxelsAtOnce)
      for (let first = 0; first < members.length; first += 4)
        this.#addFour(members, first, from, Math.min(from + voxelsAtOnce, voxels));
  }

  /** Four people at a time, one after the other, so that sums are read and written a quarter as often. */
  #addFour(members: readonly Member[], first: number, from: number, to: number): void {
    const [a, b, c, d] = [0, 1, 2, 3].map((next) => {
      const { row, group, times = 1, factor = 1 } = members[Math.min(first + next, members.length - 1)];
      // Behind the end of the list the last person again, no times.
      const counted = first + next < members.length ? times : 0;
      return { row, factor, second: group === 0 ? counted : 0, first: group === 1 ? counted : 0 };
    });
    const [rowA, rowB, rowC, rowD] = [a.row, b.row, c.row, d.row];
    const [factorA, factorB, factorC, factorD] = [a.factor, b.factor, c.factor, d.factor];
    const [secondA, secondB, secondC, secondD] = [a.second, b.second, c.second, d.second];
    const [firstA, firstB, firstC, firstD] = [a.first, b.first, c.first, d.first];
    const [second, one] = this.#sums;
    const squares = this.#squares;
    for (let voxel = from; voxel < to; voxel++) {
      const valueA = factorA * rowA[voxel];
      const valueB = factorB * rowB[voxel];
      const valueC = factorC * rowC[voxel];
      const valueD = factorD * rowD[voxel];
      second[voxel] =
        second[voxel] + secondA * valueA + secondB * valueB + secondC * valueC + secondD * valueD;
      one[voxel] = one[voxel] + firstA * valueA + firstB * valueB + firstC * valueC + firstD * valueD;
      squares[voxel] =
        squares[voxel] +
        (secondA + firstA) * valueA * valueA +
        (secondB + firstB) * valueB * valueB +
        (secondC + firstC) * valueC * valueC +
        (secondD + firstD) * valueD * valueD;
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
