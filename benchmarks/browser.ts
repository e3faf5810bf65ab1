// The page beside the command on this machine: seconds and peak memory of filling the same scans by the same methods.
// `node benchmarks/browser.ts [--scan example|large] [METHOD ...]`, both scans by default; networks on the large one take many
// minutes, so there it is linear alone unless methods are named. Linux and Chromium only, since peaks are read from /proc.
import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { loadavg, tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { readVolume, writeVolume } from '@oinr/nifti';
import { serveFolder } from '@oinr/serve';
import { type Grid, resample, type Volume } from '@oinr/volume';
import { chromium } from 'playwright-core';

const root = join(import.meta.dirname, '..');
const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { scan: { type: 'string', multiple: true, default: ['example', 'large'] } },
});
const methods = positionals.length > 0 ? positionals : ['linear', 'oinr-prior', 'auto'];
const folder = mkdtempSync(join(tmpdir(), 'browser-'));
const page = join(root, 'apps/web/build');
if (!existsSync(page)) throw new Error('The page is not built: npx nx run web:build.');

/** Colin27 on a grid of 512 x 512 x 27 voxels of 0.4 x 0.4 x 5 mm. */
async function largeScan(): Promise<Volume> {
  const brain = await readVolume(join(root, 'cohorts/phantom-base/colin27_brain_1mm.nii.gz'));
  const { affine } = brain.grid;
  const grid: Grid = {
    shape: [512, 512, 27],
    affine: affine.map((value, n) => (n > 11 || n % 4 === 3 ? value : value * (n % 4 === 2 ? 5 : 0.4))),
  };
  return { grid, data: resample(brain, grid, 'linear').data };
}

/** The largest peak among the processes below one of ours whose command line has a text, in MB: VmHWM, which Linux keeps. */
function peakBelow(ancestor: number, text: string): number {
  const statuses = new Map<
    number,
    { readonly parent: number; readonly megabytes: number; readonly words: string }
  >();
  for (const id of readdirSync('/proc').filter((name) => /^\d+$/.test(name)))
    try {
      const status = readFileSync(`/proc/${id}/status`, 'utf8');
      statuses.set(Number(id), {
        parent: Number(/PPid:\s+(\d+)/.exec(status)?.[1]),
        megabytes: Number(/VmHWM:\s+(\d+)/.exec(status)?.[1] ?? 0) / 1000,
        words: readFileSync(`/proc/${id}/cmdline`, 'utf8'),
      });
    } catch {
      // It ended while it was looked at.
    }
  const isBelow = (id: number | undefined): boolean =>
    id !== undefined && id > 1 && (id === ancestor || isBelow(statuses.get(id)?.parent));
  const own = [...statuses].filter(([id, { words }]) => isBelow(id) && words.includes(text));
  return Math.max(0, ...own.map(([, { megabytes }]) => megabytes));
}

interface Cost {
  readonly seconds: number;
  readonly megabytes: number;
}

const inWords = ({ seconds, megabytes }: Cost): string =>
  `${seconds.toFixed(1)} s, ${megabytes.toFixed(0)} MB`;

async function byCommand(scan: string, method: string, spacing: string): Promise<Cost> {
  const out = join(folder, `out-${method}`);
  const bin = join(root, 'apps/oinr/bin/oinr.mjs');
  const words = ['impute', scan, '--method', method, '--spacing', spacing, '--jobs', '1', '--engine', 'cpu'];
  const child = spawn(process.execPath, [bin, ...words, '--no-page', '--force', '--out', out]);
  let said = '';
  child.stdout.on('data', (part) => {
    said += part;
  });
  let megabytes = 0;
  const timer = setInterval(() => {
    megabytes = Math.max(megabytes, peakBelow(child.pid ?? process.pid, 'worker'));
  }, 200);
  await new Promise((resolve) => child.on('close', resolve));
  clearInterval(timer);
  // What filling took, without the start of the processes: `linear (1 s) -> ...`, `auto (2 min 5 s) -> ...`.
  const [, minutes = '0', seconds] = /\((?:(\d+) min )?([\d.]+) s\) ->/.exec(said) ?? [];
  return { seconds: 60 * Number(minutes) + Number(seconds), megabytes };
}

async function byPage(scan: string, chosen: readonly string[], spacing: string): Promise<Cost[]> {
  const served = await serveFolder(page);
  const profile = join(folder, `profile-${Date.now()}`);
  const context = await chromium.launchPersistentContext(profile, {
    executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
    headless: true,
    args: ['--no-sandbox', '--use-angle=swiftshader', '--enable-unsafe-swiftshader'],
  });
  const tab = await context.newPage();
  tab.setDefaultTimeout(0);
  const began = performance.now();
  await tab.goto(served.url);
  const viewed = performance.now();
  await tab.waitForSelector('body[data-state=ready]');
  console.log(
    `first view after ${((viewed - began) / 1000).toFixed(1)} s, ready after ${((performance.now() - began) / 1000).toFixed(1)} s. ${await tab.textContent('#engine')}`,
  );
  // Said before, so that a scan is not opened at the spacing in plane first.
  await tab.evaluate(`document.getElementById('spacing').value = ${JSON.stringify(spacing)}`);
  await tab.setInputFiles('#files', scan);
  await tab.waitForSelector('body[data-state=found]');
  console.log(await tab.textContent('#memory'));
  const costs: Cost[] = [];
  for (const method of chosen) {
    await tab.selectOption('#method', method);
    await tab.click('#fill');
    await tab.waitForSelector('body[data-state=filled], body[data-state=refused]');
    const words = (await tab.textContent('#predicted')) ?? '';
    const refusal = (await tab.textContent('#refusal')) ?? '';
    if (refusal !== '') console.log(refusal);
    const [, seconds] = /\(([\d.]+) s\)/.exec(words) ?? [];
    const cost = { seconds: Number(seconds), megabytes: peakBelow(process.pid, '--type=renderer') };
    costs.push(cost);
    console.log(`  the page, ${method}: ${inWords(cost)} so far`);
  }
  await context.close();
  await served.close();
  return costs;
}

try {
  const large = join(folder, 'large.nii.gz');
  await writeVolume(large, await largeScan(), { datatype: 'int16' });
  const scans = [
    {
      id: 'example',
      name: 'example, 2 mm',
      path: join(page, 'example/colin27-6mm.nii.gz'),
      spacing: '2',
      chosen: methods,
    },
    {
      id: 'large',
      name: '512 x 512 x 27 to 1 mm',
      path: large,
      spacing: '1',
      chosen: positionals.length > 0 ? methods : ['linear'],
    },
  ];
  for (const { name, path, spacing, chosen } of scans.filter(({ id }) => values.scan.includes(id))) {
    console.log(`${name}; the machine's load is ${loadavg()[0].toFixed(1)}`);
    const here = await byPage(path, chosen, spacing);
    for (const [n, method] of chosen.entries()) {
      const there = await byCommand(path, method, spacing);
      console.log(
        `${name}, ${method}: page ${inWords(here[n])} so far; command ${inWords(there)}; load ${loadavg()[0].toFixed(1)}`,
      );
    }
  }
} finally {
  rmSync(folder, { recursive: true, force: true });
}
