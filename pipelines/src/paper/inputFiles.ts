import { stat } from 'node:fs/promises';
import { entriesOf, hashFile } from '@oinr/files';
import { photographs } from '@oinr/signals';
import type { PaperTask } from './plan.ts';

/** Hashes of the files that the results of a case depend on. */
export async function inputHashes({ own }: PaperTask): Promise<readonly string[]> {
  if (own === undefined) return Promise.all(photographs.map(({ path }) => hashFile(path)));
  const found = await stat(own.path).catch(() => undefined);
  // What is missing is told when it is read.
  if (found === undefined) return [];
  if (!found.isDirectory()) return [await hashFile(own.path)];
  const files = (await entriesOf(own.path)).filter(({ kind }) => kind === 'file');
  return Promise.all(files.map(async ({ name, path }) => `${name} ${await hashFile(path)}`));
}
