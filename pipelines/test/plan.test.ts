// A clinical scan as a pattern for the simulation on research scans.
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { writeVolume } from '@oinr/nifti';
import { readTsv } from '@oinr/tables';
import test from 'ava';
import { runStage } from '../src/runStage.ts';
import { distanceInWords, simulatedDistances } from '../src/simulate/sliceDistance.ts';
import { contextOf } from '../src/stageContext.ts';
import { scanPath, temporaryFolder, tinyHead, tinyStudy } from './support/study.ts';

async function run(...words: string[]): Promise<{ code: number; text: string }> {
  let text = '';
  const take = (more: string): void => {
    text += more;
  };
  const stream = { write: take, isTTY: false };
  const [stage, ...rest] = words;
  const code = await runStage(stage, rest, contextOf({ out: stream, error: stream })).catch((error) => {
    text += error instanceof Error ? error.message : error;
    return 1;
  });
  return { code, text };
}

/** A clinical scan of 12 axial slices. */
async function clinical(distance: number, sidecar?: Readonly<Record<string, unknown>>): Promise<string> {
  const folder = temporaryFolder();
  const shape = [20, 22, 12] as const;
  const affine = [1.5, 0, 0, 0, 0, 1.5, 0, 0, 0, 0, distance, 0, 0, 0, 0, 1];
  await writeVolume(join(folder, 'clinical.nii.gz'), {
    grid: { shape, affine },
    data: tinyHead(3, [20, 22, 12]),
  });
  if (sidecar !== undefined) writeFileSync(join(folder, 'clinical.json'), JSON.stringify(sidecar));
  return join(folder, 'clinical.nii.gz');
}

test('what a clinical scan is, and the command that simulates it: axis, distance, profile and thickness', async (t) => {
  const root = await tinyStudy(['01', '02'], [], ['CN', 'AD']);
  const scan = await clinical(9, { SliceThickness: 7.5, SpacingBetweenSlices: 9 });
  const { code, text } = await run('plan', scan, '--study', root, '--smooth', '6');
  t.is(code, 0, text);
  t.regex(
    text,
    /12 axial slices 9 mm apart, 7\.5 mm thick \(from its sidecar\), 1\.5 mm of gap between them; 1\.5 x 1\.5 mm in plane/,
  );
  t.regex(
    text,
    /2 research scans with axial slices 3 mm apart\. .*every third axial slice is kept, 9 mm apart\. .*66 % missing \(k = 3\)/,
  );
  t.regex(
    text,
    /nx run pipeline:study --cohort bids --root \S+ .*--smooth 6.*--axis axial --slice-distance 9 --profile box --slice-thickness 7\.5/,
  );
  t.false(existsSync(join(root, 'derivatives')), 'nothing is written');

  // Contiguous slices where nothing is known; a distance that is no whole number of theirs.
  const rough = await run('plan', await clinical(10), '--study', root);
  t.is(rough.code, 0, rough.text);
  t.regex(rough.text, /10 mm thick \(assumed: no sidecar says so\), without a gap/);
  t.regex(rough.text, /kept, 9 mm apart: 10 mm is no whole number of slices of these scans/);
  t.regex(rough.text, /--slice-distance 10 --profile box$/m);

  // Slices thinner than those of the research scans are point samples of them.
  const thin = await run('plan', await clinical(9, { SliceThickness: 2 }), '--study', root);
  t.regex(thin.text, /2 mm thick .* 7 mm of gap/);
  t.notRegex(thin.text, /--profile|--slice-thickness/);

  t.regex((await run('plan', await clinical(1.5), '--study', root)).text, /no low-resolution axis/);
  t.regex(
    (await run('plan', await clinical(4), '--study', root)).text,
    /too coarse to simulate .* at most 2 mm are needed/,
  );
  t.regex((await run('plan', scan)).text, /--study is missing/);
  t.regex((await run('plan', scan, '--study', root, '--run')).text, /--out is missing/);
  t.regex((await run('plan', scan, '--study', root, '--run', '--out', root)).text, /among the raw data/);
});

test('a slice distance in mm through the simulation, and what it cannot be combined with', async (t) => {
  const root = await tinyStudy(['01', '02'], [], ['CN', 'CN']);
  const out = temporaryFolder();
  const words = [
    'impute',
    '--cohort',
    'bids',
    '--root',
    root,
    '--out',
    out,
    '--method',
    'nearest',
    '--slice-distance',
  ];
  const { code, text } = await run(...words, '10', '--jobs', '1');
  t.is(code, 0, text);
  t.regex(
    text,
    /Slices 10 mm apart: every third coronal slice is kept, 9 mm apart: 10 mm is no whole number/,
  );
  const { rows } = await readTsv(join(out, 'bids/default/tables/mse.tsv'));
  t.deepEqual([...new Set(rows.map((row) => row.k))], ['3']);
  const record = JSON.parse(readFileSync(join(out, 'bids/default/run.json'), 'utf8'));
  t.deepEqual(record.stages.impute.config.k, [3]);

  t.regex((await run(...words, '10', '--k', '5')).text, /--slice-distance says in mm what --k and --missing/);
  t.regex((await run(...words, '4')).text, /4 mm apart cannot be simulated on slices that are 3 mm apart/);
});

test('a dry run says what would be read and writes nothing; quiet says nothing where nothing goes wrong', async (t) => {
  const root = await tinyStudy(['01', '02', '03'], ['04'], ['CN', 'AD']);
  const out = join(temporaryFolder(), 'out');
  const impute = [
    'impute',
    '--cohort',
    'bids',
    '--root',
    root,
    '--out',
    out,
    '--k',
    '3',
    '--method',
    'nearest',
  ];
  const planned = await run(...impute, '--dry-run');
  t.is(planned.code, 0, planned.text);
  t.regex(planned.text, /Dry run of impute: nothing is computed or written\.[\s\S]*--method +nearest/);
  t.regex(planned.text, /3 subjects of bids: .*[12] CN/);
  t.regex(planned.text, /Not usable \(1\):[\s\S]*sub-04/);
  const scan = await clinical(9, { SliceThickness: 7.5 });
  const one = await run('scans', scan, '--out', out, '--dry-run');
  t.regex(
    one.text,
    /1 scan:\n {2}clinical: 12 axial slices 9 mm apart \(box of 7\.5 mm\) brought to 1\.5 mm/,
  );
  // What cannot be understood is refused all the same.
  t.regex(
    (await run('scans', scan, '--out', out, '--dry-run', '--spcing', '1')).text,
    /Did you mean --spacing/,
  );
  t.false(existsSync(out));

  const quiet = await run('scans', scan, '--out', out, '--method', 'nearest', '--no-page', '--quiet');
  t.deepEqual(quiet, { code: 0, text: '' });
  t.true(existsSync(join(out, 'clinical_desc-nearest.nii.gz')));
  t.regex((await run('scans', join(root, 'none.nii'), '--out', out, '--quiet')).text, /does not exist/);
});

test('scans whose slices differ so much that k would differ are refused by name', async (t) => {
  const root = await tinyStudy(['01', '02']);
  const grid = { shape: [18, 25, 16] as const, affine: [3, 0, 0, 0, 0, 2, 0, 0, 0, 0, 3, 0, 0, 0, 0, 1] };
  await writeVolume(scanPath(root, '02'), { grid, data: tinyHead(5) });
  const subjects = ['01', '02'].map((id) => ({ id, image: scanPath(root, id) }));
  await t.throwsAsync(simulatedDistances([6], subjects, 'coronal'), {
    message: /every second one of sub-01 .*3 mm apart\), but every third one of sub-02 \(2 mm\)/,
  });
  const [axial] = await simulatedDistances([6], subjects, 'axial');
  t.deepEqual(axial, { asked: 6, every: 2, range: [6, 6] });
  t.is(distanceInWords(axial, 'axial'), 'Slices 6 mm apart: every second axial slice is kept, 6 mm apart.');
});
