import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test from 'ava';
import { moveFile } from '../src/moveFile.ts';

test('a file goes to its place whole, also from another disk, and replaces what was there', async (t) => {
  const here = mkdtempSync(join(tmpdir(), 'oinr-move-'));
  const isElsewhere = existsSync('/dev/shm') && statSync('/dev/shm').dev !== statSync(here).dev;
  if (!isElsewhere) t.log('a second disk was skipped: /dev/shm is none here');
  const there = mkdtempSync(join(isElsewhere ? '/dev/shm' : tmpdir(), 'oinr-move-'));
  writeFileSync(join(there, 'new'), 'new');
  writeFileSync(join(here, 'result'), 'old');
  await moveFile(join(there, 'new'), join(here, 'result'));
  t.is(readFileSync(join(here, 'result'), 'utf8'), 'new');
  t.deepEqual([readdirSync(here), readdirSync(there)], [['result'], []]);
  await t.throwsAsync(moveFile(join(there, 'none'), join(here, 'result')), { code: 'ENOENT' });
  for (const folder of [here, there]) rmSync(folder, { recursive: true });
});
