// A whole head and the example in a real browser beside the command, every method that the page proposes first. Minutes.
import { existsSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { readVolume, writeVolume } from '@oinr/nifti';
import { browser, sayWithoutBrowser } from '@oinr/report/test/chromium.ts';
import { acquireSlices, keepEvery } from '@oinr/slices';
import type { Volume } from '@oinr/volume';
import ava from 'ava';
import { difference, impute } from '../support/command.ts';
import { fillBy, openPage } from '../support/openPage.ts';

sayWithoutBrowser('The page');

const head = join(import.meta.dirname, '../../../../../shared/data/ds000011/sub-01/anat/sub-01_T1w.nii.gz');
const test = browser === undefined ? ava.skip : ava.serial;
const testHead = existsSync(head) ? test : ava.skip;
if (!existsSync(head)) console.log('No whole head was filled in a browser: ds000011 is not there.');

/** Axial slices of four of the scan's own (1.33 mm), averaged: 5.33 mm. */
function thickened({ grid, data }: Volume): Volume {
  const every = 4;
  const kept = keepEvery({ length: grid.shape[2], every });
  const slices = acquireSlices({ grid, data }, 2, kept, { kind: 'box', thickness: every });
  const affine = grid.affine.map((value, n) => (n < 12 && n % 4 === 2 ? value * every : value));
  return { grid: { shape: [grid.shape[0], grid.shape[1], kept.length], affine }, data: slices.data };
}

/** Fills a scan by page and command, and holds the results against each other. */
async function compare(
  t: {
    true: (is: boolean, why: string) => void;
    is: (a: unknown, b: unknown) => void;
    log: (text: string) => void;
  },
  scan: string | 'example',
  methods: readonly string[],
): Promise<void> {
  const open = await openPage({ isolated: true });
  const out = await mkdtemp(join(tmpdir(), 'command-'));
  try {
    const { page, folder, problems, lateRequests } = open;
    const path = scan === 'example' ? join(folder, 'example/colin27-6mm.nii.gz') : scan;
    if (scan === 'example') await page.click('#example');
    else await page.setInputFiles('#files', path);
    await page.waitForSelector('body[data-state=found]');
    for (const method of methods) {
      let began = performance.now();
      const here = await fillBy(page, method);
      const inBrowser = (performance.now() - began) / 1000;
      began = performance.now();
      const there = await impute(path, method, out);
      const most = difference(here.volume, there.volume, there.sidecar);
      t.log(
        `${basename(path)}, ${method}: ${inBrowser.toFixed(0)} s in the browser, ${((performance.now() - began) / 1000).toFixed(0)} s by the command; largest difference ${most.toExponential(1)}; ${(await page.textContent('#engine')) ?? ''}`,
      );
      if (method !== 'auto') t.true(most <= 1e-4, `${method}: ${most}`);
      else {
        t.is(here.sidecar.MethodChosen, there.sidecar.MethodChosen);
        const chosen = String(there.sidecar.MethodChosen);
        const error = (sidecar: Record<string, unknown>): number =>
          (sidecar.PredictedErrors as Record<string, number>)[chosen];
        const ratio = error(here.sidecar) / error(there.sidecar);
        t.true(Math.abs(ratio - 1) < 0.02, `predicted errors differ by a factor of ${ratio}`);
      }
    }
    t.is(problems.join(), '');
    t.is(lateRequests().join(), '');
  } finally {
    await open.close();
    await rm(out, { recursive: true, force: true });
  }
}

test('the example by auto: the same method, and its error within 2 %', async (t) => {
  await compare(t, 'example', ['auto']);
});

testHead(
  'a whole head thickened to 5 mm by linear, oinr-prior and auto, as the command fills it',
  async (t) => {
    const folder = await mkdtemp(join(tmpdir(), 'head-'));
    try {
      const scan = join(folder, 'head.nii.gz');
      await writeVolume(scan, thickened(await readVolume(head)));
      await compare(t, scan, ['linear', 'oinr-prior', 'auto']);
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  },
);
