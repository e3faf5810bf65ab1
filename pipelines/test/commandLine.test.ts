// Configurations are printed as commands and read back: inside the process, through a real shell, and through Nx.
import { execFileSync } from 'node:child_process';
import { mkdtempSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test from 'ava';
import fc from 'fast-check';
import { parseCommandLine, printCommandLine } from '../src/config/commandLine.ts';
import { readRecord, recordOf, withPlaceholders } from '../src/config/record.ts';
import { nxWord, shellWord } from '../src/config/shell.ts';
import { type AnyStageConfig, optionName } from '../src/config/stageConfig.ts';
import { loadStage, stageNames } from '../src/stages.ts';

/** Texts as people have them: several words, quotes, other alphabets, a hyphen in front, what shells take for their own. */
const awkward = [
  'mild AD',
  "it's",
  'say "no"',
  'Gesunde Ältere',
  '対照群',
  '-early',
  '--late',
  'a,b',
  'a\\,b',
  '$HOME',
  '`ls`',
  '*',
  'x=y z',
  "'quoted'",
  '50%',
  '!!',
  '#1',
  '~',
];
const words = fc.oneof(
  fc.constantFrom(...awkward),
  fc
    .string({ unit: 'grapheme', minLength: 1, maxLength: 12 })
    .filter((text) => text === text.trim() && text !== '' && !/[\p{Cc}\p{Cf}\u2028\u2029]/u.test(text)),
);

/** Values that an option may have: some of them by its kind, others by reading words that it takes. */
function valuesOf(key: string, { options }: AnyStageConfig): fc.Arbitrary<unknown> {
  const option = options[key];
  const name = optionName(key);
  const read = (candidates: readonly string[]): unknown[] =>
    candidates.flatMap((one) => {
      try {
        return [option.read([one], name)];
      } catch {
        return [];
      }
    });
  if (option.takes === 'nothing') return fc.boolean();
  if (option.choices !== undefined)
    return option.takes === 'words'
      ? fc.subarray([...option.choices], { minLength: 1 })
      : fc.constantFrom(...option.choices);
  if (option.isPath) {
    const paths = words.filter((text) => !text.startsWith('-')).map((text) => `/data/${text}`);
    return option.takes === 'words' ? fc.array(paths, { minLength: 1, maxLength: 3 }) : paths;
  }
  const special = read([
    '2',
    '5',
    '0.25',
    '1e-3',
    'all',
    'T=3.1',
    'p=0.001',
    '6',
    '18',
    'run-1.b',
    '3/20',
    'coronal:2,3/4',
  ]);
  const isText = option.schema.safeParse('mild AD').success;
  const isList = option.schema.safeParse(['mild AD']).success;
  if (isList) return fc.uniqueArray(words, { minLength: 2, maxLength: 2 });
  if (isText) return words;
  return fc.constantFrom(...special);
}

/** A few options at a time: with most of them given, some contradict each other nearly always. */
function seldom(values: fc.Arbitrary<unknown>): fc.Arbitrary<unknown> {
  return fc.oneof({ weight: 3, arbitrary: fc.constant(undefined) }, { weight: 1, arbitrary: values });
}

/** Configurations of a stage that its own rules accept. */
function configurations(config: AnyStageConfig): fc.Arbitrary<Record<string, unknown>> {
  const values = Object.fromEntries(
    Object.keys(config.options).map((key) => [key, seldom(valuesOf(key, config))]),
  );
  return fc
    .record(values)
    .map((given) => Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined)))
    .map((given) => ({ ...needed(config), ...given }))
    .map((given) => parsed(config, given))
    .filter((one): one is Record<string, unknown> => one !== undefined);
}

/** What has to be there. */
function needed({ options }: AnyStageConfig): Record<string, unknown> {
  const missing = Object.entries(options).filter(([, { whenMissing }]) => whenMissing !== undefined);
  return { ...Object.fromEntries(missing.map(([key]) => [key, '/data/x'])), groups: ['A', 'B'] };
}

/** The whole configuration with its defaults, or nothing where the stage refuses it. */
function parsed(config: AnyStageConfig, given: Record<string, unknown>): Record<string, unknown> | undefined {
  try {
    return parseCommandLine(config, printCommandLine(config, onlyKnown(config, given)));
  } catch {
    return undefined;
  }
}

function onlyKnown({ options }: AnyStageConfig, given: Record<string, unknown>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(given).filter(([key]) => Object.hasOwn(options, key)));
}

for (const name of stageNames) {
  test(`${name}: what a configuration prints is read as the same configuration, and so is its record`, async (t) => {
    const { config } = await loadStage(name);
    fc.assert(
      fc.property(configurations(config), (one) => {
        t.deepEqual(parseCommandLine(config, printCommandLine(config, one)), one);
        // Through JSON, as run.json keeps it: all but the paths, of which only that they were given.
        const back = readRecord(config, JSON.parse(JSON.stringify(recordOf(config, one as never))));
        if (back === undefined) return t.fail(JSON.stringify(one));
        for (const [key, value] of Object.entries(one)) {
          const { isPath, toRecord, schema } = config.options[key];
          const standard = schema.safeParse(undefined);
          const isDefault = standard.success && JSON.stringify(standard.data) === JSON.stringify(value);
          const expected = isPath
            ? isDefault
              ? undefined
              : { given: true }
            : (toRecord?.(value as never) ?? value);
          t.deepEqual(back[key], expected as never, key);
        }
        const placed = withPlaceholders(config, back);
        t.notThrows(() => printCommandLine(config, placed));
      }),
      { numRuns: 60 },
    );
  });
}

test('values are what was meant, not what the printer and the reader agree on', async (t) => {
  const { config } = await loadStage('compare');
  const read = (...line: readonly string[]) => parseCommandLine(config, line) as Record<string, unknown>;
  t.deepEqual(read('--groups', 'mild AD', "it's").groups, ['mild AD', "it's"]);
  t.deepEqual(read('--groups', 'CN, AD').groups, ['CN', 'AD']);
  t.deepEqual(read('--groups', 'a\\,b', 'c').groups, ['a,b', 'c']);
  t.deepEqual(read('--groups=-early', '--groups=-late').groups, ['-early', '-late']);
  const scans = (await loadStage('scans')).config;
  // Options may stand before or after the scan.
  const early = parseCommandLine(scans, ['/data/a b.nii', '--spacing', '1', '--out', '/o']);
  t.deepEqual(parseCommandLine(scans, ['--spacing', '1', '--out', '/o', '/data/a b.nii']), early);
  t.deepEqual(parseCommandLine(scans, ['--spacing', '1', '/data/a b.nii', '--out', '/o']), early);
  t.throws(() => parseCommandLine(scans, ['a.nii', 'b.nii', '--out', '/o']), {
    message: /"b.nii" belongs to no option/,
  });
  t.throws(() => parseCommandLine(scans, ['--out', '/o']), { message: /The scan is missing/ });
  // Behind a list too, where it is there on the disk.
  const behind = parseCommandLine(scans, [
    '--out',
    '/o',
    '--participant-label',
    '01',
    '02',
    import.meta.dirname,
  ]);
  t.like(behind, { source: import.meta.dirname, participantLabel: ['01', '02'] });
  t.throws(() => parseCommandLine(scans, ['--out', '/o', '--participant-label', '01', '02']), {
    message: /The scan is missing/,
  });
});

test('a record of another version, with an unknown option, or of nothing at all is not read', async (t) => {
  const { config } = await loadStage('compare');
  const record = recordOf(config, parseCommandLine(config, []));
  t.truthy(readRecord(config, record));
  for (const other of [
    { ...record, version: 1 },
    { ...record, smoothness: 3 },
    { ...record, alpha: 'small' },
    { cohort: 'phantom', permutations: 10_000 },
    undefined,
    'text',
  ])
    t.is(readRecord(config, other), undefined);
});

test('what a record says names no folder and no file of the machine', async (t) => {
  const { config } = await loadStage('study');
  const line = '--root /home/doe/data --out /home/doe/out --mask /home/doe/m.nii --cohort /home/doe/my.yaml';
  const record = recordOf(config, parseCommandLine(config, line.split(' ')));
  t.notRegex(JSON.stringify(record), /doe/);
  t.is(record.cohort, 'my.yaml');
});

const echo = join(mkdtempSync(join(tmpdir(), 'oinr-echo-')), 'echo.mjs');
writeFileSync(echo, 'console.log(JSON.stringify(process.argv.slice(2)));\n');

test('words pass a POSIX shell as they are', (t) => {
  if (process.platform === 'win32') return t.log('skipped: there is no POSIX shell on Windows');
  const line = [process.execPath, echo, ...awkward].map(shellWord).join(' ');
  t.deepEqual(JSON.parse(execFileSync('sh', ['-c', line], { encoding: 'utf8' })), awkward);
  t.is(shellWord('mild AD'), '"mild AD"');
  t.is(shellWord('/data/x-1_b.nii.gz'), '/data/x-1_b.nii.gz');
});

test('words pass Nx and its second shell as they are', (t) => {
  if (process.platform === 'win32') return t.log('skipped: there is no POSIX shell on Windows');
  const root = mkdtempSync(join(tmpdir(), 'oinr-nx-'));
  symlinkSync(join(import.meta.dirname, '../../node_modules'), join(root, 'node_modules'));
  writeFileSync(join(root, 'nx.json'), '{"analytics": false, "neverConnectToCloud": true}');
  writeFileSync(join(root, 'package.json'), '{"name": "echo", "version": "1.0.0"}');
  const command = `"${process.execPath}" "${echo}"`;
  const options = { command, cwd: '{workspaceRoot}', forwardAllArgs: true };
  const targets = { echo: { executor: 'nx:run-commands', cache: false, options } };
  writeFileSync(join(root, 'project.json'), JSON.stringify({ name: 'pipeline', targets }));
  const nx = join(import.meta.dirname, '../../node_modules/nx/dist/bin/nx.js');
  const given = awkward.flatMap((word) => [`--name=${word}`, word]).filter((word) => word !== '--late');
  const line = [process.execPath, nx, 'run', 'pipeline:echo']
    .map(shellWord)
    .concat(given.map(nxWord))
    .join(' ');
  const said = execFileSync('sh', ['-c', line], {
    cwd: root,
    encoding: 'utf8',
    env: { ...process.env, NX_DAEMON: 'false', NX_WORKSPACE_ROOT_PATH: root },
  });
  const echoed = said.split('\n').find((one) => one.startsWith('["'));
  t.deepEqual(JSON.parse(echoed ?? 'null'), given);
});
