import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test from 'ava';
import {
  derivativePath,
  openOutputFolder,
  RunError,
  sourceData,
  writeDatasetDescription,
} from '../src/index.ts';
import { describeMachine, packageVersions } from '../src/machine.ts';

test('derivatives are named as BIDS wants them', (t) => {
  const path = derivativePath('out', { subject: '01', desc: 'oinr66', suffix: 'T1w' });
  t.is(path, join('out', 'sub-01', 'anat', 'sub-01_desc-oinr66_T1w'));
  const withSession = derivativePath('out', {
    subject: '01',
    session: 'M000',
    desc: 'linear50',
    suffix: 'T1w',
  });
  t.is(withSession, join('out', 'sub-01', 'ses-M000', 'anat', 'sub-01_ses-M000_desc-linear50_T1w'));
  const inTemplate = derivativePath('out', {
    subject: '01',
    space: 'MNIColin27',
    res: '2mm',
    desc: 'preproc',
    suffix: 'T1w',
  });
  t.is(inTemplate, join('out', 'sub-01', 'anat', 'sub-01_space-MNIColin27_res-2mm_desc-preproc_T1w'));
  t.throws(() => derivativePath('out', { subject: '../../x', desc: 'a', suffix: 'T1w' }), {
    instanceOf: RunError,
  });
});

test('dataset_description.json names generator and sources, and nothing that is not known', async (t) => {
  const path = mkdtempSync(join(tmpdir(), 'oinr-bids-'));
  const file = join(path, 'dataset_description.json');
  const describe = async (name: string, description: string): Promise<string | undefined> => {
    const folder = await openOutputFolder(path, 'stage');
    const generatedBy = { name, version: '0.1.0', description };
    const left = await writeDatasetDescription(folder, [], {
      name: 'Imputed',
      generatedBy,
      source: { Name: 'phantom' },
      links: { source: '../data' },
      readme: 'What it is.',
    });
    await folder.publish();
    await folder.close();
    return left;
  };
  t.is(await describe('oinr', 'x'), undefined);
  const written = JSON.parse(readFileSync(file, 'utf8'));
  t.is(written.DatasetType, 'derivative');
  t.is(written.GeneratedBy[0].Name, 'oinr');
  t.deepEqual(written.SourceDatasets, [{ Name: 'phantom' }]);
  t.deepEqual(written.DatasetLinks, { source: '../data' });
  t.is(readFileSync(join(path, 'README'), 'utf8'), 'Imputed\n\nWhat it is.\n');

  // Two stages write into one dataset, in turn: each has one entry, the newer words of it.
  await describe('oinr prepare', 'y');
  await describe('oinr', 'z');
  const both = JSON.parse(readFileSync(file, 'utf8'));
  t.deepEqual(
    both.GeneratedBy.map((one: Record<string, string>) => [one.Name, one.Description]),
    [
      ['oinr', 'z'],
      ['oinr prepare', 'y'],
    ],
  );

  // Of another program, or corrected by hand: it stays, byte for byte.
  const theirs = JSON.stringify({ ...both, License: 'CC0' });
  writeFileSync(file, theirs);
  t.regex((await describe('oinr', 'z')) ?? '', /stays as it is; add oinr 0\.1\.0/);
  t.is(readFileSync(file, 'utf8'), theirs);
});

test('bids:source: stands for the DOI, else for a place that tells nothing of the machine', async (t) => {
  const data = mkdtempSync(join(tmpdir(), 'oinr-data-'));
  const link = async (dataset: string, out: string): Promise<string> =>
    (await sourceData('clinic', data, { dataset, out })).link;
  const inside = join(data, 'derivatives', 'oinr');
  t.is(await link(inside, inside), '../..');
  const out = join(data, '..');
  t.is(await link(join(out, 'c', 'r', 'derivatives', 'oinr'), out), `../../../../${data.split('/').at(-1)}`);
  const elsewhere = join(data, '..', 'oinr-elsewhere');
  t.regex(await link(join(elsewhere, 'oinr'), elsewhere), /^urn:/);

  const described = { Name: 'x', DatasetDOI: 'https://doi.org/10.18112/openneuro.ds1', License: 'CC0' };
  writeFileSync(join(data, 'dataset_description.json'), JSON.stringify(described));
  const { source, link: doi } = await sourceData('clinic', data, { dataset: inside, out: inside });
  t.is(doi, 'doi:10.18112/openneuro.ds1');
  t.deepEqual(source, { Name: 'clinic', DOI: doi, License: 'CC0' });
});

test('versions come from the installed packages, absent ones are left out', (t) => {
  const { version } = JSON.parse(
    readFileSync(join(import.meta.dirname, '../../tables/package.json'), 'utf8'),
  );
  t.deepEqual(packageVersions(['@oinr/tables', 'no-such-package-at-all'], import.meta.url), {
    '@oinr/tables': version,
  });
});

test('the machine is described without naming it', (t) => {
  const machine = describeMachine();
  t.deepEqual(Object.keys(machine).sort(), ['cores', 'cpu', 'memoryGB', 'node', 'platform']);
  t.true(machine.cores >= 1);
});
