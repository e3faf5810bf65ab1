import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { join, resolve } from 'node:path';
import test from 'ava';
import { writeDistTree } from '../pack/distTree.ts';
import { javaScript } from '../pack/javaScript.ts';
import { packedManifest } from '../pack/manifest.ts';

const root = resolve(import.meta.dirname, '../..');

test('the packed tree runs below node_modules, where Node strips no types', (t) => {
  const cache = join(root, 'node_modules', '.cache');
  mkdirSync(cache, { recursive: true });
  const dist = mkdtempSync(join(cache, 'dist-'));
  try {
    writeDistTree(root, dist);
    const { version } = JSON.parse(readFileSync(join(root, 'apps/oinr/package.json'), 'utf8'));
    const out = execFileSync(process.execPath, [join(dist, 'apps/oinr/bin/oinr.mjs'), '--version']);
    t.is(String(out), `oinr ${version}\n`);
  } finally {
    rmSync(dist, { recursive: true });
  }
});

test('names in imports, of worker entries and of packages lead to JavaScript; other text stays', (t) => {
  const place = {
    root,
    file: 'pipelines/src/scans/stage.ts',
    folders: new Map([['@oinr/run', 'libs/run']]),
  };
  const out = (text: string): string => javaScript(text, place).trim();
  t.is(out("import { a } from '@oinr/run';"), "import { a } from '../../../libs/run/src/index.js';");
  t.is(out("const w = new URL('./worker.ts', import.meta.url);").includes("'./worker.js'"), true);
  t.true(
    out("import.meta.resolve('@oinr/run');").startsWith(
      "import.meta.resolve('../../../libs/run/src/index.js');",
    ),
  );
  t.true(
    out("const names: string[] = ['@oinr/run', './worker.ts'];").endsWith(
      "names = ['@oinr/run', './worker.ts'];",
    ),
  );
  t.throws(() => out("import './nowhere.ts';"), {
    message: /stage\.ts names \.\/nowhere\.ts, which does not/,
  });
  t.throws(() => out('import.meta.resolve(name);'), { message: /write the name as text/ });
});

test('the tarball asks npm for nothing of the workspace and for danfojs not at all', (t) => {
  const { dependencies, peerDependencies, peerDependenciesMeta } = packedManifest(root) as Record<
    string,
    Record<string, unknown>
  >;
  t.like(dependencies, { 'onnxruntime-node': '1.30.0', zod: '4.6.7' });
  t.deepEqual(
    Object.keys(dependencies).filter((name) => name.startsWith('@oinr/')),
    [],
  );
  t.deepEqual(Object.keys(peerDependencies), ['@tensorflow/tfjs-node-gpu', 'danfojs-node']);
  t.deepEqual(peerDependenciesMeta['danfojs-node'], { optional: true });
});
