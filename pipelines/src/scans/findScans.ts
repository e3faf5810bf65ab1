import { existsSync, readdirSync, statSync } from 'node:fs';
import { basename, dirname, join, relative } from 'node:path';
import { RunError } from '@oinr/run';
import type { ScansConfig } from './config.ts';

/** One scan to be imputed. */
export interface ScanFile {
  readonly path: string;
  /** Folder below --out that mirrors where the scan was, '' for a single file. */
  readonly folder: string;
  /** The file's name without extension. */
  readonly stem: string;
}

const extension = /\.nii(\.gz)?$/i;

/**
 * The scans that the options name: one file, or all T1w images of a BIDS folder (of some participants).
 *
 * @throws RunError that says what was expected.
 */
export function findScans(
  config: Pick<ScansConfig, 'source' | 'participantLabel' | 'skipBidsValidation'>,
): ScanFile[] {
  const { source } = config;
  if (!existsSync(source))
    throw new RunError(`${source} does not exist; name a NIfTI file (.nii or .nii.gz) or a BIDS folder.`);
  if (statSync(source).isDirectory()) return scansOfFolder(config);
  if (config.participantLabel !== undefined)
    throw new RunError('--participant-label chooses in a BIDS folder, but a single file was named.');
  return [{ path: source, folder: '', stem: basename(source).replace(extension, '') }];
}

function scansOfFolder({
  source,
  participantLabel: participants,
  skipBidsValidation,
}: Parameters<typeof findScans>[0]): ScanFile[] {
  const expected =
    'expected a BIDS folder: dataset_description.json and scans such as sub-01/anat/sub-01_T1w.nii.gz';
  const subjects = readdirSync(source, { withFileTypes: true })
    .filter((entry) => entry.isDirectory() && /^sub-[A-Za-z0-9]+$/.test(entry.name))
    .map(({ name }) => name)
    .sort();
  if (subjects.length === 0)
    throw new RunError(`${source} has no folder sub-<label>; ${expected}. Or name a single NIfTI file.`);
  if (!skipBidsValidation && !existsSync(join(source, 'dataset_description.json')))
    throw new RunError(
      `${source} has no dataset_description.json; ${expected}. Add it, or pass --skip-bids-validation.`,
    );
  const wanted = participants?.map((label) => `sub-${label.replace(/^sub-/, '')}`);
  const unknown = wanted?.filter((name) => !subjects.includes(name)) ?? [];
  if (unknown.length > 0)
    throw new RunError(
      `${source} has no participant ${unknown.join(', ')}; its participants begin with ${subjects.slice(0, 5).join(', ')}.`,
    );
  const chosen = subjects.filter((name) => wanted === undefined || wanted.includes(name));
  const scans = chosen.flatMap((subject) => t1wBelow(source, subject));
  if (scans.length === 0)
    throw new RunError(`${source} has no T1w image of ${chosen.slice(0, 5).join(', ')}; ${expected}.`);
  return scans;
}

/** T1w images of a participant, those derived from others left out. */
function t1wBelow(root: string, subject: string): ScanFile[] {
  return readdirSync(join(root, subject), { recursive: true, withFileTypes: true })
    .filter(({ name }) => /_T1w\.nii(\.gz)?$/.test(name) && !name.includes('_desc-'))
    .map(({ name, parentPath }) => join(parentPath, name))
    .sort()
    .map((path) => ({
      path,
      folder: relative(root, dirname(path)),
      stem: basename(path).replace(extension, ''),
    }));
}

/** `sub-01_ses-2_desc-auto_T1w` for `sub-01_ses-2_T1w`, `scan_desc-auto` for any other name. */
export function imputedStem(stem: string, label: string): string {
  const bids = /^(sub-.+)_([A-Za-z0-9]+)$/.exec(stem);
  return bids === null ? `${stem}_desc-${label}` : `${bids[1]}_desc-${label}_${bids[2]}`;
}
