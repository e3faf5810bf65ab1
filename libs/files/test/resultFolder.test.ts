import { spawnSync } from 'node:child_process';
import {
  appendFileSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import test from 'ava';
import { ForeignFileError, ResultFolder } from '../src/resultFolder.ts';

function newResults(): { readonly folder: string; readonly results: ResultFolder } {
  const folder = mkdtempSync(join(tmpdir(), 'oinr-results-'));
  return { folder, results: new ResultFolder(folder, join(folder, '.resume', 'stage')) };
}

function put(path: string, content: string): string {
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, content);
  return path;
}

async function publish(
  { folder, results }: ReturnType<typeof newResults>,
  files: Readonly<Record<string, string>>,
  obsolete: readonly string[] = [],
) {
  for (const [name, content] of Object.entries(files)) put(results.draftOf(join(folder, name)), content);
  return results.publish({ obsolete: obsolete.map((name) => join(folder, name)) });
}

/** Files and contents below a folder, but for hidden ones. */
function contents(folder: string): Record<string, string> {
  const names = readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map(({ parentPath, name }) => join(parentPath, name))
    .filter((path) => !path.slice(folder.length).includes('/.'));
  return Object.fromEntries(
    names.sort().map((path) => [path.slice(folder.length + 1), readFileSync(path, 'utf8')]),
  );
}

test('new results replace those of an earlier making, and what is obsolete goes', async (t) => {
  const made = newResults();
  await publish(made, { 'T.nii': 'one', 'a/p.nii': 'one', 'tfce.nii': 'one' });
  t.deepEqual(contents(made.folder), { 'T.nii': 'one', 'a/p.nii': 'one', 'tfce.nii': 'one' });
  const { kept } = await publish(made, { 'T.nii': 'two', 'a/p.nii': 'two' }, [
    'T.nii',
    'tfce.nii',
    'none.nii',
  ]);
  t.deepEqual(kept, []);
  t.deepEqual(contents(made.folder), { 'T.nii': 'two', 'a/p.nii': 'two' });
});

test("somebody else's file is neither replaced nor removed, and nothing else is touched then", async (t) => {
  const made = newResults();
  await publish(made, { 'T.nii': 'one' });
  put(join(made.folder, 'p.nii'), 'mine');
  put(join(made.folder, 'tfce.nii'), 'mine');
  mkdirSync(join(made.folder, 'q.nii'));
  for (const name of ['p.nii', 'q.nii'])
    await t
      .throwsAsync(publish(made, { 'T.nii': 'two', [name]: 'two' }, ['tfce.nii']), {
        instanceOf: ForeignFileError,
        message: new RegExp(
          `${made.folder} holds ${name.replace('.', '\\.')}, which .* Choose another folder`,
        ),
      })
      .then(() => rmSync(made.results.drafts, { recursive: true }));
  t.deepEqual(contents(made.folder), { 'T.nii': 'one', 'p.nii': 'mine', 'tfce.nii': 'mine' });
});

test('a result that somebody has changed is kept under another name; one that was cut off is not', async (t) => {
  const made = newResults();
  await publish(made, { 'T.nii.gz': 'long', 'p.nii.gz': 'long', 'old.nii': 'long' });
  put(join(made.folder, 'T.nii.gz'), 'corrected by hand');
  put(join(made.folder, 'p.nii.gz'), 'lo');
  put(join(made.folder, 'old.nii'), 'corrected by hand');
  const { kept } = await publish(made, { 'T.nii.gz': 'long', 'p.nii.gz': 'long' }, ['old.nii']);
  t.deepEqual(kept, [join(made.folder, 'T.changed-1.nii.gz')]);
  t.deepEqual(contents(made.folder), {
    'T.changed-1.nii.gz': 'corrected by hand',
    'T.nii.gz': 'long',
    'old.nii': 'corrected by hand',
    'p.nii.gz': 'long',
  });
});

test('units go to free places at once, and wait as drafts where an earlier result is', async (t) => {
  const { folder, results } = newResults();
  const paths = [join(folder, 'v.nii'), join(folder, 'v.json')];
  const write = (content: string) =>
    results.writeTogether(paths, async (staged) => {
      for (const path of staged) writeFileSync(path, content);
    });
  await write('one');
  t.deepEqual(contents(folder), { 'v.json': 'one', 'v.nii': 'one' });
  await write('two');
  t.deepEqual(contents(folder), { 'v.json': 'one', 'v.nii': 'one' });
  t.is(readFileSync(results.newestOf(paths[0]), 'utf8'), 'two');
  await results.publish({ only: paths });
  t.deepEqual(contents(folder), { 'v.json': 'two', 'v.nii': 'two' });
  await write('three');
  await results.publish({ only: [] });
  t.deepEqual(
    contents(folder),
    { 'v.json': 'two', 'v.nii': 'two' },
    'drafts that nobody wants are thrown away',
  );
  put(join(folder, 'w.nii'), 'mine');
  await t.throwsAsync(
    results.writeTogether([join(folder, 'w.nii')], async () => undefined),
    { instanceOf: ForeignFileError },
  );
});

test('a kill at any moment leaves all old results, or all new ones once the folder is opened again', (t) => {
  // The process kills itself at its n-th call of the file system, for every n until it lives.
  const program = `
    import fs from 'node:fs/promises';
    import { syncBuiltinESMExports } from 'node:module';
    import { mkdirSync, writeFileSync } from 'node:fs';
    const [folder, moment] = process.argv.slice(1);
    const { ResultFolder } = await import(${JSON.stringify(import.meta.resolve('../src/index.ts'))});
    const results = new ResultFolder(folder, folder + '/.resume/stage');
    const draft = (content) => {
      mkdirSync(results.drafts, { recursive: true });
      for (const name of ['a', 'b']) writeFileSync(results.draftOf(folder + '/' + name), content);
    };
    draft('old');
    writeFileSync(results.draftOf(folder + '/c'), 'old');
    await results.publish();
    writeFileSync(folder + '/b', 'changed');
    let left = Number(moment);
    for (const name of ['mkdir', 'rm', 'rename', 'open', 'appendFile', 'copyFile']) {
      const real = fs[name];
      fs[name] = (...words) => {
        if (left-- === 0) process.kill(process.pid, 'SIGKILL');
        return real(...words);
      };
    }
    syncBuiltinESMExports();
    draft('new');
    await results.publish({ obsolete: [folder + '/c'] });
  `;
  const old = { a: 'old', b: 'changed', c: 'old' };
  const whole = { a: 'new', b: 'new', 'b.changed-1': 'changed' };
  const seen = new Set<string>();
  let moment = 0;
  for (; moment < 60; moment += 1) {
    const { folder } = newResults();
    const { signal, stderr } = spawnSync(
      process.execPath,
      ['--input-type=module', '--eval', program, folder, String(moment)],
      { encoding: 'utf8' },
    );
    const found = spawnSync(
      process.execPath,
      [
        '--input-type=module',
        '--eval',
        `const { ResultFolder } = await import(${JSON.stringify(import.meta.resolve('../src/index.ts'))});
         const folder = process.argv[1];
         await new ResultFolder(folder, folder + '/.resume/stage').finishMoves();`,
        folder,
      ],
      { encoding: 'utf8' },
    );
    t.is(found.stderr.replace(/.*Warning.*\n|\(Use.*\n/g, ''), '');
    const left = contents(folder);
    seen.add(JSON.stringify(left));
    if (signal === null) {
      t.is(stderr.replace(/.*Warning.*\n|\(Use.*\n/g, ''), '');
      t.deepEqual(left, whole);
      break;
    }
  }
  t.true(moment > 5 && moment < 60);
  t.deepEqual([...seen], [JSON.stringify(old), JSON.stringify(whole)]);
});

test('what is written down to be moved never leaves the folder, whoever has written it', async (t) => {
  const { folder, results } = newResults();
  const outside = `${folder}-outside`;
  for (const moves of [
    { move: [{ draft: 'a', to: '../stolen' }], remove: [] },
    { move: [], remove: [`../${outside.split('/').at(-1)}`] },
    { move: [{}], remove: [] },
    { move: [], remove: [5] },
    null,
    [],
    'nothing',
    { move: 3 },
  ]) {
    put(join(folder, 'a'), 'a');
    put(outside, 'mine');
    put(join(results.state, 'moves.json'), JSON.stringify(moves));
    await results.finishMoves();
    t.deepEqual(contents(folder), { a: 'a' });
    t.is(readFileSync(outside, 'utf8'), 'mine');
  }
  rmSync(outside);
});

test('a publication that was cut short and goes on keeps what somebody has put there meanwhile', async (t) => {
  const made = newResults();
  const { folder, results } = made;
  await publish(made, { 'T.nii': 'one', 'p.nii': 'one', 'old.nii': 'one', 'older.nii': 'one' });
  for (const name of ['T.nii', 'p.nii']) put(results.draftOf(join(folder, name)), 'two');
  const move = ['T.nii', 'p.nii'].map((name) => ({ draft: `.resume/stage/new/${name}`, to: name }));
  put(join(results.state, 'moves.json'), JSON.stringify({ move, remove: ['old.nii', 'older.nii'] }));
  put(join(folder, 'T.nii'), 'my own');
  put(join(folder, 'old.nii'), 'my own');
  const { kept } = await results.finishMoves();
  t.deepEqual(kept, [join(folder, 'T.changed-1.nii')]);
  t.deepEqual(contents(folder), {
    'T.changed-1.nii': 'my own',
    'T.nii': 'two',
    'old.nii': 'my own',
    'p.nii': 'two',
  });
});

test("a link to nothing is somebody else's, one to a result counts as the result", async (t) => {
  const made = newResults();
  symlinkSync(join(made.folder, 'nowhere'), join(made.folder, 'T.nii'));
  await t.throwsAsync(publish(made, { 'T.nii': 'one' }), { instanceOf: ForeignFileError });
  rmSync(join(made.folder, 'T.nii'));
  await publish(made, { 'T.nii': 'one' });
  renameSync(join(made.folder, 'T.nii'), join(made.folder, 'elsewhere'));
  symlinkSync(join(made.folder, 'elsewhere'), join(made.folder, 'T.nii'));
  await publish(made, { 'T.nii': 'two' });
  t.deepEqual(contents(made.folder), { 'T.nii': 'two', elsewhere: 'one' });
});

test('a list that a full disk has cut off is gone on with, and a folder without a list keeps all that it had', async (t) => {
  const made = newResults();
  const { folder } = made;
  const list = join(folder, '.written.sha256');
  await publish(made, { 'T.nii': 'one' });
  appendFileSync(list, '0f3c6f0e');
  await publish(made, { 'T.nii': 'two', 'p.nii': 'two' });
  await publish(made, { 'T.nii': 'three', 'p.nii': 'three' });
  t.deepEqual(contents(folder), { 'T.nii': 'three', 'p.nii': 'three' });
  rmSync(list);
  await made.results.adopt(async () => ['T.nii', 'p.nii'].map((name) => ({ path: join(folder, name) })));
  const { kept } = await publish(made, { 'T.nii': 'four' });
  t.deepEqual(kept, [join(folder, 'T.changed-1.nii')]);
  t.is(contents(folder)['T.changed-1.nii'], 'three');
});
