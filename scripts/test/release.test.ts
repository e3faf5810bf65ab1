import { execFile } from 'node:child_process';
import { cpSync, globSync, mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import test from 'ava';
import { packedManifest } from '../pack/manifest.ts';
import { setVersion } from '../setVersion.ts';

const root = resolve(import.meta.dirname, '../..');
const manifests = globSync('{.,libs/*,apps/*,pipelines}/package.json', { cwd: root });
const read = (folder: string, file: string): string => readFileSync(join(folder, file), 'utf8');
const json = (folder: string, file: string) => JSON.parse(read(folder, file));

interface Manifest {
  readonly version: string;
  readonly dependencies?: Readonly<Record<string, string>>;
}

/** Every version that is written down in a workspace, with the place where it stands. */
function versions(folder: string): [string, string][] {
  const pins = (place: string, { version, dependencies = {} }: Manifest): [string, string][] => [
    [place, version],
    ...Object.entries(dependencies)
      .filter(([name]) => name.startsWith('@oinr/'))
      .map(([name, pinned]): [string, string] => [`${place}: ${name}`, pinned]),
  ];
  const lock = json(folder, 'package-lock.json');
  return [
    ...manifests.flatMap((file) => pins(file, json(folder, file))),
    ['package-lock.json', lock.version],
    ...manifests.flatMap((file) => {
      const path = dirname(file).replace(/^\.$/, '');
      return pins(`package-lock.json: ${path}`, lock.packages[path]);
    }),
    ['CITATION.cff', /^version: (.+)$/m.exec(read(folder, 'CITATION.cff'))?.[1] ?? ''],
  ];
}

test('every package, every pin, the lock file and CITATION.cff carry one version, and CHANGELOG.md begins with it', (t) => {
  const { version } = json(root, 'package.json');
  t.deepEqual(
    versions(root).filter(([, other]) => other !== version),
    [],
  );
  t.is(/^## (.+)$/m.exec(read(root, 'CHANGELOG.md'))?.[1], version);
});

test('a new version reaches all of these places, and nothing else changes', (t) => {
  const copy = mkdtempSync(join(tmpdir(), 'oinr-release-'));
  try {
    const files = [...manifests, 'package-lock.json', 'CITATION.cff'];
    for (const file of files) {
      mkdirSync(dirname(join(copy, file)), { recursive: true });
      cpSync(join(root, file), join(copy, file));
    }
    setVersion(copy, '9.8.7');
    t.deepEqual(new Set(versions(copy).map(([, version]) => version)), new Set(['9.8.7']));
    setVersion(copy, json(root, 'package.json').version);
    for (const file of files) t.is(read(copy, file), read(root, file), file);
    t.throws(() => setVersion(copy, 'v1'), { message: /three numbers/ });
  } finally {
    rmSync(copy, { recursive: true });
  }
});

test('CITATION.cff has what version 1.2.0 of its format demands', (t) => {
  const text = read(root, 'CITATION.cff');
  for (const field of ['cff-version: 1.2.0', 'message: .+', 'title: .+', 'authors:\\n  - name: .+'])
    t.regex(text, new RegExp(`^${field}`, 'm'));
  t.is(/^license: (.+)$/m.exec(text)?.[1], json(root, 'package.json').license);
});

/** Runs a program as if this Node had another version. */
function asNode(version: string, program: string): Promise<{ code: number; err: string }> {
  const pretend = `Object.defineProperty(process, 'versions', { value: { ...process.versions, node: '${version}' } });`;
  return new Promise((done) => {
    const args = [
      `--import=data:text/javascript,${encodeURIComponent(pretend)}`,
      join(root, program),
      '--help',
    ];
    execFile(process.execPath, args, (error, _, err) => done({ code: Number(error?.code ?? 0), err }));
  });
}

test('the Node that package.json asks for is the one that the programs and the tarball ask for', async (t) => {
  const { node } = json(root, 'package.json').engines;
  t.deepEqual(packedManifest(root).engines, { node });
  const [, major, minor] = /^>=(\d+)\.(\d+)$/.exec(node) ?? [];
  const start = 'pipelines/start.mjs';
  const refused = await asNode(`${major}.${Number(minor) - 1}.0`, start);
  t.is(refused.code, 2);
  t.true(refused.err.includes(`version ${major}.${minor} or newer is needed`), refused.err);
  for (const program of [start, 'apps/oinr/bin/oinr.mjs'])
    t.deepEqual(await asNode(`${major}.${minor}.0`, program), { code: 0, err: '' });
  // No other number stands in the way: no file names a Node of its own.
  for (const file of [start, 'apps/oinr/bin/oinr.mjs', 'scripts/pack/manifest.ts'])
    t.notRegex(read(root, file), /\b22\.\d/, file);
  t.regex(read(root, 'apps/oinr/README.md'), new RegExp(`Node ${major}\\.${minor} or newer`));
});
