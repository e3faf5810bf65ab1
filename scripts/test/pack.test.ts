import { execFileSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import test from 'ava';
import { writeDeclarations, writeDistTree } from '../pack/distTree.ts';
import { javaScript } from '../pack/javaScript.ts';
import { packedManifest } from '../pack/manifest.ts';

const root = resolve(import.meta.dirname, '../..');

test('the packed tree runs below node_modules, where Node strips no types, and a TypeScript project can import it', (t) => {
  const cache = join(root, 'node_modules', '.cache');
  mkdirSync(cache, { recursive: true });
  const project = mkdtempSync(join(cache, 'project-'));
  try {
    const installed = join(project, 'node_modules', 'oinr');
    const dist = join(installed, 'dist');
    writeDistTree(root, dist);
    writeDeclarations(root, dist);
    writeFileSync(join(installed, 'package.json'), JSON.stringify(packedManifest(root)));
    const { version } = JSON.parse(readFileSync(join(root, 'apps/oinr/package.json'), 'utf8'));
    const node = (...args: string[]): string =>
      execFileSync(process.execPath, args, { cwd: project, encoding: 'utf8' });
    t.is(node(join(dist, 'apps/oinr/bin/oinr.mjs'), '--version'), `oinr ${version}\n`);

    cpSync(join(root, 'scripts/pack/project'), project, { recursive: true });
    node(join(root, 'node_modules/typescript/bin/tsc'), '-p', project);
    t.is(node('built/study.js'), 'mse 0, p 0.0286\n');
    const types = readFileSync(join(dist, 'libs/nifti/src/read.d.ts'), 'utf8');
    t.regex(types, /\/\*\* Reads one 3-D volume[^/]*\*\/\s*export declare function readVolume/);
  } finally {
    rmSync(project, { recursive: true });
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

test('the tarball asks npm for nothing of the workspace, and not for danfojs or TensorFlow.js', (t) => {
  const { dependencies, peerDependencies, peerDependenciesMeta } = packedManifest(root) as Record<
    string,
    Record<string, unknown>
  >;
  t.like(dependencies, { 'onnxruntime-node': '1.30.0', zod: '4.6.7' });
  t.deepEqual(
    Object.keys(dependencies).filter((name) => name.startsWith('@oinr/')),
    [],
  );
  t.deepEqual(Object.keys(peerDependencies), [
    '@tensorflow/tfjs',
    '@tensorflow/tfjs-node-gpu',
    'danfojs-node',
    'sharp',
  ]);
  t.deepEqual(peerDependenciesMeta['@tensorflow/tfjs'], { optional: true });
  t.deepEqual(peerDependenciesMeta['danfojs-node'], { optional: true });
});

test('what sentences ask to install beside the command is what the tarball names, by version', (t) => {
  const { peerDependencies } = packedManifest(root) as { peerDependencies: Record<string, string> };
  for (const [file, name] of [
    ['libs/signals/src/loadSharp.ts', 'sharp'],
    ['libs/engines/src/tfjs/load.ts', '@tensorflow/tfjs'],
  ])
    t.true(
      readFileSync(join(root, file), 'utf8').includes(`npm install ${name}@${peerDependencies[name]} `),
      name,
    );
});
