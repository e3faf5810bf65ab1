import { meansOfKinds } from './design.ts';
import { type Model, tOfCorrelation, tOfSums, twoSampleTWithinKinds } from './model.ts';
import { blockVoxels, type SubjectData } from './subjectData.ts';
import { welchT } from './welch.ts';

/** Residual variation below this share of the original is rounding: the covariates explain the voxel completely. */
const explainedShare = 1e-10;

/** What `standardiseBlock` finds out, one entry per voxel of the mask (padded to whole blocks). */
export interface VoxelFacts {
  /** 1 where the voxel can be tested. */
  readonly tested: Uint8Array;
  /** Observed T, float64; NaN where the voxel is not tested. */
  readonly t: Float64Array;
  /** Norm over subjects of the values without mean and covariates, in the unit of the images. */
  readonly norms: Float64Array;
}

/**
 * Standardises one block in place: values without mean (and covariates, or the means of kinds), scaled to norm 1, as int32 with the model's
 * fraction bits. Voxels that are non-finite in a subject, constant, or explained by the covariates are marked
 * untested; they and the padding are filled with a copy of a tested voxel of the block (zeros where there is none),
 * so that the kernels need no special case.
 */
export function standardiseBlock(data: SubjectData, block: number, model: Model, facts: VoxelFacts): void {
  const { subjects, basis } = model;
  const values = data.values(block);
  const fixedPoint = data.fixedPoint(block);
  const firstVoxel = block * blockVoxels;
  const lanes = Math.min(blockVoxels, data.voxels - firstVoxel);
  const isWithinKinds = model.kinds !== undefined && basis.length === 0;
  const { means, norms, t } = momentsOf(values, model);
  const residuals = basis.length > 0 || isWithinKinds ? new Float64Array(subjects * blockVoxels) : undefined;
  let example = -1;
  for (let lane = 0; lane < blockVoxels; lane++) {
    const isUsable = lane < lanes && norms[lane] > 0 && Number.isFinite(norms[lane]);
    if (!isUsable || isConstant(values, lane, subjects)) norms[lane] = 0;
    if (residuals && norms[lane] > 0) {
      const own = new Float64Array(subjects);
      for (let i = 0; i < subjects; i++) own[i] = values[i * blockVoxels + lane] - means[lane];
      let square = isWithinKinds ? removeKinds(own, model) : removeCovariates(own, basis);
      if (square <= explainedShare * norms[lane] ** 2) square = 0;
      else if (model.variance === 'by-kind') square = divideKinds(own, model);
      norms[lane] = Math.sqrt(square);
      if (norms[lane] > 0)
        t[lane] = isWithinKinds
          ? twoSampleTWithinKinds(own, 0, 1, model.direction as Float64Array, model.degreesOfFreedom)
          : partialT(own, norms[lane], model);
      for (let i = 0; i < subjects; i++) residuals[i * blockVoxels + lane] = own[i];
    }
    if (model.statistic === 'welch' && norms[lane] > 0) t[lane] = welchT(values, lane, model);
    const isTested = norms[lane] > 0;
    if (isTested) example = lane;
    facts.tested[firstVoxel + lane] = isTested ? 1 : 0;
    if (lane < lanes) {
      facts.t[firstVoxel + lane] = isTested ? t[lane] : Number.NaN;
      facts.norms[firstVoxel + lane] = norms[lane];
    }
  }
  const scales = norms.map((norm) => (norm > 0 ? 2 ** model.fractionBits / norm : 0));
  for (let i = 0, at = 0; i < subjects; i++) {
    for (let lane = 0; lane < blockVoxels; lane++, at++) {
      const residual = residuals ? residuals[at] : values[at] - means[lane];
      // Untested lanes have scale 0; NaN becomes 0 too.
      fixedPoint[at] = Math.floor(residual * scales[lane] + 0.5);
    }
  }
  for (let lane = 0; lane < blockVoxels; lane++) {
    if (norms[lane] > 0) continue;
    for (let row = 0; row < subjects * blockVoxels; row += blockVoxels) {
      fixedPoint[row + lane] = example < 0 ? 0 : fixedPoint[row + example];
    }
  }
}

/** Mean, norm of the deviations from it, and T of the two groups, of the 16 voxels of a block side by side. */
function momentsOf(
  values: Float32Array,
  model: Model,
): { readonly means: Float64Array; readonly norms: Float64Array; readonly t: Float64Array } {
  const { subjects, labels, groups } = model;
  const sums = [new Float64Array(blockVoxels), new Float64Array(blockVoxels)];
  for (let i = 0, at = 0; i < subjects; i++) {
    const sum = sums[labels[i]];
    for (let lane = 0; lane < blockVoxels; lane++, at++) sum[lane] += values[at];
  }
  const means = sums[0].map((sum, lane) => (sum + sums[1][lane]) / subjects);
  const groupMeans = [sums[0].map((sum) => sum / groups[1]), sums[1].map((sum) => sum / groups[0])];
  const within = new Float64Array(blockVoxels);
  const squares = new Float64Array(blockVoxels);
  for (let i = 0, at = 0; i < subjects; i++) {
    const own = groupMeans[labels[i]];
    for (let lane = 0; lane < blockVoxels; lane++, at++) {
      const value = values[at];
      within[lane] += (value - own[lane]) ** 2;
      squares[lane] += (value - means[lane]) ** 2;
    }
  }
  const t = within.map((sum, lane) => tOfSums(groupMeans[1][lane] - groupMeans[0][lane], sum, groups));
  return { means, norms: squares.map(Math.sqrt), t };
}

function isConstant(values: Float32Array, lane: number, subjects: number): boolean {
  const first = values[lane];
  for (let i = 1; i < subjects; i++) if (values[i * blockVoxels + lane] !== first) return false;
  return true;
}

/** Takes the means of the kinds out of centred values, in place; returns the sum of squares left. */
function removeKinds(residuals: Float64Array, { kinds, labels }: Model): number {
  const means = meansOfKinds(residuals, kinds);
  let square = 0;
  for (let i = 0; i < labels.length; i++) {
    residuals[i] = residuals[i] - means[kinds?.[i] ?? 0];
    square += residuals[i] * residuals[i];
  }
  return square;
}

/**
 * Divides residuals by the standard deviation of their kind, in place; returns the sum of squares left, 0 where a kind
 * has no variance: its values would be divided by nothing.
 */
function divideKinds(residuals: Float64Array, { kinds }: Model): number {
  if (kinds === undefined) throw new Error('A variance by kind needs several kinds.');
  const count = Math.max(...kinds) + 1;
  const [squares, sizes] = [new Float64Array(count), new Float64Array(count)];
  for (let i = 0; i < kinds.length; i++) {
    squares[kinds[i]] += residuals[i] * residuals[i];
    sizes[kinds[i]] += 1;
  }
  // A kind whose values are all the same has residuals of rounding alone.
  const total = squares.reduce((sum, square) => sum + square, 0);
  if (squares.some((square) => square <= explainedShare * total)) return 0;
  const deviations = squares.map((square, kind) => Math.sqrt(square / (sizes[kind] - 1)));
  let square = 0;
  for (let i = 0; i < kinds.length; i++) {
    residuals[i] = residuals[i] / deviations[kinds[i]];
    square += residuals[i] * residuals[i];
  }
  return square;
}

/** Takes the covariates out of centred values, in place, twice against rounding; returns the sum of squares left. */
function removeCovariates(residuals: Float64Array, basis: readonly Float64Array[]): number {
  for (let round = 0; round < 2; round++) {
    for (const vector of basis) {
      let component = 0;
      for (let i = 0; i < residuals.length; i++) component += residuals[i] * vector[i];
      for (let i = 0; i < residuals.length; i++) {
        residuals[i] = residuals[i] - component * vector[i];
      }
    }
  }
  let square = 0;
  for (const residual of residuals) square += residual * residual;
  return square;
}

/** T of the groups in the full model, by the sum of squares that it leaves. */
function partialT(residuals: Float64Array, norm: number, model: Model): number {
  const { subjects, labels, groups, basis, loadings, labelNorm, degreesOfFreedom } = model;
  // g~: the labels without their mean and covariates, at norm 1.
  const direction = new Float64Array(subjects);
  for (let i = 0; i < subjects; i++) {
    let value = labels[i] - groups[0] / subjects;
    for (let j = 0; j < basis.length; j++) {
      value -= loadings[j] * basis[j][i];
    }
    direction[i] = value / labelNorm;
  }
  let component = 0;
  for (let i = 0; i < subjects; i++) component += residuals[i] * direction[i];
  let rest = 0;
  for (let i = 0; i < subjects; i++) {
    rest += (residuals[i] - component * direction[i]) ** 2;
  }
  if (rest <= 1e-15 * norm * norm) return tOfCorrelation(Math.sign(component), degreesOfFreedom);
  return component * Math.sqrt(degreesOfFreedom / rest);
}
