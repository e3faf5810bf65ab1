import { UsageError } from '@oinr/errors';
import { describeStage } from '@oinr/pipelines';
import type { Command } from './command.ts';

/** The subcommand `oinr impute`: real scans with few slices. */
export const imputeCommand: Command = {
  name: 'impute',
  summary: 'bring scans with few slices to a finer spacing (no truth needed)',
  async help() {
    return `oinr impute: brings T1 scans with few, widely spaced slices to a finer spacing

  oinr impute SCAN_OR_BIDS_FOLDER --out DIR [options]

Finds the axis with few slices, fills the gaps between them by the method with the smallest error predicted from the scan
itself, and writes the volume with a JSON sidecar: kept slices, profile, spacing, predicted error of every method, seed,
remarks. Slices that are thin samples come out exactly as measured; thick ones are averages, and the slices in their place
are estimated too. Nothing is resampled: the stored grid stays, with slices between. A quality page beside each volume
(*_quality.html; of a folder an index of them, quality.html) shows it before and after; of a head it shows the brain alone.
For research, not for diagnosis.

Options
${await describeStage('scans')}

Examples
  oinr impute scan.nii.gz --spacing 1 --out out
      5 mm slices to 1 mm; the thickness comes from scan.json beside it, where there is one
  oinr impute scan.nii.gz --profile thin --out out
      thin slices with gaps, to the voxel size in plane
  oinr impute /data/clinic --spacing 1.5 --slice-thickness 4 --out /data/clinic/derivatives/oinr
      every T1w image of a BIDS folder, slices 4 mm thick
`;
  },
  stage: (words) => ({ stage: 'scans', words }),
};

/** The subcommand `oinr prepare`: scans to the space of a template. */
export const prepareCommand: Command = {
  name: 'prepare',
  summary: 'bring scans to the space of a template, with what was imputed from them',
  async help() {
    return `oinr prepare: brings scans, and the volumes imputed from them, to the space of a template

  oinr prepare --root BIDS_FOLDER --out DIR [options]

Registers every scan to the template, takes it and what was imputed from it through the same transform in one step, and
writes the transforms, their numbers and a page to judge them by.

Options
${await describeOnBids('prepare')}

Examples
  oinr prepare --root /data/study --out /data/study/derivatives/oinr
      whole heads or brains of a BIDS folder to the Colin27 brain, 2 mm
  oinr prepare --root /data/study --participant-label 01 02 --spacing 1 --nonlinear --out out
      two of them to 1 mm, with a B-spline after the affine
`;
  },
  stage: (args) => ({ stage: 'prepare', words: onBids(args, 'the scans are prepared into') }),
};

/** The subcommand `oinr plan`: the simulation that fits a clinical scan. */
export const planCommand: Command = {
  name: 'plan',
  summary: 'the simulation on research scans that fits a clinical scan',
  async help() {
    return `oinr plan: reads how a clinical scan was acquired, and plans the simulation that fits it

  oinr plan CLINICAL_SCAN --study BIDS_DIR [options]

Reads axis, slice distance, slice thickness and gap from the scan and its JSON sidecar, and prints the command of the study in
which slices are removed from the research scans so that they are like it; with --run it runs that study.

Options
${await describeStage('plan')}

Examples
  oinr plan clinical.nii.gz --study /data/study
  oinr plan clinical.nii.gz --study /data/study --groups CN AD --smooth 6 --run --out /data/study/derivatives/oinr
`;
  },
  stage: (words) => ({ stage: 'plan', words }),
};

/** The subcommand `oinr study`: the whole simulated study. */
export const studyCommand: Command = {
  name: 'study',
  summary: 'a whole simulated study: prepare, remove slices, impute, compare, report',
  async help() {
    return `oinr study: removes slices from full-resolution scans, imputes them, and tests the groups before and after

  oinr study --root BIDS_FOLDER --out DIR [options]

Options
${await describeOnBids('study')}

Examples
  oinr study --root /data/study --out /data/study/derivatives/oinr --axis axial --slice-distance 5 --profile box
      as if the scans had axial slices of 5 mm
  oinr study --root /data/study --out out --missing 50 66 75 --smooth 6 --groups CN AD
`;
  },
  stage: (args) => ({ stage: 'study', words: onBids(args, 'the study is run into') }),
};

/** The subcommand `oinr simulate`: slices removed from full scans, imputed, and measured. */
export const simulateCommand: Command = {
  name: 'simulate',
  summary: 'remove slices from full-resolution scans, impute them, measure the errors',
  async help() {
    return `oinr simulate: removes slices from full-resolution scans, imputes them by every method and measures the errors

  oinr simulate --root BIDS_FOLDER --out DIR [options]

The first part of a study, as oinr BIDS_FOLDER DIR participant --simulate does it; oinr compare goes on from there.

Options
${await describeOnBids('impute')}

Examples
  oinr simulate --root /data/study --out out --missing 50 66 75 --method linear pchip oinr-prior
  oinr simulate --cohort phantom --out out
      a simulated cohort with known ground truth: no data needed
`;
  },
  stage: (args) => ({
    stage: 'impute',
    words: onBids(args, 'the imputed volumes and tables are written to'),
  }),
};

/** The subcommand `oinr train`: an operator of one's own. */
export const trainCommand: Command = {
  name: 'train',
  summary: 'train the operator of oinr-prior on the full scans of your own people',
  async help() {
    return `oinr train: trains one operator on the full-resolution scans of many people (oinr-prior), with weights and a model card

  oinr train --root BIDS_FOLDER --out DIR [options]

Takes hours of a CPU core; it goes on where it was stopped.

Options
${await describeOnBids('train')}

Examples
  oinr train --root /data/study --out /data/study/derivatives/oinr
`;
  },
  stage: (args) => ({ stage: 'train', words: onBids(args, 'the operator is written to') }),
};

/** The subcommand `oinr paper`: the paper's other experiments. */
export const paperCommand: Command = {
  name: 'paper',
  summary: "the paper's other experiments: images, bodies, clips, and what of its claims holds",
  async help() {
    return `oinr paper: repeats the other experiments of the paper, and says claim by claim what holds

  oinr paper --out DIR [options]

Options
${await describeStage('paper')}

Examples
  oinr paper --out out --experiment images denoising
  oinr paper --out out --image my.png --run mine
`;
  },
  stage: (args) => ({ stage: 'paper', words: withOut(args, 'the results go to') }),
};

/** The subcommand `oinr ttest`: the permutation t-test on files. */
export const ttestCommand: Command = {
  name: 'ttest',
  summary: 'compare two groups of volumes voxel by voxel, with permutation p-values',
  async help() {
    return `oinr ttest: compares two groups of volumes voxel by voxel, with permutation p-values

  oinr ttest --participants participants.tsv --images DIR --mask mask.nii --groups CN AD --out OUT

Options
${await describeStage('ttest')}

The two-sided test is the default of the field; the one-sided maps (gt: A > B, lt: A < B) come from the same pass.
A run that was stopped goes on from its last finished pass when the same command is given again. Maps and tables of an
earlier run stay in OUT until all new ones are there; files that are not ours are never replaced.

Examples
  oinr ttest --participants participants.tsv --images maps --mask brain.nii.gz --groups CN AD --out out
  oinr ttest --participants participants.tsv --images derivatives/oinr --pattern '*_desc-oinrPrior66_T1w.nii.gz' \\
    --mask brain.nii.gz --groups CN AD --out out
      one image of each participant, where the folder holds several
  oinr ttest --participants study.csv --images . --image-column path --mask brain.nii --groups control patient \\
    --group-column dx --covariates age sex icv --cluster-threshold p=0.001 --tfce --out out
  oinr ttest --participants mixed.tsv --images derivatives --mask brain.nii.gz --groups CN AD \\
    --kinds resolution site --variance by-kind --out out
  oinr ttest --participants few-and-many.tsv --images DIR --mask brain.nii.gz --groups rare common --statistic welch --out out
`;
  },
  stage: (words) => ({ stage: 'ttest', words }),
};

/** The subcommand `oinr compare`: t-tests on maps that were made elsewhere, or on a simulated study. */
export const compareCommand: Command = {
  name: 'compare',
  summary: 'test full and imputed data of one study, and how far they agree',
  async help() {
    return `oinr compare: the same t-test on full data and on every imputed data set, and how far they agree

  oinr compare --full DIR --imputed DIR ... --participants FILE --groups A B --out OUT [options]
  oinr compare --root BIDS_FOLDER --out OUT [options]        after oinr BIDS_FOLDER OUT participant --simulate

Options
${await describeOnBids('compare')}

Examples
  oinr compare --full gm/full --imputed gm/linear gm/oinr --participants study.tsv --groups CN AD --out out
      grey-matter maps of CAT12, SPM or FSL; then: oinr report --cohort maps --out out
  oinr compare --root /data/study --out out --covariates age sex icv --tfce
`;
  },
  stage: (args) => ({
    stage: 'compare',
    words: args.some((word) => word.startsWith('--full'))
      ? withOut(args, 'the results go to')
      : onBids(args, 'the study was run into'),
  }),
};

/** The subcommand `oinr report`: the page about a run. */
export const reportCommand: Command = {
  name: 'report',
  summary: 'one HTML page about a simulated study that was run into DIR',
  async help() {
    return `oinr report: one HTML page, which opens offline, about a study that was run

  oinr report --out DIR [options]

Options
${await describeOnBids('report')}

Examples
  oinr report --out /data/study/derivatives/oinr
  oinr report --out out --cohort bids --root /data/study --show-subjects
`;
  },
  stage: (args) => ({ stage: 'report', words: onBids(args, 'the study was run into') }),
};

/** The folders of a study, as this command takes them: other defaults than in the workspace. */
const folders = `  --root DIR                    The BIDS folder of the scans.
  --out DIR                     Where results are written. Needed.
  --cohort NAME|FILE            How the scans are laid out: a description by its name (adni, table, ...) or a YAML file.
                                Default: bids.
`;

/** The options of a stage for which the cohort is bids and no folder is written by default. */
async function describeOnBids(stage: Parameters<typeof describeStage>[0]): Promise<string> {
  const own = ['cohort', 'root', 'out', 'phantomPerGroup', 'phantomVoxelSize'];
  return `${folders}${await describeStage(stage, own)}`;
}

/** The words with the cohort bids where none is named. @throws UsageError without --out, for which no default is safe. */
function onBids(args: readonly string[], outIsWhat: string): readonly string[] {
  withOut(args, outIsWhat);
  return args.some((word) => word.startsWith('--cohort')) ? args : [...args, '--cohort', 'bids'];
}

/** @throws UsageError without --out: what is written by default lies in the program's own folder. */
function withOut(args: readonly string[], outIsWhat: string): readonly string[] {
  if (args.some((word) => word.startsWith('--out'))) return args;
  throw new UsageError(`--out is missing: name the folder that ${outIsWhat}.`);
}
