import { existsSync, mkdtempSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test from 'ava';
import { writeJson } from '../src/index.ts';

const folder = () => mkdtempSync(join(tmpdir(), 'oinr-json-'));

test('JSON with NaN is refused instead of becoming null', async (t) => {
  const path = join(folder(), 'a.json');
  await t.throwsAsync(writeJson(path, { mse: Number.NaN }), { message: /NaN \(at "mse"\)/ });
  t.false(existsSync(path));
});

test('JSON is indented and ends with a line break', async (t) => {
  const path = join(folder(), 'a.json');
  await writeJson(path, { mse: 0.5 });
  t.is(readFileSync(path, 'utf8'), '{\n  "mse": 0.5\n}\n');
});
