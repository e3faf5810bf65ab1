import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readVolume } from '@oinr/nifti';
import { browser, flags } from '@oinr/report/test/chromium.ts';
import { serveFolder } from '@oinr/serve';
import type { Volume } from '@oinr/volume';
import { type BrowserContext, chromium, type Page } from 'playwright-core';
import { buildPage } from '../../src/build.ts';

/** The page, built and opened in a browser. */
export interface OpenPage {
  readonly page: Page;
  readonly context: BrowserContext;
  /** The folder that it was built to. */
  readonly folder: string;
  readonly url: string;
  /** What was asked of the server after the page had loaded, but for the browser's own look for a newer page. */
  readonly lateRequests: () => readonly string[];
  /** Errors of the page, and addresses that are not its own. */
  readonly problems: readonly string[];
  readonly close: () => Promise<void>;
}

/** How the page is opened. */
export interface Opening {
  /** Whether the server sends what threads need, as ours does, or is a plain one. */
  readonly isolated: boolean;
  /** What the browser is to lack, as older ones do: WebAssembly with SIMD, and WebGL 2. */
  readonly isOld?: boolean;
  /** What the browser is to say of the machine's memory, in GB. */
  readonly memory?: number;
  /** JavaScript that the page's worker runs first, before anything is loaded. */
  readonly workerFirst?: string;
  /** Of Chromium, beside those that tests need. */
  readonly moreFlags?: readonly string[];
}

/** Builds the page, shows it, and waits until it is ready, or says why it cannot be. */
export async function openPage({
  isolated,
  isOld = false,
  memory,
  workerFirst = '',
  moreFlags = [],
}: Opening): Promise<OpenPage> {
  const root = await mkdtemp(join(tmpdir(), 'page-'));
  const folder = join(root, 'built');
  await buildPage(folder);
  const served = await serveFolder(folder, { isolated });
  const context = await chromium.launchPersistentContext(join(root, 'profile'), {
    executablePath: browser,
    headless: true,
    args: [...flags, ...moreFlags],
    viewport: { width: 1100, height: 1400 },
  });
  const problems: string[] = [];
  const page = await context.newPage();
  // Machines that test are busy, and draw in software.
  page.setDefaultTimeout(1_200_000);
  page.on('pageerror', (error) => problems.push(String(error)));
  page.on('console', (message) => {
    if (message.type() === 'error') problems.push(message.text());
  });
  context.on('request', (request) => {
    const url = request.url();
    if (!/^(data|blob):/.test(url) && !url.startsWith(served.url)) problems.push(url);
  });
  if (isOld) await page.addInitScript('HTMLCanvasElement.prototype.getContext = () => null;');
  const says = (navigator: string): string =>
    memory === undefined
      ? ''
      : `Object.defineProperty(${navigator}.prototype, 'deviceMemory', { get: () => ${memory} });`;
  await page.addInitScript(says('Navigator'));
  const worker = join(folder, 'worker.js');
  const first = `${isOld ? 'WebAssembly.validate = () => false;' : ''}${says('WorkerNavigator')}${workerFirst}`;
  await writeFile(worker, `${first}\n${await readFile(worker, 'utf8')}`);
  await page.goto(served.url);
  await page.waitForSelector('body[data-state=ready], body[data-state=refused]');
  const loaded = served.requests.length;
  return {
    ...{ page, context, folder, problems, url: served.url },
    lateRequests: () => served.requests.slice(loaded).filter((path) => path !== '/serviceWorker.js'),
    async close() {
      await context.close();
      await served.close();
      await rm(root, { recursive: true, force: true });
    },
  };
}

/** Chooses a method, fills by it, and reads what the page saves. Throws what the page refuses it by. */
export async function fillBy(
  page: Page,
  method: string,
): Promise<{ readonly volume: Volume; readonly sidecar: Record<string, unknown> }> {
  await page.selectOption('#method', method);
  await page.click('#fill');
  await page.waitForSelector('body[data-state=filled], body[data-state=refused]');
  const refusal = await page.textContent('#refusal');
  if (refusal) throw new Error(refusal);
  const volume = await saved(page, '#save-volume', readVolume);
  const sidecar = await saved(page, '#save-sidecar', async (path) =>
    JSON.parse(await readFile(path, 'utf8')),
  );
  return { volume, sidecar };
}

/** What a button saves, read from the file. */
export async function saved<Result>(
  page: Page,
  button: string,
  read: (path: string) => Promise<Result>,
): Promise<Result> {
  const [download] = await Promise.all([page.waitForEvent('download'), page.click(button)]);
  const folder = await mkdtemp(join(tmpdir(), 'saved-'));
  try {
    const path = join(folder, download.suggestedFilename());
    await download.saveAs(path);
    return await read(path);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
