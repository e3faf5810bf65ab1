import * as common from '../config/common.ts';
import { integer, integers, list, number } from '../config/option.ts';
import { type ConfigOf, stageConfig } from '../config/stageConfig.ts';
import { simulateConfig } from '../simulate/config.ts';
import { methodNames } from '../simulate/methods.ts';

const {
  cohort,
  root,
  out,
  participantLabel,
  axis,
  k,
  offset,
  profile,
  sliceThickness,
  engine,
  scale,
  crossFit,
} = simulateConfig.options;

/**
 * What can be said to the stage that implants losses of intensity into full scans, thins and imputes them, and measures
 * what comes through. Slices are dropped by the same options as in the simulation.
 */
export const transferConfig = stageConfig({
  stage: 'transfer',
  options: {
    cohort,
    root,
    out,
    run: common.run('Name of the run: tables go to OUT/COHORT/NAME. Default: default.'),
    participantLabel,
    subjects: integer({
      value: 'N',
      least: 1,
      help: 'Only so many people, drawn by the seed from all groups alike. Default: all.',
    }),
    axis,
    k,
    offset,
    profile,
    sliceThickness,
    method: list({
      value: 'NAME ...',
      choices: methodNames,
      default: ['linear', 'pchip', 'oinr-prior'],
      help: 'Methods to impute by. Trained ones are fitted anew to every thinned scan with its implants, so they take long. Default: linear pchip oinr-prior.',
    }),
    sizes: integers({
      value: '6 10 14',
      above: 0,
      default: [6, 10, 14],
      help: 'Full widths at half maximum of the implants in whole mm. Default: 6 10 14.',
    }),
    loss: number({
      value: 'PERCENT',
      above: 0,
      below: 100,
      default: 10,
      help: 'Share of its intensity that a voxel at the centre of an implant loses. Default: 10.',
    }),
    smooth: integers({
      value: '0 6',
      least: 0,
      default: [6],
      help: "The study's smoothing before its test, full widths at half maximum in whole mm; several give rows for each. Default: 6.",
    }),
    engine,
    jobs: common.jobs(
      'Number of subjects processed in parallel. Default: one per core, fewer when memory is short.',
    ),
    seed: common.seed(),
    scale,
    crossFit,
    phantomPerGroup: common.phantomPerGroup,
    phantomVoxelSize: common.phantomVoxelSize,
    force: common.force('Do everything again, also what an earlier run with the same options finished.'),
  },
  check: ({ k: every, offset: first, profile: shape, sliceThickness: thickness }) =>
    simulateConfig.check?.({
      k: every,
      offset: first,
      profile: shape,
      sliceThickness: thickness,
    } as Parameters<NonNullable<typeof simulateConfig.check>>[0]),
});

export type TransferConfig = ConfigOf<typeof transferConfig>;
