import { UsageError } from '@oinr/errors';
import * as common from '../config/common.ts';
import { choice, flag, list, number, path } from '../config/option.ts';
import { type ConfigOf, stageConfig } from '../config/stageConfig.ts';
import { profileNames } from '../simulate/acquisition.ts';
import { axisNames } from '../simulate/config.ts';
import { methodNames } from '../simulate/methods.ts';

/** What can be said to the stage that plans a simulation after a clinical scan; it is started as `oinr plan` too. */
export const planConfig = stageConfig({
  stage: 'plan',
  operand: 'scan',
  options: {
    scan: path({
      value: 'CLINICAL_SCAN',
      help: 'A NIfTI file (.nii or .nii.gz) as the clinic acquires them, with few slices; its JSON sidecar is read too.',
      whenMissing:
        'The clinical scan is missing: name a NIfTI file, as in oinr plan clinical.nii.gz --study BIDS_DIR.',
    }),
    study: path({
      value: 'BIDS_DIR',
      help: 'The research scans, with all slices: a BIDS folder with participants.tsv. Needed.',
      whenMissing: '--study is missing: name the BIDS folder of the research scans.',
    }),
    cohort: common.cohort(
      'How the folder of the research scans is laid out: a description in cohorts/ or a YAML file. Default: bids.',
      'bids',
    ),
    out: path({ value: 'DIR', help: 'Where the simulated study is written. Needed with --run.' }),
    run: flag({ help: 'Run the study, instead of printing its command.' }),
    axis: choice(axisNames, {
      value: 'AXIS',
      help: 'The axis along which the clinical scan has few slices. Default: the one whose voxels are clearly the largest.',
    }),
    profile: choice(profileNames, {
      value: 'NAME',
      help: 'Slice profile of the clinical scan: thin (point sample), or averaged over the thickness of a slice (box, gauss). Default: what the scan itself tells where nobody says how thick its slices are, else box.',
    }),
    sliceThickness: number({
      value: 'MM',
      above: 0,
      help: 'Slice thickness of the clinical scan. Default: SliceThickness of its JSON sidecar, else an estimate from the scan itself (brains without their skull), else the distance of its slices.',
    }),
    groups: list({
      value: 'A B',
      help: 'The two groups to compare, first minus second. Default: the groups of the study, where they are two.',
    }),
    smooth: number({
      value: 'MM',
      least: 0,
      default: 0,
      help: 'Gaussian smoothing before the test, full width at half maximum. Default: 0.',
    }),
    method: list({
      value: 'NAME ...',
      choices: methodNames,
      help: 'Methods to impute by. Default: as in study.',
    }),
    jobs: common.jobs('Number of subjects processed in parallel. Default: one per core.'),
  },
  check({ profile, sliceThickness, run, out }) {
    if (profile === 'thin' && sliceThickness !== undefined)
      throw new UsageError(
        '--slice-thickness belongs to --profile box or gauss: thin slices are point samples.',
      );
    if (run && out === undefined)
      throw new UsageError('--out is missing: name the folder that the simulated study is run into.');
  },
});

export type PlanConfig = ConfigOf<typeof planConfig>;
