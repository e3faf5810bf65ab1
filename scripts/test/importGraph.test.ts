// What the fingerprint of results covers, held against the compiler.
import { readFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import test from 'ava';
import ts from 'typescript';
import { importGraph } from '../../libs/run/src/codeVersion.ts';

const root = resolve(import.meta.dirname, '../..');
const filesOf = (stage: string): readonly string[] =>
  importGraph(join(root, 'pipelines/src', stage, 'worker.ts')).files;

test('whatever a module of the graph imports from beside it, and not as types alone, is in the graph', (t) => {
  // Of the worker with the most of it: what simulates uses all that imputes.
  const files = new Set(filesOf('simulate'));
  t.true(files.size > 50);
  const compilerOptions = {
    module: ts.ModuleKind.ESNext,
    target: ts.ScriptTarget.ES2024,
    verbatimModuleSyntax: true,
  };
  for (const file of files) {
    const { outputText } = ts.transpileModule(readFileSync(file, 'utf8'), { compilerOptions });
    for (const { fileName } of ts.preProcessFile(outputText, true, true).importedFiles)
      if (fileName.startsWith('.'))
        t.true(files.has(resolve(dirname(file), fileName)), `${file}: ${fileName}`);
  }
});

test('a change of what fills real scans, or registers scans, makes their results anew', (t) => {
  const has = (stage: string, module: string): boolean =>
    filesOf(stage).some((file) => file.replaceAll('\\', '/').endsWith(module));
  t.true(has('scans', 'pipelines/src/scans/scanUnit.ts'));
  t.true(has('scans', 'libs/imputation/src/registry.ts'));
  t.true(has('prepare', 'pipelines/src/prepare/scan/prepareScan.ts'));
  t.true(has('prepare', 'libs/registration/src/register.ts'));
  t.false(has('prepare', 'libs/imputation/src/registry.ts'));
});
