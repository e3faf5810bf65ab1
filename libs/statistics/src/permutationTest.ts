import { availableParallelism } from 'node:os';
import { DesignError, resolveDesign, type TwoGroupDesign } from './design.ts';
import { makeRelabelings } from './relabelings.ts';
import type { SubjectData } from './subjectData.ts';
import { TestRun } from './testRun.ts';
import type { PermutationTestOptions, PermutationTestResult } from './testTypes.ts';

/**
 * The voxel-wise two-sample permutation t-test: uncorrected and family-wise counts of three tails in one pass, and
 * where asked clusters, TFCE and pseudo-t. `data` holds the images of the design's subjects in the same order; it is
 * standardised in place and cannot be used for another test. With covariates: Freedman and Lane (1983).
 *
 * Every count and maximum is the same for any number of threads and any batch size.
 * Throws a DesignError for a design, threshold or mask that no test can be computed from.
 */
export async function permutationTest(
  data: SubjectData,
  design: TwoGroupDesign,
  options: PermutationTestOptions,
): Promise<PermutationTestResult> {
  const resolved = resolveDesign(design);
  if (data.subjects !== resolved.subjects) {
    throw new DesignError(
      `There are images of ${data.subjects} subjects but labels of ${resolved.subjects}.`,
    );
  }
  const alpha = options.alpha ?? 0.05;
  if (!(alpha > 0 && alpha < 1)) throw new DesignError(`alpha lies between 0 and 1, but got ${alpha}.`);
  const threads = options.threads ?? availableParallelism();
  if (!(Number.isInteger(threads) && threads >= 1)) {
    throw new DesignError(`The number of threads is a positive integer, but got ${threads}.`);
  }
  if (options.clusters && !(options.clusters.threshold > 0)) {
    throw new DesignError(`A cluster threshold is a positive T, but got ${options.clusters.threshold}.`);
  }
  if (options.varianceSigma && resolved.variance === 'by-kind')
    throw new DesignError(
      'With a variance by kind every voxel is divided by its own standard deviation, so there is no variance left to smooth. Leave out one of the two.',
    );
  if (options.varianceSigma && resolved.statistic === 'welch')
    throw new DesignError(
      "A smoothed variance belongs to Student's statistic, which has one for both groups, not to Welch's. Leave out one of the two.",
    );
  const needsGrid = options.clusters || options.tfce || options.varianceSigma;
  if (needsGrid && !options.grid)
    throw new DesignError('Clusters, TFCE and smoothing need to know where voxels lie.');
  if (options.grid && options.grid.indices.length !== data.voxels) {
    throw new DesignError(`The mask has ${options.grid.indices.length} voxels, the data ${data.voxels}.`);
  }
  const relabelings = makeRelabelings(resolved, options.relabelings);
  const run = new TestRun(data, resolved, relabelings, options, Math.min(threads, Math.max(1, data.blocks)));
  return run.run(alpha);
}
