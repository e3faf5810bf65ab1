// What a browser lacks is said, and what does not need it works: without SIMD, without WebGL 2, and on a plain web server.

import { browser, sayWithoutBrowser } from '@oinr/report/test/chromium.ts';
import ava from 'ava';
import { fillBy, openPage } from './support/openPage.ts';

sayWithoutBrowser('The page');

const test = browser === undefined ? ava.skip : ava.serial;

test('without SIMD and WebGL 2 interpolations fill and save, and the page says what is missing', async (t) => {
  const { page, problems, close } = await openPage({ isolated: false, isOld: true });
  try {
    t.regex((await page.textContent('#refusal')) ?? '', /no WebAssembly with SIMD.*fill by an interpolation/);
    await page.click('#example');
    await page.waitForSelector('body[data-state=found]');
    t.regex((await page.textContent('#view-problem')) ?? '', /no WebGL 2.*filled and saved all the same/);
    const { sidecar } = await fillBy(page, 'linear');
    t.is(sidecar.Method, 'linear');
    await t.throwsAsync(fillBy(page, 'oinr-prior'), { message: /no WebAssembly with SIMD/ });
    t.deepEqual(problems, []);
  } finally {
    await close();
  }
});

test('a plain web server is enough: one thread, which the page says', async (t) => {
  const { page, problems, close } = await openPage({ isolated: false });
  try {
    t.regex((await page.textContent('#engine')) ?? '', /1 thread \(the server does not send the headers/);
    t.deepEqual(problems, []);
  } finally {
    await close();
  }
});
