import { type Model, tOfCorrelation, twoSampleT } from './model.ts';
import { blockVoxels, type SubjectData } from './subjectData.ts';

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
 * Standardises one block in place: values without mean (and covariates), scaled to norm 1, as int32 with the model's
 * fraction bits. Voxels that are non-finite in a subject, constant, or explained by the covariates are marked
 * untested; they and the padding are filled with a copy of a tested voxel of the block (zeros where there is none),
 * so that the kernels need no special case.
 */
export function standardiseBlock(data: SubjectData, block: number, model: Model, facts: VoxelFacts): void {
  const { subjects, basis } = model;
  const values = data.values(block);
  const fixedPoint = data.fixedPoint(block);
  const scale = 2 ** model.fractionBits;
  const residuals = new Float64Array(subjects);
  const firstVoxel = block * blockVoxels;
  let example = -1;
  for (let lane = 0; lane < blockVoxels; lane++) {
    const voxel = firstVoxel + lane;
    let t = Number.NaN;
    let norm = 0;
    if (voxel < data.voxels) {
      let mean = 0;
      for (let i = 0; i < subjects; i++) mean += values[i * blockVoxels + lane] as number;
      mean /= subjects;
      let square = 0;
      for (let i = 0; i < subjects; i++) {
        const residual = (values[i * blockVoxels + lane] as number) - mean;
        residuals[i] = residual;
        square += residual * residual;
      }
      if (square > 0 && Number.isFinite(square) && !isConstant(values, lane, subjects)) {
        if (basis.length === 0) {
          t = twoSampleT(values, lane, blockVoxels, model.labels, model.groups);
        } else {
          const before = square;
          square = removeCovariates(residuals, basis);
          if (square <= explainedShare * before) square = 0;
        }
        norm = Math.sqrt(square);
        if (norm > 0 && basis.length > 0) t = partialT(residuals, norm, model);
      }
    }
    facts.tested[voxel] = norm > 0 ? 1 : 0;
    if (voxel < data.voxels) {
      facts.t[voxel] = norm > 0 ? t : Number.NaN;
      facts.norms[voxel] = norm;
    }
    if (norm > 0) {
      example = lane;
      for (let i = 0; i < subjects; i++) {
        fixedPoint[i * blockVoxels + lane] = Math.round(((residuals[i] as number) / norm) * scale);
      }
    }
  }
  for (let lane = 0; lane < blockVoxels; lane++) {
    if (facts.tested[firstVoxel + lane]) continue;
    for (let i = 0; i < subjects; i++) {
      const row = i * blockVoxels;
      fixedPoint[row + lane] = example < 0 ? 0 : (fixedPoint[row + example] as number);
    }
  }
}

function isConstant(values: Float32Array, lane: number, subjects: number): boolean {
  const first = values[lane];
  for (let i = 1; i < subjects; i++) if (values[i * blockVoxels + lane] !== first) return false;
  return true;
}

/** Takes the covariates out of centred values, in place, twice against rounding; returns the sum of squares left. */
function removeCovariates(residuals: Float64Array, basis: readonly Float64Array[]): number {
  for (let round = 0; round < 2; round++) {
    for (const vector of basis) {
      let component = 0;
      for (let i = 0; i < residuals.length; i++)
        component += (residuals[i] as number) * (vector[i] as number);
      for (let i = 0; i < residuals.length; i++) {
        residuals[i] = (residuals[i] as number) - component * (vector[i] as number);
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
    let value = (labels[i] as number) - groups[0] / subjects;
    for (let j = 0; j < basis.length; j++) {
      value -= (loadings[j] as number) * ((basis[j] as Float64Array)[i] as number);
    }
    direction[i] = value / labelNorm;
  }
  let component = 0;
  for (let i = 0; i < subjects; i++) component += (residuals[i] as number) * (direction[i] as number);
  let rest = 0;
  for (let i = 0; i < subjects; i++) {
    rest += ((residuals[i] as number) - component * (direction[i] as number)) ** 2;
  }
  if (rest <= 1e-15 * norm * norm) return tOfCorrelation(Math.sign(component), degreesOfFreedom);
  return component * Math.sqrt(degreesOfFreedom / rest);
}
