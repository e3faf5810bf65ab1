import { basename, dirname, relative, sep } from 'node:path';
import { firstOf } from '@oinr/tables';
import type { Candidate } from './candidate.ts';
import { isInside, matchFiles } from './folders.ts';

/**
 * The mask of an image by the description's pattern, or the reason why there is none. {subject} is the
 * participant without `sub-`, {session} without `ses-`, {folder} the image's folder relative to the root and
 * {stem} its name without .nii or .nii.gz; * stands for any characters but /.
 */
export async function findMask(
  pattern: string,
  candidate: Candidate,
  root: string,
): Promise<{ path: string } | { reason: string }> {
  const fields: Readonly<Record<string, string>> = {
    subject: candidate.participant.replace(/^sub-/, ''),
    session: (candidate.session ?? '').replace(/^ses-/, ''),
    folder: relative(root, dirname(candidate.image)).split(sep).join('/'),
    stem: basename(candidate.image).replace(/\.nii(\.gz)?$/i, ''),
  };
  const filled = pattern.replace(/\{(\w+)\}/g, (whole, name: string) => fields[name] ?? whole);
  const found = (await matchFiles(root, filled)).filter((path) => isInside(root, path));
  if (found.length === 1) return { path: found[0] };
  return {
    reason:
      found.length === 0
        ? `has no mask: nothing matches ${filled} in ${root}. Add the mask, or correct the pattern.`
        : `has ${found.length} masks that match ${filled} (${firstOf(
            found.map((path) => relative(root, path)),
            5,
          )}); one was expected.`,
  };
}
