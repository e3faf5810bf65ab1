/** What the columns of the tables mean and in which units, for the JSON file beside each (a data dictionary of BIDS). */
const meanings: Readonly<Record<string, readonly [description: string, units?: string]>> = {
  cluster: ['Number of the cluster, the highest |T| first'],
  p_fwe_extent: ['One-sided permutation p of the extent of the cluster, family-wise'],
  p_fwe_mass: ['One-sided permutation p of the mass of the cluster, family-wise'],
  voxels: ['Voxels of the cluster'],
  mm3: ['Volume of the cluster', 'mm^3'],
  mass: ['Sum of |T| beyond the threshold over the cluster'],
  T: ['T at the peak, first group minus second'],
  p_unc: ['One-sided permutation p at the peak, uncorrected'],
  p_fwe: ['One-sided permutation p at the peak, family-wise'],
  p_parametric: ["One-sided p of Student's t distribution"],
  p_fwe_pareto: [
    'Family-wise p of a generalised Pareto tail, where fewer than 10 permutations reach the peak',
  ],
  q_fdr: ['Two-sided q of the false discovery rate (Benjamini and Hochberg)'],
  x: ['Position of the peak, to the right (RAS+)', 'mm'],
  y: ['Position of the peak, to the front (RAS+)', 'mm'],
  z: ['Position of the peak, upwards (RAS+)', 'mm'],
  region: ['Region of the peak: of the atlas, or that of the nearest approximate centre (region_mm)'],
  region_mm: ['Distance of the peak to the approximate centre that named its region', 'mm'],
  two: ['Largest |T| of all voxels in every permutation, the identity first'],
  gt: ['Largest T of all voxels'],
  lt: ['Largest -T of all voxels'],
  extent_gt: ['Voxels of the largest cluster, first group greater'],
  extent_lt: ['Voxels of the largest cluster, second group greater'],
  mass_gt: ['Largest mass of a cluster, first group greater'],
  mass_lt: ['Largest mass of a cluster, second group greater'],
  tfce_gt: ['Largest TFCE, first group greater'],
  tfce_lt: ['Largest TFCE, second group greater'],
};

/** What is added to the name of a p. */
const additions = {
  _low: 'lower end of its 95 % binomial interval',
  _high: 'upper end of its 95 % binomial interval',
  _straddles_alpha: 'whether that interval contains alpha',
};

/** The data dictionary of a table with these columns. */
export function dictionaryOf(columns: readonly string[]): Record<string, Record<string, string>> {
  return Object.fromEntries(columns.map((name) => [name, meaningOf(name)]));
}

function meaningOf(name: string): Record<string, string> {
  const known = meanings[name];
  if (known !== undefined) {
    const [description, units] = known;
    return { Description: description, ...(units !== undefined && { Units: units }) };
  }
  const [addition, said] = Object.entries(additions).find(([end]) => name.endsWith(end)) ?? ['', ''];
  return { Description: `${meanings[name.slice(0, -addition.length)]?.[0] ?? name}: ${said}` };
}
