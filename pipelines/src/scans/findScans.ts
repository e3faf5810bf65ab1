import { existsSync, lstatSync, statSync } from 'node:fs';
import { realpath } from 'node:fs/promises';
import { basename, dirname, join, relative } from 'node:path';
import { anyT1w, type Exclusion, findBidsScans } from '@oinr/cohort';
import { brokenLinkReason } from '@oinr/files';
import { RunError } from '@oinr/run';
import { firstOf } from '@oinr/tables';
import { exclusionsInWords } from '../excluded.ts';
import type { ScansConfig } from './config.ts';

/** One scan to be imputed. */
export interface ScanFile {
  readonly path: string;
  /** Folder below --out that mirrors where the scan was, '' for a single file. */
  readonly folder: string;
  /** The file's name without extension. */
  readonly stem: string;
}

/** The first folder of a path below a data set: `sub-01`. */
function participantOf(path: string): string {
  return path.split(/[\\/]/)[0];
}

/** The scans that options name, and whatever looks like a participant or a scan and is none. */
export interface FoundScans {
  readonly scans: readonly ScanFile[];
  readonly excluded: readonly Exclusion[];
}

const extension = /\.nii(\.gz)?$/i;

/**
 * The scans that the options name: one file, or all T1w images of a BIDS folder (of some participants).
 *
 * @throws RunError that says what was expected, also where no scan is left.
 */
export async function findScans(
  config: Pick<ScansConfig, 'source' | 'participantLabel' | 'skipBidsValidation'>,
): Promise<FoundScans> {
  const { source } = config;
  if (!existsSync(source)) {
    if (lstatSync(source, { throwIfNoEntry: false })?.isSymbolicLink())
      throw new RunError(`${source} ${await brokenLinkReason(source)}`);
    throw new RunError(`${source} does not exist; name a NIfTI file (.nii or .nii.gz) or a BIDS folder.`);
  }
  if (statSync(source).isDirectory()) return scansOfFolder(config);
  if (config.participantLabel !== undefined)
    throw new RunError('--participant-label chooses in a BIDS folder, but a single file was named.');
  const scan = { path: source, folder: '', stem: basename(source).replace(extension, '') };
  return { scans: [scan], excluded: [] };
}

async function scansOfFolder({
  source,
  participantLabel: labels,
  skipBidsValidation,
}: Parameters<typeof findScans>[0]): Promise<FoundScans> {
  const expected =
    'expected a BIDS folder: dataset_description.json and scans such as sub-01/anat/sub-01_T1w.nii.gz';
  const wanted = labels && new Set(labels.map((label) => `sub-${label.replace(/^sub-/, '')}`));
  const { scans, findings, folders } = await findBidsScans(
    source,
    anyT1w,
    (participant) => wanted?.has(participant) ?? true,
  );
  if (folders.size === 0)
    throw new RunError(
      `${source} has no folder sub-<label>; ${expected}. Or name a single NIfTI file.${exclusionsInWords(findings)}`,
    );
  if (!skipBidsValidation && !existsSync(join(source, 'dataset_description.json')))
    throw new RunError(
      `${source} has no dataset_description.json; ${expected}. Add it, or pass --skip-bids-validation.`,
    );
  const unknown = [...(wanted ?? [])].filter((name) => !folders.has(name));
  if (unknown.length > 0)
    throw new RunError(
      `${source} has no participant ${firstOf(unknown)}; its participants begin with ${[...folders].slice(0, 5).join(', ')}.`,
    );
  const excluded = findings
    .filter(({ participant }) => wanted?.has(participant ?? '') ?? true)
    .map(({ what, reason, isProblem, isWithoutImage }): Exclusion => {
      // Who was asked for by label should have a result.
      const mayBeWithout = isWithoutImage === true && wanted === undefined;
      return { what, reason, isProblem, ...(mayBeWithout && { isWithoutImage }) };
    });
  const files: ScanFile[] = [];
  const owners = new Map<string, string>();
  for (const { path } of [...scans.values()].flat()) {
    const file = await realpath(path);
    const other = owners.get(file);
    owners.set(file, other ?? path);
    const what = relative(source, path);
    if (other === undefined)
      files.push({ path, folder: dirname(what), stem: basename(path).replace(extension, '') });
    // Of two people one image belongs to one of them at most; of one person it is there already.
    else {
      const isProblem = participantOf(what) !== participantOf(relative(source, other));
      excluded.push({
        what,
        reason: `is the same file as ${relative(source, other)}, by a link.`,
        isProblem,
      });
    }
  }
  if (files.length === 0)
    throw new RunError(
      `${source} has no T1w image that can be imputed; ${expected}.${exclusionsInWords(excluded)}`,
    );
  return { scans: files, excluded };
}
