import { copyFile, rename, rm } from 'node:fs/promises';
import { errorCode } from './errors.ts';
import { partialBeside } from './partials.ts';

/**
 * Moves a file, so that `to` holds either what it held before or the whole file. Where the two places are on different
 * disks, as behind a link, it is copied beside its place first.
 *
 * @throws Node's error.
 */
export async function moveFile(from: string, to: string): Promise<void> {
  try {
    await rename(from, to);
  } catch (error) {
    if (errorCode(error) !== 'EXDEV') throw error;
    const beside = partialBeside(to);
    try {
      await copyFile(from, beside);
      await rename(beside, to);
    } catch (failure) {
      await rm(beside, { force: true }).catch(() => undefined);
      throw failure;
    }
    await rm(from);
  }
}
