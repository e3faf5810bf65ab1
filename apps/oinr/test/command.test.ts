import { execFile, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { writeVolume } from '@oinr/nifti';
import test from 'ava';

const bin = join(import.meta.dirname, '..', 'bin', 'oinr.mjs');

/** Runs the command as a user does; gives its exit code and what it says. */
function oinr(...args: string[]): Promise<{ code: number; out: string; err: string }> {
  return new Promise((resolve) => {
    execFile(process.execPath, [bin, ...args], (error, out, err) => {
      resolve({ code: error ? Number(error.code) : 0, out, err });
    });
  });
}

test('help is printed and named commands are found', async (t) => {
  t.like(await oinr('--help'), { code: 0, err: '' });
  const help = await oinr('ttest', '--help');
  t.is(help.code, 0);
  t.regex(help.out, /--groups A B/);
  const unknown = await oinr('tttest');
  t.is(unknown.code, 2);
  t.regex(unknown.err, /no command tttest; it has .*Did you mean ttest\?/);
});

test('what cannot be understood is a sentence and a non-zero exit, without a trace', async (t) => {
  const base = [
    'ttest',
    '--participants',
    'none.tsv',
    '--images',
    '.',
    '--mask',
    'm.nii',
    '--out',
    'o',
    '--groups',
    'A',
    'B',
  ];
  for (const [more, pattern, code] of [
    [
      ['--cluster-threshold', '0.001'],
      /0\.001 does not say whether it is a T or a p: write T=3\.1 or p=0\.001/,
      2,
    ],
    [['--perm', '3'], /Unknown option --perm\. Did you mean --permutations\?/, 2],
    [['--seed', 'one'], /--seed needs a whole number, but got "one"/, 2],
    [['--connectivity', '8'], /6, 18 or 26, but got 8/, 2],
    [[], /none\.tsv does not exist/, 1],
  ] as const) {
    const { code: got, err } = await oinr(...base, ...more);
    t.is(got, code, err);
    t.regex(err, pattern);
    t.notRegex(err, /\n {4}at /);
  }
});

test('the version, the BIDS App and the help of every command', async (t) => {
  const { version } = JSON.parse(readFileSync(join(import.meta.dirname, '..', 'package.json'), 'utf8'));
  t.is((await oinr('--version')).out, `oinr ${version}\n`);
  const [impute, prepare, app] = await Promise.all([
    oinr('impute', '--help'),
    oinr('prepare', '--help'),
    oinr('DIR', 'OUT', 'participant', '--help'),
  ]);
  t.regex(impute.out, /--slice-thickness MM/);
  t.regex(prepare.out, /oinr prepare --root .* --out [\s\S]*--template-mask FILE/);
  t.notRegex(prepare.out, /nx run|--phantom/);
  t.regex((await oinr('prepare', '--root', '.')).err, /--out is missing: .* prepared into/);
  t.regex(
    (await oinr('prepare', '--root', '.', '--out', 'o', '--templat', 'x')).err,
    /Did you mean --template\? All options: oinr --help/,
  );
  t.regex(app.out, /--n-cpus N/);
  t.notRegex(app.out, /nx run|--phantom/);
  const level = await oinr('.', 'out', 'partisipant');
  t.is(level.code, 2);
  t.regex(level.err, /participant or group, but was "partisipant"\. Did you mean participant\?/);
  t.regex(
    (await oinr('nowhere', 'out', 'participant')).err,
    /nowhere is not a folder; a BIDS folder was expected/,
  );
  const option = await oinr('impute', 'scan.nii', '--spcing', '1', '--out', 'o');
  t.is(option.code, 2);
  t.regex(option.err, /Unknown option --spcing\. Did you mean --spacing\? All options: oinr impute --help/);
  // A stage's own hint would name Nx, which an installed command has not.
  const simulated = await oinr('.', 'out', 'participant', '--missing', '50', '--methd', 'pchip');
  t.regex(simulated.err, /Did you mean --method\? All options: oinr --help/);
});

test('an engine that is not here is a sentence without a trace, in every command', async (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'oinr-engine-'));
  const scan = join(folder, 'scan.nii');
  const grid = { shape: [8, 8, 4] as const, affine: [1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 5, 0, 0, 0, 0, 1] };
  await writeVolume(scan, { grid, data: Float32Array.from({ length: 256 }, (_, n) => 1 + (n % 7)) });
  const { code, err } = await oinr('impute', scan, '--out', join(folder, 'out'), '--engine', 'cuda');
  if (code === 0) return t.log('skipped: this machine has CUDA');
  t.is(code, 1);
  t.regex(err, /The engine "cuda" cannot be used here\. .*Or use the engine cpu\./);
  t.notRegex(err, /\n {4}at /);
  // Nor does a damaged file of ours, or one that is not ours, end in a trace.
  const weird = await oinr(
    'ttest',
    '--participants',
    scan,
    '--images',
    folder,
    '--mask',
    scan,
    '--out',
    folder,
    '--groups',
    'A',
    'B',
  );
  t.is(weird.code, 1);
  t.notRegex(weird.err, /\n {4}at /);
});

test('the commands of a whole study, of training and of the paper are there, and ask for a place for their results', async (t) => {
  for (const [name, option] of [
    ['simulate', '--missing'],
    ['train', '--folds'],
    ['paper', '--experiment'],
  ] as const) {
    const { code, out } = await oinr(name, '--help');
    t.is(code, 0);
    t.true(out.includes(`  ${option} `), name);
    t.notRegex(out, /nx run/);
    const without = await oinr(name);
    t.is(without.code, 2);
    t.regex(without.err, /--out is missing: name the folder that/);
  }
});

const shell = ['/bin/bash', '/usr/bin/bash'].find((path) => existsSync(path));

(shell === undefined ? test.skip : test)(
  'completion in bash: commands, options, and the values of an option',
  async (t) => {
    const script = join(mkdtempSync(join(tmpdir(), 'oinr-completion-')), 'oinr.bash');
    const { code, out } = await oinr('completion');
    t.is(code, 0);
    writeFileSync(script, out);
    const complete = (...words: string[]): string[] =>
      execFileSync(
        shell ?? 'bash',
        [
          '--norc',
          '-c',
          `source "$1"; shift; COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1)); _oinr; printf '%s\\n' "\${COMPREPLY[@]}"`,
          'bash',
          script,
          ...words,
        ],
        { encoding: 'utf8' },
      )
        .split('\n')
        .filter((word) => word !== '');
    t.deepEqual(complete('oinr', 's'), ['study', 'simulate']);
    t.deepEqual(complete('oinr', 'impute', '--slice-t'), ['--slice-thickness']);
    t.deepEqual(complete('oinr', 'impute', '--profile', ''), ['thin', 'box', 'gauss']);
    t.deepEqual(complete('oinr', 'ttest', script.slice(0, -2)), [script]);
  },
);

test('view shows the page until it is ended, and refuses what is no port', async (t) => {
  t.is((await oinr('view', '--port', 'x')).code, 2);
  t.regex((await oinr('view', '--help')).out, /the scan is not sent anywhere/);
  const child = spawn(process.execPath, [bin, 'view'], { stdio: ['ignore', 'pipe', 'inherit'] });
  try {
    const [said] = (await once(child.stdout, 'data')) as [Buffer];
    const [url] = /http:\/\/127\.0\.0\.1:\d+\//.exec(String(said)) ?? [];
    const shown = await fetch(String(url));
    t.regex(await shown.text(), /<title>O-INR: fill in missing slices<\/title>/);
    t.is(shown.headers.get('cross-origin-embedder-policy'), 'require-corp');
  } finally {
    child.kill();
  }
});
