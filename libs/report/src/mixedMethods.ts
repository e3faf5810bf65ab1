import { type Html, html } from './html.ts';
import { cite, hasColumn } from './source.ts';
import type { JoiningTables } from './studyInput.ts';

/** Who has few slices in a clinic, and what no model repairs. */
const limit =
  'Who gets few slices in a clinic is not chance: people who are sicker, or cannot lie still, are scanned faster. No block and no mean of a kind repairs that, since the difference is in the people; equalising does not either. Site and scanner differ in more than the distance of slices and are kinds of their own.';

/** The methods of joining full and imputed scans, to be pasted into a paper; nothing where none was asked for. */
export function mixedMethods(tables: JoiningTables): Html {
  const { mixtures, worth, power, falsePositives } = tables;
  const isAsked = [mixtures, worth, power, falsePositives, tables.transfer].some((one) => one !== undefined);
  if (!isAsked) return html``;
  return html`${mixtures === undefined ? '' : mixturesText(mixtures.table.rows.some(({ variance }) => variance === 'by-kind'))}${
    worth === undefined
      ? ''
      : html`<p>What one imputed scan is worth is the number of full scans that it replaces: sign(r) r², with r = Σ w d(imputed) / Σ w d(full) over voxels. d is the difference of the groups over their pooled standard deviation, taken from one half of the people; the weights w are d of the full scans of the other half, so that no voxel is weighted by the noise that it is measured with. The halves change roles, and the sums are averaged over ${hasColumn(worth, 'splits') && worth.table.rows.length > 0 ? cite(worth, 0, 'splits', 'integer') : ''} random halvings before the ratio is taken. No ratio is taken voxel by voxel. The interval is that of a bootstrap over people within groups and halves (percentiles). Covariates and means of blocks, where there are any, were taken off every voxel first, as fitted beside the groups (Frisch and Waugh, 1933). It may exceed 1, since imputing also smooths.</p>`
  }${
    power === undefined
      ? ''
      : html`<p>The power curve is conditional on this cohort: people were sampled without replacement up to half of each group, the same people for full, imputed and mixed scans, and tested voxel by voxel (parametric, uncorrected). Samples of one cohort overlap, so its intervals say how far samples of these people differ, and not how far new people would. The number of full scans that find as much is read off the curve of the full scans by straight lines between its points.</p>`
  }${
    falsePositives === undefined
      ? ''
      : html`<p>False positives were counted by drawing two groups from everybody without replacement and who is imputed anew every time; an error is a draw in which any voxel passes the family-wise level. Covariates, where there are any, are in the model, with the values of the people who were drawn; blocks are not. Intervals are binomial, of 95 % (Clopper and Pearson, 1934). In people who do not differ this is the family-wise error of the design; with random labels on others it tests the code, and not who is given few slices.</p>`
  }<p>T was never divided by anything. No multiple imputation enters the test: imputed values are conditional means that do not see the group, so under permutation they are valid as they are, and combining several random imputations by Rubin\u2019s rules lost all power where it was tried. ${limit}</p>`;
}

function mixturesText(hasVariances: boolean): Html {
  return html`<p>Full and imputed scans were tested together within kinds: a kind is the scans of the same resolution and, where there are such, the same exchangeability block and the same fold of the operator that imputed them. Subjects are exchangeable only among their own kind (Winkler et al., 2014), so labels were permuted within kinds, and the mean of every kind is in the model: values and labels are centred within kinds, which leaves n \u2212 1 \u2212 kinds degrees of freedom. ${
    hasVariances
      ? 'Every voxel was divided by the standard deviation of its kind under the null, which these permutations leave as it is, since imputed values vary less than full ones. '
      : ''
  }Kinds that one group alone has say nothing of the groups and were left out. Covariates, where there are any, were held constant within kinds by the method of Freedman and Lane (1983), which is approximate. Equalised: the full scans were thinned and imputed like the others, so that sampling is the same in all; who had few slices stays a kind where both groups hold both. For comparison only: naive, as if all scans were alike, and resolution as a covariate under free permutation (Freedman and Lane, 1983), which is not valid with unequal variances and sizes.</p>`;
}

/** What to cite for it. */
export function mixedReferences({ mixtures, falsePositives }: JoiningTables): string[] {
  return [
    ...(mixtures === undefined
      ? []
      : [
          'A. M. Winkler, G. R. Ridgway, M. A. Webster, S. M. Smith, T. E. Nichols. Permutation inference for the general linear model. NeuroImage 92, 2014 (exchangeability blocks).',
        ]),
    ...(falsePositives === undefined
      ? []
      : [
          'C. J. Clopper, E. S. Pearson. The use of confidence or fiducial limits illustrated in the case of the binomial. Biometrika 26, 1934.',
        ]),
  ];
}
