// The report in a real browser, opened from disk with the network off. Needs Chromium (Debian: apt install chromium).
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import ava from 'ava';
import { type BrowserContext, chromium, type Page } from 'playwright-core';
import { beforeAfter, beforeAfterScript, html, renderPage, studyReport } from '../src/index.ts';
import { browser, flags, sayWithoutBrowser } from './chromium.ts';
import { madeUpStudy } from './madeUpStudy.ts';

const test = browser === undefined ? ava.skip : ava;
sayWithoutBrowser('The report');

interface Visit {
  readonly page: Page;
  readonly context: BrowserContext;
  readonly problems: string[];
  readonly requests: string[];
}

async function visit(withViewer: boolean, look: (visit: Visit) => Promise<void>): Promise<void> {
  await visitPage(studyReport(await madeUpStudy(withViewer)), look);
}

async function visitPage(text: string, look: (visit: Visit) => Promise<void>): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'report-'));
  const file = join(folder, 'report.html');
  await writeFile(file, text);
  const context = await chromium.launchPersistentContext(join(folder, 'profile'), {
    executablePath: browser,
    headless: true,
    args: flags,
    offline: true,
    viewport: { width: 1280, height: 900 },
  });
  try {
    const page = await context.newPage();
    // WebGL in software on a busy machine is slow, not broken.
    page.setDefaultTimeout(120_000);
    const problems: string[] = [];
    const requests: string[] = [];
    page.on('pageerror', (error) => problems.push(String(error)));
    page.on('console', (message) => {
      if (message.type() === 'error') problems.push(message.text());
    });
    page.on('request', (request) => {
      if (!/^(data|blob):/.test(request.url())) requests.push(request.url());
    });
    const address = pathToFileURL(file).href;
    await page.goto(address);
    await look({ page, context, problems, requests: requests.filter((url) => url !== address) });
  } finally {
    await context.close();
    await rm(folder, { recursive: true, force: true });
  }
}

const countColors = await readFile(new URL('countColors.js', import.meta.url), 'utf8');

/** How many pixels of what is drawn in an element are warm and cold, read from a screenshot. */
async function colors(page: Page, selector: string): Promise<{ warm: number; cold: number }> {
  const png = await page.locator(selector).screenshot();
  const counter = countColors.slice(countColors.indexOf('async')).trimEnd().replace(/;$/, '');
  return page.evaluate(`(${counter})(${JSON.stringify(png.toString('base64'))})`);
}

test('opened from disk with the network off: no error, no request, and the maps follow the slider', async (t) => {
  await visit(true, async ({ page, problems, requests }) => {
    await page.waitForSelector('#viewer[data-ready]');
    t.is(
      await page.getAttribute('#viewer', 'data-ready'),
      'true',
      (await page.textContent('#viewer-status')) ?? '',
    );
    await page.waitForTimeout(300);
    const before = await colors(page, '#viewer-left');
    t.true(before.warm > 300 && before.cold > 300, JSON.stringify(before));
    t.regex(
      (await page.textContent('#viewer-location')) ?? '',
      /x 36, y 0, z 0 mm.*full data: T 7\.76 \(p < 0\.0001\);.*T 3\.88 \(p 0\.0015\)/,
    );
    // A level of significance sets the threshold; the peak of 7.76 passes the family-wise one, and little else does.
    await page.selectOption('#viewer-level', { label: 'family-wise error 0.05 (|T| 7.50)' });
    t.is(await page.inputValue('#viewer-threshold'), '7.5');
    await page.waitForTimeout(300);
    t.true((await colors(page, '#viewer-left')).warm < before.warm);
    await page.fill('#viewer-threshold', '3');
    t.is(await page.inputValue('#viewer-level'), '');
    // The slider by keyboard: 20 steps of 0.1 up.
    await page.focus('#viewer-threshold');
    for (let step = 0; step < 20; step += 1) await page.keyboard.press('ArrowRight');
    t.is(await page.inputValue('#viewer-threshold'), '5');
    await page.waitForTimeout(300);
    const after = await colors(page, '#viewer-left');
    t.true(after.warm < 0.9 * before.warm, JSON.stringify({ before, after }));
    // The other map never exceeds 4, so at 5 nothing of it is left but its colour bar.
    const other = await colors(page, '#viewer-right');
    t.true(other.warm < after.warm, JSON.stringify({ other, after }));
    t.deepEqual(problems, []);
    t.deepEqual(requests, []);
  });
});

test('tables sort by their headings, missing values last, and the theme switches', async (t) => {
  await visit(false, async ({ page, problems, requests }) => {
    const column = async (): Promise<(string | null)[]> =>
      page.locator('#table-verdict tbody tr td:nth-child(9)').allTextContents();
    const before = await column();
    await page.locator('#table-verdict th button', { hasText: 'rank' }).click();
    t.deepEqual(await column(), before.toSorted());
    await page.locator('#table-verdict th button', { hasText: 'rank' }).press('Enter');
    t.deepEqual(await column(), before.toSorted().reverse());
    t.is(await page.getAttribute('#table-verdict th:nth-child(9)', 'aria-sort'), 'descending');
    const ground = (): Promise<string> => page.evaluate('getComputedStyle(document.body).backgroundColor');
    const light = await ground();
    await page.click('#theme');
    t.not(await ground(), light);
    t.is(await page.evaluate('window.broken'), undefined);
    t.deepEqual(problems, []);
    t.deepEqual(requests, []);
  });
});

/** PNG files of one pixel: red, and blue. */
const red = 'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAIAAACQd1PeAAAADElEQVR42mP4z8AAAAMBAQD3A0FDAAAAAElFTkSuQmCC';
const blue = 'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAIAAACQd1PeAAAADElEQVR42mNgYPgPAAEDAQAIicLsAAAAAElFTkSuQmCC';

test('left of the slider is what was before, right of it what came after; in print they stand side by side', async (t) => {
  const pairs = [
    { shows: 'a pixel', before: Buffer.from(red, 'base64'), after: Buffer.from(blue, 'base64') },
  ];
  const page = renderPage({
    title: 'Pairs',
    subtitle: html``,
    sections: [{ id: 'pairs', heading: 'Pairs', body: beforeAfter({ before: 'A', after: 'B', pairs }) }],
    scripts: [beforeAfterScript()],
    footer: html``,
  });
  await visitPage(page, async ({ page, problems, requests }) => {
    /** Where the second picture begins, as a share of the width. */
    const begins = (): Promise<string> =>
      page.evaluate("getComputedStyle(document.querySelector('.pair .after')).clipPath");
    t.is(await begins(), 'inset(0px 0px 0px 50%)');
    await page.focus('.split');
    await page.keyboard.press('Home');
    t.is(await begins(), 'inset(0px 0px 0px 0%)');
    await page.click('.flicker');
    // By turns all of the first and all of the second.
    const seen = new Set<string>();
    for (let look = 0; look < 600 && seen.size < 2; look += 1) {
      seen.add(await begins());
      await page.waitForTimeout(100);
    }
    t.deepEqual([...seen].sort(), ['inset(0px 0px 0px 0%)', 'inset(0px 0px 0px 100%)']);
    await page.click('.flicker');
    t.is(await page.getAttribute('.flicker', 'aria-pressed'), 'false');
    await page.emulateMedia({ media: 'print' });
    const lefts: number[] = await page.evaluate(
      "[...document.querySelectorAll('.pair img')].map((one) => one.getBoundingClientRect().left)",
    );
    t.true(lefts[1] > lefts[0]);
    t.deepEqual(problems, []);
    t.deepEqual(requests, []);
  });
});

test('on a phone the page does not scroll sideways; in the dark a plot is dark, and light again in print', async (t) => {
  await visit(false, async ({ page }) => {
    await page.setViewportSize({ width: 390, height: 844 });
    t.is(await page.evaluate('document.documentElement.scrollWidth'), 390);
    const filter = (): Promise<string> =>
      page.evaluate("getComputedStyle(document.querySelector('figure.drawing svg:not(:has(image))')).filter");
    await page.emulateMedia({ colorScheme: 'light' });
    t.is(await filter(), 'none');
    await page.emulateMedia({ colorScheme: 'dark' });
    t.regex(await filter(), /^invert/);
    await page.emulateMedia({ colorScheme: 'dark', media: 'print' });
    t.is(await filter(), 'none');
  });
});

test('tables, figures and BibTeX are saved or copied as the files have them', async (t) => {
  await visit(false, async ({ page, problems }) => {
    const saved = async (button: string): Promise<{ name: string; text: string }> => {
      const [download] = await Promise.all([
        page.waitForEvent('download'),
        page.locator(button).first().click(),
      ]);
      return { name: download.suggestedFilename(), text: await readFile(await download.path(), 'utf8') };
    };
    const table = await saved('#table-verdict button.save-table');
    t.is(table.name, 'verdict.tsv');
    // All digits, where the page shows three.
    t.regex(table.text, /^method\tmissing_percent\tk\t[\s\S]*\t0\.912345\t/);
    const figure = await saved('button.save-figure');
    t.regex(figure.name, /\.svg$/);
    t.regex(figure.text, /^<svg [\s\S]*<\/svg>$/);
    t.regex((await page.textContent('#bibtex')) ?? '', /@inproceedings\{pal2024oinr,/);
    t.deepEqual(problems, []);
  });
});
