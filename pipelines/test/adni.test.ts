// A study on a folder as ADNI's archive gives it, made from the phantom.
import { readdirSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { writePhantomAsAdni } from '@oinr/cohort/test/adniDownload.ts';
import { readTsv } from '@oinr/tables';
import test from 'ava';
import { startStage, temporaryFolder } from './support/study.ts';

test('a study on an ADNI download: every image that is not used stands in the table and the report, with its reason', async (t) => {
  const root = await writePhantomAsAdni({ voxelSize: 6, perGroup: 2 }, temporaryFolder());
  const out = temporaryFolder();
  const words = [
    '--cohort',
    'adni',
    '--root',
    root,
    '--out',
    out,
    '--k',
    '2',
    '--method',
    'linear',
    '--jobs',
    '1',
  ];
  const { code, out: printed, error } = await startStage('study', words).finished;
  t.is(code, 0, error);
  const run = join(out, 'adni', 'default');

  const images = readdirSync(root, { recursive: true })
    .map(String)
    .flatMap((path) => /_(I\d+)\.nii(\.gz)?$/.exec(basename(path))?.[1] ?? []);
  const measured = await readTsv(join(run, 'tables', 'mse.tsv'));
  const used = measured.rows.map((row) => {
    const folder = join(run, 'derivatives', 'oinr', row.participant_id, 'anat');
    const sidecar = readFileSync(join(folder, `${row.participant_id}_desc-linear50_T1w.json`), 'utf8');
    return /_(I\d+)\.nii/.exec(JSON.parse(sidecar).Sources[0])?.[1];
  });
  // Two in each group; a second visit, a repeated scan, a second scaling and two people with MCI are left over.
  t.deepEqual([images.length, used.length], [9, 4]);
  const excluded = await readTsv(join(run, 'tables', 'excluded.tsv'));
  const page = readFileSync(join(run, 'report.html'), 'utf8');
  const reasons = excluded.rows.map(({ what, reason }) => `${what} ${reason}`);
  const count = (reason: RegExp): number => reasons.filter((one) => reason.test(one)).length;
  t.deepEqual(
    [count(/visit is m12/), count(/its processing is preferred/), count(/in group 'MCI', which/)],
    [1, 2, 2],
  );
  for (const { what } of excluded.rows) t.true(page.includes(`>${what}</data>`), what);
  for (const image of images)
    t.true(used.includes(image) || reasons.some((one) => one.startsWith(`image ${image} `)), image);
  t.regex(printed, /The group of a participant is the Group of the image collection, as at enrolment/);
  t.true(page.includes('One image of each participant is used: visit baseline; by processing, best first'));
  t.deepEqual(new Set(measured.rows.map(({ group }) => group)), new Set(['CN', 'AD']));
});
