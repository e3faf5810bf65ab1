import { join, resolve } from 'node:path';
import { bidsLabel, fingerprint } from '@oinr/run';
import { errorMapStem, imputedStem, type ScanErrorMaps } from '@oinr/scan';
import type { ScansConfig } from './config.ts';
import type { ScanFile } from './findScans.ts';

/** Tells where an image lies without naming it. */
export function pathHash({ path }: ScanFile): string {
  return fingerprint(resolve(path));
}

/** Where the volume of a scan and its sidecar are written. */
export function resultsOf(
  { folder, stem }: ScanFile,
  { out, method }: Pick<ScansConfig, 'out' | 'method'>,
): [volume: string, sidecar: string] {
  const path = join(out, folder, imputedStem(stem, bidsLabel(method)));
  return [`${path}.nii.gz`, `${path}.json`];
}

/** Where the error maps of a scan are written. */
export function errorMapsFiles(
  { folder, stem }: ScanFile,
  { out, method }: Pick<ScansConfig, 'out' | 'method'>,
): [s68: string, s95: string] {
  const file = (map: keyof ScanErrorMaps): string =>
    `${join(out, folder, errorMapStem(stem, bidsLabel(method), map))}.nii.gz`;
  return [file('s68'), file('s95')];
}

/** The name of the unit that imputes a scan. */
export function unitName({ folder, stem }: ScanFile, method: string): string[] {
  return [...folder.split(/[\\/]/).filter((part) => part !== ''), `${stem}-${bidsLabel(method)}`];
}

/** Where the page about an imputed scan is written. */
export function pageOf(
  { folder, stem }: ScanFile,
  { out, method }: Pick<ScansConfig, 'out' | 'method'>,
): string {
  return `${join(out, folder, imputedStem(stem, bidsLabel(method)))}_quality.html`;
}
