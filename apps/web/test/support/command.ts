import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { readVolume } from '@oinr/nifti';
import { bidsLabel } from '@oinr/run';
import type { Volume } from '@oinr/volume';

const command = join(import.meta.dirname, '../../../oinr/bin/oinr.mjs');

/** What `oinr impute` makes of a scan. */
export async function impute(
  scan: string,
  method: string,
  out: string,
  ...more: readonly string[]
): Promise<{ readonly volume: Volume; readonly sidecar: Record<string, unknown> }> {
  const words = ['impute', scan, '--method', method, '--jobs', '1', '--engine', 'cpu', '--out', out, ...more];
  await promisify(execFile)(process.execPath, [command, ...words]);
  const stem = (scan.split(/[\\/]/).at(-1) ?? '').replace(/\.nii(\.gz)?$/, '');
  const path = join(out, `${stem}_desc-${bidsLabel(method)}`);
  return {
    volume: await readVolume(`${path}.nii.gz`),
    sidecar: JSON.parse(await readFile(`${path}.json`, 'utf8')),
  };
}

/** The largest difference of two volumes, as a share of the scale that errors are measured in. */
export function difference(a: Volume, b: Volume, sidecar: Record<string, unknown>): number {
  const { Value: scale } = sidecar.IntensityScale as { readonly Value: number };
  if (a.data.length !== b.data.length) return Number.POSITIVE_INFINITY;
  return a.data.reduce((most, value, n) => Math.max(most, Math.abs(value - b.data[n])), 0) / scale;
}
