import { type Kernel, lineBytes } from './kernel.ts';
import { correlationOfT, tieTolerance } from './model.ts';
import { blockVoxels } from './subjectData.ts';
import type { ThreadView } from './threadView.ts';

/** int16 scale of residuals: their norm is 1, so no value exceeds the format. */
const residualScale = 32767;
/** Largest scale of covariates: by Cauchy and Schwarz the int32 sums of products then cannot overflow. */
const covariateScale = 64000;

/** What covariateBlock needs besides the tables: the covariates in float64 and in int16, in every relabeling's order. */
export class CovariateRows {
  readonly settings: number;
  readonly basis: number;
  readonly quantised: number;
  readonly rows: number;
  readonly rowScale: number;
  readonly orderAddress: number;
  readonly errorOfLoadings: number;
  readonly #view: ThreadView;
  readonly #kernel: Kernel;
  readonly #data: number;
  readonly #pairs: number;
  readonly #quantisedBasis: readonly Int16Array[];
  readonly #basisError: number;

  constructor(view: ThreadView, kernel: Kernel, data: number) {
    this.#view = view;
    this.#kernel = kernel;
    this.#data = data;
    const { subjects, basis, loadings, labelNorm, fractionBits, degreesOfFreedom } = view.model;
    const { batch, clusters } = view.state;
    this.#pairs = (subjects + 1) >> 1;
    this.settings = kernel.allocate((5 + basis.length) * 8);
    this.basis = kernel.allocate(basis.length * subjects * 8);
    this.quantised = kernel.allocate(this.#pairs * lineBytes);
    this.rows = kernel.allocate(batch * basis.length * this.#pairs * 4);
    this.rowScale = kernel.allocate(basis.length * 4);
    this.orderAddress = kernel.allocate(batch * subjects * 2);
    const threshold = clusters
      ? correlationOfT(clusters.threshold, degreesOfFreedom)
      : Number.POSITIVE_INFINITY;
    kernel
      .float64(this.settings, 5 + basis.length)
      .set([2 ** -fractionBits, labelNorm, threshold, -threshold, tieTolerance, ...loadings]);
    const scales = basis.map((vector) =>
      Math.floor(
        Math.min(covariateScale, 32767 / vector.reduce((most, value) => Math.max(most, Math.abs(value)), 0)),
      ),
    );
    for (const [j, vector] of basis.entries()) {
      kernel.float64(this.basis + j * subjects * 8, subjects).set(vector);
    }
    this.#quantisedBasis = basis.map((vector, j) =>
      Int16Array.from(vector, (value) => Math.round(value * scales[j])),
    );
    kernel.float32(this.rowScale, basis.length).set(scales.map((scale) => 1 / (scale * residualScale)));
    this.#basisError = basis.reduce((worst, vector, j) => {
      const square = vector.reduce(
        (sum, value, i) => sum + (value - (this.#quantisedBasis[j]?.[i] ?? 0) / scales[j]) ** 2,
        0,
      );
      return Math.max(worst, Math.sqrt(square));
    }, 0);
    this.errorOfLoadings = loadings.reduce((sum, loading) => sum + Math.abs(loading), 0) / labelNorm;
  }

  /** Where the inverse permutations of `count` relabelings go. */
  orders(count: number): Uint16Array {
    return this.#kernel.uint16(this.orderAddress, count * this.#view.model.subjects);
  }

  /** Writes the int16 covariates in the order of each relabeling; `orders` must be filled. */
  write(count: number): void {
    const { subjects } = this.#view.model;
    const covariates = this.#quantisedBasis.length;
    const orders = this.orders(count);
    const length = 2 * this.#pairs;
    const rows = this.#kernel.int16(this.rows, count * covariates * length);
    for (let r = 0; r < count; r++) {
      for (let j = 0; j < covariates; j++) {
        const start = (r * covariates + j) * length;
        const values = this.#quantisedBasis[j];
        for (let k = 0; k < subjects; k++) rows[start + k] = values[orders[r * subjects + k]];
        if (subjects < length) rows[start + subjects] = 0;
      }
    }
  }

  /** int16 copy of a block's residuals, with a bound on the error of a product and the observed statistics. */
  quantise(block: number, counting: number): void {
    const { subjects, fractionBits } = this.#view.model;
    const values = this.#kernel.int32(this.#data, subjects * blockVoxels);
    const quantised = this.#kernel.int16(this.quantised, this.#pairs * 2 * blockVoxels);
    const exact = this.#kernel.float64(counting, blockVoxels);
    const single = this.#kernel.float32(counting + 128, 3 * blockVoxels);
    const scale = residualScale / 2 ** fractionBits;
    if (subjects % 2 === 1) quantised.fill(0, (this.#pairs - 1) * 2 * blockVoxels);
    for (let lane = 0; lane < blockVoxels; lane++) {
      let square = 0;
      for (let i = 0; i < subjects; i++) {
        const value = values[i * blockVoxels + lane] * scale;
        const rounded = Math.round(value);
        quantised[((i >> 1) * blockVoxels + lane) * 2 + (i & 1)] = rounded;
        square += (value - rounded) ** 2;
      }
      const observed = this.#view.scores[block * blockVoxels + lane] ?? 0;
      exact[lane] = observed;
      single[lane] = observed;
      single[blockVoxels + lane] = Math.abs(observed);
      // |<q', e'> - <q, e>| <= |q' - q| |e'| + |q| |e' - e|, and a little for float32.
      const residualError = Math.sqrt(square) / residualScale;
      single[2 * blockVoxels + lane] = residualError + this.#basisError * (1 + residualError) + 2e-6;
    }
  }
}
