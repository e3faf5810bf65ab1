// A study of twenty-four people, of whom twelve have scans with few slices and no other.
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { openCohort, readDescription } from '@oinr/cohort';
import { readVolume, writeVolume } from '@oinr/nifti';
import { parseNumber, readTsv } from '@oinr/tables';
import test from 'ava';
import { runStage } from '../../src/runStage.ts';
import { contextOf } from '../../src/stageContext.ts';
import { recordedTerminal } from '../support/recordedTerminal.ts';
import { scanPath, temporaryFolder } from '../support/study.ts';
import { thinned } from '../support/thinned.ts';

const perGroup = 12;

async function mixedCohort(): Promise<string> {
  const root = temporaryFolder();
  const { subjects } = await openCohort(
    await readDescription('phantom', join(import.meta.dirname, '../../../cohorts')),
    {
      workFolder: temporaryFolder(),
      phantom: { perGroup, voxelSize: 4 },
      environment: {},
    },
  );
  const people = subjects.map(({ id, group, image }, n) => ({ id, group, image, isThin: n % 2 === 1 }));
  for (const { id, image, isThin } of people) {
    const scan = await readVolume(image);
    await writeVolume(scanPath(root, id), isThin ? thinned(scan, 3) : scan, { space: 'scanner' });
  }
  const rows = people.map(({ id, group, isThin }) => `sub-${id}\t${group}\t${isThin ? 'thick' : 'full'}`);
  writeFileSync(join(root, 'participants.tsv'), `participant_id\tgroup\tresolution\n${rows.join('\n')}\n`);
  writeFileSync(join(root, 'dataset_description.json'), '{"Name": "mixed", "BIDSVersion": "1.9.0"}\n');
  return root;
}

test('twelve full and twelve thin scans go through a study, without the columns that need a truth', async (t) => {
  const root = await mixedCohort();
  const out = temporaryFolder();
  const terminal = recordedTerminal();
  const words = ['--cohort', 'bids', '--root', root, '--out', out, '--resolution-column', 'resolution'];
  const more = ['--method', 'linear', '--spacing', '4', '--smooth', '8', '--permutations', '500'];
  t.is(await runStage('study', [...words, ...more], contextOf(terminal)), 0, terminal.text());
  t.regex(terminal.text(), /12 scans have few slices/);
  const table = (name: string) => readTsv(join(out, 'bids/default/tables', `${name}.tsv`));
  t.is((await table('filled')).rows.length, 12);
  t.is((await table('quality')).rows.length, 24);
  const { rows } = await table('mixtures');
  t.deepEqual(
    rows.map(({ design, model, subjects_full, subjects_imputed }) => [
      design,
      model,
      subjects_full,
      subjects_imputed,
    ]),
    [
      ['column resolution, full scans alone', 'naive', '12', '0'],
      ['column resolution', 'naive', '12', '12'],
      ['column resolution', 'covariate', '12', '12'],
      ['column resolution', 'kinds', '12', '12'],
      ['column resolution', 'equalised', '0', '24'],
    ],
  );
  for (const row of rows) {
    t.deepEqual([row.true_found, row.one_minus_precision, row.dice], ['n/a', 'n/a', 'n/a']);
    t.true((parseNumber(row.voxels_found) ?? -1) >= 0);
  }
  const [joining] = (await table('joining')).rows;
  t.is(joining.measure, 'voxels_found');
  t.is(joining.all_full, 'n/a');
});
