import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test from 'ava';
import { mapLimited } from '../src/index.ts';
import { writeTogether } from '../src/together.ts';

const folder = (): string => mkdtempSync(join(tmpdir(), 'oinr-together-'));

function pairIn(place: string): string[] {
  return [join(place, 'volume.nii'), join(place, 'volume.json')];
}

test('a volume and its sidecar of one making replace those of another', async (t) => {
  const place = folder();
  const paths = pairIn(place);
  for (const making of ['old', 'new'])
    await writeTogether(paths, async (staged) => {
      for (const file of staged) writeFileSync(file, making);
    });
  t.deepEqual(
    paths.map((path) => readFileSync(path, 'utf8')),
    ['new', 'new'],
  );
  t.deepEqual(readdirSync(place).sort(), ['volume.json', 'volume.nii']);
});

test('where one of them cannot be written, both stay as they were', async (t) => {
  const place = folder();
  const paths = pairIn(place);
  for (const path of paths) writeFileSync(path, 'old');
  await t.throwsAsync(
    writeTogether(paths, async ([volume]) => {
      writeFileSync(volume, 'new');
      throw new Error('disk full');
    }),
    { message: 'disk full' },
  );
  t.deepEqual(
    paths.map((path) => readFileSync(path, 'utf8')),
    ['old', 'old'],
  );
  t.deepEqual(readdirSync(place).sort(), ['volume.json', 'volume.nii']);
});

test('a kill at any moment leaves no volume of one making beside a sidecar of another', (t) => {
  // The process kills itself at its n-th call of the file system, for every n until it lives.
  const program = `
    import fs from 'node:fs/promises';
    import { syncBuiltinESMExports } from 'node:module';
    import { writeFileSync } from 'node:fs';
    let left = Number(process.argv[1]);
    for (const name of ['mkdir', 'rm', 'rename']) {
      const real = fs[name];
      fs[name] = (...words) => {
        if (left-- === 0) process.kill(process.pid, 'SIGKILL');
        return real(...words);
      };
    }
    syncBuiltinESMExports();
    const { writeTogether } = await import(${JSON.stringify(new URL('../src/together.ts', import.meta.url).href)});
    await writeTogether(JSON.parse(process.argv[2]), async (staged) => {
      for (const file of staged) writeFileSync(file, 'new');
    });`;
  let kills = 0;
  for (let call = 0; ; call += 1) {
    const place = folder();
    const [volume, sidecar] = pairIn(place);
    for (const path of [volume, sidecar]) writeFileSync(path, 'old');
    const { signal, stderr } = spawnSync(
      process.execPath,
      ['--input-type=module', '-e', program, `${call}`, JSON.stringify([volume, sidecar])],
      { encoding: 'utf8' },
    );
    if (existsSync(sidecar)) t.is(readFileSync(sidecar, 'utf8'), readFileSync(volume, 'utf8'), `${call}`);
    if (signal === null) {
      t.is(stderr, '');
      t.is(readFileSync(sidecar, 'utf8'), 'new');
      break;
    }
    kills += 1;
  }
  t.true(kills >= 4, `${kills}`);
});

test('at most so many are at work at once, results keep their order, and a failure begins nothing further', async (t) => {
  let atWork = 0;
  let most = 0;
  const begun: number[] = [];
  const work = async (item: number): Promise<number> => {
    begun.push(item);
    atWork += 1;
    most = Math.max(most, atWork);
    await new Promise((resolve) => setImmediate(resolve));
    atWork -= 1;
    if (item === 5) throw new Error('five');
    return item ** 2;
  };
  t.deepEqual(await mapLimited([1, 2, 3, 4], 2, work), [1, 4, 9, 16]);
  t.is(most, 2);
  begun.length = 0;
  await t.throwsAsync(mapLimited([5, 6, 7, 8, 9], 1, work), { message: 'five' });
  t.deepEqual(begun, [5]);
  t.deepEqual(await mapLimited([], 3, work), []);
});
