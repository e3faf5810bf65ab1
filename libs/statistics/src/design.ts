import { UserError } from '@oinr/errors';
import { dot, norm, orthonormalTo, remove } from './vectors.ts';

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

/** Fewest subjects of a kind from which its own variance is estimated. */
export const leastOfKind = 10;

/** Who is compared with whom. All arrays have one entry per subject, in the same order as the images. */
export interface TwoGroupDesign {
  /** 1 = first group, 0 = second group. The contrast is first minus second. */
  readonly labels: Uint8Array;
  /** Held constant by the method of Freedman and Lane; none by default. */
  readonly covariates?: readonly Covariate[];
  /** Exchangeability block of each subject: labels are permuted within blocks only. One block by default. */
  readonly blocks?: ArrayLike<number>;
  /**
   * Kind of each subject, such as the resolution of its scan: kinds are blocks whose means are in the model, so that what
   * differs between kinds is no difference of groups. One kind by default; not together with blocks.
   */
  readonly kinds?: ArrayLike<number>;
  /**
   * `by-kind`: after its mean is taken out, every kind is divided at every voxel by its standard deviation over all its
   * subjects (n - 1; both groups together, so no relabeling within kinds changes it and the test stays exact), for scans
   * whose values vary less than others', such as imputed ones. Kinds of at least ten subjects; not together with
   * covariates. `pooled` by default; of one kind both are the same.
   */
  readonly variance?: 'pooled' | 'by-kind';
  /**
   * `welch`: T of Welch, in which each group has a variance of its own, for groups of unequal sizes whose values vary
   * differently. For one kind, without covariates, two subjects in each group at least. `student` by default.
   */
  readonly statistic?: 'student' | 'welch';
}

/** A checked design with what the kernels need of it. */
export interface ResolvedDesign {
  readonly subjects: number;
  /** Sizes of the first and of the second group. */
  readonly groups: readonly [number, number];
  readonly labels: Uint8Array;
  readonly blocks: Int32Array | undefined;
  /** Numbered from 0, where there are several; then they are the blocks too. */
  readonly kinds: Int32Array | undefined;
  /** Always `pooled` where there is one kind. */
  readonly variance: 'pooled' | 'by-kind';
  readonly statistic: 'student' | 'welch';
  readonly covariateNames: readonly string[];
  /**
   * Orthonormal basis of the centred covariates, covariates x subjects; with kinds, where there are covariates, the
   * means of the kinds before them.
   */
  readonly basis: readonly Float64Array[];
  /** <labels, basis_j>. */
  readonly loadings: Float64Array;
  /** Norm of the labels without the means of their kinds and without covariates. */
  readonly labelNorm: number;
  /**
   * For parametric values. With Welch's statistic those of the smaller group, n - 1: the fewest that the formula of Welch
   * and Satterthwaite, which gives other ones at every voxel, can give.
   */
  readonly degreesOfFreedom: number;
}

/**
 * Checks a design. Throws a DesignError where a group is empty, no degrees of freedom are left, a covariate is
 * constant or not finite, a covariate is a linear combination of the others or of the groups, a kind holds one group
 * only, a kind is too small for a variance of its own, or the statistic is not that of the design.
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
  const kinds = resolveKinds(design, labels);
  const variance = resolveVariance(design, kinds);
  const { statistic = 'student' } = design;
  if (statistic === 'welch') checkWelch(groups, covariates, kinds);
  const furtherKinds = kinds === undefined ? 0 : Math.max(...kinds);
  const degreesOfFreedom =
    statistic === 'welch' ? Math.min(...groups) - 1 : subjects - 2 - covariates.length - furtherKinds;
  if (degreesOfFreedom < 1) {
    const model = [
      ...(furtherKinds ? [`${furtherKinds + 1} kinds`] : []),
      ...(covariates.length ? [`${covariates.length} covariates`] : []),
    ];
    throw new DesignError(
      `${groups[0]} against ${groups[1]} subjects${model.map((part) => ` and ${part}`).join('')} leave no degrees of freedom: at least ${3 + covariates.length + furtherKinds} subjects are needed.`,
    );
  }
  const basis: Float64Array[] = [];
  // With covariates whole permutations are needed anyway, and the means of kinds are covariates like any other.
  if (kinds !== undefined && covariates.length > 0)
    for (let kind = 1; kind <= furtherKinds; kind++) {
      const values = Float64Array.from(kinds, (one) => (one === kind ? 1 : 0));
      basis.push(nextBasisVector({ name: `of kind ${kind + 1}`, values }, subjects, basis));
    }
  for (const covariate of covariates) {
    basis.push(nextBasisVector(covariate, subjects, basis));
  }
  // Where the basis has the means of the kinds, they are taken out with it.
  const kindsApart = covariates.length > 0 ? undefined : kinds;
  const share = meansOfKinds(labels, kindsApart);
  const centred = Float64Array.from(labels, (label, i) => label - share[kindsApart?.[i] ?? 0]);
  const fullNorm = norm(centred);
  const loadings = Float64Array.from(basis, (vector) => dot(centred, vector));
  for (const vector of basis) remove(centred, vector, dot(centred, vector));
  const labelNorm = norm(centred);
  if (labelNorm < 1e-6 * fullNorm) {
    throw new DesignError(
      `The covariates (${covariates.map(({ name }) => name).join(', ')}) determine the groups completely, so no difference is left to test. Leave out the covariate that tells the groups apart.`,
    );
  }
  let blocks = kinds;
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
    kinds,
    variance,
    statistic,
    covariateNames: covariates.map(({ name }) => name),
    basis,
    loadings,
    labelNorm,
    degreesOfFreedom,
  };
}

/** The mean over the subjects of every kind; over all subjects where there is one kind. */
export function meansOfKinds(values: ArrayLike<number>, kinds: Int32Array | undefined): Float64Array {
  let count = 1;
  // A loop: this is done for every voxel.
  if (kinds !== undefined) for (const kind of kinds) if (kind >= count) count = kind + 1;
  const [sums, sizes] = [new Float64Array(count), new Float64Array(count)];
  for (let i = 0; i < values.length; i++) {
    const kind = kinds?.[i] ?? 0;
    sums[kind] += values[i];
    sizes[kind] += 1;
  }
  return sums.map((sum, kind) => sum / sizes[kind]);
}

/** Kinds numbered in the order of their first subjects; undefined where there is one kind. */
function resolveKinds({ kinds, blocks }: TwoGroupDesign, labels: Uint8Array): Int32Array | undefined {
  if (kinds === undefined) return undefined;
  if (blocks !== undefined)
    throw new DesignError(
      'Kinds are blocks already: give kinds that are the combinations of both, or leave out the blocks.',
    );
  if (kinds.length !== labels.length)
    throw new DesignError(`There are ${kinds.length} kinds for ${labels.length} subjects.`);
  const numbers = new Map<number, number>();
  const resolved = Int32Array.from(kinds, (kind) => {
    const number = numbers.get(kind) ?? numbers.size;
    numbers.set(kind, number);
    return number;
  });
  if (numbers.size < 2) return undefined;
  const oneSided = meansOfKinds(labels, resolved).findIndex((share) => share === 0 || share === 1);
  if (oneSided >= 0)
    throw new DesignError(
      `Kind ${[...numbers.keys()][oneSided]} holds subjects of one group only, so it says nothing of the groups. Leave its subjects out.`,
    );
  return resolved;
}

function resolveVariance(
  { variance = 'pooled', kinds: given, covariates = [] }: TwoGroupDesign,
  kinds: Int32Array | undefined,
): ResolvedDesign['variance'] {
  if (variance === 'pooled') return variance;
  // Dividing would have to come after the covariates, whose fit would then be one of unequal variances.
  if (covariates.length > 0)
    throw new DesignError(
      `The variance by kind cannot be combined with covariates (${covariates.map(({ name }) => name).join(', ')}). Leave out the covariates, or pool the variance of the kinds.`,
    );
  if (given === undefined || kinds === undefined) return 'pooled';
  const sizes = new Map<number, number>();
  for (let i = 0; i < given.length; i++) sizes.set(given[i], (sizes.get(given[i]) ?? 0) + 1);
  const small = [...sizes].find(([, size]) => size < leastOfKind);
  if (small !== undefined)
    throw new DesignError(
      `Kind ${small[0]} has ${small[1]} subjects, too few for a variance of its own, which needs ${leastOfKind}. Leave its subjects out, or pool the variance of the kinds.`,
    );
  return variance;
}

function checkWelch(
  groups: readonly [number, number],
  covariates: readonly Covariate[],
  kinds: Int32Array | undefined,
): void {
  if (covariates.length > 0)
    throw new DesignError(
      `Welch's statistic cannot be combined with covariates (${covariates.map(({ name }) => name).join(', ')}). Leave them out, or use Student's.`,
    );
  if (kinds !== undefined)
    throw new DesignError(
      "Welch's statistic compares subjects of one kind, but there are several. Use Student's, with a variance by kind where the kinds vary differently.",
    );
  if (Math.min(...groups) < 2)
    throw new DesignError(
      `Welch's statistic needs a variance of each group, but the groups have ${groups[0]} and ${groups[1]} subjects: at least two in each are needed.`,
    );
}

/** The next vector of an orthonormal basis, with the checks that tell the user which covariate is the culprit. */
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
  if (norm(vector) <= 1e-12 * size * Math.sqrt(subjects)) {
    throw new DesignError(
      `Covariate ${name} has the same value for all subjects, so it explains nothing. Leave it out.`,
    );
  }
  const next = orthonormalTo(basis, vector);
  if (next === undefined)
    throw new DesignError(
      `Covariate ${name} is a linear combination of the covariates before it. Leave one of them out.`,
    );
  return next;
}
