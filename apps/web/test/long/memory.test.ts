// Memory in a real browser: refused before it is taken, and a sentence where it runs out all the same.

import { encodeNifti } from '@oinr/nifti';
import { browser, sayWithoutBrowser } from '@oinr/report/test/chromium.ts';
import ava from 'ava';
import type { Page } from 'playwright-core';
import { fillBy, openPage } from '../support/openPage.ts';

sayWithoutBrowser('The page');

const test = browser === undefined ? ava.skip : ava.serial;

/** 512 x 512 x 30 voxels of 0.45 x 0.45 x 5 mm: 0.45 mm in between makes 323 slices, 85 million voxels. */
async function clinicalScan(): Promise<{ name: string; mimeType: string; buffer: Buffer }> {
  const [x, z] = [512, 30];
  const bytes = await encodeNifti(
    {
      grid: { shape: [x, x, z], affine: [0.45, 0, 0, 0, 0, 0.45, 0, 0, 0, 0, 5, 0, 0, 0, 0, 1] },
      data: Float32Array.from({ length: x * x * z }, (_, n) => (n % x) + (Math.floor(n / x) % x)),
    },
    'large.nii.gz',
    { datatype: 'int16' },
  );
  return { name: 'large.nii.gz', mimeType: 'application/octet-stream', buffer: Buffer.from(bytes) };
}

/** JavaScript after which no array of 32-bit floats may have more numbers: as where memory runs out, or does once a scan is filled. */
const arraysOfAtMost = (most: number, onceFilling = false): string => `{
  const Whole = Float32Array;
  let isShort = ${!onceFilling};
  self.addEventListener('message', ({ data }) => { isShort ||= data.kind === 'fill'; });
  self.Float32Array = new Proxy(Whole, {
    construct(target, given, made) {
      if (isShort && (given[0] > ${most} || given[0]?.length > ${most})) throw new RangeError('Array buffer allocation failed');
      return Reflect.construct(target, given, made === self.Float32Array ? target : made);
    },
  });
}`;

async function settled(page: Page): Promise<string> {
  await page.waitForSelector('body[data-state=found], body[data-state=refused], body[data-state=filled]');
  return (await page.textContent('#refusal')) ?? '';
}

async function withSpacing(page: Page, spacing: number): Promise<string> {
  await page.evaluate('document.body.dataset.state = "waiting"');
  await page.fill('#spacing', String(spacing));
  return settled(page);
}

test('512 x 512 x 30 on 2 GB is refused by its header, before a voxel is read', async (t) => {
  // The worker refuses arrays of as many numbers as the scan has, so that reading it would be told.
  const { page, problems, close } = await openPage({
    isolated: true,
    memory: 2,
    workerFirst: arraysOfAtMost(512 * 512 * 30 - 1),
  });
  try {
    await page.setInputFiles('#files', await clinicalScan());
    t.is(
      await settled(page),
      'Filling large.nii.gz even by an interpolation may take about 3.5 GB of memory, and this machine says that it has 2 GB: nothing was begun. Set a larger spacing, choose an interpolation in place of a network, or use a machine with more memory.',
    );
    t.true(await page.isVisible('#spacing'));
    t.true(await page.isDisabled('#fill'));
    // 2.5 mm fits: it is begun, and finds that there is less than was said.
    t.regex(
      await withSpacing(page, 2.5),
      /^This browser has too little memory for it \(Array buffer allocation failed\)/,
    );
    t.deepEqual(problems, []);
  } finally {
    await close();
  }
});

test('512 x 512 x 30 on 4 GB is told, and networks are refused before they begin', async (t) => {
  const { page, problems, close } = await openPage({ isolated: true, memory: 4 });
  try {
    await page.evaluate('document.getElementById("spacing").value = "1"');
    await page.setInputFiles('#files', await clinicalScan());
    t.is(await settled(page), '');
    t.regex(
      (await page.textContent('#memory')) ?? '',
      /^Filling may take about 4\.\d GB of memory\. This machine says that it has 4 GB\. Set a larger spacing, choose an interpolation/,
    );
    await t.throwsAsync(fillBy(page, 'oinr-prior'), {
      message:
        /^Filling large\.nii\.gz by oinr-prior may take about 4\.\d GB of memory.* has 4 GB: nothing was begun\. Set a larger spacing/,
    });
    await page.selectOption('#method', 'linear');
    t.regex((await page.textContent('#memory')) ?? '', /^Filling may take about \d\.\d GB of memory\.$/);
    t.is(await withSpacing(page, 2.5), '');
    await page.selectOption('#method', 'oinr-prior');
    t.regex((await page.textContent('#memory')) ?? '', /^Filling may take about 2\.\d GB of memory\.$/);
    t.deepEqual(problems, []);
  } finally {
    await close();
  }
});

test('where memory runs out while a scan is filled, a sentence says so, and the scan is open again', async (t) => {
  // The example brought to 1 mm is about a million voxels, to 2 mm half of that.
  const { page, problems, close } = await openPage({
    isolated: true,
    workerFirst: arraysOfAtMost(600_000, true),
  });
  try {
    await page.click('#example');
    t.is(await settled(page), '');
    t.is(await withSpacing(page, 1), '');
    await page.selectOption('#method', 'linear');
    await page.click('#fill');
    await page.waitForSelector('body[data-state=found] #refusal:not(:empty)');
    t.regex(
      (await page.textContent('#refusal')) ?? '',
      /^This browser has too little memory for it \(Array buffer allocation failed\); nothing was changed\./,
    );
    // Begun anew; what is smaller is filled, though the button is pressed right after the typing.
    await page.fill('#spacing', '2');
    const { volume } = await fillBy(page, 'linear');
    t.true(volume.data.length < 600_000);
    t.deepEqual(problems, []);
  } finally {
    await close();
  }
});
