// The page in a real browser: the same results as the command, nothing asked of anybody, and a sentence for bad input.
// Needs Chromium (Debian: apt install chromium).
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { encodeNifti, readVolume } from '@oinr/nifti';
import { browser, sayWithoutBrowser } from '@oinr/report/test/chromium.ts';
import type { Volume } from '@oinr/volume';
import ava from 'ava';
import type { Page } from 'playwright-core';
import { difference, impute } from './support/command.ts';
import { dicomFiles } from './support/dicomSeries.ts';
import { fillBy, type OpenPage, openPage, saved } from './support/openPage.ts';

sayWithoutBrowser('The page');

const test = browser === undefined ? ava.skip : ava.serial;
let open: OpenPage;
let out: string;
if (browser !== undefined) {
  ava.before(async () => {
    open = await openPage({ isolated: true });
    out = await mkdtemp(join(tmpdir(), 'command-'));
  });
  ava.after.always(async () => {
    await open?.close();
    await rm(out, { recursive: true, force: true });
  });
}

const named = (name: string, bytes: Uint8Array) => ({
  name,
  mimeType: 'application/octet-stream',
  buffer: Buffer.from(bytes),
});

/** Chooses files, and waits for what the page says of them: '' where it refuses nothing. */
async function refusalOf(page: Page, files: Parameters<Page['setInputFiles']>[1]): Promise<string> {
  await page.evaluate('document.body.dataset.state = "waiting"');
  await page.setInputFiles('#files', files);
  await page.waitForSelector('body[data-state=found], body[data-state=refused], body[data-state=choosing]');
  return (await page.textContent('#refusal')) ?? '';
}

test('the example by linear and oinr-prior is what oinr impute makes of it', async (t) => {
  const { page, folder, problems, lateRequests } = open;
  t.regex((await page.textContent('#engine')) ?? '', /WebAssembly, \d+ thread|WebGPU/);
  await page.click('#example');
  await page.waitForSelector('body[data-state=found]');
  t.regex(
    (await page.textContent('#slices')) ?? '',
    /25 axial slices 6 mm apart, 6 mm thick \(from its sidecar\), without a gap; 2 x 2 mm in plane/,
  );
  for (const method of ['linear', 'oinr-prior']) {
    const here = await fillBy(page, method);
    const there = await impute(join(folder, 'example/colin27-6mm.nii.gz'), method, out);
    t.deepEqual(here.volume.grid, there.volume.grid);
    const most = difference(here.volume, there.volume, there.sidecar);
    t.true(most <= 1e-4, `${method}: ${most}`);
    // The same facts in the same words; what computed it, and by which code, are others.
    const { Engine: _, Fingerprint, ...expected } = there.sidecar;
    const { Engine, ...told } = here.sidecar;
    t.deepEqual(told, expected);
    t.is(told.IntendedUse, 'For research, not for diagnosis.');
  }
  const picture = await saved(page, '#save-picture', (path) => readFile(path));
  t.is(picture.subarray(1, 4).toString(), 'PNG');
  t.true(picture.length > 20_000, `${picture.length} bytes`);
  t.deepEqual(problems, []);
  t.deepEqual(lateRequests(), []);
});

test('what is running is stopped at once, and can be done after all', async (t) => {
  const { page, lateRequests } = open;
  await page.selectOption('#method', 'oinr-internal');
  await page.click('#fill');
  await page.waitForSelector('body[data-state=filling]');
  await page.click('#cancel');
  await page.waitForSelector('body[data-state=found]');
  t.regex((await page.textContent('#status')) ?? '', /Stopped; nothing was changed/);
  const { sidecar } = await fillBy(page, 'pchip');
  t.is(sidecar.Method, 'pchip');
  t.deepEqual(lateRequests(), []);
});

test('two methods are compared, and each can be shown', async (t) => {
  const { page } = open;
  await page.focus('#tab-slider');
  await page.keyboard.press('ArrowRight');
  for (const box of await page.locator('#compare-methods input').all())
    await box.setChecked(['linear', 'cubic'].includes((await box.getAttribute('value')) ?? ''));
  await page.click('#compare');
  await page.waitForSelector('body[data-state=filled]');
  const rows = await page.locator('#compared tr').allTextContents();
  t.is(rows.length, 4); // what was filled before is there still
  await page.click('#compared button[aria-label="Show Linear"]');
  t.regex((await page.textContent('#predicted')) ?? '', /^linear \(/);
  await page.click('#tab-slider');
});

test('error maps are those of oinr impute, and only where an error is predicted', async (t) => {
  const { page, folder } = open;
  await page.click('#example');
  await page.waitForSelector('body[data-state=found]');
  await page.setChecked('#error-maps', true);
  await page.waitForSelector('body[data-state=looking], body[data-state=found]');
  const here = await fillBy(page, 'oinr-internal');
  const scan = join(folder, 'example/colin27-6mm.nii.gz');
  const there = await impute(scan, 'oinr-internal', out, '--error-maps');
  t.deepEqual(here.sidecar.ErrorMaps, there.sidecar.ErrorMaps);
  for (const map of ['s68', 's95']) {
    const ours = await saved(page, `#save-${map}`, readVolume);
    const theirs = await readVolume(join(out, `colin27-6mm_desc-oinrInternal_${map}.nii.gz`));
    t.deepEqual(ours.grid, theirs.grid);
    // As wide as the predicted error, which training on other sums moves by a little.
    const most = difference(ours, theirs, there.sidecar);
    t.true(most <= 2e-3, `${map}: ${most}`);
    t.true(theirs.data.some((value) => value > 0));
  }
  const { sidecar } = await fillBy(page, 'linear');
  t.false('ErrorMaps' in sidecar);
  t.false(await page.isVisible('#save-s68'));
  await page.setChecked('#error-maps', false);
  await page.waitForSelector('body[data-state=looking]');
  await page.waitForSelector('body[data-state=found]');
});

test('files that cannot be filled are refused by a sentence each', async (t) => {
  const { page } = open;
  const volume: Volume = {
    grid: { shape: [12, 12, 5], affine: [1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 5, 0, 0, 0, 0, 1] },
    data: Float32Array.from({ length: 720 }, (_, n) => 500 + 400 * Math.sin(n * n)),
  };
  const plain = await encodeNifti(volume, 'x.nii');
  const zipped = await encodeNifti(volume, 'x.nii.gz');
  const changed = (at: number, value: number): Uint8Array => {
    const bytes = Uint8Array.from(plain);
    new DataView(bytes.buffer).setInt16(at, value, true);
    return bytes;
  };
  const fourD = changed(40, 4);
  new DataView(fourD.buffer).setInt16(48, 7, true);
  const damaged = Uint8Array.from(zipped);
  damaged[damaged.length - 6] ^= 0xff;
  const isotropic = await encodeNifti(
    { ...volume, grid: { ...volume.grid, affine: [1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1] } },
    'x.nii',
  );
  const cases: readonly (readonly [string, Uint8Array, RegExp])[] = [
    ['damaged.nii.gz', damaged, /damaged\.nii\.gz has damaged gzip data/],
    ['short.nii.gz', zipped.subarray(0, zipped.length - 40), /short\.nii\.gz is truncated/],
    ['run.nii', fourD, /run\.nii holds 7 volumes .* one 3-D volume was expected/],
    ['colours.nii', changed(70, 128), /colours\.nii holds RGB colours/],
    ['full.nii', isotropic, /No axis has clearly the largest voxels/],
    ['empty.nii', new Uint8Array(), /empty\.nii is empty/],
    ['notes.txt', Buffer.from('nothing'), /notes\.txt is no image that is read here/],
    ['scan.img', plain, /one of a \.hdr\/\.img pair/],
  ];
  for (const [name, bytes, sentence] of cases) t.regex(await refusalOf(page, named(name, bytes)), sentence);
  t.regex(
    await refusalOf(page, [named('x.nii', plain), named('x.json', Buffer.from('{"SliceThickness": 5'))]),
    /x\.json is not JSON/,
  );
  t.regex(
    await refusalOf(page, [named('a.txt', plain), named('b.txt', plain)]),
    /Of these 2 files none is an image/,
  );
});

test('a dropped file is taken, and of several images one is chosen', async (t) => {
  const { page, folder } = open;
  const bytes = await readFile(join(folder, 'example/colin27-6mm.nii.gz'));
  await page.evaluate(`(() => {
    const data = new DataTransfer();
    const bytes = Uint8Array.from(atob(${JSON.stringify(bytes.toString('base64'))}), (c) => c.charCodeAt(0));
    data.items.add(new File([bytes], 'dropped.nii.gz'));
    document.body.dataset.state = 'waiting';
    document.getElementById('drop').dispatchEvent(new DragEvent('drop', { dataTransfer: data, bubbles: true }));
  })()`);
  await page.waitForSelector('body[data-state=found]');
  t.regex(
    (await page.textContent('#slices')) ?? '',
    /^dropped\.nii\.gz: 25 axial slices .* \(assumed: no sidecar says so\)/,
  );
  t.is(await refusalOf(page, [named('one.nii.gz', bytes), named('two.nii.gz', bytes)]), '');
  t.deepEqual(
    (await page.locator('#series-choice option').allTextContents()).map((text) => text.split(':')[0]),
    ['one.nii.gz', 'two.nii.gz'],
  );
  await page.selectOption('#series-choice', '1');
  await page.click('#series-take');
  await page.waitForSelector('body[data-state=found]');
  t.regex((await page.textContent('#slices')) ?? '', /^two\.nii\.gz/);
});

test('a series of DICOM files is read, filled, and carries no names; compressed ones are refused', async (t) => {
  const { page, lateRequests } = open;
  const series = { slices: 10, size: 48, distance: 6, thickness: 5, number: 3 };
  const files = (options: typeof series & { transferSyntax?: string }) =>
    dicomFiles(options).map((bytes, n) => named(`IM${options.number}${n}`, bytes));
  t.is(await refusalOf(page, files(series)), '');
  t.regex(
    (await page.textContent('#slices')) ?? '',
    /^series3\.nii: 10 axial slices 6 mm apart, 5 mm thick \(from its sidecar\), 1 mm of gap between them; 1 x 1 mm in plane/,
  );
  const { volume, sidecar } = await fillBy(page, 'linear');
  t.is(volume.grid.shape[2], 59);
  t.notRegex(JSON.stringify(sidecar), /Nobody|Known\^/);
  t.is(await refusalOf(page, [...files(series), ...files({ ...series, number: 4 })]), '');
  t.is(await page.locator('#series-choice option').count(), 2);
  t.regex(
    await refusalOf(page, files({ ...series, transferSyntax: '1.2.840.10008.1.2.4.103' })),
    /dcm2niix made no image of these 10 DICOM files: they are compressed \(MPEG\)/,
  );
  t.deepEqual(lateRequests(), []);
});

test('the page opens without a network after the first visit', async (t) => {
  const { page, context, problems } = open;
  await context.setOffline(true);
  await page.reload();
  await page.waitForSelector('body[data-state=ready]');
  await page.click('#example');
  await page.waitForSelector('body[data-state=found]');
  // That the page is ready means that engine and weights are there; what they give is tested above.
  const { sidecar } = await fillBy(page, 'cubic');
  t.is(sidecar.Method, 'cubic');
  await context.setOffline(false);
  t.deepEqual(problems, []);
});
