// What a run writes says nothing of what stands in the headers of scans, nor of the folders of the machine.
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { encodeNifti } from '@oinr/nifti';
import test from 'ava';
import { filesBelow, startStage, temporaryFolder, tinyAffine, tinyHead } from './support/study.ts';

const secret = 'DOE^JANE 1951';

/** The free text of a NIfTI-1 header: byte and length. The names of intents and data bases count as well. */
const freeText = {
  data_type: [4, 10],
  db_name: [14, 18],
  descrip: [148, 80],
  aux_file: [228, 24],
  intent: [328, 16],
};

/** A tiny head whose header and extension are full of the secret. */
async function writeIdentified(path: string, seed: number): Promise<void> {
  const grid = { shape: [18, 25, 16] as const, affine: tinyAffine };
  const plain = Buffer.from(await encodeNifti({ grid, data: tinyHead(seed) }, 'x.nii', { space: 'mni' }));
  const header = Buffer.from(plain.subarray(0, 352));
  for (const [at, length] of Object.values(freeText)) header.write(secret.slice(0, length - 1), at);
  // An extension of 32 bytes with free text (code 6: a comment), and the voxels after it.
  header[348] = 1;
  header.writeFloatLE(384, 108);
  const extension = Buffer.alloc(32);
  extension.writeInt32LE(32, 0);
  extension.writeInt32LE(6, 4);
  extension.write(secret, 8);
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, Buffer.concat([header, extension, plain.subarray(352)]));
}

test('nothing that a study writes carries header text or names a folder of the machine', async (t) => {
  const root = join(temporaryFolder(), 'ward seven');
  const elsewhere = join(temporaryFolder(), 'archive-of-dr-x');
  const out = join(temporaryFolder(), 'desk of jane');
  mkdirSync(root);
  const rows = await Promise.all(
    [1, 2, 3, 4, 5, 6].map(async (number) => {
      // One scan lies outside the data's folder, and is named by its absolute path.
      const path = number === 6 ? join(elsewhere, 'p6.nii') : join(root, `p${number}.nii`);
      await writeIdentified(path, number);
      return `p${number}\t${path}\t${number % 2 === 0 ? 'AD' : 'CN'}`;
    }),
  );
  // Faults are told with the name of the file: in the log, the tables and the report.
  await writeIdentified(join(elsewhere, 'cut.nii'), 9);
  const cut = readFileSync(join(elsewhere, 'cut.nii'));
  writeFileSync(join(elsewhere, 'cut.nii'), cut.subarray(0, 5000));
  rows.push(`p7\t${join(elsewhere, 'cut.nii')}\tCN`, `p8\t${join(elsewhere, 'absent.nii')}\tAD`);
  writeFileSync(join(root, 'participants.tsv'), `participant_id\timage\tgroup\n${rows.join('\n')}\n`);
  writeFileSync(
    join(root, 'own.yaml'),
    'layout: table\nname: own\ndescription: made for a test\nroot: .\ngroups: {column: group}\n',
  );

  const words = [
    '--cohort',
    join(root, 'own.yaml'),
    '--out',
    out,
    '--k',
    '2',
    '--method',
    'linear',
    'nearest',
  ];
  const { code, error } = await startStage('study', [...words, '--show-subjects']).finished;
  t.is(code, 1);
  t.regex(error, /cut\.nii is truncated/);
  t.regex(error, /absent\.nii/);

  const written = filesBelow(out);
  for (const name of [
    'report.html',
    'impute.log',
    'compare.log',
    'tables/failures.tsv',
    'figures/slices-50.svg',
  ])
    t.true(written.includes(`own/default/${name}`), name);
  const machine = [root, elsewhere, out, join(import.meta.dirname, '../..')];
  const forbidden = [secret, secret.slice(0, 8), 'archive-of-dr-x', 'ward seven', 'desk of jane', ...machine];
  for (const file of written) {
    const raw = readFileSync(join(out, file));
    const bytes = file.endsWith('.gz') ? gunzipSync(raw) : raw;
    for (const text of forbidden) t.false(bytes.includes(text), `${file} holds ${text}`);
  }
});
