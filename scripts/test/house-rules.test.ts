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
  'libs/high/src/index.ts': "export { one } from '@x/low';\n",
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
