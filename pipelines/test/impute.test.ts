import { existsSync, mkdirSync, readFileSync, statSync, truncateSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { readVolume, writeVolume } from '@oinr/nifti';
import { parseNumber, readTsv } from '@oinr/tables';
import test from 'ava';
import { runStage } from '../src/runStage.ts';
import { contextOf } from '../src/stageContext.ts';
import { recordedTerminal } from './support/recordedTerminal.ts';
import {
  filesBelow,
  results,
  runImpute,
  scanPath,
  temporaryFolder,
  tinyAffine,
  tinyHead,
  tinyStudy,
} from './support/study.ts';

const quick = ['--method', 'linear', 'pchip'];

test('one subject of each bad kind: a sentence each, the others go on, status 1, nothing outside the folder', async (t) => {
  const bad = ['nan', 'constant', 'four', 'nifti', 'cut', 'thin'];
  const root = await tinyStudy(['good1', 'good2'], [...bad, 'absent', '../../evil']);
  const shape = [18, 25, 16] as const;
  const grid = { shape, affine: tinyAffine };
  const withNan = tinyHead(3);
  withNan[1234] = Number.NaN;
  await writeVolume(scanPath(root, 'nan'), { grid, data: withNan });
  await writeVolume(scanPath(root, 'constant'), { grid, data: new Float32Array(18 * 25 * 16).fill(7) });
  mkdirSync(dirname(scanPath(root, 'nifti')), { recursive: true });
  writeFileSync(scanPath(root, 'nifti'), 'this is not a scan');
  await writeVolume(scanPath(root, 'cut'), { grid, data: tinyHead(4) });
  truncateSync(scanPath(root, 'cut'), 3000);
  const thin = { shape: [18, 3, 16] as const, affine: tinyAffine };
  await writeVolume(scanPath(root, 'thin'), { grid: thin, data: tinyHead(5, [18, 3, 16]) });
  // dim[0] and dim[4] of the header make it two volumes.
  const plain = scanPath(root, 'four').replace('.gz', '');
  await writeVolume(plain, { grid, data: tinyHead(6) });
  const bytes = readFileSync(plain);
  bytes.writeInt16LE(4, 40);
  bytes.writeInt16LE(2, 48);
  writeFileSync(plain, Buffer.concat([bytes, bytes.subarray(352)]));

  const out = temporaryFolder();
  const { code, error } = await runImpute([
    '--cohort',
    'bids',
    '--root',
    root,
    '--out',
    out,
    '--k',
    '2',
    '3',
    ...quick,
  ]);
  t.is(code, 1);
  const run = join(out, 'bids', 'default');
  const { rows } = await readTsv(join(run, 'tables', 'failures.tsv'));
  const reason = (id: string) =>
    rows
      .filter((row) => row.participant_id === `sub-${id}`)
      .map((row) => row.reason)
      .join(' | ');
  t.regex(reason('nan'), /sub-nan_T1w\.nii\.gz holds 1 voxels that are NaN or infinite/);
  t.regex(reason('constant'), /constant \(every voxel is 7\)/);
  t.regex(reason('nifti'), /not a NIfTI file/);
  t.regex(reason('cut'), /truncated|damaged|cut short/i);
  t.regex(reason('four'), /2 volumes/);
  t.regex(reason('thin'), /At least two slices must be kept/);
  // Two of three slices are kept at k = 2, so only k = 3 fails there.
  t.is(rows.filter((row) => row.participant_id === 'sub-thin').length, 2);
  const excluded = await readTsv(join(run, 'tables', 'excluded.tsv'));
  const problems = excluded.rows
    .filter((row) => row.needs_action === 'yes')
    .map((row) => `${row.what} ${row.reason}`);
  t.true(problems.some((line) => line.includes('evil')));
  t.true(problems.some((line) => line.includes('absent')));
  for (const id of [...bad, 'absent', 'evil']) t.true(error.includes(id), `the summary names ${id}`);

  const measured = await readTsv(join(run, 'tables', 'mse.tsv'));
  t.is(measured.rows.filter((row) => row.participant_id === 'sub-good1').length, 4);
  t.is(measured.rows.filter((row) => row.participant_id === 'sub-good2').length, 4);
  t.true(filesBelow(out).every((file) => file.startsWith('bids/default/')));
  t.false(filesBelow(out).some((file) => file.endsWith('.partial')));
  // Privacy: nobody's folders in logs, tables and run.json.
  for (const file of ['impute.log', 'run.json', 'tables/failures.tsv', 'tables/excluded.tsv']) {
    t.false(readFileSync(join(run, file), 'utf8').includes(root), file);
  }
});

test('only what changed is done again: further k, another image, another scale, --force', async (t) => {
  const root = await tinyStudy(['01', '02']);
  const out = temporaryFolder();
  const base = ['--cohort', 'bids', '--root', root, '--out', out, '--jobs', '1', ...quick];
  const run = join(out, 'bids', 'default');
  const counts = async (...words: string[]) => {
    const { code, error } = await runImpute([...base, ...words]);
    t.is(code, 0, error);
    const { stages } = JSON.parse(readFileSync(join(run, 'run.json'), 'utf8'));
    return [stages.impute.unitsFinished, stages.impute.unitsReused];
  };
  t.deepEqual(await counts('--k', '2'), [4, 0]);
  const volume = join(run, 'derivatives/oinr/sub-01/anat/sub-01_desc-linear50_T1w.nii.gz');
  const { mtimeNs } = statSync(volume, { bigint: true });
  t.deepEqual(await counts('--k', '2', '3'), [8, 4]);
  t.is(statSync(volume, { bigint: true }).mtimeNs, mtimeNs);
  await writeVolume(scanPath(root, '02'), {
    grid: { shape: [18, 25, 16], affine: tinyAffine },
    data: tinyHead(77),
  });
  t.deepEqual(await counts('--k', '2', '3'), [8, 4]);
  writeFileSync(volume, 'damaged');
  t.deepEqual(await counts('--k', '2', '3'), [8, 7]);
  // The seed means nothing to interpolation, the scale does.
  t.deepEqual(await counts('--k', '2', '3', '--seed', '9'), [8, 8]);
  t.deepEqual(await counts('--k', '2', '3', '--force'), [8, 0]);
  t.deepEqual(await counts('--k', '2', '--no-volumes', '--scale', '255'), [4, 0]);
});

test('progress counts every volume once, those of the first numbers too', async (t) => {
  const root = await tinyStudy(['01', '02']);
  const words = [
    '--cohort',
    'bids',
    '--root',
    root,
    '--out',
    temporaryFolder(),
    '--k',
    '2',
    '3',
    '--jobs',
    '2',
  ];
  const terminal = recordedTerminal();
  const live = { ...terminal, out: { ...terminal.out, isTTY: true, columns: 200 } };
  t.is(
    await runStage('impute', [...words, '--method', 'linear', 'oinr-prior'], contextOf(live)),
    0,
    terminal.text(),
  );
  const counts = [...terminal.text().matchAll(/(\d+) of (\d+) volumes/g)].map(([, done, all]) =>
    [done, all].map(Number),
  );
  t.true(counts.length > 0);
  for (const [done = Number.NaN, all] of counts) {
    t.is(all, 8);
    t.true(done <= 8);
  }
  t.true(Math.max(...counts.map(([done = 0]) => done)) >= 4);
});

test('what is written: kept slices as measured, errors that can be computed again, sidecars that say what was done', async (t) => {
  const root = await tinyStudy(['01', '02'], [], ['CN', 'AD']);
  const out = temporaryFolder();
  const { code, out: printed } = await runImpute([
    '--cohort',
    'bids',
    '--root',
    root,
    '--out',
    out,
    '--missing',
    '66',
    ...quick,
  ]);
  t.is(code, 0);
  const run = join(out, 'bids', 'default');
  const path = join(run, 'derivatives/oinr/sub-01/anat/sub-01_desc-pchip66_T1w');
  const truth = await readVolume(scanPath(root, '01'));
  const imputed = await readVolume(`${path}.nii.gz`);
  t.deepEqual(imputed.grid, truth.grid);
  const sidecar = JSON.parse(readFileSync(`${path}.json`, 'utf8'));
  t.deepEqual(sidecar.KeptSlices, [0, 3, 6, 9, 12, 15, 18, 21, 24]);
  t.deepEqual(sidecar.Sources, ['bids:source:sub-01/anat/sub-01_T1w.nii.gz']);
  let keptDiffer = 0;
  let squares = 0;
  let missing = 0;
  for (const [index, value] of imputed.data.entries()) {
    const slice = Math.floor(index / 18) % 25;
    const error = value - (truth.data[index] ?? 0);
    if (slice % 3 === 0) keptDiffer += error === 0 ? 0 : 1;
    else {
      squares += (error / sidecar.IntensityScale.Value) ** 2;
      missing += 1;
    }
  }
  t.is(keptDiffer, 0);
  const { rows } = await readTsv(join(run, 'tables', 'mse.tsv'));
  const row = rows.find((candidate) => candidate.participant_id === 'sub-01' && candidate.method === 'pchip');
  const mse = parseNumber(row?.mse_missing) ?? 0;
  t.true(Math.abs(mse / (squares / missing) - 1) < 1e-6);
  t.is(row?.mse_kept, '0');
  t.is(sidecar.Errors.mse_missing, mse);
  const description = JSON.parse(
    readFileSync(join(run, 'derivatives/oinr/dataset_description.json'), 'utf8'),
  );
  t.is(description.DatasetType, 'derivative');
  // The data lie elsewhere on the machine, of which nothing is told.
  t.regex(description.DatasetLinks.source, /^urn:/);
  t.regex(readFileSync(join(run, 'derivatives/oinr/README'), 'utf8'), /bids:source:/);
  t.is(sidecar.GeneratedBy[0].Name, 'oinr');
  t.is(typeof sidecar.SkullStripped, 'boolean');
  t.regex(printed, /missing +k +n +linear +pchip/);
  t.regex(printed, /66 % +3 +2 /);
  t.regex(printed, /by group/);
  // biome-ignore lint/suspicious/noControlCharactersInRegex: terminal control codes are what a pipe must not get
  t.notRegex(printed, /[\r\u001b]/);
});

test('--profile simulates thick slices: they are estimated too, and sidecar, tables and caption say so', async (t) => {
  const root = await tinyStudy(['01']);
  const out = temporaryFolder();
  const base = ['--cohort', 'bids', '--root', root, '--out', out, '--k', '2', '--method', 'pchip'];
  const thin = await runImpute([...base, '--run', 'thin']);
  t.is(thin.code, 0, thin.error);
  t.notRegex(thin.out, /estimated too/);
  const { code, out: told, error } = await runImpute([...base, '--run', 'thick', '--profile', 'box']);
  t.is(code, 0, error);
  t.regex(told, /Kept: slices averaged over a box as wide as they are apart; they are estimated too/);
  const run = join(out, 'bids', 'thick');
  const [row] = (await readTsv(join(run, 'tables', 'mse.tsv'))).rows;
  t.true((parseNumber(row?.mse_kept) ?? 0) > 0);
  const path = join(run, 'derivatives', 'oinr', 'sub-01', 'anat', 'sub-01_desc-pchip50_T1w');
  const sidecar = JSON.parse(readFileSync(`${path}.json`, 'utf8'));
  // Every second slice of 3 mm is kept.
  t.deepEqual(sidecar.SliceProfile, { Kind: 'box', ThicknessMillimetres: 6 });
  t.regex(sidecar.Description, /averaged over a box as wide as they are apart and are estimated too/);
  const refused = await runImpute([...base, '--slice-thickness', '4']);
  t.is(refused.code, 2);
  t.regex(refused.error, /needs --profile box or --profile gauss/);
});

test('the engine is resolved once: run, fingerprints and workers name the one that computes', async (t) => {
  const root = await tinyStudy(['01']);
  const out = temporaryFolder();
  const words = ['--cohort', 'bids', '--root', root, '--out', out, '--k', '2', '--method', 'oinr-internal'];
  t.is((await runImpute([...words, '--engine', 'auto'])).code, 0);
  const run = join(out, 'bids', 'default');
  const { engine, config } = JSON.parse(readFileSync(join(run, 'run.json'), 'utf8')).stages.impute;
  t.true(['cpu', 'webgpu', 'cuda'].includes(engine), engine);
  t.is(config.engine, engine);
  const [row] = (await readTsv(join(run, 'tables', 'mse.tsv'))).rows;
  t.is(row.engine, `onnx-${engine}`);
  // Named, it is the same engine, so that nothing is done again.
  t.regex((await runImpute([...words, '--engine', engine])).out, /1 kept from an earlier run/);
});

test('a scan that makes every fit diverge is filled by interpolation, and the run and the sidecar say why', async (t) => {
  const root = await tinyStudy(['01']);
  const data = tinyHead(1);
  // One voxel of a kept slice whose square no float32 holds.
  data[9 + 18 * (12 + 25 * 8)] = 1e30;
  await writeVolume(scanPath(root, '01'), { grid: { shape: [18, 25, 16], affine: tinyAffine }, data });
  const out = temporaryFolder();
  const base = ['--cohort', 'bids', '--root', root, '--out', out, '--k', '2', '--engine', 'cpu'];
  const methods = ['linear', 'pchip', 'oinr', 'oinr-internal'];
  const { code, out: told, error } = await runImpute([...base, '--method', ...methods]);
  t.is(code, 0, error);
  const volume = (method: string) =>
    join(out, 'bids', 'default', 'derivatives', 'oinr', 'sub-01', 'anat', `sub-01_desc-${method}_T1w`);
  for (const [name, desc, instead, word] of [
    ['oinr', 'oinr50', 'linear50', 'Linear interpolation'],
    ['oinr-internal', 'oinrInternal50', 'pchip50', 'PCHIP'],
  ] as const) {
    const sentence = new RegExp(`Training diverged 5 times, the last with 1/16 .* ${word} was used`);
    t.true(
      told.split('\n').some((line) => line.startsWith(`  ${name}: `) && sentence.test(line)),
      name,
    );
    const sidecar = JSON.parse(readFileSync(`${volume(desc)}.json`, 'utf8'));
    t.regex(sidecar.Remarks.join(), sentence);
    const [filled, plain] = [
      await readVolume(`${volume(desc)}.nii.gz`),
      await readVolume(`${volume(instead)}.nii.gz`),
    ];
    t.deepEqual(filled.data, plain.data);
  }
});

test('commands that cannot work end with one sentence: unwritable folder, no data, nobody of that name', async (t) => {
  const root = await tinyStudy(['01']);
  const file = join(temporaryFolder(), 'file');
  writeFileSync(file, '');
  const refused = async (code: number, expected: RegExp, ...words: string[]) => {
    const result = await runImpute(words);
    t.is(result.code, code);
    t.regex(result.error, expected);
    t.notRegex(result.error, /\n\s+at /);
  };
  const out = temporaryFolder();
  await refused(1, /could not be written/, '--cohort', 'bids', '--root', root, '--out', join(file, 'below'));
  await refused(1, /are not there/, '--cohort', 'bids', '--root', join(root, 'nowhere'), '--out', out);
  await refused(
    1,
    /no participant '99'/,
    '--cohort',
    'bids',
    '--root',
    root,
    '--out',
    out,
    '--participant-label',
    '99',
  );
  await refused(2, /Did you mean --cohort\?/, '--cohrt', 'bids');
  t.false(existsSync(join(out, 'bids')));
});

test('the same bytes for any number of jobs and threads', async (t) => {
  const root = await tinyStudy(['01', '02']);
  const runs = await Promise.all(
    ['1', '2'].map(async (jobs) => {
      const out = temporaryFolder();
      const words = ['--cohort', 'bids', '--root', root, '--out', out, '--k', '3', '--jobs', jobs];
      const { code, error } = await runImpute([...words, '--method', 'linear', 'pchip']);
      t.is(code, 0, error);
      return results(join(out, 'bids', 'default'));
    }),
  );
  t.deepEqual(runs[0], runs[1]);
  t.is(Object.keys(runs[0] ?? {}).filter((file) => file.endsWith('.nii.gz')).length, 4);
});
