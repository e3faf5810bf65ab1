// What the columns of the tables of a run mean, for the JSON files beside them.

/** A column as BIDS describes it. */
export interface Column {
  readonly Description: string;
  readonly Units?: string;
  readonly Levels?: Readonly<Record<string, string>>;
}

const millimetres = 'mm';
const squares = 'squares of the intensity scale';
const yesOrNo = { yes: 'yes', no: 'no' };

const column = (Description: string, Units?: string, Levels?: Column['Levels']): Column => ({
  Description,
  ...(Units !== undefined && { Units }),
  ...(Levels !== undefined && { Levels }),
});

/** Columns that mean the same in every table that has them. */
const columns: Readonly<Record<string, Column>> = {
  participant_id: column('The participant, with sub-'),
  group: column('Group of the participant'),
  method: column('Imputation method; full: the full data'),
  k: column('Every how many slices one was kept; 1 for the full data'),
  missing_percent: column('Share of the slices that is missing', 'percent'),
  n: column('Participants'),
  subjects: column('Participants'),
  reason: column('Why, in a sentence'),
  what: column('Subject, file or row'),
  needs_action: column('Whether somebody should see to it', undefined, yesOrNo),
  criterion: column('What counts as significant'),
  smooth_mm: column('Full width at half maximum of the Gaussian smoothing before the test', millimetres),
  spacing_mm: column('Distance of kept slices', millimetres),
  seconds: column('Time that the work took', 's'),
  alpha: column('Level of the family-wise error'),
  permutations: column('Permutations, the identity among them'),
  degrees_of_freedom: column('Degrees of freedom'),
  // Errors.
  first_kept: column('Index of the first kept slice, from 0'),
  mse_kept: column('Mean squared error of kept slices', squares),
  mse_missing: column('Mean squared error of missing slices, all voxels', squares),
  mse_volume: column('Mean squared error of all slices', squares),
  mse_missing_mask: column('Mean squared error of missing slices, voxels of the mask', squares),
  psnr_missing: column('Peak signal-to-noise ratio of missing slices, peak 1 on the intensity scale', 'dB'),
  ssim_missing: column('Structural similarity of missing slices, mean over slices'),
  bias_missing_mask: column(
    'Mean of imputed minus full, missing slices, voxels of the mask',
    'units of the intensity scale',
  ),
  ratio_to_best: column("Error over that of the participant's best method, missing slices, all voxels"),
  ratio_to_best_mask: column("Error over that of the participant's best method, missing slices, mask"),
  ratio_to_best_classical: column(
    "Error over that of the participant's best interpolation, missing slices, all voxels",
  ),
  ratio_to_best_classical_mask: column(
    "Error over that of the participant's best interpolation, missing slices, mask",
  ),
  error_rank: column(
    'Rank among the methods at the same k by mean squared error of missing slices (in the mask, where there is one), mean over the participants with all methods',
  ),
  within_noise_of_best: column(
    'Whether the 95 % interval of the mean difference from the best method holds 0 (paired bootstrap over participants); yes with fewer than 6 participants',
    undefined,
    yesOrNo,
  ),
  steps: column('Training steps; 0 where nothing was trained'),
  engine: column('What trained methods were computed on'),
  acquired_mm: column('Distance of the slices as acquired', millimetres),
  used_every: column('Every how many acquired slices one was used'),
  fold: column('Fold of the cross-fitting'),
  operator_sha256: column('SHA-256 of the operator that imputed the participant'),
  learned_from: column('Participants that the operator was trained on'),
  was_learned_from: column('Whether the participant was among them', undefined, yesOrNo),
  predicted_mse: column('Mean squared error that auto predicted from lines held out inside slices', squares),
  true_mse: column('Mean squared error of missing slices, voxels of the mask', squares),
  paper_test_mse: column("Mean squared error in the paper's Table 3, test set"),
  paper_train_mse: column("Mean squared error in the paper's Table 3, training set"),
  // Tests.
  dataset: column('The data that were tested, in words'),
  id: column('The same as in the names of maps'),
  group_first: column('First group of the contrast'),
  group_second: column('Second group; the contrast is first minus second'),
  subjects_first: column('Participants of the first group'),
  subjects_second: column('Participants of the second group'),
  covariates: column('Columns held constant'),
  blocks: column('Column of exchangeability blocks'),
  voxels: column('Voxels'),
  excluded_voxels: column('Voxels of the mask that could not be tested'),
  exact: column('Whether these are all permutations there are', undefined, yesOrNo),
  seed: column('Seed of the permutations'),
  smallest_p: column('Smallest p that these permutations can give'),
  critical_t: column('|T| that is significant at the family-wise error alpha; Infinity where none can be'),
  max_t: column('Largest |T|'),
  cluster_forming_t: column('T beyond which voxels form clusters'),
  critical_extent: column('Voxels of a cluster that is significant at the family-wise error alpha'),
  significant_fwe: column('Voxels significant at the family-wise error alpha'),
  primary_criterion: column('Criterion of the verdict'),
  significant_primary: column('Voxels significant by it'),
  significant_p001: column('Voxels with uncorrected p < 0.001'),
  significant_p01: column('Voxels with uncorrected p < 0.01'),
  cluster_threshold: column('Cluster-forming threshold as it was given'),
  connectivity: column('Neighbours of a voxel in clusters'),
  significant_extent: column('Voxels in clusters of significant extent'),
  tfce_step: column('Step of TFCE; exact: its integral'),
  critical_tfce: column('TFCE that is significant at the family-wise error alpha'),
  max_tfce: column('Largest TFCE'),
  significant_tfce: column('Voxels significant by TFCE'),
  smoothing_fwhm_mm: column(
    'Full width at half maximum of the Gaussian smoothing before the test',
    millimetres,
  ),
  normalisation: column('What intensities were divided by before the test'),
  relabelings_sha256: column('SHA-256 of the permutations: equal where data sets were permuted alike'),
  slices: column('Voxels of all slices, or of missing ones alone'),
  tested_voxels: column('Voxels that were tested in both'),
  full_voxels: column('Significant voxels of the full data'),
  imputed_voxels: column('Significant voxels of the imputed data'),
  both_voxels: column('Voxels significant in both'),
  least_effect: column('Least true difference that counts as an effect, as a share of the intensity range'),
  truth_voxels: column('Voxels with a true effect'),
  silent_voxels: column('Voxels without one'),
  detected_voxels: column('Significant voxels'),
  dice: column('2 both / (reference + found): overlap of significant voxels with the reference'),
  sensitivity: column('Share of the reference (full data, or true effect) that was found'),
  one_minus_precision: column(
    'Share of what was found that is not in the reference (full data, or true effect)',
  ),
  type_one_error: column('Share of the voxels outside the reference that was found'),
  type_two_error: column('Share of the reference that was missed'),
  slope: column('Slope of T of the imputed data on T of the full data'),
  intercept: column('Its intercept'),
  correlation: column('Correlation of T of the two'),
  rms_difference: column('Root mean square of the difference of T'),
  rank: column('Rank among the methods at the same k, by dice'),
  usable: column('Whether the rule is met', undefined, yesOrNo),
  least_dice: column('The rule: dice of at least this'),
  least_sensitivity: column('The rule: sensitivity of at least this'),
  most_one_minus_precision: column('The rule: one_minus_precision of at most this'),
  difference: column('First minus second', 'units of the intensity scale'),
  standard_error: column('Standard error of the difference', 'units of the intensity scale'),
  ci_low: column('Lower end of the 95 % interval (Welch)', 'units of the intensity scale'),
  ci_high: column('Upper end of the 95 % interval (Welch)', 'units of the intensity scale'),
  mean_first: column('Mean of the first group', 'units of the intensity scale'),
  mean_second: column('Mean of the second group', 'units of the intensity scale'),
  sd_first: column('Standard deviation of the first group', 'units of the intensity scale'),
  sd_second: column('Standard deviation of the second group', 'units of the intensity scale'),
  n_first: column('Participants of the first group'),
  n_second: column('Participants of the second group'),
  relabeling: column('Number of the permutation; 0 is the identity'),
  cluster: column('Number of the cluster, the highest |T| first'),
  mm3: column('Volume of the cluster', 'mm^3'),
  p_extent: column('Permutation p of the extent of the cluster, family-wise'),
  t: column('T at the peak'),
  p_unc: column('Two-sided permutation p at the peak, uncorrected'),
  p_fwe: column('Two-sided permutation p at the peak, family-wise'),
  x: column('Position of the peak, to the right (RAS+)', millimetres),
  y: column('Position of the peak, to the front (RAS+)', millimetres),
  z: column('Position of the peak, upwards (RAS+)', millimetres),
  region: column('Region of the peak: of the atlas, or that of the nearest approximate centre (region_mm)'),
  region_mm: column('Distance of the peak to the approximate centre that named its region', millimetres),
  distance_mm: column(
    'Distance of the two peaks; of an implant, to the nearest kept slice; of voxels, about so far from the nearest kept slice',
    millimetres,
  ),
  share_of_values: column(
    'Share of the values of all people that lie so far from the kept slices of their own scans',
  ),
  rms_error: column(
    'Root mean square of imputed minus full values of the same people, as they are tested, so far from the kept slices of their own scans',
  ),
  // Full and imputed scans in one study.
  design: column('Who has full and who has imputed scans'),
  draw: column('Number of the random choice of who is imputed'),
  scan: column("The participant's scan", undefined, { full: 'as acquired', imputed: 'thinned and imputed' }),
  model: column('How full and imputed scans were tested together'),
  valid: column('Whether the test keeps its level', undefined, {
    yes: 'yes',
    no: 'no',
    about: 'approximately',
  }),
  subjects_full: column('Participants with full scans'),
  subjects_imputed: column('Participants with imputed scans'),
  left_out: column('Participants left out, whose kind of scan one group alone has'),
  kinds: column('Kinds of scans in the test, or what a test within kinds finds'),
  variance: column('Whether every kind of scan has a variance of its own'),
  voxels_tested: column('Voxels that were tested'),
  voxels_found: column('Significant voxels'),
  true_found: column('Share of the true effect that was found'),
  note: column('Why something is not valid, or was not tested'),
  may_join: column('Whether imputed scans may join the full ones'),
  test_to_use: column('The valid test to report, by the numbers of scans alone', undefined, {
    kinds: 'within kinds of scans',
    equalised: 'everybody thinned and imputed alike',
  }),
  measure: column('What full_alone, kinds, equalised, naive and all_full count'),
  full_alone: column('Found by the full scans alone'),
  equalised: column('Found where everybody is thinned and imputed alike'),
  naive: column('Found where full and imputed scans are tested as if they were alike; not valid'),
  all_full: column('Found where everybody is full'),
  chance_voxels: column('Voxels that chance alone gives at the criterion'),
  worth: column('Full scans that one imputed scan is worth'),
  worth_in_truth: column('The same with the true effect as weights'),
  splits: column('Random halvings of the participants'),
  scans: column('Which scans the studies consist of'),
  to_find: column('The reference of sensitivity and one_minus_precision'),
  per_group: column('Participants in each group'),
  samples: column('Random samples of participants'),
  equals_full_per_group: column('Full scans per group that find as much'),
  worth_by_power: column('Full scans that one imputed scan is worth, by that number'),
  pairs_left_out: column('Pairs of one participant of each group that were left out, one pair at a time'),
  halves: column('Random halves of the participants in which all methods at this k have a Dice'),
  rank_low: column('Lower end of what 95 % of the ranks in those halves lie between'),
  rank_high: column('Upper end of what 95 % of the ranks in those halves lie between'),
  draws: column('Random groups without a difference that were tested'),
  errors: column('Those in which something passed the family-wise level'),
  family_wise_error: column('Their share'),
  low: column('Lower end of its 95 % binomial interval'),
  high: column('Upper end of its 95 % binomial interval'),
  mean_difference_before: column(
    'Imputed minus full mean in the mask, as a share of the full mean, before normalisation',
  ),
  mean_difference_after: column('The same after normalisation'),
  voxel_difference_before: column(
    'Root mean square over voxels of the mean difference, before normalisation',
  ),
  voxel_difference_after: column('The same after normalisation'),
  sd_ratio_before: column(
    'Standard deviation over people within groups, imputed over full, before normalisation',
  ),
  sd_ratio_after: column('The same after normalisation'),
  // Registration.
  shows: column('What the scan shows', undefined, { brain: 'a skull-stripped brain', head: 'a whole head' }),
  registered: column('Whether the scan was registered', undefined, yesOrNo),
  dice_of: column('Which outline of the brain the overlap is of'),
  mutual_information: column('Mutual information of scan and template', 'nats'),
  robust_z_dice: column('Distance from the median of all, in robust standard deviations'),
  robust_z_mutual_information: column('Distance from the median of all, in robust standard deviations'),
  volume_ratio: column('Factor by which the registration changes volumes'),
  turn_degrees: column('Rotation of the registration', 'degrees'),
  cpu_seconds: column('Processor time', 's'),
  flags: column('Why somebody should look at the registration'),
  desc: column('Which imputed volume: the value of its BIDS entity desc'),
  mm_from_full: column("Mean distance to where the full scan's registration takes the brain", millimetres),
  // Implanted losses.
  size_mm: column('Full width at half maximum of the implanted loss', millimetres),
  places: column('Places of the implant'),
  transfer: column('Share of the implanted loss that is left after imputation'),
  transfer_sd: column('Standard deviation of the transfer over people'),
  sd_ratio: column('Standard deviation over people, imputed over full'),
  people_needed: column('People needed, times those with full scans: (sd_ratio / transfer)^2'),
  unit: column('What could not be measured; all: the whole subject'),
};

/** What columns add to another one's name. */
const affixes: readonly (readonly [RegExp, (of: Column) => Column])[] = [
  [/_mean$/, (of) => ({ ...of, Description: `${of.Description}: mean over participants` })],
  [/_sd$/, (of) => ({ ...of, Description: `${of.Description}: standard deviation over participants` })],
  [/_worst$/, (of) => ({ ...of, Description: `${of.Description}: of the worst participant` })],
  [/_low$/, (of) => ({ ...of, Description: `${of.Description}: lower end of the 95 % interval` })],
  [/_high$/, (of) => ({ ...of, Description: `${of.Description}: upper end of the 95 % interval` })],
  [/^full_/, (of) => ({ ...of, Description: `Full data: ${of.Description}` })],
  [/^imputed_/, (of) => ({ ...of, Description: `Imputed data: ${of.Description}` })],
];

/** Of columns that mean something else in one table: their meaning there, by `table.column`. */
const ownMeanings: Readonly<Record<string, Column>> = {
  'quality.dice': column("Overlap of the scan's brain with the template's"),
  'imputed_quality.dice': column("Overlap of the volume's brain with the template's"),
  'mixtures.dice': column('Overlap of significant voxels with those where everybody is full'),
  'transfer_places.x': column('Position of the implant, to the right (RAS+)', millimetres),
  'yardstick.dice': column('Dice of the full data with themselves, one participant of each group left out'),
  'yardstick.dice_low': column('The least of them'),
  'yardstick.dice_high': column('The largest of them'),
  'false_positive_draws.draw': column('Number of the random grouping of people'),
  'false_positive_draws.significant': column('Whether anything passed the family-wise level', undefined, {
    0: 'no',
    1: 'yes',
  }),
  'transfer_places.y': column('Position of the implant, to the front (RAS+)', millimetres),
  'transfer_places.z': column('Position of the implant, upwards (RAS+)', millimetres),
};

/** Columns whose names are those of data sets, splits or methods. */
const columnsByTable: Readonly<Record<string, (name: string) => Column>> = {
  max_null: (id) => column(`Largest |T| of all voxels, data set ${id}`),
  extent_null: (id) => column(`Voxels of the largest cluster of either sign, data set ${id}`),
  tfce_null: (id) => column(`Largest TFCE of either sign, data set ${id}`),
  worth_halves: (split) =>
    column(`Half of the participant in ${split}`, undefined, { 0: 'second', 1: 'first' }),
  table3: (name) =>
    column(
      `Mean squared error of all slices, mean over participants: ${name.replace('volume_mse_', '')}`,
      squares,
    ),
};

/** What a column of a table means; undefined where nobody has said so. */
export function meaningOf(table: string, name: string): Column | undefined {
  const known = ownMeanings[`${table}.${name}`] ?? columns[name];
  if (known !== undefined) return known;
  for (const [affix, said] of affixes) {
    const of = affix.test(name) ? meaningOf(table, name.replace(affix, '')) : undefined;
    if (of !== undefined) return said(of);
  }
  return columnsByTable[table]?.(name);
}
