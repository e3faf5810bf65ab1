import { readdir } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { derivativePath, safeJoin } from '@oinr/run';
import { derivativesFolder } from '../simulate/derivativeNames.ts';

/** Where the prepared volumes of a run lie: the same derivatives folder, told apart by the BIDS entity `space`. */
export interface CommonSpace {
  readonly runFolder: string;
  /** The value of the entity `space`. */
  readonly space: string;
  /** mm */
  readonly spacing: number;
}

/** The path, without extension, of a volume in the common space: `preproc` for the full scan, or an imputed one. */
export function preparedPath(
  { runFolder, space, spacing }: CommonSpace,
  subject: string,
  desc: string,
): string {
  return derivativePath(derivativesFolder(runFolder), {
    subject,
    space,
    res: resLabel(spacing),
    desc,
    suffix: 'T1w',
  });
}

/** The path of the brain mask there, without extension. */
export function preparedMaskPath({ runFolder, space, spacing }: CommonSpace, subject: string): string {
  const name = { subject, space, res: resLabel(spacing), desc: 'brain', suffix: 'mask' };
  return derivativePath(derivativesFolder(runFolder), name);
}

/** The path of a brain mask on the scan's own grid, without extension. */
export function nativeMaskPath(runFolder: string, subject: string): string {
  return derivativePath(derivativesFolder(runFolder), { subject, desc: 'brain', suffix: 'mask' });
}

/** The path of the kept transform of a full scan, or of an imputed volume that was registered itself, without extension. */
export function transformPath(runFolder: string, subject: string, space: string, desc?: string): string {
  const folder = safeJoin(derivativesFolder(runFolder), `sub-${subject}`, 'anat');
  const of = desc === undefined ? '' : `_desc-${desc}`;
  return safeJoin(folder, `sub-${subject}${of}_from-T1w_to-${space}_mode-image_xfm`);
}

/** The picture for the eye. */
export function picturePath(runFolder: string, subject: string): string {
  return safeJoin(runFolder, 'quality', `sub-${subject}.png`);
}

/** `2mm`, `1p5mm`: BIDS labels hold letters and digits only. */
export function resLabel(spacing: number): string {
  return `${String(spacing).replace('.', 'p')}mm`;
}

/** The desc labels of the volumes that the stage impute has written for a subject on its own grid. */
export async function imputedDescs(runFolder: string, subject: string): Promise<string[]> {
  const example = derivativePath(derivativesFolder(runFolder), { subject, desc: 'x', suffix: 'T1w' });
  const names = await readdir(dirname(example)).catch(() => []);
  return names
    .flatMap((name) => {
      // By the sidecars: a volume without one was cut off before it was whole.
      const [, owner, desc] = /^sub-([^_]+)_desc-([A-Za-z0-9]+)_T1w\.json$/.exec(name) ?? [];
      return owner === subject && desc !== undefined ? [desc] : [];
    })
    .sort();
}

/** The path of such a volume. */
export function imputedVolume(runFolder: string, subject: string, desc: string): string {
  return `${derivativePath(derivativesFolder(runFolder), { subject, desc, suffix: 'T1w' })}.nii.gz`;
}

/** A path with the sidecar's extension in place of the volume's. */
export function sidecarOf(volume: string): string {
  return join(dirname(volume), volume.slice(dirname(volume).length + 1).replace(/\.nii(\.gz)?$/, '.json'));
}
