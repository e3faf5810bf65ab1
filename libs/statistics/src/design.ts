import { UserError } from '@oinr/errors';

/** A design or data that no test can be computed from; the message is a sentence for the user. */
export class DesignError extends UserError {
  override readonly name = 'DesignError';
}

/** A measured property of every subject that is held constant, such as age. */
export interface Covariate {
  /** For messages. */
  readonly name: string;
  /** One value per subject. */
  readonly values: ArrayLike<number>;
}

/** Who is compared with whom. All arrays have one entry per subject, in the same order as the images. */
export interface TwoGroupDesign {
  /** 1 = first group, 0 = second group. The contrast is first minus second. */
  readonly labels: Uint8Array;
  /** Held constant by the method of Freedman and Lane; none by default. */
  readonly covariates?: readonly Covariate[];
  /** Exchangeability block of each subject: labels are permuted within blocks only. One block by default. */
  readonly blocks?: ArrayLike<number>;
}

/** A checked design with what the kernels need of it. */
export interface ResolvedDesign {
  readonly subjects: number;
  /** Sizes of the first and of the second group. */
  readonly groups: readonly [number, number];
  readonly labels: Uint8Array;
  readonly blocks: Int32Array | undefined;
  readonly covariateNames: readonly string[];
  /** Orthonormal basis of the centred covariates: covariates x subjects. */
  readonly basis: readonly Float64Array[];
  /** <labels, basis_j>. */
  readonly loadings: Float64Array;
  /** Norm of the labels without their mean and covariates. */
  readonly labelNorm: number;
  readonly degreesOfFreedom: number;
}

/**
 * Checks a design. Throws a DesignError where a group is empty, no degrees of freedom are left, a covariate is
 * constant or not finite, or a covariate is a linear combination of the others or of the groups.
 */
export function resolveDesign(design: TwoGroupDesign): ResolvedDesign {
  const subjects = design.labels.length;
  const labels = Uint8Array.from(design.labels, (label) => (label ? 1 : 0));
  const first = labels.reduce((sum, label) => sum + label, 0);
  const groups = [first, subjects - first] as const;
  if (groups[0] === 0 || groups[1] === 0) {
    throw new DesignError(
      `The groups have ${groups[0]} and ${groups[1]} subjects: a comparison needs at least one in each, and three in all.`,
    );
  }
  const covariates = design.covariates ?? [];
  const degreesOfFreedom = subjects - 2 - covariates.length;
  if (degreesOfFreedom < 1) {
    const model = covariates.length ? ` and ${covariates.length} covariates` : '';
    throw new DesignError(
      `${groups[0]} against ${groups[1]} subjects${model} leave no degrees of freedom: at least ${3 + covariates.length} subjects are needed.`,
    );
  }
  const basis: Float64Array[] = [];
  for (const covariate of covariates) {
    basis.push(nextBasisVector(covariate, subjects, basis));
  }
  const centred = Float64Array.from(labels, (label) => label - first / subjects);
  const fullNorm = norm(centred);
  const loadings = Float64Array.from(basis, (vector) => dot(centred, vector));
  for (const vector of basis) removeComponent(centred, vector);
  const labelNorm = norm(centred);
  if (labelNorm < 1e-6 * fullNorm) {
    throw new DesignError(
      `The covariates (${covariates.map(({ name }) => name).join(', ')}) determine the groups completely, so no difference is left to test. Leave out the covariate that tells the groups apart.`,
    );
  }
  let blocks: Int32Array | undefined;
  if (design.blocks) {
    if (design.blocks.length !== subjects) {
      throw new DesignError(`There are ${design.blocks.length} block numbers for ${subjects} subjects.`);
    }
    blocks = Int32Array.from(design.blocks);
  }
  return {
    subjects,
    groups,
    labels,
    blocks,
    covariateNames: covariates.map(({ name }) => name),
    basis,
    loadings,
    labelNorm,
    degreesOfFreedom,
  };
}

/** Gram and Schmidt, twice, with the checks that tell the user which covariate is the culprit. */
function nextBasisVector(
  covariate: Covariate,
  subjects: number,
  basis: readonly Float64Array[],
): Float64Array {
  const { name } = covariate;
  if (covariate.values.length !== subjects) {
    throw new DesignError(
      `Covariate ${name} has ${covariate.values.length} values for ${subjects} subjects.`,
    );
  }
  const vector = Float64Array.from(covariate.values);
  const bad = vector.findIndex((value) => !Number.isFinite(value));
  if (bad >= 0) {
    throw new DesignError(
      `Covariate ${name} is not a finite number for subject ${bad + 1} (${vector[bad]}).`,
    );
  }
  const mean = vector.reduce((sum, value) => sum + value, 0) / subjects;
  const size = Math.max(...vector.map(Math.abs));
  for (let i = 0; i < subjects; i++) vector[i] = vector[i] - mean;
  const before = norm(vector);
  if (before <= 1e-12 * size * Math.sqrt(subjects)) {
    throw new DesignError(
      `Covariate ${name} has the same value for all subjects, so it explains nothing. Leave it out.`,
    );
  }
  for (let round = 0; round < 2; round++) for (const other of basis) removeComponent(vector, other);
  const after = norm(vector);
  if (after < 1e-6 * before) {
    throw new DesignError(
      `Covariate ${name} is a linear combination of the covariates before it. Leave one of them out.`,
    );
  }
  return vector.map((value) => value / after);
}

function removeComponent(vector: Float64Array, direction: Float64Array): void {
  const component = dot(vector, direction);
  for (let i = 0; i < vector.length; i++) {
    vector[i] = vector[i] - component * direction[i];
  }
}

function dot(a: Float64Array, b: Float64Array): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += a[i] * b[i];
  return sum;
}

function norm(vector: Float64Array): number {
  return Math.sqrt(dot(vector, vector));
}
