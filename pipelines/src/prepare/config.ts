import { UsageError } from '@oinr/errors';
import * as common from '../config/common.ts';
import { choice, flag, number, path } from '../config/option.ts';
import { type ConfigOf, stageConfig } from '../config/stageConfig.ts';
import { simulateConfig } from '../simulate/config.ts';
import { intensityRules } from './scan/intensity.ts';

const { cohort, run, jobs, force } = simulateConfig.options;

/** What can be said to the stage that brings scans to the space of a template. */
export const prepareConfig = stageConfig({
  stage: 'prepare',
  options: {
    cohort,
    root: common.root,
    out: common.out,
    participantLabel: common.participantLabel,
    resolutionColumn: common.resolutionColumn,
    axis: simulateConfig.options.axis,
    run,
    template: path({
      value: 'FILE',
      help: 'The image that scans are registered to, in whose space the study is done. Default: the Colin27 brain of this repository (MNI space).',
    }),
    templateMask: path({
      value: 'FILE',
      help: 'Where the brain is in the template (value above 0.5). Default: voxels of the template above 0.',
    }),
    spacing: number({
      value: 'MM',
      above: 0,
      default: 2,
      help: 'Edge of the voxels in the common space in mm. Default: 2.',
    }),
    register: choice(['auto', 'always', 'never'], {
      value: 'WHEN',
      default: 'auto',
      help: 'auto uses images that all lie on one grid already (from fMRIPrep, CAT12, SPM) as is and registers others; always registers them too; never registers nothing. Default: auto.',
    }),
    registerFrom: choice(['full', 'imputed'], {
      value: 'WHAT',
      default: 'full',
      help: 'How imputed volumes get to the common space: through the transform of their full scan (full), or each by a registration of its own (imputed), as a real scan with few slices has to, which has no full one. Default: full.',
    }),
    shows: choice(['auto', 'brain', 'head'], {
      value: 'WHAT',
      default: 'auto',
      help: 'Skull-stripped brain or whole head. Default: auto, by the size of what is not dark (2.2 litres).',
    }),
    nonlinear: flag({
      help: 'Refine the 12-parameter affine by a B-spline with control points 20 mm apart.',
    }),
    intensity: choice(intensityRules, {
      value: 'HOW',
      default: 'percentile',
      help: 'Intensities in the common space, full and imputed alike: divided by the 99.5th percentile inside the brain mask, by the white-matter peak of its histogram, or left. Default: percentile.',
    }),
    shard: common.shard,
    jobs,
    phantomPerGroup: common.phantomPerGroup,
    phantomVoxelSize: common.phantomVoxelSize,
    force,
  },
  check({ register, registerFrom }) {
    if (register === 'never' && registerFrom === 'imputed')
      throw new UsageError(
        '--register-from imputed registers what was imputed, but --register never registers nothing; leave one of them out.',
      );
  },
});

export type PrepareConfig = ConfigOf<typeof prepareConfig>;
