import { describeOptions } from './config/help.ts';
import { loadStage, type StageName, stageNames } from './stages.ts';

/** What each stage does, a line for the list of stages. */
const summaries: Readonly<Record<StageName, string>> = {
  prepare: 'bring scans to the space of a template, and with them what was imputed from them',
  impute: 'simulate: remove slices from full volumes, impute them, measure the errors',
  compare: 't-tests on full and imputed data, and how far they agree',
  figures: "the paper's figures and tables as SVG and PNG, from what a run has written",
  report: 'one HTML page about a run: verdict, tables, figures, statistic maps to click through',
  study: 'prepare, impute, compare, report; takes all their options',
  plan: 'the simulation on research scans that fits a clinical scan; the same as oinr plan',
  train: 'train one operator on the full volumes of many people (oinr-prior)',
  scans: 'bring real scans with few slices to a finer spacing; the same as oinr impute',
  group: 'compare, report',
  transfer: 'implant known losses, thin, impute: what comes through, and how many people it takes',
  paper: 'the other experiments of the paper: images, bodies, clips, and what of them holds',
  ttest: 'compare two groups of volumes voxel by voxel; the same as oinr ttest',
};

const examples: readonly (readonly [stage: StageName, words: string, what: string])[] = [
  ['impute', '', 'the phantom, a simulated cohort with known ground truth: no data needed'],
  [
    'impute',
    ' --cohort bids --root /data/ds002748 --missing 50 66 75 80 82',
    "a BIDS folder, the paper's five percentages",
  ],
  [
    'impute',
    ' --cohort adni --root /data/ADNI --method linear pchip --jobs 4',
    'an ADNI download, two methods, four subjects at once',
  ],
  [
    'impute',
    ' --cohort bids --root /data/ds002748 --participant-label 01 02 --run try',
    'two subjects, in a run of its own',
  ],
  [
    'prepare',
    ' --cohort bids --root /data/ds002748',
    'scans as the scanner wrote them, registered to Colin27 at 2 mm, with a page to judge them by',
  ],
  ['compare', ' --smooth 6', 'the phantom run, volumes smoothed by 6 mm before the test'],
  [
    'compare',
    ' --smooth 6 --mix CN=0.5 AD=0.5 CN=0 AD=1 --draws 5 --power 20',
    'may imputed scans join full ones: half of each group, or one group; what one is worth',
  ],
  [
    'study',
    ' --cohort bids --root /data/clinic --resolution-column resolution',
    'scans of which some really have few slices: the column says full, or another word',
  ],
  [
    'compare',
    ' --cohort adni --groups CN AD --covariates AGE PTGENDER ICV --tfce',
    'the groups adjusted for age, sex and head size, columns of ADNIMERGE; also by TFCE',
  ],
  [
    'compare',
    ' --full gm/full --imputed gm/oinr --participants p.tsv --groups CN AD',
    'grey-matter maps of CAT12, SPM or FSL instead of intensities; no run of impute is needed',
  ],
  [
    'study',
    ' --cohort bids --root /data/ds002748 --smooth 6',
    'the whole study from raw scans, volumes smoothed by 6 mm before the test',
  ],
  [
    'study',
    ' --cohort bids --root DIR --axis axial --slice-distance 5 --profile box',
    'the study as if its scans had axial slices of 5 mm',
  ],
  [
    'plan',
    ' clinical.nii.gz --study /data/study',
    'reads a clinical scan, prints the command that simulates it on the research scans',
  ],
  ['figures', '', 'the figures of the phantom run'],
  ['report', ' --show-subjects', 'the page about the phantom run, with slices of one subject'],
  [
    'scans',
    ' scan.nii.gz --spacing 1 --out DIR',
    'a clinical scan with slices far apart brought to 1 mm; there is no truth, errors are predicted',
  ],
  [
    'train',
    ' --cohort bids --root /data/ds002748',
    'an operator of your own, with weights, checksum and model card',
  ],
  ['group', ' --cohort bids --smooth 6', 'compare and report on what impute has written'],
  [
    'transfer',
    ' --run transfer --k 3 6 --smooth 0 6 --subjects 6',
    'losses of 6, 10 and 14 mm in six people of the phantom: what comes through, by distance',
  ],
  [
    'transfer',
    ' --cohort bids --root /data/ds002748 --k 3 --method pchip --sizes 6',
    'would this slice distance still show a loss of 10 % of 6 mm?',
  ],
  ['paper', '', 'every experiment at a quarter of the size, and one page with what holds'],
  ['paper', ' --experiment images denoising', 'some of them'],
  [
    'paper',
    ' --size full --experiment images --case coffee --method oinr siren',
    "one photograph at the paper's size, by two networks",
  ],
  ['paper', ' --image my.png --run mine', 'an image of your own, in a run of its own'],
  [
    'ttest',
    ' --participants p.tsv --images DIR --mask m.nii --groups CN AD --out OUT',
    'the t-test on any volumes that lie in one space',
  ],
];

const lastWords = `Every stage also takes --dry-run (say what would be read and done, and stop) and --quiet (say only
what went wrong). impute, prepare and study take
--cluster slurm [--parts 20] [--cluster-options "--partition=NAME --time=4:00:00"]: a job array in
place of this machine, and behind it a job for the rest.
An interrupted run resumes when you repeat the command; changing an option recomputes only the
affected steps.
Nx keeps --parallel, --configuration, --verbose, --batch, --skip-nx-cache and --help for itself.`;

/** The help of one stage, or of all. */
export async function helpText(stage?: StageName): Promise<string> {
  return stage === undefined ? helpOfAll() : helpOf(stage);
}

async function helpOf(stage: StageName): Promise<string> {
  const { config } = await loadStage(stage);
  const operand = config.operand === undefined ? '' : ` ${config.options[config.operand].value}`;
  return `pipeline:${stage}: ${summaries[stage]}

  npx nx run pipeline:${stage}${operand} [options]

Options of ${stage}
${describeOptions(config)}

Examples
${examplesOf([stage])}

${lastWords}`;
}

async function helpOfAll(): Promise<string> {
  const shown: readonly StageName[] = [
    'prepare',
    'impute',
    'scans',
    'plan',
    'compare',
    'report',
    'train',
    'transfer',
    'paper',
    'ttest',
  ];
  const blocks: string[] = [];
  for (const stage of shown) {
    const also = stage === 'report' ? 'report and figures' : stage;
    blocks.push(`Options of ${also}\n${describeOptions((await loadStage(stage)).config)}`);
  }
  return `oinr: fills in missing slices of T1-weighted MRI, and tests whether your group result survives.

  npx nx run pipeline:STAGE [options]
  npx nx run pipeline:help STAGE

Stages
${stageNames.map((name) => `  ${name.padEnd(9)} ${summaries[name]}`).join('\n')}
  help      this text

${blocks.join('\n\n')}

Examples
${examplesOf(stageNames)}

${lastWords}`;
}

function examplesOf(stages: readonly StageName[]): string {
  return examples
    .filter(([stage]) => stages.includes(stage))
    .map(([stage, words, what]) => `  npx nx run pipeline:${stage}${words}\n      ${what}`)
    .join('\n');
}
