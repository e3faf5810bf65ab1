import { readFile } from 'node:fs/promises';
import { errorMessage, isUserError } from '@oinr/errors';
import { hashFile } from '@oinr/files';
import type { Manifest, OutputFolder } from '@oinr/run';
import type { ScansConfig } from './config.ts';
import type { ScanFile } from './findScans.ts';
import { errorMapsFiles, pageOf, pathHash, resultsOf, unitName } from './results.ts';
import type { ScanRow } from './scanUnit.ts';

/** Why a scan cannot have its result in the folder, before anything is computed. */
export async function refusalOf(
  scan: ScanFile,
  { manifest }: OutputFolder,
  config: ScansConfig,
): Promise<string | undefined> {
  const [volume, sidecar] = resultsOf(scan, config);
  try {
    await manifest.results.claim([
      volume,
      sidecar,
      ...(config.errorMaps ? errorMapsFiles(scan, config) : []),
      ...(config.noPage ? [] : [pageOf(scan, config)]),
    ]);
  } catch (error) {
    if (!isUserError(error)) throw error;
    return errorMessage(error);
  }
  if (config.force || !(await isOfAnother(scan, manifest, config, sidecar))) return undefined;
  return `${volume} was made from another image than ${scan.path}. Choose another --out, or replace it with --force.`;
}

/**
 * Whether the result that is there was made from another image, in another place; an image that was changed since is the
 * same one. Where the records are gone, the sidecar tells of which image it is.
 */
async function isOfAnother(
  scan: ScanFile,
  manifest: Manifest,
  { method }: ScansConfig,
  sidecar: string,
): Promise<boolean> {
  const last = (await manifest.last<ScanRow>(unitName(scan, method)))?.origin;
  const bytes = last?.bytes ?? (await sourceHash(sidecar));
  if (bytes === undefined || last?.path === pathHash(scan)) return false;
  const own = await hashFile(scan.path).catch(() => undefined);
  return own !== undefined && own !== bytes;
}

/** SHA-256 of the image that a volume was made from, by its sidecar. */
async function sourceHash(sidecar: string): Promise<string | undefined> {
  try {
    return JSON.parse(await readFile(sidecar, 'utf8')).SourceSHA256;
  } catch {
    return undefined;
  }
}
