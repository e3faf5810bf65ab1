// Comparisons adjusted for covariates, within blocks, by clusters and TFCE, and of maps that were made elsewhere; held
// against `oinr ttest` on the same volumes.
import { copyFileSync, cpSync, existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { readVolume, writeVolume } from '@oinr/nifti';
import { readTsv, type Table } from '@oinr/tables';
import { ProgressLine, runTTest, type TTestRequest } from '@oinr/ttest';
import test, { type ExecutionContext } from 'ava';
import { runStage } from '../src/runStage.ts';
import { contextOf } from '../src/stageContext.ts';
import { recordedTerminal } from './support/recordedTerminal.ts';
import { scanPath, temporaryFolder, tinyAffine, tinyHead } from './support/study.ts';

const shape = [18, 25, 16] as const;
const size = shape[0] * shape[1] * shape[2];
const grid = { shape, affine: tinyAffine };
const ids = ['01', '02', '03', '04', '05', '06', '07', '08', '09', '10'];
const ages = [71, 68, 80, 75, 66, 73, 79, 70, 77, 64];
const sexes = ['F', 'M', 'M', 'F', 'F', 'M', 'F', 'F', 'M', 'M'];
const sites = ['a', 'a', 'a', 'a', 'a', 'b', 'b', 'b', 'b', 'b'];
const hands = ['left', 'right', 'both', 'left', 'right', 'both', 'left', 'right', 'both', 'left'];

/** Where everything lies: a BIDS folder of ten heads, a mask, an atlas, and the finished run of impute. */
interface Prepared {
  readonly root: string;
  readonly out: string;
  readonly mask: string;
  readonly atlas: string;
  readonly atlasNames: string;
}

/** Ten heads, CN and AD in turn: in AD a block is darker, in everybody another block darkens with age. */
async function prepared(): Promise<Prepared> {
  const root = temporaryFolder();
  const rows = ids.map((id, i) =>
    [`sub-${id}`, i % 2 === 0 ? 'CN' : 'AD', ages[i], sexes[i], sites[i], hands[i], i === 3 ? 'n/a' : 7].join(
      '\t',
    ),
  );
  writeFileSync(
    join(root, 'participants.tsv'),
    `participant_id\tgroup\tage\tsex\tsite\thand\tscore\n${rows.join('\n')}\n`,
  );
  writeFileSync(join(root, 'dataset_description.json'), '{"Name": "tiny", "BIDSVersion": "1.9.0"}\n');
  for (const [index, id] of ids.entries()) {
    const data = tinyHead(1 + index).map((value, voxel) => {
      const [x, y] = [voxel % 18, Math.floor(voxel / 18) % 25];
      if (value === 0) return 0;
      return value - (index % 2 === 1 && x > 9 && y > 8 && y < 16 ? 500 : 0) - (x < 9 ? 4 * ages[index] : 0);
    });
    await writeVolume(scanPath(root, id), { grid, data: Float32Array.from(data) }, { space: 'mni' });
  }
  const mask = join(root, 'mask.nii.gz');
  const inside = Float32Array.from({ length: size }, (_, voxel) => {
    const [x, y, z] = [voxel % 18, Math.floor(voxel / 18) % 25, Math.floor(voxel / 450)];
    return x > 4 && x < 14 && y > 6 && y < 19 && z > 4 && z < 12 ? 1 : 0;
  });
  await writeVolume(mask, { grid, data: inside });
  const atlas = join(root, 'atlas.nii.gz');
  await writeVolume(atlas, {
    grid,
    data: Float32Array.from({ length: size }, (_, v) => (v % 18 > 9 ? 2 : 1)),
  });
  const atlasNames = join(root, 'names.tsv');
  writeFileSync(atlasNames, 'index\tname\n1\tleft side\n2\tright side\n');
  const out = temporaryFolder();
  await run('impute', '--cohort', 'bids', '--root', root, '--out', out, '--k', '2', '--method', 'linear');
  return { root, out, mask, atlas, atlasNames };
}

async function run(stage: string, ...words: string[]): Promise<{ code: number; text: string }> {
  const terminal = recordedTerminal();
  try {
    const code = await runStage(stage, words, contextOf(terminal));
    return { code, text: terminal.text() };
  } catch (error) {
    return { code: 1, text: `${terminal.text()}\n${error instanceof Error ? error.message : error}` };
  }
}

const preparing = prepared();

/** Runs the stage compare on a copy of the run, so that tests do not meet; returns the run's folder. */
async function compare(t: ExecutionContext, ...words: string[]): Promise<string> {
  const { root, out, mask } = await preparing;
  const copy = temporaryFolder();
  cpSync(join(out, 'bids'), join(copy, 'bids'), { recursive: true });
  const where = ['--cohort', 'bids', '--root', root, '--out', copy, '--mask', mask, '--groups', 'CN', 'AD'];
  const { code, text } = await run('compare', ...where, '--normalise', 'none', ...words);
  t.is(code, 0, text);
  return join(copy, 'bids', 'default');
}

/** What `oinr ttest` gives for the volumes of a data set; returns a reader of its maps. */
async function ttest(images: string, change: Partial<TTestRequest>) {
  const { root, mask } = await preparing;
  const out = temporaryFolder();
  const request: TTestRequest = {
    participants: join(root, 'participants.tsv'),
    images,
    mask,
    groups: ['CN', 'AD'],
    out,
    groupColumn: 'group',
    permutations: 300,
    seed: 1,
    covariates: [],
    connectivity: 18,
    tfce: false,
    alpha: 0.05,
    ...change,
  };
  const summary = await runTTest(request, new ProgressLine({ write: () => undefined }));
  return {
    summary,
    map: async (name: string) => (await readVolume(join(out, `${name}.nii.gz`))).data,
    table: (name: string) => readTsv(join(out, `${name}.tsv`)),
  };
}

/** A map of the stage compare. */
async function mapOf(folder: string, dataSet: string, kind: string): Promise<Float32Array> {
  return (await readVolume(join(folder, 'group', `desc-${dataSet}_stat-${kind}_statmap.nii.gz`))).data;
}

/** T to 1e-6 and counts exactly, at every voxel. */
function sameTest(
  t: ExecutionContext,
  ours: { t: Float32Array; p: Float32Array; pfwe: Float32Array },
  theirs: { t: Float32Array; p: Float32Array; pfwe: Float32Array },
  permutations: number,
): void {
  const counts = (p: Float32Array) =>
    Array.from(p, (value) => (Number.isNaN(value) ? -1 : Math.round(value * permutations)));
  t.deepEqual(counts(ours.p), counts(theirs.p));
  t.deepEqual(counts(ours.pfwe), counts(theirs.pfwe));
  t.true(
    ours.t.every((value, voxel) =>
      Number.isNaN(value) ? Number.isNaN(theirs.t[voxel]) : Math.abs(value - theirs.t[voxel]) <= 1e-6,
    ),
  );
  t.true(ours.t.filter(Number.isFinite).length > 500);
}

async function testMaps(folder: string, dataSet: string) {
  return {
    t: await mapOf(folder, dataSet, 't'),
    p: await mapOf(folder, dataSet, 'p'),
    pfwe: await mapOf(folder, dataSet, 'pfwe'),
  };
}

async function ttestMaps({ map }: Awaited<ReturnType<typeof ttest>>) {
  return { t: await map('T'), p: await map('p_unc_two'), pfwe: await map('p_fwe_two') };
}

const columnOf = ({ rows }: Table, name: string): string[] => rows.map((row) => row[name]);

test('compare --covariates age sex is oinr ttest on the same volumes', async (t) => {
  const { root } = await preparing;
  const folder = await compare(t, '--permutations', '300', '--covariates', 'age', 'sex');
  const images = { full: root, linear50: join(folder, 'derivatives') };
  for (const [dataSet, images_] of Object.entries(images)) {
    const theirs = await ttest(images_, { covariates: ['age', 'sex'] });
    sameTest(t, await testMaps(folder, dataSet), await ttestMaps(theirs), 300);
    const [row] = (await readTsv(join(folder, 'tables', 'datasets.tsv'))).rows.filter(
      ({ id }) => id === dataSet,
    );
    t.is(row.critical_t, String(theirs.summary.criticalT.two));
    t.is(row.covariates, 'age, sex');
    t.is(row.degrees_of_freedom, '6');
    const nulls = await readTsv(join(folder, 'tables', 'max_null.tsv'));
    t.deepEqual(columnOf(nulls, dataSet), columnOf(await theirs.table('max_null'), 'two'));
  }
  // Age explains what the block of everybody shows, so the adjusted map is another one.
  const plain = await compare(t, '--permutations', '300');
  t.notDeepEqual(await mapOf(plain, 'full', 't'), await mapOf(folder, 'full', 't'));
  // What was adjusted for is said: in the record, in sidecars, and how a text was coded.
  const record = readFileSync(join(folder, 'run.json'), 'utf8');
  t.regex(record, /Covariate sex: F counts as 0 and M as 1/);
  t.deepEqual(JSON.parse(record).stages.compare.config.covariates, ['age', 'sex']);
  const sidecar = readFileSync(join(folder, 'group', 'desc-full_stat-t_statmap.json'), 'utf8');
  t.deepEqual(JSON.parse(sidecar).Covariates, ['age', 'sex']);
});

test('compare --blocks exchanges labels within blocks only, as oinr ttest does', async (t) => {
  const { root } = await preparing;
  const folder = await compare(t, '--permutations', '300', '--blocks', 'site');
  const [row] = (await readTsv(join(folder, 'tables', 'datasets.tsv'))).rows;
  // Three of five at the one site, two of five at the other: 10 times 10.
  t.deepEqual([row.permutations, row.exact, row.blocks], ['100', 'yes', 'site']);
  sameTest(t, await testMaps(folder, 'full'), await ttestMaps(await ttest(root, { blocks: 'site' })), 100);
});

test('compare --tfce and --cluster-threshold: both signs of what oinr ttest gives, and how far it agrees', async (t) => {
  const { root, atlas, atlasNames } = await preparing;
  const clusters = ['--cluster-threshold', 'p=0.01', '--connectivity', '26'];
  const words = [...clusters, '--tfce-step', '0.1', '--atlas', atlas, '--atlas-names', atlasNames];
  const folder = await compare(t, '--permutations', '200', ...words);
  const theirs = await ttest(root, {
    permutations: 200,
    tfce: true,
    tfceStep: 0.1,
    connectivity: 26,
    clusterThreshold: { kind: 'p', value: 0.01 },
  });
  const nulls = await theirs.table('max_null');
  const larger = (name: string): number[] =>
    nulls.rows.map((row) => Math.max(Number(row[`${name}_gt`]), Number(row[`${name}_lt`])));

  const [gt, lt] = [await theirs.map('tfce_gt'), await theirs.map('tfce_lt')];
  const enhanced = await mapOf(folder, 'full', 'tfce');
  const p = await mapOf(folder, 'full', 'ptfce');
  const tfceNull = larger('tfce');
  let significant = 0;
  for (let voxel = 0; voxel < size; voxel += 1) {
    if (Number.isNaN(enhanced[voxel])) {
      t.true(Number.isNaN(p[voxel]) && Number.isNaN(gt[voxel]));
      continue;
    }
    t.is(enhanced[voxel], Math.max(gt[voxel], lt[voxel]));
    const asLarge = tfceNull.filter((one) => one >= enhanced[voxel] * (1 - 1e-6)).length;
    t.is(p[voxel], Math.fround(asLarge / 200));
    if (asLarge <= 10) significant += 1;
  }
  const datasets = await readTsv(join(folder, 'tables', 'datasets.tsv'));
  const [full] = datasets.rows;
  t.true(significant > 20);
  t.is(Number(full.significant_tfce), significant);
  t.deepEqual(columnOf(await readTsv(join(folder, 'tables', 'tfce_null.tsv')), 'full').map(Number), tfceNull);

  // The p of a cluster's extent is that of its voxels, 1 outside clusters.
  const extents = await mapOf(folder, 'full', 'pextent');
  const extentNull = larger('extent');
  const peaks = await readTsv(join(folder, 'tables', 'peaks.tsv'));
  const found = peaks.rows.filter((row) => row.full_t !== 'n/a');
  t.true(found.length > 0);
  for (const row of found) {
    const asLarge = extentNull.filter((one) => one >= Number(row.full_voxels)).length;
    t.is(Number(row.full_p_extent), asLarge / 200);
    t.true(extents.includes(Math.fround(asLarge / 200)));
    t.regex(row.full_region, /^(left|right) side$/);
    t.is(row.full_region, Number(row.full_x) > -27 + 3 * 9.5 ? 'right side' : 'left side');
  }
  t.is(Number(full.significant_extent), extents.filter((one) => one <= 0.05).length);
  t.deepEqual([full.cluster_threshold, full.connectivity, full.tfce_step], ['p=0.01', '26', '0.1']);
  const agreement = await readTsv(join(folder, 'tables', 'agreement.tsv'));
  t.deepEqual(columnOf(agreement, 'criterion').slice(0, 5), [
    'p < 0.001, uncorrected',
    'p < 0.01, uncorrected',
    'p <= 0.05, family-wise',
    'cluster extent p <= 0.05, family-wise',
    'TFCE p <= 0.05, family-wise',
  ]);
  // Tested once more, nothing is computed, and the tables are the same.
  const before = readFileSync(join(folder, 'tables', 'agreement.tsv'), 'utf8');
  const { root: scans, mask } = await preparing;
  const where = ['--cohort', 'bids', '--root', scans, '--out', join(folder, '../..'), '--mask', mask];
  const again = ['--groups', 'CN', 'AD', '--normalise', 'none', '--permutations', '200', ...words];
  t.is((await run('compare', ...where, ...again)).code, 0);
  t.is(readFileSync(join(folder, 'tables', 'agreement.tsv'), 'utf8'), before);
  t.deepEqual((await readTsv(join(folder, 'tables', 'datasets.tsv'))).rows, datasets.rows);
});

test('what cannot be adjusted for is refused before any test, in a study before any work', async (t) => {
  const { root, out } = await preparing;
  const where = ['--cohort', 'bids', '--root', root, '--out', out, '--groups', 'CN', 'AD'];
  const refused = async (pattern: RegExp, ...words: string[]) => {
    const { code, text } = await run('compare', ...where, ...words);
    t.is(code, 1);
    t.regex(text, pattern);
  };
  await refused(
    /participants table of the cohort 'bids' has no column icv \(--covariates\); it has group, age, sex/,
    '--covariates',
    'age',
    'icv',
  );
  await refused(/has no value in column score for 04\. Fill it in/, '--covariates', 'score');
  await refused(
    /has 'left' in column hand for 01: a covariate is a number, or a text with exactly two values \(here 3\)/,
    '--covariates',
    'hand',
  );
  await refused(/has no column scanner \(--blocks\)/, '--blocks', 'scanner');
  await refused(
    /has no value in column score for 04\. Every row needs an exchangeability/,
    '--blocks',
    'score',
  );
  await refused(/whether it is a T or a p: write T=3.1 or p=0.01/, '--cluster-threshold', '0.01');
  await refused(/a one-sided p between 0 and 0.5/, '--cluster-threshold', 'p=0.7');
  await refused(/--connectivity is 6, 18 or 26, but got 12/, '--connectivity', '12');
  await refused(/--atlas-names names the regions of --atlas, which is missing/, '--atlas-names', 'x.tsv');
  t.false(existsSync(join(out, 'bids', 'default', 'group')));
  const empty = temporaryFolder();
  const study = ['--cohort', 'bids', '--root', root, '--out', empty, '--groups', 'CN', 'AD'];
  t.regex((await run('study', ...study, '--covariates', 'icv')).text, /has no column icv/);
  t.false(existsSync(join(empty, 'bids')));
  // Maps are no part of a study.
  t.regex((await run('study', ...study, '--full', root)).text, /Unknown option --full/);
});

/** Folders of maps, one image per participant, as other programs write them. */
async function mapFolders(): Promise<{ full: string; imputed: string; table: string }> {
  const { root, out } = await preparing;
  const folder = temporaryFolder();
  const [full, imputed] = [join(folder, 'full', 'mri'), join(folder, 'linear', 'mri')];
  for (const one of [full, imputed]) mkdirSync(one, { recursive: true });
  for (const id of ids) {
    copyFileSync(scanPath(root, id), join(full, `sub-${id}_T1w.nii.gz`));
    const derivative = join(out, 'bids/default/derivatives/oinr', `sub-${id}`, 'anat');
    copyFileSync(
      join(derivative, `sub-${id}_desc-linear50_T1w.nii.gz`),
      join(imputed, `sub-${id}_mwp1.nii.gz`),
    );
  }
  return { full, imputed, table: join(root, 'participants.tsv') };
}

test('maps made elsewhere are compared as the volumes of a run, with what is not known left out', async (t) => {
  const { mask, root } = await preparing;
  const { full, imputed, table } = await mapFolders();
  const out = temporaryFolder();
  const words = ['--full', full, '--imputed', imputed, '--participants', table, '--mask', mask];
  const options = ['--groups', 'CN', 'AD', '--covariates', 'age', '--permutations', '300', '--tfce'];
  const { code, text } = await run('compare', ...words, ...options, '--out', out);
  t.is(code, 0, text);
  t.regex(text, /Cohort maps: 5 CN against 5 AD.*2 data sets/);
  const folder = join(out, 'maps', 'default');
  const reference = await compare(t, '--covariates', 'age', '--permutations', '300', '--tfce');
  for (const kind of ['t', 'p', 'pfwe', 'tfce', 'ptfce']) {
    t.deepEqual(await mapOf(folder, 'full', kind), await mapOf(reference, 'full', kind));
    t.deepEqual(await mapOf(folder, 'linear', kind), await mapOf(reference, 'linear50', kind));
  }
  const tables = async (name: string) => [
    await readTsv(join(folder, 'tables', `${name}.tsv`)),
    await readTsv(join(reference, 'tables', `${name}.tsv`)),
  ];
  const known = ({ rows }: Table) =>
    rows
      .filter(({ slices }) => slices !== 'missing')
      .map(({ missing_percent, k, method, dataset, id, seconds, spacing_mm, ...rest }) => rest);
  for (const name of ['datasets', 'agreement', 'attenuation', 'peaks', 'verdict']) {
    const [ours, theirs] = await tables(name);
    t.deepEqual(known(ours), known(theirs), name);
  }
  const [agreement] = await tables('agreement');
  t.like(agreement.rows[0], { method: 'linear', missing_percent: 'n/a', k: 'n/a', slices: 'all' });
  for (const name of ['bias', 'truth']) t.false(existsSync(join(folder, 'tables', `${name}.tsv`)));
  const record = readFileSync(join(folder, 'run.json'), 'utf8');
  t.regex(record, /The maps were made elsewhere, so nothing is known of their slices/);
  // Nothing that was written tells where the maps lie.
  for (const file of ['run.json', 'compare.log', 'group/desc-linear_stat-t_statmap.json']) {
    const said = readFileSync(join(folder, file), 'utf8');
    t.false(said.includes(join(full, '..', '..')) || said.includes(root), file);
  }
  const { Sources } = JSON.parse(readFileSync(join(folder, 'group/desc-linear_stat-t_statmap.json'), 'utf8'));
  t.is(Sources[0], 'linear/sub-01_mwp1.nii.gz');
  // The page is made from this alone; none of it is about slices.
  const reported = await run('report', '--cohort', 'maps', '--out', out);
  t.is(reported.code, 0, reported.text);
  const page = readFileSync(join(folder, 'report.html'), 'utf8');
  const shown = page.replace(/<script[\s\S]*?<\/script>/g, '').replace(/<[^>]*>/g, ' ');
  t.regex(shown, /pipeline:compare --cohort maps .*--full DIR --imputed DIR --participants FILE/);
  t.regex(shown, /adjusted for\s+age/);
  t.notRegex(shown, /% missing|n\/a|undefined|NaN/);
  t.false(page.includes(root) || page.includes(full));
  t.true(existsSync(join(folder, 'figures', 'statistic-maps.png')));
});

test('maps that cannot be compared are refused with a sentence, and nothing is written', async (t) => {
  const { full, imputed, table } = await mapFolders();
  const out = temporaryFolder();
  const words = ['--full', full, '--imputed', imputed, '--participants', table, '--groups', 'CN', 'AD'];
  const refused = async (pattern: RegExp, ...more: string[]) => {
    const { code, text } = await run('compare', ...words, ...more, '--out', out);
    t.is(code, 1);
    t.regex(text, pattern);
    t.false(existsSync(join(out, 'maps')));
  };
  await refused(/has no column icv \(--covariates\); it has participant_id, group/, '--covariates', 'icv');
  await refused(/has no value in column score for sub-04/, '--covariates', 'score');
  await refused(/a text with exactly two values \(here 3\)/, '--covariates', 'hand');
  await refused(/has no column dx \(--group-column\)/, '--group-column', 'dx');
  await refused(
    /the image of sub-01, does not exist. Check column site and --full/,
    '--image-column',
    'site',
  );
  const image = join(imputed, 'sub-05_mwp1.nii.gz');
  copyFileSync(image, join(imputed, 'sub-05_copy.nii.gz'));
  await refused(/linear.mri holds 2 images of sub-05/);
  rmSync(join(imputed, 'sub-05_copy.nii.gz'));
  const other = { shape, affine: [...tinyAffine.slice(0, 3), 5, ...tinyAffine.slice(4)] };
  await writeVolume(image, { grid: other, data: tinyHead(4) });
  await refused(/sub-05_mwp1.*another affine.*register and resample them first/s);
  rmSync(image);
  await refused(/linear.mri holds no .nii or .nii.gz file whose name begins with sub-05/);
  copyFileSync(join(full, 'sub-05_T1w.nii.gz'), image);
  await refused(
    /--imputed names .*would be called full.*as the full data are.*different names/,
    '--imputed',
    join(full, '..'),
  );
  const part = async (pattern: RegExp, ...some: string[]) =>
    t.regex((await run('compare', '--out', out, ...some)).text, pattern);
  await part(/--imputed is about maps made elsewhere; name the folder.*--full DIR/, '--imputed', imputed);
  await part(/--full needs --imputed too/, '--full', full);
  await part(/--cohort names the folder.*\/x" cannot/, ...words, '--cohort', '../x');
  await part(/--root is where the data of a cohort are/, ...words, '--root', full);
  await part(/--full needs --participants too/, '--full', full, '--imputed', imputed);
});
