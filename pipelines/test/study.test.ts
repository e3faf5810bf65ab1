// A whole study on tiny heads: impute, compare, report, through the real stages.
import { existsSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { readVolume, writeVolume } from '@oinr/nifti';
import { parseNumber, readTsv } from '@oinr/tables';
import test, { type ExecutionContext } from 'ava';
import { runStage } from '../src/runStage.ts';
import { contextOf } from '../src/stageContext.ts';
import { filesBelow, scanPath, temporaryFolder, tinyAffine, tinyHead, tinyStudy } from './support/study.ts';

const shape = [18, 25, 16] as const;
const size = shape[0] * shape[1] * shape[2];
// In turn CN and AD.
const ids = ['01', '02', '03', '04', '05', '06', '07', '08', '09', '10'];

/** Gives the subjects their groups, CN and AD in turn. */
function inTurn(root: string, subjects: readonly string[]): void {
  const rows = subjects.map((id, index) => `sub-${id}\t${index % 2 === 0 ? 'CN' : 'AD'}`);
  writeFileSync(join(root, 'participants.tsv'), `participant_id\tgroup\n${rows.join('\n')}\n`);
}

/** Ten tiny heads; in the second group a block in the middle is darker. */
async function studyWithEffect(): Promise<string> {
  const root = await tinyStudy(ids);
  inTurn(root, ids);
  for (const [index, id] of ids.entries()) {
    const data = tinyHead(1 + index);
    if (index % 2 === 1)
      for (let voxel = 0; voxel < size; voxel += 1) {
        const [x, y, z] = [voxel % 18, Math.floor(voxel / 18) % 25, Math.floor(voxel / 450)];
        if (x > 9 && x < 14 && y > 8 && y < 16 && z > 5 && z < 11) data[voxel] -= 500;
      }
    await writeVolume(scanPath(root, id), { grid: { shape, affine: tinyAffine }, data }, { space: 'mni' });
  }
  return root;
}

async function run(...words: string[]): Promise<{ code: number; out: string; error: string }> {
  let out = '';
  let error = '';
  const stream = (take: (text: string) => void) => ({ write: (text: string) => take(text), isTTY: false });
  const terminal = {
    out: stream((text) => {
      out += text;
    }),
    error: stream((text) => {
      error += text;
    }),
  };
  const [stage, ...rest] = words;
  const code = await runStage(stage, rest, contextOf(terminal)).catch((thrown) => {
    error += thrown instanceof Error ? thrown.message : thrown;
    return 1;
  });
  return { code, out, error };
}

/** Maps say in header and sidecar what they are; -log10 p belongs to p voxel by voxel. */
async function checkMaps(t: ExecutionContext, folder: string): Promise<void> {
  const path = (kind: string): string => join(folder, 'group', `desc-linear50_stat-${kind}_statmap.nii.gz`);
  const header = (kind: string): Buffer => gunzipSync(readFileSync(path(kind)));
  // intent_code is an int16 at byte 68, intent_p1 a float32 at byte 56.
  t.deepEqual([header('t').readInt16LE(68), header('t').readFloatLE(56)], [3, 8], 'TTEST with 5 + 5 - 2');
  t.deepEqual(
    ['p', 'pfwe', 'log10p', 'log10pfwe'].map((kind) => header(kind).readInt16LE(68)),
    [22, 22, 24, 24],
  );
  for (const kind of ['p', 'pfwe']) {
    const [p, log] = await Promise.all([readVolume(path(kind)), readVolume(path(`log10${kind}`))]);
    t.true(
      p.data.every((value, voxel) =>
        Number.isNaN(value) ? Number.isNaN(log.data[voxel]) : Math.abs(10 ** -log.data[voxel] - value) < 1e-6,
      ),
    );
  }
  const sidecar = JSON.parse(readFileSync(path('t').replace('.nii.gz', '.json'), 'utf8'));
  const datasets = await readTsv(join(folder, 'tables', 'datasets.tsv'));
  t.like(sidecar, { DegreesOfFreedom: 8, Alpha: 0.05, CriticalT: Number(datasets.rows[1].critical_t) });
  t.true(sidecar.Sources.every((source: string) => source.startsWith('bids:oinr:sub-')));
  t.is(sidecar.GeneratedBy[0].Name, 'oinr');
  const group = JSON.parse(readFileSync(join(folder, 'group', 'dataset_description.json'), 'utf8'));
  t.is(group.DatasetLinks.oinr, '../derivatives/oinr');
  const named = sidecar.Sources[0].replace('bids:oinr:', `group/${group.DatasetLinks.oinr}/`);
  t.true(existsSync(join(folder, named)), named);
}

/** Beside every table lies a JSON file that describes all its columns. */
function checkDictionaries(t: ExecutionContext, folder: string): void {
  const names = readdirSync(join(folder, 'tables')).flatMap((name) => /^(\w+)\.tsv$/.exec(name)?.[1] ?? []);
  t.true(names.length >= 12, names.join());
  for (const name of names) {
    const [header] = readFileSync(join(folder, 'tables', `${name}.tsv`), 'utf8').split('\n');
    const meanings = JSON.parse(readFileSync(join(folder, 'tables', `${name}.json`), 'utf8'));
    t.deepEqual(Object.keys(meanings), header.split('\t'), name);
    for (const column of header.split('\t'))
      t.true(
        meanings[column].Description !== column,
        `${name}.tsv, ${column}: nobody has said what it means`,
      );
  }
  t.true(existsSync(join(folder, 'tables', 'README.md')));
}

test('a study from scans to report', async (t) => {
  const root = await studyWithEffect();
  const out = temporaryFolder();
  const where = ['--cohort', 'bids', '--root', root, '--out', out];
  const folder = join(out, 'bids', 'default');

  const early = await run('compare', ...where);
  t.is(early.code, 1);
  t.regex(early.error, /no run 'default'.*impute first: npx nx run pipeline:impute --cohort bids/);

  const study = await run('study', ...where, '--k', '2', '3', '--method', 'linear', 'pchip', '--jobs', '2');
  t.is(study.code, 0, study.error);

  // The same relabelings for every data set: all 252 of five against five.
  const datasets = await readTsv(join(folder, 'tables', 'datasets.tsv'));
  t.is(datasets.rows.length, 5);
  t.is(new Set(datasets.rows.map((row) => row.relabelings_sha256)).size, 1);
  t.deepEqual([datasets.rows[0].permutations, datasets.rows[0].exact], ['252', 'yes']);
  t.true(Number(datasets.rows[0].significant_p01) > 10);
  t.deepEqual([datasets.rows[0].group_first, datasets.rows[0].group_second], ['AD', 'CN']);

  // T of the full data against a plain two-sample t on the files, normalised by the mean of voxels above 0 in all.
  const scans = await Promise.all(ids.map(async (id) => (await readVolume(scanPath(root, id))).data));
  const inside = Array.from({ length: size }, (_, voxel) => scans.every((scan) => scan[voxel] > 0));
  const voxels = inside.flatMap((is, voxel) => (is ? [voxel] : []));
  t.is(datasets.rows[0].voxels, String(voxels.length));
  const means = scans.map((scan) => voxels.reduce((sum, voxel) => sum + scan[voxel], 0) / voxels.length);
  const map = await readVolume(join(folder, 'group', 'desc-full_stat-t_statmap.nii.gz'));
  for (const voxel of voxels.filter((_, index) => index % 97 === 0)) {
    const values = scans.map((scan, subject) => scan[voxel] / means[subject]);
    const expected = plainT(
      values.filter((_, index) => index % 2 === 1),
      values.filter((_, index) => index % 2 === 0),
    );
    t.true(
      Math.abs(map.data[voxel] - expected) < 1e-3 * Math.max(1, Math.abs(expected)),
      `${map.data[voxel]} ${expected}`,
    );
  }
  t.true(map.data.every((value, voxel) => inside[voxel] || Number.isNaN(value)));

  await checkMaps(t, folder);
  checkDictionaries(t, folder);

  // The p of an extent counts the relabelings whose largest cluster of either sign is as large, the identity included.
  const peaks = await readTsv(join(folder, 'tables', 'peaks.tsv'));
  const largest = await readTsv(join(folder, 'tables', 'extent_null.tsv'));
  const extents = peaks.rows.flatMap((row) => parseNumber(row.full_voxels) ?? []);
  t.is(largest.rows.length, 252);
  t.is(largest.rows[0].full, String(Math.max(...extents)));
  for (const row of peaks.rows.filter((one) => parseNumber(one.full_voxels) !== undefined)) {
    const asLarge = largest.rows.filter((one) => Number(one.full) >= Number(row.full_voxels)).length;
    t.is(Number(row.full_p_extent), asLarge / 252);
  }

  // Kept slices are identical, so agreement over all voxels is at least that over missing slices.
  const attenuation = await readTsv(join(folder, 'tables', 'attenuation.tsv'));
  const correlation = (slices: string): number[] =>
    attenuation.rows.filter((row) => row.slices === slices).map((row) => parseNumber(row.correlation) ?? 0);
  correlation('missing').forEach((value, index) => {
    t.true(value < correlation('all')[index]);
  });

  // Every number in the page is a cell of a file that the run wrote.
  const page = readFileSync(join(folder, 'report.html'), 'utf8');
  const cited = [
    ...page.matchAll(/<data value="([^"]*)" data-source="([^"]*)" data-line="(\d+)" data-column="([^"]*)"/g),
  ];
  t.true(cited.length > 300);
  const lines = new Map<string, string[]>();
  for (const [, value, file, line, column] of cited) {
    const text = lines.get(file) ?? readFileSync(join(folder, file), 'utf8').split('\n');
    lines.set(file, text);
    const at = text[0].split('\t').indexOf(column);
    t.is(value.replaceAll('&lt;', '<').replaceAll('&#39;', "'"), text[Number(line) - 1].split('\t')[at]);
  }
  t.regex(page, /No image of a single subject/);
  // Full data and the best method of each percentage that has one, to be laid over each other.
  const verdict = await readTsv(join(folder, 'tables', 'verdict.tsv'));
  const best = verdict.rows.filter(({ rank }) => rank === '1').length;
  t.is(page.match(/<div class="pair">/g)?.length ?? 0, best);
  // The heads lay in one space already, which is said in one line.
  t.is(page.match(/nothing was registered or resampled/g)?.length, 1);
  t.is(study.out.match(/nothing is registered/g)?.length, 1, study.out);
  t.false(existsSync(join(folder, 'tables', 'quality.tsv')));
  t.false(page.includes(root));

  // Figures: the same bytes again; no slices of a subject unless asked for.
  const figures = filesBelow(join(folder, 'figures'));
  t.true(figures.includes('statistic-maps-66.png'));
  t.true(figures.includes('difference-maps-66.png'));
  t.false(figures.some((name) => name.startsWith('slices')));
  const before = figures.map((name) => readFileSync(join(folder, 'figures', name)));
  t.is((await run('figures', ...where)).code, 0);
  figures.forEach((name, index) => {
    t.deepEqual(readFileSync(join(folder, 'figures', name)), before[index], name);
  });
  t.is((await run('figures', ...where, '--show-subjects')).code, 0);
  t.true(existsSync(join(folder, 'figures', 'slices-50.svg')));

  // A second comparison tests nothing again and writes the same tables; another smoothing does.
  const table = readFileSync(join(folder, 'tables', 'agreement.tsv'), 'utf8');
  const written = (): number =>
    statSync(join(folder, 'group', 'desc-linear50_stat-t_statmap.nii.gz')).mtimeMs;
  const first = written();
  t.is((await run('compare', ...where)).code, 0);
  t.is(written(), first);
  t.is(readFileSync(join(folder, 'tables', 'agreement.tsv'), 'utf8'), table);
  t.is((await run('compare', ...where, '--smooth', '6')).code, 0);
  t.not(written(), first);
  t.not(readFileSync(join(folder, 'tables', 'agreement.tsv'), 'utf8'), table);

  // What is missing is said with the stage to run first.
  rmSync(join(folder, 'derivatives', 'oinr', 'sub-03', 'anat', 'sub-03_desc-pchip66_T1w.nii.gz'));
  const deleted = await run('compare', ...where);
  t.is(deleted.code, 1);
  t.regex(deleted.error, /volume of 03 imputed by pchip at 66 %.*not there.*impute again/);
  const record = readFileSync(join(folder, 'run.json'), 'utf8');
  const killed = JSON.parse(record);
  killed.stages.impute.status = 'running';
  writeFileSync(join(folder, 'run.json'), JSON.stringify(killed));
  const half = await run('compare', ...where);
  t.regex(half.error, /still running, or was killed; let it finish first: npx nx run pipeline:impute/);
  writeFileSync(join(folder, 'run.json'), record);
});

test('one group, unknown groups and differing grids are refused with a sentence', async (t) => {
  const root = await tinyStudy(['01', '02', '03', '04']);
  inTurn(root, ['01', '02', '03', '04']);
  const out = temporaryFolder();
  const where = ['--cohort', 'bids', '--root', root, '--out', out];
  const impute = ['impute', ...where, '--k', '2', '--method', 'linear'];
  // A study says so before any work is done.
  t.regex((await run('study', ...where, '--groups', 'CN', 'XY')).error, /no group 'XY'; its groups are/);
  const mask = ['--groups', 'AD', 'CN', '--mask', join(root, 'nowhere.nii')];
  t.regex((await run('study', ...where, ...mask)).error, /nowhere\.nii/);
  t.regex((await run('study', ...where, '--cross-fit', 'mine')).error, /No operators of the folds.*mine/);
  t.deepEqual(readdirSync(out), []);
  t.is((await run(...impute)).code, 0);
  t.regex((await run('compare', ...where, '--groups', 'CN', 'XY')).error, /no group 'XY'; its groups are/);

  const other = { shape, affine: [...tinyAffine.slice(0, 3), 5, ...tinyAffine.slice(4)] };
  await writeVolume(scanPath(root, '04'), { grid: other, data: tinyHead(4) });
  t.is((await run(...impute)).code, 0);
  t.regex(
    (await run('compare', ...where)).error,
    /04.*another grid.*same shape but another affine.*The stage prepare registers/s,
  );

  writeFileSync(
    join(root, 'participants.tsv'),
    'participant_id\tgroup\nsub-01\tCN\nsub-02\tCN\nsub-03\tCN\nsub-04\tCN\n',
  );
  t.is((await run(...impute)).code, 0);
  t.regex((await run('compare', ...where)).error, /one group only.*nothing to compare/);
});

/** Two-sample t with pooled variance, first minus second. */
function plainT(first: readonly number[], second: readonly number[]): number {
  const mean = (values: readonly number[]): number =>
    values.reduce((sum, value) => sum + value, 0) / values.length;
  const squares = (values: readonly number[]): number =>
    values.reduce((sum, value) => sum + (value - mean(values)) ** 2, 0);
  const pooled = (squares(first) + squares(second)) / (first.length + second.length - 2);
  return (mean(first) - mean(second)) / Math.sqrt(pooled * (1 / first.length + 1 / second.length));
}
