import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { phantomBaseFolder } from './brain.ts';
import type { PhantomOptions } from './options.ts';
import { phantomRegions } from './regions.ts';

/** Raise this whenever a change makes other volumes, tables or file names from the same options. */
const PHANTOM_VERSION = 1;

/** Names what a phantom was made from: options, regions, base brain and this code's version (16 hex digits). */
export async function phantomFingerprint(
  layout: string,
  options: PhantomOptions,
  extra: Readonly<Record<string, unknown>> = {},
  baseFolder: string = phantomBaseFolder,
): Promise<string> {
  return fingerprintOf({ version: PHANTOM_VERSION, layout, options, extra }, baseFolder);
}

/** Names what was made from the base brain and its regions besides other things (16 hex digits). */
export async function fingerprintOf(
  made: Readonly<Record<string, unknown>>,
  baseFolder: string = phantomBaseFolder,
): Promise<string> {
  const base = await readFile(join(baseFolder, 'colin27_brain_1mm.nii.gz'));
  const told = JSON.stringify({ ...made, regions: phantomRegions });
  return createHash('sha256').update(told).update(base).digest('hex').slice(0, 16);
}
