import * as common from '../config/common.ts';
import { flag, path } from '../config/option.ts';
import { type ConfigOf, stageConfig } from '../config/stageConfig.ts';

const options = {
  cohort: common.cohort('The cohort of the run. Default: phantom.', 'phantom'),
  root: path({
    value: 'DIR',
    help: 'Where the full-resolution data are; needed only for --show-subjects.',
  }),
  out: common.out,
  run: common.run('Name of the run. Default: default.'),
  showSubjects: flag({
    help: 'Also show slices of one subject. Left out otherwise: many data-use agreements forbid sharing images.',
  }),
};

/** What can be said to the stages that only read what a run has written. */
export const figuresConfig = stageConfig({ stage: 'figures', options });
export const reportConfig = stageConfig({ stage: 'report', options });

export type ReadingConfig = ConfigOf<typeof reportConfig>;
