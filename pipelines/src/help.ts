import { compareOptions } from './compare/options.ts';
import { readingOptions } from './figures/options.ts';
import { imputeOptions } from './impute/options.ts';
import { describeOptions } from './options/help.ts';
import { prepareOptions } from './prepare/options.ts';
import { scanOptions } from './scans/options.ts';
import type { Terminal } from './terminal.ts';
import { trainOptions } from './train/options.ts';

/** The text of `nx run pipeline:help`. */
export async function help(_words: readonly string[], terminal: Terminal): Promise<number> {
  terminal.out.write(`${helpText()}\n`);
  return 0;
}

export function helpText(): string {
  return `oinr: imputes missing slices of T1 brain scans, and tests what that does to a group study.

  npx nx run pipeline:STAGE [options]

Stages
  prepare   bring scans to the space of a template, and with them what was imputed from them
  impute    drop slices of every volume of a cohort, impute them by every method, measure the errors
  compare   t-tests on full and imputed data, and how far they agree
  figures   the paper's figures and tables as SVG and PNG, from what a run has written
  report    one HTML page about a run: verdict, tables, figures, statistic maps to click through
  study     prepare, impute, carry along, compare, report; takes all their options
  train     learn one operator across people from full volumes (oinr-prior), people held out
  scans     bring real scans with few slices to a finer spacing; the same as oinr impute
  group     compare, report
  help      this text

Options of prepare
${describeOptions(prepareOptions)}

Options of impute
${describeOptions(imputeOptions)}

Options of scans, after the scan or BIDS folder
${describeOptions(scanOptions)}

Options of compare
${describeOptions(compareOptions)}

Options of figures and report
${describeOptions(readingOptions)}

Options of train
${describeOptions(trainOptions)}

Examples
  npx nx run pipeline:prepare --cohort bids --root /data/ds002748
      scans as the scanner wrote them, registered to Colin27 at 2 mm, with a page to judge them by
  npx nx run pipeline:impute
      the phantom cohort: no data needed, truth known
  npx nx run pipeline:impute --cohort bids --root /data/ds002748 --missing 50 66 75 80 82
      a BIDS folder, the paper's five percentages
  npx nx run pipeline:study --cohort bids --root /data/ds002748 --smooth 6
      the whole study from raw scans, volumes smoothed by 6 mm before the test
  npx nx run pipeline:report --show-subjects
      the page about the phantom run, with slices of one subject
  npx nx run pipeline:impute --cohort adni --root /data/ADNI --method linear pchip --jobs 4
      an ADNI download, two methods, four subjects at once
  npx nx run pipeline:impute --cohort bids --root /data/ds002748 --participant-label 01 02 --run try
      two subjects, in a run of its own
  npx nx run pipeline:scans scan.nii.gz --spacing 1 --out DIR
      a clinical scan with slices far apart brought to 1 mm; there is no truth, errors are predicted
  npx nx run pipeline:train --cohort bids --root /data/ds002748
      an operator of your own, with weights, checksum and model card

A run that was stopped goes on when the same command is given again; changed options redo only what
they touch.
Nx keeps --parallel, --configuration, --verbose, --batch, --skip-nx-cache and --help for itself.`;
}
