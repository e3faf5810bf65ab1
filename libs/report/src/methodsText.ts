import { methods } from '@oinr/imputation';
import { parseNumber } from '@oinr/tables';
import { type Html, html } from './html.ts';
import { mixedMethods, mixedReferences } from './mixedMethods.ts';
import { cite, hasColumn, type TableSource } from './source.ts';
import type { JoiningTables } from './studyInput.ts';

/** What the text of the methods depends on. */
export interface MethodsFacts {
  readonly methods: readonly string[];
  readonly axis: string;
  readonly isPhantom: boolean;
  /** Whether maps were compared that were made elsewhere; then nothing is known of slices, axis and methods. */
  readonly areMapsOfOthers?: boolean;
  /** Over what kept slices were averaged, in words; absent where they are samples, which come out as measured. */
  readonly averagedOver?: string;
  /** Whether the first kept slice was drawn for each subject. */
  readonly isFirstKeptDrawn?: boolean;
  /** Only where scans were registered: how and when, in sentences. */
  readonly registration?: string;
  /** How groups and images were chosen, in sentences. */
  readonly notes: readonly string[];
  /** Absent where no comparison was made: the table of the tests, whose first row is the full data. */
  readonly datasets?: TableSource;
  /** What was asked of full and imputed scans together. */
  readonly joining?: JoiningTables;
}

/** What the record of a method says of it. */
function describe(name: string): string {
  const method = methods.get(name);
  return method
    ? `${method.title}: ${method.description}`
    : `${name}: see the documentation of this version.`;
}

/** The text of the methods, to be pasted into a paper. */
export function methodsText(facts: MethodsFacts): Html {
  const { datasets, averagedOver } = facts;
  const kept =
    averagedOver === undefined
      ? 'Kept slices stay as measured.'
      : `Kept slices were simulated as thick ones, averages over ${averagedOver}; the slices in their place were imputed as well, and every method was followed by back-projection, so that averages of the imputed slices come near to the thick ones (Irani and Peleg, 1991).`;
  if (facts.areMapsOfOthers === true) {
    return html`<div id="methods-text">
<p>Images that were made elsewhere, from the full data and from imputed data of the same participants, were compared with each other.</p>
${datasets === undefined ? '' : comparisonText(datasets, facts)}
${mixedMethods(facts.joining ?? {})}
</div>`;
  }
  return html`<div id="methods-text">
<p>Slices of each T1-weighted volume were dropped along the ${facts.axis} axis, every k-th being kept${facts.isFirstKeptDrawn === true ? ' (the first one drawn at random for each volume and k)' : ''}, and imputed from the kept slices alone. ${kept} ${facts.notes.map((note) => `${note} `)}${facts.isPhantom ? 'The cohort is a phantom: copies of the Colin27 brain under random smooth deformations, intensity scales, bias fields and Rician noise, in which chosen regions of one group shrink or grow by known amounts, so that the true difference between the groups is known. ' : ''}Errors are mean squared differences from the full volume after division of intensities by a scale that is named with every table.</p>
<ul>${facts.methods.map((method) => html`<li>${describe(method)}</li>`)}</ul>
${facts.registration === undefined ? '' : html`<p>${facts.registration}</p>`}
${datasets === undefined ? '' : comparisonText(datasets, facts)}
${mixedMethods(facts.joining ?? {})}
</div>`;
}

function comparisonText(
  datasets: TableSource,
  { averagedOver, registration, areMapsOfOthers, isFirstKeptDrawn }: MethodsFacts,
): Html {
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
    areMapsOfOthers === true
      ? ''
      : registration !== undefined
        ? 'Volumes were resampled after imputation, which mixes kept and missing slices in every voxel, so agreement is given over all voxels tested.'
        : isFirstKeptDrawn === true
          ? 'Kept slices lie elsewhere in every subject, so agreement is given over all voxels tested.'
          : averagedOver === undefined
            ? 'Voxels in kept slices are identical by construction unless volumes are smoothed, so agreement is also given for missing slices alone.'
            : 'Agreement is also given without the slices in the place of kept ones, which are estimates as well.';
  return html`<p>Groups (${from('group_first', 'text')} minus ${from('group_second', 'text')}) were compared voxel by voxel with a two-sample t statistic with pooled variance. p values come from ${row.exact === 'yes' ? 'all' : ''} ${from('permutations', 'integer')} permutations of the subjects, the identity included; the same permutations were used for the full and for every imputed data set. Family-wise error was controlled by the distribution of the largest |T| (Nichols and Holmes, 2002). ${adjustments(datasets)}${smoothing} ${normalisation} Agreement with the full data is given as the Dice overlap of significant voxels (Dice, 1945), sensitivity, 1 − precision (the share of the voxels found that are not significant in the full data), and correlation and least-squares line of T after imputation on T of the full data; the slope of that line is about the correlation of the maps and is no attenuation of an effect. ${where}</p>`;
}

/** Sentences on what was asked for beyond the plain test; nothing where nothing was. */
function adjustments(datasets: TableSource): Html {
  const [row] = datasets.table.rows;
  const said = (column: string, sentence: (cell: Html) => Html): Html | '' =>
    hasColumn(datasets, column) ? sentence(cite(datasets, 0, column, 'text')) : '';
  const covariates = said(
    'covariates',
    (names) =>
      html`Held constant: ${names}; residuals of the model without the groups were permuted (Freedman and Lane, 1983). `,
  );
  const blocks = said(
    'blocks',
    (name) => html`Labels were exchanged among subjects of the same ${name} only. `,
  );
  const clusters = said(
    'cluster_threshold',
    (threshold) =>
      html`Clusters are voxels of one sign beyond ${threshold}${row.cluster_threshold.startsWith('p') ? ' (one-sided, parametric)' : ''} that are neighbours (${cite(datasets, 0, 'connectivity', 'integer')} of each voxel); the family-wise error of their extent was controlled by the largest cluster of either sign. `,
  );
  const tfce = said(
    'tfce_step',
    (step) =>
      html`Threshold-free cluster enhancement (Smith and Nichols, 2009; exponents of extent and height 0.5 and 2, steps: ${step}) was tested against its largest value of either sign. `,
  );
  return html`${covariates}${blocks}${clusters}${tfce}`;
}

/** What to cite; a reader pastes what applies. */
export function references(facts: MethodsFacts): Html {
  const list = [
    'S. Pal et al. Implicit Representations via Operator Learning. ICML, 2024.',
    ...(facts.areMapsOfOthers === true
      ? []
      : [
          'F. N. Fritsch, R. E. Carlson. Monotone piecewise cubic interpolation. SIAM Journal on Numerical Analysis 17, 1980.',
          'C. de Boor. A Practical Guide to Splines. Springer, 1978.',
        ]),
    ...(facts.averagedOver === undefined
      ? []
      : [
          'M. Irani, S. Peleg. Improving resolution by image registration. CVGIP: Graphical Models and Image Processing 53, 1991.',
        ]),
    ...(facts.datasets === undefined
      ? []
      : [
          'T. E. Nichols, A. P. Holmes. Nonparametric permutation tests for functional neuroimaging: a primer with examples. Human Brain Mapping 15, 2002.',
          ...(hasColumn(facts.datasets, 'covariates') || facts.joining?.mixtures !== undefined
            ? [
                'D. Freedman, D. Lane. A nonstochastic interpretation of reported significance levels. Journal of Business and Economic Statistics 1, 1983.',
              ]
            : []),
          ...(hasColumn(facts.datasets, 'tfce_step')
            ? [
                'S. M. Smith, T. E. Nichols. Threshold-free cluster enhancement: addressing problems of smoothing, threshold dependence and localisation in cluster inference. NeuroImage 44, 2009.',
              ]
            : []),
          'B. Phipson, G. K. Smyth. Permutation p-values should never be zero. Statistical Applications in Genetics and Molecular Biology 9, 2010.',
          'L. R. Dice. Measures of the amount of ecologic association between species. Ecology 26, 1945.',
          'B. L. Welch. The generalization of Student\u2019s problem when several different population variances are involved. Biometrika 34, 1947.',
        ]),
    ...mixedReferences(facts.joining ?? {}),
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
