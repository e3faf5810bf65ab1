// The engines of browsers are held to the reference in a real browser, by the demands that engines of Node are held to.
import { cp, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { operationCases } from '@oinr/engines/test/operationCases.ts';
import { testSeed } from '@oinr/engines/test/random.ts';
import { browser, flags, sayWithoutBrowser } from '@oinr/report/test/chromium.ts';
import { serveFolder } from '@oinr/serve';
import ava from 'ava';
import { chromium } from 'playwright-core';
import { bundle } from '../src/build.ts';

sayWithoutBrowser('The page');

const test = browser === undefined ? ava.skip : ava.serial;
const seed = testSeed();
console.log(`conformance in the browser: OINR_TEST_SEED=${seed}`);

/** What each engine does not meet, by demand, or why it is not here. */
async function inBrowser(provider: 'wasm' | 'webgpu'): Promise<string | Record<string, string[]>> {
  const folder = await mkdtemp(join(tmpdir(), 'conformance-'));
  const { files } = await bundle([join(import.meta.dirname, 'support/conformancePage.ts')], {
    splitting: true,
  });
  for (const [name, contents] of files) {
    await mkdir(dirname(join(folder, name)), { recursive: true });
    await writeFile(join(folder, name), contents);
  }
  const engine = dirname(fileURLToPath(import.meta.resolve('onnxruntime-web/ort-wasm-simd-threaded.wasm')));
  for (const file of ['ort-wasm-simd-threaded', 'ort-wasm-simd-threaded.asyncify'])
    for (const ending of ['mjs', 'wasm'])
      await cp(join(engine, `${file}.${ending}`), join(folder, `engine/${file}.${ending}`));
  const [script] = [...files.keys()].filter((name) => name.endsWith('conformancePage.js'));
  await writeFile(
    join(folder, 'index.html'),
    `<!doctype html><title>conformance</title><script type="module" src="${script}"></script>`,
  );
  const served = await serveFolder(folder);
  const context = await chromium.launchPersistentContext(join(folder, 'profile'), {
    executablePath: browser,
    headless: true,
    args: flags,
  });
  try {
    const page = await context.newPage();
    await page.goto(served.url);
    await page.waitForFunction('globalThis.conformance !== undefined');
    return await page.evaluate(`conformance(${JSON.stringify(provider)}, ${seed})`);
  } finally {
    await context.close();
    await served.close();
    await rm(folder, { recursive: true, force: true });
  }
}

for (const provider of ['wasm', 'webgpu'] as const)
  test(`${provider}: every demand that engines of Node are held to is met`, async (t) => {
    const results = await inBrowser(provider);
    if (typeof results === 'string') {
      t.log(`${provider} is not tried: ${results}`);
      t.pass();
      return;
    }
    t.true(Object.keys(results).length > operationCases.length);
    for (const [title, problems] of Object.entries(results)) t.deepEqual(problems, [], title);
  });
