import { cpSync, mkdirSync, mkdtempSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import test from 'ava';
import { importGraph } from '../src/codeVersion.ts';
import { codeVersion } from '../src/index.ts';

/** A small workspace: an entry, what it imports, and a package of the house with data beside its code. */
function workspace(): string {
  const root = mkdtempSync(join(tmpdir(), 'oinr-code-'));
  const write = (path: string, text: string): void => {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), text);
  };
  write('package.json', '{"name": "root"}');
  write(
    'src/entry.ts',
    "import { a } from './a.ts';\nimport type { T } from './types.ts';\nexport { b } from './b.ts';\nconst worker = new URL('./thread.ts', import.meta.url);\nconst late = () => import('./late.ts');\nconst optional = () => import('not-installed');\nimport { lib } from '@oinr/lib';\nimport { x } from 'outside';\n",
  );
  write('src/a.ts', "import {\n  c,\n} from './c.ts';\nexport const a = c;\n");
  for (const name of ['b', 'c', 'late', 'thread', 'types', 'stranger'])
    write(`src/${name}.ts`, `export const ${name} = 1;\n`);
  write(
    'libs/lib/package.json',
    '{"name": "@oinr/lib", "version": "1.0.0", "exports": {".": "./src/index.ts"}}',
  );
  write('libs/lib/src/index.ts', "export { lib } from './lib.ts';\n");
  write('libs/lib/src/lib.ts', 'export const lib = 1;\n');
  write('libs/lib/weights/w.bin', 'weights');
  write('node_modules/outside/package.json', '{"name": "outside", "version": "2.3.4"}');
  mkdirSync(join(root, 'node_modules/@oinr'), { recursive: true });
  symlinkSync(join(root, 'libs/lib'), join(root, 'node_modules/@oinr/lib'));
  return root;
}

test('the graph holds what runs: imports, re-exports, imports on demand, threads, packages of the house; no types', (t) => {
  const root = workspace();
  const { files, packages } = importGraph(join(root, 'src/entry.ts'));
  t.deepEqual(files.map((file) => file.slice(file.indexOf(root) + root.length + 1)).sort(), [
    'libs/lib/src/index.ts',
    'libs/lib/src/lib.ts',
    'src/a.ts',
    'src/b.ts',
    'src/c.ts',
    'src/entry.ts',
    'src/late.ts',
    'src/thread.ts',
  ]);
  t.deepEqual(packages, ['outside@2.3.4']);
});

test('a changed line of any module that runs, its weights, or a package is another version; anything else is not', async (t) => {
  const root = workspace();
  const version = (): Promise<string> => codeVersion(pathToFileURL(join(root, 'src/entry.ts')));
  const first = await version();
  const after = async (path: string, text: string): Promise<boolean> => {
    const before = await version();
    writeFileSync(join(root, path), text);
    return (await version()) !== before;
  };
  t.true(await after('src/c.ts', 'export const c = 2;\n'));
  t.true(await after('src/thread.ts', 'export const thread = 2;\n'));
  t.true(await after('libs/lib/src/lib.ts', 'export const lib = 2;\n'));
  t.true(await after('libs/lib/weights/w.bin', 'others'));
  t.true(await after('node_modules/outside/package.json', '{"name": "outside", "version": "2.3.5"}'));
  t.false(await after('src/types.ts', 'export const types = 2;\n'));
  t.false(await after('src/stranger.ts', 'export const stranger = 2;\n'));
  // The same code elsewhere is the same version.
  const [one, other] = [workspace(), mkdtempSync(join(tmpdir(), 'oinr-code-'))];
  cpSync(one, other, { recursive: true, verbatimSymlinks: false });
  t.is(await codeVersion(pathToFileURL(join(one, 'src/entry.ts'))), first);
});
