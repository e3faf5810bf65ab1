import { createHash } from 'node:crypto';
import { mkdtempSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { hashFile } from '@oinr/files';
import test from 'ava';
import fc from 'fast-check';
import { hashFolders } from '../src/fingerprint.ts';
import { cachedFileHash, fingerprint } from '../src/index.ts';

test('the order of keys means nothing, everything else does', (t) => {
  fc.assert(
    fc.property(fc.dictionary(fc.string(), fc.integer()), (options) => {
      const reversed = Object.fromEntries(Object.entries(options).reverse());
      return fingerprint(options) === fingerprint(reversed);
    }),
  );
  t.not(fingerprint({ k: [1, 2] }), fingerprint({ k: [2, 1] }));
  t.not(fingerprint({ k: 1 }), fingerprint({ k: '1' }));
  t.is(fingerprint({ k: 1, seed: undefined }), fingerprint({ k: 1 }));
  t.throws(() => fingerprint({ k: Number.NaN }), { instanceOf: TypeError });
});

test('a file is hashed by content, and again as soon as it changes, even with the same size and time', async (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'oinr-hash-'));
  const file = join(folder, 'scan.nii');
  const cache = join(folder, 'cache.json');
  writeFileSync(file, 'one');
  const sha = (text: string) => createHash('sha256').update(text).digest('hex');
  t.is(await hashFile(file), sha('one'));
  t.is(await cachedFileHash(file, cache), sha('one'));
  t.is(await cachedFileHash(file, cache), sha('one'));
  const time = new Date(2020, 1, 1);
  utimesSync(file, time, time);
  t.is(await cachedFileHash(file, cache), sha('one'));
  writeFileSync(file, 'two');
  utimesSync(file, time, time);
  t.is(await cachedFileHash(file, cache), sha('two'));
  writeFileSync(cache, '{ damaged');
  t.is(await cachedFileHash(file, cache), sha('two'));
});

test('the version of code changes with a file, its name, and the folder it is in', async (t) => {
  const make = (files: Record<string, string>) => {
    const folder = mkdtempSync(join(tmpdir(), 'oinr-code-'));
    for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, name), text);
    return folder;
  };
  const same = [make({ 'a.ts': '1', 'b.ts': '2' }), make({ 'b.ts': '2', 'a.ts': '1' })];
  const [first, second] = await Promise.all(same.map((folder) => hashFolders([folder])));
  t.is(first, second);
  t.not(first, await hashFolders([make({ 'a.ts': '1', 'b.ts': '3' })]));
  t.not(first, await hashFolders([make({ 'a.ts': '1', 'c.ts': '2' })]));
});
