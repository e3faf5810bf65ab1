import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, relative } from 'node:path';
import test, { type ExecutionContext } from 'ava';
import { filesBelow } from '../src/index.ts';
import { isLitter } from '../src/litter.ts';
import { decodeText } from '../src/text.ts';

function tree(t: ExecutionContext, files: readonly string[]): string {
  const root = mkdtempSync(join(tmpdir(), 'oinr-listing-'));
  t.teardown(() => rmSync(root, { recursive: true }));
  for (const file of files) {
    mkdirSync(dirname(join(root, file)), { recursive: true });
    writeFileSync(join(root, file), '');
  }
  return root;
}

test('what file systems and archives leave is litter, what people call their files is not', (t) => {
  for (const name of [
    '._sub-01_T1w.nii.gz',
    '.DS_Store',
    '.git',
    '.Trash',
    '__MACOSX',
    'THUMBS.DB',
    '~$p.xlsx',
  ])
    t.true(isLitter(name), name);
  for (const name of ['lost+found', '@eaDir', 'desktop.ini', 'p.tsv~', '$RECYCLE.BIN'])
    t.true(isLitter(name), name);
  for (const name of ['sub-01_T1w.nii.gz', 'MACOSX', 'a.b', '~a', 'trash']) t.false(isLitter(name), name);
});

test('links to files and folders are followed, each folder once; what leads nowhere or in a circle is told', async (t) => {
  const root = tree(t, ['data/a.nii', 'data/deep/b.nii', 'data/.git/c.nii', 'far/d.nii', 'far/e/f.nii']);
  const link = (target: string, path: string) => symlinkSync(target, join(root, path));
  link('../far', 'data/linked');
  link('../far/e', 'data/again');
  link('../far/d.nii', 'data/file.nii');
  link('..', 'data/up');
  link('deep', 'data/sibling');
  link('circle', 'data/circle');
  link('gone.nii', 'data/broken.nii');
  const folder = join(root, 'data');
  const { files, unread } = await filesBelow(folder);
  const shown = (paths: readonly string[]) => paths.map((path) => relative(folder, path)).sort();
  // Of two links into one another the outer one is followed, so that no file is lost.
  t.deepEqual(shown(files), ['a.nii', 'deep/b.nii', 'file.nii', 'linked/d.nii', 'linked/e/f.nii']);
  t.deepEqual(shown(unread.map(({ path }) => path)), ['again', 'broken.nii', 'circle', 'sibling', 'up']);
  const reason = (name: string) => unread.find(({ path }) => path === join(folder, name))?.reason ?? '';
  t.regex(reason('broken.nii'), /^is a link to gone\.nii, which is not there\. Correct/);
  t.regex(reason('up'), /lies around it/);
  t.deepEqual((await filesBelow(folder, { deepest: 1 })).files.length, 2);
  const stopped = AbortSignal.abort(new Error('stopped'));
  await t.throwsAsync(filesBelow(folder, { signal: stopped }), { message: 'stopped' });
});

test('a link of annexed content says how to get it', async (t) => {
  const root = tree(t, ['x']);
  symlinkSync('../.git/annex/objects/a/b', join(root, 'scan.nii.gz'));
  t.regex((await filesBelow(root)).unread[0]?.reason ?? '', /datalad get/);
});

test('text is UTF-8 or marked UTF-16, without its mark; anything else is said', (t) => {
  t.deepEqual(decodeText(Buffer.from('\uFEFFa\u00fc')), { text: 'a\u00fc' });
  t.deepEqual(decodeText(Buffer.from('\uFEFFa\u00fc', 'utf16le')), { text: 'a\u00fc' });
  t.regex(JSON.stringify(decodeText(Buffer.from('a\0b'))), /bytes of zero/);
  t.regex(JSON.stringify(decodeText(Buffer.from([0xe9]))), /not UTF-8/);
});
