import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import test from 'ava';
import { checkHouse } from '../house-rules.ts';

function house(files: Record<string, string>): string {
  const root = mkdtempSync(join(tmpdir(), 'house-'));
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), text);
  }
  return root;
}

const packageJson = (name: string, floor: number, dependencies: Record<string, string> = {}): string =>
  JSON.stringify({ name, floor, dependencies });

const sound = {
  'libs/low/package.json': packageJson('@x/low', 0),
  'libs/low/src/index.ts': 'export const one = 1;\n',
  'libs/high/package.json': packageJson('@x/high', 1, { '@x/low': '1' }),
  'libs/high/src/index.ts': "import { one } from '@x/low';\nconsole.log(one);\n",
};

function violationsOf(files: Record<string, string>): readonly string[] {
  const root = house(files);
  try {
    return checkHouse(root).violations;
  } finally {
    rmSync(root, { recursive: true });
  }
}

test('a sound house has no violation', (t) => {
  t.deepEqual(violationsOf(sound), []);
});

test('an import that points up is a violation', (t) => {
  const found = violationsOf({
    ...sound,
    'libs/low/package.json': packageJson('@x/low', 0, { '@x/high': '1' }),
    'libs/low/src/index.ts': "import '@x/high';\n",
  });
  t.is(found.length, 1);
  t.regex(found[0], /lower floor/);
});

test('a deep import, an undeclared one, a leaving one and an unused dependency are violations', (t) => {
  const found = violationsOf({
    ...sound,
    'libs/high/package.json': packageJson('@x/high', 1, { '@x/low': '1', unused: '1' }),
    'libs/high/src/index.ts':
      "import '@x/low/src/index.ts';\nimport 'zod';\nimport '../../low/src/index.ts';\nconst late = () => import('yaml');\nexport { late };\n",
  });
  t.is(found.filter((one) => /index\.ts only/.test(one)).length, 1);
  t.is(found.filter((one) => /does not declare/.test(one)).length, 2);
  t.is(found.filter((one) => /leaves its package/.test(one)).length, 1);
  t.is(found.filter((one) => /imports it nowhere/.test(one)).length, 1);
});

test('seeing no import at all is a violation', (t) => {
  const found = violationsOf({
    'libs/low/package.json': packageJson('@x/low', 0),
    'libs/low/src/index.ts': 'export {};\n',
  });
  t.regex(found[0], /No import between packages/);
});

test('this workspace is seen', (t) => {
  const report = checkHouse(resolve(import.meta.dirname, '../..'));
  t.true(report.files > 20);
  t.true(report.imports > 0);
});

test('files of a package that need each other are a violation, by type alone they are none', (t) => {
  const circle = (how: string) => ({
    ...sound,
    'libs/low/src/index.ts': "export { one } from './one.ts';\n",
    'libs/low/src/one.ts': "import { two } from './two.ts';\nexport const one: number = two;\n",
    'libs/low/src/two.ts': "import { three } from './three.ts';\nexport const two = three;\n",
    'libs/low/src/three.ts': `${how}\nexport const three = 3;\n`,
  });
  const [found, ...others] = violationsOf(circle("import { one } from './one.ts';\nexport { one };"));
  t.deepEqual(others, []);
  t.regex(found, /low\/src\/one\.ts, .*three\.ts, .*two\.ts import each other in a circle/);
  for (const how of ["import type { one } from './one.ts';", "export const late = import('./one.ts');"])
    t.deepEqual(violationsOf(circle(how)), []);
});

test('the operations of the graph may need each other, and only they', (t) => {
  const inFolder = (folder: string) =>
    violationsOf({
      ...sound,
      'libs/graph/package.json': packageJson('@x/graph', 0),
      [`libs/graph/src/${folder}/one.ts`]: "import { two } from './two.ts';\nexport const one = () => two;\n",
      [`libs/graph/src/${folder}/two.ts`]: "import { one } from './one.ts';\nexport const two = () => one;\n",
    });
  t.deepEqual(inFolder('operations'), []);
  t.is(inFolder('others').length, 1);
});

test('a file name with a hyphen is a violation', (t) => {
  const found = violationsOf({ ...sound, 'libs/low/test/two-words.test.ts': 'export {};\n' });
  t.is(found.length, 1);
  t.regex(found[0], /two-words\.test\.ts is not named in camelCase/);
});

test('an export of an index that nobody outside imports is a violation, whoever else uses it inside', (t) => {
  const found = violationsOf({
    ...sound,
    'libs/low/src/index.ts': "export const one = 1;\nexport type { Two } from './two.ts';\n",
    'libs/low/src/two.ts': 'export type Two = 2;\n',
    'libs/low/test/two.test.ts': "import type { Two } from '../src/index.ts';\nexport const two: Two = 2;\n",
  });
  t.is(found.length, 1);
  t.regex(found[0], /low\/src\/index\.ts exports Two, which no other package/);
});

test('tests of other packages, examples and whoever takes everything count as users', (t) => {
  const twice = 'export const one = 1;\nexport const two = 2;\n';
  const using = (path: string, text: string) =>
    violationsOf({ ...sound, 'libs/low/src/index.ts': twice, [path]: text });
  t.deepEqual(using('examples/two.ts', "import { two } from '@x/low';\nconsole.log(two);\n"), []);
  t.deepEqual(using('libs/high/test/two.ts', "export { two as other } from '@x/low';\n"), []);
  t.deepEqual(using('libs/high/src/two.ts', "import * as low from '@x/low';\nconsole.log(low);\n"), []);
  t.is(using('libs/high/src/two.ts', "console.log(import.meta.resolve('@x/low'));\n").length, 1);
});

test('the test helpers of another package are for tests only', (t) => {
  const using = (folder: string) =>
    violationsOf({ ...sound, [`libs/high/${folder}/help.ts`]: "import '@x/low/test/help.ts';\n" });
  t.deepEqual(using('test'), []);
  t.regex(using('src')[0], /entered through its index\.ts only/);
});

test('a file that writes or removes files outside libs/files is a violation; reading, and tests, are none', (t) => {
  const inSource = (text: string, folder = 'src') =>
    violationsOf({ ...sound, [`libs/low/${folder}/other.ts`]: text }).filter((one) =>
      /whole or not at all/.test(one),
    );
  for (const text of [
    "import { readFile, rm } from 'node:fs/promises';",
    "import { writeFileSync } from 'node:fs';",
    "import fs from 'fs';",
    "import * as fs from 'node:fs';",
  ])
    t.is(inSource(`${text}\nexport const one = 1;\n`).length, 1, text);
  t.deepEqual(inSource("import { readFile } from 'node:fs/promises';\nexport const one = readFile;\n"), []);
  t.deepEqual(inSource("import { rm } from 'node:fs/promises';\nexport const one = rm;\n", 'test'), []);
});

test('what a page needs of Node is a violation, and what its bundler leaves out is none', (t) => {
  const page = (exports: object, text: string) =>
    violationsOf({
      ...sound,
      'libs/low/package.json': JSON.stringify({ name: '@x/low', floor: 0, exports }),
      'libs/low/src/index.ts': "export { one } from './one.ts';\nimport './files.ts';\n",
      'libs/low/src/browser.ts': "export { one } from './one.ts';\n",
      'libs/low/src/one.ts': "import type { Stats } from 'node:fs';\nexport const one = 1 as Stats | 1;\n",
      'libs/low/src/files.ts':
        "import { readFile } from 'node:fs/promises';\nexport const read = readFile;\n",
      'libs/high/src/page/main.ts': text,
    });
  const importing = "import { one } from '@x/low';\nconsole.log(one);\n";
  const [found, ...others] = page({ '.': './src/index.ts' }, importing);
  t.regex(
    found,
    /low\/src\/files\.ts imports node:fs\/promises, and the page needs it \(by libs\/high\/src\/page\/main\.ts\)/,
  );
  t.deepEqual(others, []);
  t.deepEqual(page({ '.': { browser: './src/browser.ts', default: './src/index.ts' } }, importing), []);
  t.is(page({}, "import 'node:os';\n").length, 1);
});
