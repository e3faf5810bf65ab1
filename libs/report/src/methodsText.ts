import { parseNumber } from '@oinr/tables';
import { type Html, html } from './html.ts';
import { cite, type Source } from './source.ts';

/** What the text of the methods depends on. */
export interface MethodsFacts {
  readonly methods: readonly string[];
  readonly axis: string;
  readonly isPhantom: boolean;
  /** Over what kept slices were averaged, in words; absent where they are samples, which come out as measured. */
  readonly averagedOver?: string;
  /** Only where scans were registered: how and when, in sentences. */
  readonly registration?: string;
  /** How groups and images were chosen, in sentences. */
  readonly notes: readonly string[];
  /** Absent where no comparison was made: the table of the tests, whose first row is the full data. */
  readonly datasets?: Source;
}

const describe: Readonly<Record<string, string>> = {
  nearest: 'Nearest neighbour: every missing slice is a copy of the nearest kept one.',
  linear: 'Linear: every voxel column along the slice axis is interpolated linearly between kept slices.',
  pchip:
    'PCHIP: the same with piecewise cubic Hermite polynomials whose slopes keep monotone runs monotone (Fritsch and Carlson, 1980).',
  cubic: 'Cubic: the same with the not-a-knot cubic spline (de Boor, 1978).',
  oinr: 'O-INR: one convolutional network maps a positional encoding of slice position to the slice, for all slices of a subject; it is fitted to the kept slices and evaluated at the missing ones (Pal et al., 2024). The linear interpolation of its residual at the kept slices is added.',
  'oinr-internal':
    'O-INR on functions of the data: a small convolutional network corrects the PCHIP interpolant from the kept lines around a gap. It is trained on the subject alone, by dropping lines inside the kept slices, where the truth is known, and applied in both families of planes that contain the slice axis.',
  'oinr-prior':
    'O-INR with a prior: a convolutional network from functions of the kept slices to the missing ones, learned on full-resolution scans of other people and applied as it is.',
  'oinr-prior-internal':
    'O-INR with a prior, trained further inside each subject on lines dropped from its own kept slices, where that lowers the error on slices left out of this training.',
  'oinr-paper':
    'O-INR with the settings of the paper: seven convolutions, 1.35 million weights, 10,000 steps per subject.',
  auto: 'Auto: for every subject the method whose error, predicted on lines held out inside the kept slices, is smallest.',
};

/** The text of the methods, to be pasted into a paper. */
export function methodsText(facts: MethodsFacts): Html {
  const { datasets, averagedOver } = facts;
  const kept =
    averagedOver === undefined
      ? 'Kept slices stay as measured.'
      : `Kept slices were simulated as thick ones, averages over ${averagedOver}; the slices in their place were imputed as well, and every method was followed by back-projection, so that averages of the imputed slices come near to the thick ones (Irani and Peleg, 1991).`;
  return html`<div id="methods-text">
<p>Slices of each T1-weighted volume were dropped along the ${facts.axis} axis, every k-th being kept, and imputed from the kept slices alone. ${kept} ${facts.notes.map((note) => `${note} `)}${facts.isPhantom ? 'The cohort is a phantom: copies of the Colin27 brain under random smooth deformations, intensity scales, bias fields and Rician noise, in which chosen regions of one group shrink or grow by known amounts, so that the true difference between the groups is known. ' : ''}Errors are mean squared differences from the full volume after division of intensities by a scale that is named with every table.</p>
<ul>${facts.methods.map((method) => html`<li>${describe[method] ?? `${method}: see the documentation of this version.`}</li>`)}</ul>
${facts.registration === undefined ? '' : html`<p>${facts.registration}</p>`}
${datasets === undefined ? '' : comparisonText(datasets, facts)}
</div>`;
}

function comparisonText(datasets: Source, { averagedOver, registration }: MethodsFacts): Html {
  const [row] = datasets.table.rows;
  const from = (column: string, format: 'text' | 'integer' | 'one'): Html =>
    cite(datasets, 0, column, format);
  const smoothing =
    parseNumber(row.smoothing_fwhm_mm) === 0
      ? html`Volumes were not smoothed.`
      : html`Volumes were smoothed with a Gaussian of ${from('smoothing_fwhm_mm', 'one')} mm full width at half maximum before the test, full and imputed alike.`;
  const normalisation =
    row.normalisation === 'mean'
      ? 'Every volume was divided by its own mean inside the analysis mask, full and imputed alike.'
      : 'Intensities were not normalised.';
  const where =
    registration !== undefined
      ? 'Volumes were resampled after imputation, which mixes kept and missing slices in every voxel, so agreement is given over all voxels tested.'
      : averagedOver === undefined
        ? 'Voxels in kept slices are identical by construction unless volumes are smoothed, so agreement is also given for missing slices alone.'
        : 'Agreement is also given without the slices in the place of kept ones, which are estimates as well.';
  return html`<p>Groups (${from('group_first', 'text')} minus ${from('group_second', 'text')}) were compared voxel by voxel with a two-sample t statistic with pooled variance. p values come from ${row.exact === 'yes' ? 'all' : ''} ${from('permutations', 'integer')} relabelings of the subjects, the identity included; the same relabelings were used for the full and for every imputed data set. Family-wise error was controlled by the distribution of the largest |T| (Nichols and Holmes, 2002). ${smoothing} ${normalisation} Agreement with the full data is given as the Dice overlap of significant voxels (Dice, 1945), sensitivity, the share of false discoveries, and the least-squares slope of T after imputation on T of the full data, below one where the difference is attenuated. ${where}</p>`;
}

/** What to cite; a reader pastes what applies. */
export function references(facts: MethodsFacts): Html {
  const list = [
    'S. Pal et al. Implicit Representations via Operator Learning. ICML, 2024.',
    'F. N. Fritsch, R. E. Carlson. Monotone piecewise cubic interpolation. SIAM Journal on Numerical Analysis 17, 1980.',
    'C. de Boor. A Practical Guide to Splines. Springer, 1978.',
    ...(facts.averagedOver === undefined
      ? []
      : [
          'M. Irani, S. Peleg. Improving resolution by image registration. CVGIP: Graphical Models and Image Processing 53, 1991.',
        ]),
    ...(facts.datasets === undefined
      ? []
      : [
          'T. E. Nichols, A. P. Holmes. Nonparametric permutation tests for functional neuroimaging: a primer with examples. Human Brain Mapping 15, 2002.',
          'B. Phipson, G. K. Smyth. Permutation p-values should never be zero. Statistical Applications in Genetics and Molecular Biology 9, 2010.',
          'L. R. Dice. Measures of the amount of ecologic association between species. Ecology 26, 1945.',
          'B. L. Welch. The generalization of Student\u2019s problem when several different population variances are involved. Biometrika 34, 1947.',
        ]),
    ...(facts.isPhantom
      ? [
          'C. J. Holmes et al. Enhancement of MR images using registration for signal averaging. Journal of Computer Assisted Tomography 22, 1998 (Colin27).',
        ]
      : []),
    'K. J. Gorgolewski et al. The brain imaging data structure. Scientific Data 3, 2016.',
    'NiiVue, niivue.com (the viewer in this page). M. Okabe, K. Ito. Color universal design, 2008 (colours of the plots).',
  ];
  return html`<ol>${list.map((entry) => html`<li>${entry}</li>`)}</ol>`;
}
