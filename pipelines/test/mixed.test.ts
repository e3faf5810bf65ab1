// Full and imputed scans in one comparison, through the real stages, on sixteen tiny heads.
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { UsageError } from '@oinr/errors';
import { readVolume, writeVolume } from '@oinr/nifti';
import { parseNumber, readTsv, type Table, tableOf } from '@oinr/tables';
import test from 'ava';
import type { Study } from '../src/compare/dataSets.ts';
import { joiningTable } from '../src/compare/mixed/joining.ts';
import { parseMixtures } from '../src/compare/mixed/mixtureWords.ts';
import { planMixed } from '../src/compare/mixed/plan.ts';
import { runStage } from '../src/runStage.ts';
import { contextOf } from '../src/stageContext.ts';
import { recordedTerminal } from './support/recordedTerminal.ts';
import { scanPath, temporaryFolder, tinyAffine, tinyHead } from './support/study.ts';

const shape = [18, 25, 16] as const;
const grid = { shape, affine: tinyAffine };
const ids = Array.from({ length: 16 }, (_, index) => String(index + 1).padStart(2, '0'));
const groupOf = (index: number): string => (index % 2 === 0 ? 'CN' : 'AD');
const resolutionOf = (index: number): string => (Math.floor(index / 2) % 2 === 0 ? 'full' : 'thick');

/** CN and AD in turn; in AD a block is darker. The run of impute is finished. */
async function prepared(): Promise<{ root: string; out: string }> {
  const root = temporaryFolder();
  const rows = ids.map(
    (id, index) =>
      `sub-${id}\t${groupOf(index)}\t${resolutionOf(index)}\t${index < 8 ? 'a' : 'b'}\t${index % 3}`,
  );
  const header = 'participant_id\tgroup\tresolution\tsite\tthree';
  writeFileSync(join(root, 'participants.tsv'), `${header}\n${rows.join('\n')}\n`);
  writeFileSync(join(root, 'dataset_description.json'), '{"Name": "tiny", "BIDSVersion": "1.9.0"}\n');
  for (const [index, id] of ids.entries()) {
    const data = tinyHead(1 + index).map((value, voxel) => {
      const [x, y] = [voxel % 18, Math.floor(voxel / 18) % 25];
      return value > 0 && groupOf(index) === 'AD' && x > 9 && y > 8 && y < 16 ? value - 400 : value;
    });
    await writeVolume(scanPath(root, id), { grid, data: Float32Array.from(data) }, { space: 'mni' });
  }
  const out = temporaryFolder();
  const { code, error } = await run('impute', root, out, '--k', '3', '--method', 'linear', 'pchip');
  if (code !== 0) throw new Error(error);
  return { root, out };
}

async function run(stage: string, root: string, out: string, ...words: string[]) {
  const terminal = recordedTerminal();
  const where = ['--cohort', 'bids', '--root', root, '--out', out];
  const code = await runStage(stage, [...where, ...words], contextOf(terminal)).catch((thrown) => {
    terminal.error.write(thrown instanceof Error ? thrown.message : String(thrown));
    return thrown instanceof UsageError ? 2 : 1;
  });
  const said = terminal.text();
  return { code, out: said, error: said };
}

const tableIn = (out: string, name: string): Promise<Table> =>
  readTsv(join(out, 'bids', 'default', 'tables', `${name}.tsv`));

test.serial('mixtures, worth, power and false positives of a run', async (t) => {
  const { root, out } = await prepared();
  const words = [
    '--mix',
    'CN=0.5',
    'AD=0.5',
    'CN=0',
    'AD=1',
    '--draws',
    '2',
    '--permutations',
    '500',
    '--jobs',
    '2',
  ];
  const more = ['--power', '3', '--false-positives', '4', '--false-positives-size', '6'];
  const first = await run('compare', root, out, ...words, ...more);
  t.is(first.code, 0, first.error);
  t.regex(first.out, /May imputed scans join the full ones\?/);
  t.regex(first.out, /One scan with 66 % of its slices missing, imputed by linear, is worth [\d.]+ \(/);

  const mixtures = await tableIn(out, 'mixtures');
  const find = (design: string, method: string, model: string, draw = '1') =>
    mixtures.rows.filter(
      (row) => row.design === design && row.method === method && row.model === model && row.draw === draw,
    );
  // All full, all imputed, the full alone of three draws, and four models of each draw by two methods.
  t.is(mixtures.rows.length, 1 + 2 + 3 + 2 * 3 * 4);
  const half = 'AD=0.5 CN=0.5';
  const [kinds] = find(half, 'linear', 'kinds');
  t.deepEqual([kinds.subjects_full, kinds.subjects_imputed, kinds.kinds], ['8', '8', '2']);
  t.is(kinds.degrees_of_freedom, '13');
  const oneSided = 'AD=1 CN=0';
  t.deepEqual(
    [find(oneSided, 'linear', 'naive')[0].valid, find(oneSided, 'linear', 'naive', '2').length],
    ['no', 0],
  );
  t.deepEqual(
    [find(oneSided, 'linear', 'kinds')[0].voxels_found, find(oneSided, 'linear', 'kinds')[0].valid],
    ['n/a', 'no'],
  );
  // Everybody imputed and one kind is the main test of the imputed data.
  const [imputed] = mixtures.rows.filter(
    ({ design, method }) => design === 'all imputed' && method === 'linear',
  );
  t.is(find(oneSided, 'linear', 'equalised')[0].voxels_found, imputed.voxels_found);

  // T within kinds from the files themselves: means of kinds taken out of values and labels.
  const people = (await tableIn(out, 'mixture_people')).rows.filter(
    ({ design, draw }) => design === half && draw === '1',
  );
  const isImputed = ids.map(
    (id) => people.find((row) => row.participant_id === `sub-${id}`)?.scan === 'imputed',
  );
  const folder = join(out, 'bids', 'default');
  const map = await readVolume(join(folder, 'group', 'desc-linear66Mix1Kinds_stat-t_statmap.nii.gz'));
  const scans = await Promise.all(ids.map(async (id) => (await readVolume(scanPath(root, id))).data));
  const inMask = Array.from(scans[0].keys()).filter((voxel) => scans.every((scan) => scan[voxel] > 0));
  const used = await Promise.all(
    ids.map(async (id, index) => {
      const data = isImputed[index] ? (await readVolume(imputedPath(folder, id))).data : scans[index];
      const mean = inMask.reduce((sum, voxel) => sum + data[voxel], 0) / inMask.length;
      return data.map((value) => value / mean);
    }),
  );
  const labels = ids.map((_, index) => (groupOf(index) === 'AD' ? 1 : 0));
  for (const voxel of inMask.filter((_, index) => index % 53 === 0)) {
    const expected = tWithinKinds(
      used.map((data) => data[voxel]),
      labels,
      isImputed.map(Number),
    );
    t.true(Math.abs(map.data[voxel] - expected) < 2e-4 * Math.max(1, Math.abs(expected)));
  }

  const worth = await tableIn(out, 'worth');
  t.deepEqual(
    worth.rows.map(({ method }) => method),
    ['linear', 'pchip'],
  );
  for (const row of worth.rows) {
    const [low, value, high] = ['worth_low', 'worth', 'worth_high'].map(
      (name) => parseNumber(row[name]) ?? Number.NaN,
    );
    t.true(low < high && value > 0);
  }
  // With every third slice kept a voxel lies in a kept slice or beside one, and where there is no error but the scale's.
  const byDistance = (await tableIn(out, 'distance')).rows.filter(({ method }) => method === 'linear');
  t.is(byDistance.length, 2);
  const sumOf = (column: string): number =>
    byDistance.reduce((sum, row) => sum + (parseNumber(row[column]) ?? Number.NaN), 0);
  t.true(Math.abs(sumOf('share_of_values') - 1) < 1e-12);
  t.is(String(sumOf('tested_voxels')), mixtures.rows[0].voxels_tested);
  t.is(String(sumOf('imputed_voxels')), imputed.voxels_found);
  const [onKept, beside] = byDistance.map(({ rms_error }) => parseNumber(rms_error) ?? Number.NaN);
  t.true(onKept < beside, `${onKept}, ${beside}`);
  // Division by the mean leaves no difference of means, and differences of voxels stay.
  const kindsOf = await tableIn(out, 'kinds');
  t.deepEqual(
    kindsOf.rows.map(({ method, subjects }) => [method, subjects]),
    [
      ['linear', '16'],
      ['pchip', '16'],
    ],
  );
  for (const row of kindsOf.rows) {
    t.true(Math.abs(Number(row.mean_difference_after)) < 1e-6);
    t.true(Number(row.voxel_difference_after) > 1e-3 && Number(row.sd_ratio_after) > 0);
  }
  const meanOver = (volumes: readonly ArrayLike<number>[]): number =>
    volumes.reduce((sum, data) => sum + inMask.reduce((own, voxel) => own + data[voxel], 0), 0);
  const linear = await Promise.all(ids.map(async (id) => (await readVolume(imputedPath(folder, id))).data));
  const before = meanOver(linear) / meanOver(scans) - 1;
  t.true(Math.abs(Number(kindsOf.rows[0].mean_difference_before) - before) < 1e-6);
  // Half of eight people are four: fewer than the five that a curve begins with.
  t.regex(first.out, /There is no power curve/);
  const errors = await tableIn(out, 'false_positives');
  t.is(errors.rows.length, 1 + 2 * 8);
  t.deepEqual([errors.rows[0].design, errors.rows[0].draws], ['all full', '4']);
  // Half of eight people are too few to rank methods in; one of each group can be left out eight times.
  const [yardstick] = (await tableIn(out, 'yardstick')).rows;
  t.is(yardstick.pairs_left_out, '8');
  t.true(Number(yardstick.dice_low) <= Number(yardstick.dice) && Number(yardstick.dice_high) <= 1);
  t.regex(first.out, /yardstick/);
  t.notRegex(first.out, /ranks/);
  const draws = await tableIn(out, 'false_positive_draws');
  for (const { design, method, model, errors: counted, draws: all } of errors.rows) {
    const own = draws.rows.filter(
      (row) => row.design === design && row.method === method && row.model === model,
    );
    t.is(own.length, Number(all));
    t.is(own.filter(({ significant }) => significant === '1').length, Number(counted));
  }

  // The same again finds everything done, and writes the same tables.
  const again = await run('compare', root, out, ...words, ...more);
  t.is(again.code, 0);
  t.deepEqual(await tableIn(out, 'mixtures'), mixtures);
  t.deepEqual(await tableIn(out, 'worth'), worth);
  t.deepEqual(await tableIn(out, 'false_positives'), errors);

  // The page begins with the answer; the figure of worth stands in for curves that groups of eight do not have.
  const page = async (): Promise<string> => {
    const told = await run('report', root, out);
    t.is(told.code, 0, told.error);
    return readFileSync(join(folder, 'report.html'), 'utf8');
  };
  const [begins] = /<section id=[\s\S]*?<\/section>/.exec(await page()) ?? [''];
  t.regex(begins, /<section id="joining"[\s\S]*id="worth"/);
  t.regex(begins, /Not valid:<\/strong>[\s\S]*data-source="tables\/mixtures\.tsv"/);
  t.notRegex(begins, /--mix/);

  // Site is a kind of its own, and a column says who has few slices.
  const column = await run(
    'compare',
    root,
    out,
    '--resolution-column',
    'resolution',
    '--blocks',
    'site',
    '--permutations',
    '100',
  );
  t.is(column.code, 0, column.error);
  const byColumn = (await tableIn(out, 'mixtures')).rows.filter(
    ({ design }) => design === 'column resolution',
  );
  t.deepEqual(byColumn.map(({ model, kinds }) => [model, kinds]).slice(0, 4), [
    ['naive', '1'],
    ['covariate', '1'],
    ['kinds', '4'],
    ['equalised', '4'],
  ]);

  // Every refusal comes before any work, and leaves what is there.
  const kept = await tableIn(out, 'mixtures');
  for (const [wrong, code, sentence] of [
    [['--mix', 'CN=0.5', 'AD=1.5'], 2, /share of their scans that has few slices, from 0 to 1.*AD=1\.5/],
    [['--mix', 'CN=0.5', 'MCI=0.5'], 1, /--mix names the group 'MCI'/],
    [['--mix', 'CN=0', 'AD=0'], 1, /nobody has few slices, so nothing is joined/],
    [['--mix', 'CN=0.5', 'AD=0.5', 'CN=0.5', 'AD=0.5'], 1, /gives the mixture AD=0.5 CN=0.5 twice/],
    [['--mix', 'CN=0.5'], 1, /gives no share for the group 'AD'/],
    [['--mix', 'CN=0.1', 'AD=0.1'], 1, /has 2 scans with few slices; at least 4 of a kind/],
    [['--resolution-column', 'three'], 1, /has 3 values \('0', '1', '2'\), but a resolution has two/],
    [['--resolution-column', 'site'], 1, /write 'full' where a scan has all slices/],
    [['--resolution-column', 'resolutoin'], 1, /has no column resolutoin/],
    [['--mix', 'CN=1', 'AD=1', '--resolution-column', 'site'], 2, /give one of them/],
    [['--mix', 'CN=0.5', 'AD=0.5', '--variance', 'by-kind'], 1, /by-kind: Kind [01] has 8 subjects, too few/],
    [['--draws', '3'], 2, /--draws repeats the drawing of --mix/],
    [['--false-positives', '5'], 1, /two groups of 20 from everybody, but there are 16 people/],
  ] as const) {
    const refused = await run('compare', root, out, ...wrong);
    t.is(refused.code, code, wrong.join(' '));
    t.regex(refused.error, sentence);
    t.notRegex(refused.out, /Finding the voxels/);
  }
  t.deepEqual(await tableIn(out, 'mixtures'), kept);

  // Without mixtures their tables and maps go: none of them is taken for this comparison's.
  t.is((await run('compare', root, out, '--permutations', '100')).code, 0);
  await t.throwsAsync(() => tableIn(out, 'mixtures'));
  await t.throwsAsync(() =>
    readVolume(join(folder, 'group', 'desc-linear66Mix1Kinds_stat-t_statmap.nii.gz')),
  );
  const plain = (await page()).replace(/<[^>]*>/g, '');
  t.regex(plain, /pipeline:compare [^\n]*--permutations 100[^\n]*--mix AD=0\.5 CN=0\.5/);
  t.regex(plain, /is worth [\d.]+/);
  t.regex(plain, /Usable by the rule|No verdict/);
});

test('the method that chooses is in no mixture, and alone it is refused', (t) => {
  const dataSet = (method: string) => ({ id: method, name: method, method, every: 3, paths: [] });
  const study = (...methods: string[]): Study => ({
    cohort: 'tiny',
    groups: ['CN', 'AD'],
    subjects: ids.map((id, index) => ({ id, group: groupOf(index), image: '', columns: {} })),
    design: { labels: Uint8Array.from(ids, (_, index) => 1 - (index % 2)) },
    masks: [],
    dataSets: ['full', ...methods].map(dataSet),
    advice: '',
    remarks: [],
  });
  const config = {
    mix: ['CN=0.5', 'AD=0.5'],
    draws: 1,
    variance: 'pooled',
    mixSeed: 1,
    falsePositivesSize: 4,
  } as const;
  const plan = planMixed(config, study('auto', 'linear'));
  t.deepEqual(
    plan.dataSets.map(({ method }) => method),
    ['linear'],
  );
  t.regex(plan.remarks[0], /'auto' is in no mixture/);
  t.throws(() => planMixed(config, study('auto')), { message: /Only 'auto' was imputed/ });
});

test('scans may join where more is found than by the full ones alone, and nothing is said where chance finds as much', (t) => {
  const answer = (
    alone: number | undefined,
    kinds: number | undefined,
    equalised: number,
    truth?: number,
    { isReached = true, familyWise = 0 } = {},
  ) => {
    const row = (design: string, model: string, voxels: number | undefined) => ({
      ...{ design, method: 'linear', missing_percent: 66, k: 3, model, voxels_tested: 10_000 },
      voxels_found: voxels,
      significant_fwe: voxels === undefined ? undefined : familyWise,
      true_found: truth === undefined || voxels === undefined ? undefined : voxels / truth,
    });
    const rows = [
      row('all full', 'naive', 500),
      row('m, full scans alone', 'naive', alone),
      ...(['naive', 'covariate'] as const).map((model) => row('m', model, 9000)),
      row('m', 'kinds', kinds),
      row('m', 'equalised', equalised),
    ];
    const [{ may_join, measure }] = joiningTable(tableOf(Object.keys(rows[0]), rows), {
      level: 0.001,
      isReached,
    }).rows;
    return [may_join, measure];
  };
  t.deepEqual(answer(200, 300, 250), ['yes', 'voxels_found']);
  t.deepEqual(answer(200, 300, 250, 1000), ['yes', 'true_found']);
  // A few voxels more are noise.
  t.deepEqual(answer(200, 215, 210), ['no', 'voxels_found']);
  t.deepEqual(answer(200, 300, 250, 1000, { isReached: false }), ['cannot be told', 'true_found']);
  t.deepEqual(answer(200, 150, 250), ['in both groups alike', 'voxels_found']);
  t.deepEqual(answer(undefined, undefined, 250), ['in both groups alike', 'voxels_found']);
  t.deepEqual(answer(300, 200, 250), ['no', 'voxels_found']);
  // Of 10,000 voxels 10 are below 0.001 by chance.
  t.deepEqual(answer(12, 25, 30), ['nothing to find', 'voxels_found']);
  t.deepEqual(answer(12, 31, 30), ['yes', 'voxels_found']);
  // Chance does not give voxels at the family-wise error.
  t.deepEqual(answer(12, 25, 30, undefined, { familyWise: 5 }), ['yes', 'voxels_found']);
});

test('the test to use is decided by numbers of scans, not by what is found', (t) => {
  const used = (full: number, thin: number, kinds: number | undefined, equalised: number | undefined) => {
    const row = (model: string, voxels: number | undefined) => ({
      ...{ design: 'm', method: 'linear', missing_percent: 66, k: 3, model, voxels_tested: 10_000 },
      ...{ subjects_full: full, subjects_imputed: thin, voxels_found: voxels, significant_fwe: 0 },
      true_found: undefined,
    });
    const rows = [row('kinds', kinds), row('equalised', equalised)];
    return joiningTable(tableOf(Object.keys(rows[0]), rows), { level: 0.001, isReached: true }).rows[0]
      .test_to_use;
  };
  t.is(used(20, 20, 900, 100), 'equalised');
  t.is(used(29, 10, 100, 900), 'equalised');
  t.is(used(30, 10, 100, 900), 'kinds');
  // All of one group have few slices, so that nothing can be exchanged within kinds.
  t.is(used(30, 10, undefined, 900), 'equalised');
  t.is(used(10, 10, 100, undefined), 'kinds');
  t.is(used(10, 10, undefined, undefined), 'n/a');
});

test('mixtures in words', (t) => {
  t.deepEqual(
    parseMixtures(['a b=0.5', 'AD=.25', 'a b=0', 'AD=1']).map((one) => [...one]),
    [
      [
        ['a b', 0.5],
        ['AD', 0.25],
      ],
      [
        ['a b', 0],
        ['AD', 1],
      ],
    ],
  );
  for (const wrong of ['CN', 'CN=', '=0.5', 'CN=-0.1', 'CN=1.01', 'CN=half'])
    t.throws(() => parseMixtures([wrong]), { message: /--mix needs groups with the share/ });
});

function imputedPath(folder: string, id: string): string {
  const anat = join(folder, 'derivatives', 'oinr', `sub-${id}`, 'anat');
  return join(anat, `sub-${id}_desc-linear66_T1w.nii.gz`);
}

/** By projection: component along the labels without the means of their kinds, over what is left. */
function tWithinKinds(
  values: readonly number[],
  labels: readonly number[],
  kinds: readonly number[],
): number {
  const centred = (list: readonly number[]): number[] =>
    list.map((value, i) => {
      const own = list.filter((_, j) => kinds[j] === kinds[i]);
      return value - own.reduce((sum, one) => sum + one, 0) / own.length;
    });
  const [y, x] = [centred(values), centred(labels)];
  const dot = (a: readonly number[], b: readonly number[]): number =>
    a.reduce((sum, one, i) => sum + one * b[i], 0);
  const slope = dot(x, y) / dot(x, x);
  const rest = dot(y, y) - slope * slope * dot(x, x);
  return slope / Math.sqrt(rest / (values.length - 1 - new Set(kinds).size) / dot(x, x));
}
