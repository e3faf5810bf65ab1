import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { request } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { brotliCompressSync } from 'node:zlib';
import test from 'ava';
import { serveFolder } from '../src/index.ts';

const root = mkdtempSync(join(tmpdir(), 'serve-'));
const folder = join(root, 'page');
mkdirSync(folder);
writeFileSync(join(folder, 'index.html'), '<p>here</p>');
writeFileSync(join(folder, 'a.wasm'), 'x');
writeFileSync(join(root, 'secret.txt'), 'secret');
test.after.always(() => rmSync(root, { recursive: true }));

/** The status of a path as it is written, which fetch would tidy up. */
const statusOf = (url: string, path: string): Promise<number | undefined> =>
  new Promise((resolve, reject) => {
    request(new URL(url), { path }, (response) => {
      response.resume();
      resolve(response.statusCode);
    })
      .on('error', reject)
      .end();
  });

test('files are shown with their types, the index for the folder, and headers by which threads are allowed', async (t) => {
  const { url, close, requests } = await serveFolder(folder);
  const page = await fetch(url);
  t.is(await page.text(), '<p>here</p>');
  t.is(page.headers.get('cross-origin-opener-policy'), 'same-origin');
  t.is(page.headers.get('cross-origin-embedder-policy'), 'require-corp');
  t.regex(page.headers.get('content-security-policy') ?? '', /default-src 'none'/);
  t.is((await fetch(`${url}a.wasm`)).headers.get('content-type'), 'application/wasm');
  t.deepEqual(requests, ['/', '/a.wasm']);
  await close();
});

test('what lies there packed is given as what it was, also to whom Brotli means nothing', async (t) => {
  const text = 'engine '.repeat(1000);
  writeFileSync(join(folder, 'engine.wasm.br'), brotliCompressSync(text));
  const { url, close } = await serveFolder(folder);
  for (const [accepted, encoding] of [
    ['gzip, br', 'br'],
    ['gzip', null],
  ] as const) {
    const answer = await fetch(`${url}engine.wasm`, { headers: { 'Accept-Encoding': accepted } });
    t.is(answer.headers.get('content-encoding'), encoding);
    t.is(answer.headers.get('content-type'), 'application/wasm');
    t.is(await answer.text(), text);
  }
  t.is((await fetch(`${url}none.wasm`)).status, 404);
  await close();
});

test('nothing outside the folder is given, and nothing can be written', async (t) => {
  const { url, close } = await serveFolder(folder, { isolated: false });
  for (const path of [
    '/../secret.txt',
    '/..%2fsecret.txt',
    '/%2e%2e/secret.txt',
    '/none',
    '/%',
    '/a.wasm%00',
  ])
    t.is(await statusOf(url, path), 404, path);
  t.is((await fetch(url, { method: 'POST' })).status, 405);
  t.is((await fetch(url)).headers.get('cross-origin-opener-policy'), null);
  await close();
});

test('a port that is taken is refused with a sentence', async (t) => {
  const first = await serveFolder(folder);
  const port = Number(new URL(first.url).port);
  await t.throwsAsync(serveFolder(folder, { port }), { message: /port \d+: .*Name another by --port/ });
  await first.close();
});
