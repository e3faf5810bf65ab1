import { realpath } from 'node:fs/promises';
import { basename, join, relative } from 'node:path';
import { brokenLinkReason, type Entry, filesBelow, mapLimited } from '@oinr/files';
import { firstOf } from '@oinr/tables';
import type { Finding } from './candidate.ts';
import { compareNaturally, entriesIn, isInside, pathPattern } from './folders.ts';

/** One image of a participant. */
export interface BidsScan {
  /** The folder of the participant: `sub-01`. */
  readonly participant: string;
  readonly path: string;
  /** Label of the session, from the folder or else from the file's name. */
  readonly session: string | undefined;
}

/** What a BIDS folder holds: everybody is in `scans` or in `findings`, or in both. */
export interface BidsScans {
  /** The folders of participants that are BIDS, in natural order, with the scans that can be used: possibly none. */
  readonly scans: ReadonlyMap<string, readonly BidsScan[]>;
  /** Whatever looks like a participant or a scan and cannot be used, with the reason. */
  readonly findings: readonly Finding[];
  /** The names of all folders sub-*, those that are not BIDS too. */
  readonly folders: ReadonlySet<string>;
}

/** T1w images at any depth below a participant's folder, as they come from the scanner. */
export const anyT1w: readonly string[] = ['**/*_T1w.nii.gz', '**/*_T1w.nii'];

/** So many folders are read at once. */
const atOnce = 16;
/** A participant's folder is sessions, anat, files; more depth is somebody's own. */
const deepest = 8;

const label = /^sub-[A-Za-z0-9]+$/;

/** The value of an entity in the name of a file: `entity('sub-01_run-2_T1w.nii', 'run')` is `2`. */
export const entity = (name: string, key: string): string | undefined =>
  new RegExp(`(?:^|_)${key}-([A-Za-z0-9]+)(?=_|\\.|$)`).exec(name)?.[1];

/**
 * The scans of a BIDS folder: the one finder for all commands. `patterns` say which files below a participant's folder
 * are scans: * stands for any characters but /, ** for any folders. Links are followed, litter of file systems is passed
 * over, and images that were derived from others (desc-...) are none unless a pattern names them. `only` bounds whose
 * folders are read.
 *
 * @throws CohortError where the folder itself cannot be read.
 */
export async function findBidsScans(
  root: string,
  patterns: readonly string[],
  only: (participant: string) => boolean = () => true,
): Promise<BidsScans> {
  const entries = (await entriesIn(root)).sort((a, b) => compareNaturally(a.name, b.name));
  const named = entries.filter(({ name, kind }) => /^sub-/.test(name) && kind !== 'file' && kind !== 'other');
  const folders = new Set(named.map(({ name }) => name));
  const isScan = scanRule(patterns);
  const findings: Finding[] = [];
  for (const { name, kind } of entries) {
    if (folders.has(name) || !/^sub[-_ ]/i.test(name)) continue;
    if (kind === 'folder') {
      const reason = 'is not read: folders of participants are called sub-<label>. Rename it.';
      findings.push(await unusable(join(root, name), reason, isScan));
    } else if (isScan(`anat/${name}`)) {
      const reason = 'is not used: it lies in no folder of a participant, such as sub-01/anat.';
      findings.push({ what: name, participant: name.split('_')[0], reason, isProblem: true });
    }
  }
  const alike = sameWithoutCase([...folders]);
  const asked = named.filter(({ name }) => only(name));
  const found = await mapLimited(asked, atOnce, (entry) => readFolder(entry, root, isScan, alike));
  return {
    scans: new Map(
      found.flatMap(({ scans }, index) => (scans === undefined ? [] : [[asked[index].name, scans] as const])),
    ),
    findings: [...findings, ...found.flatMap((one) => one.findings)],
    folders,
  };
}

/** What is in one folder sub-*; no `scans` where it is not that of a participant. */
async function readFolder(
  entry: Entry,
  root: string,
  isScan: ScanRule,
  alike: ReadonlyMap<string, string>,
): Promise<{ readonly scans?: readonly BidsScan[]; readonly findings: readonly Finding[] }> {
  const { name: participant, path, kind, isLink } = entry;
  const refuse = (reason: string) => ({
    findings: [{ what: participant, participant, reason, isProblem: true }],
  });
  if (kind === 'broken link') return refuse(await brokenLinkReason(path));
  if (isLink && isAround(await realpath(path), await realpath(root)))
    return refuse('is a link that leads back to the data set. Remove it.');
  if (!label.test(participant)) {
    const odd = JSON.stringify(participant.slice('sub-'.length));
    const reason = `is not used: a BIDS label has letters and digits only, and ${odd} has others, or none. Rename the folder and its files.`;
    return { findings: [await unusable(path, reason, isScan)] };
  }
  const other = alike.get(participant);
  if (other !== undefined)
    return refuse(
      `and ${other} differ in case only, so their results would be one file on many disks; neither is used. Rename one.`,
    );
  return scansOf(entry, root, isScan);
}

/** Whether a path below a participant's folder, or a file's name, is that of a scan. */
type ScanRule = (path: string) => boolean;

function scanRule(patterns: readonly string[]): ScanRule {
  const expressions = patterns.map(pathPattern);
  const takesDerived = patterns.some((pattern) => pattern.includes('desc-'));
  return (path) =>
    expressions.some((one) => one.test(path)) && (takesDerived || !basename(path).includes('_desc-'));
}

/** A folder that is not read as a participant's. It matters whether it holds scans. */
async function unusable(folder: string, reason: string, isScan: ScanRule): Promise<Finding> {
  const { files, unread } = await filesBelow(folder, { deepest });
  const paths = [...files, ...unread.map(({ path }) => path)];
  const finding = { what: basename(folder), participant: basename(folder), reason, isProblem: true };
  return paths.some((path) => isScan(below(folder, path))) ? finding : { ...finding, isWithoutImage: true };
}

/** The scans in the folder of a participant, and what of it cannot be used. */
async function scansOf(
  { name: participant, path: folder }: Entry,
  root: string,
  isScan: ScanRule,
): Promise<{ scans: readonly BidsScan[]; findings: readonly Finding[] }> {
  const findings: Finding[] = [];
  const refuse = (path: string, reason: string) =>
    findings.push({ what: relative(root, path), participant, reason, isProblem: true });
  const { files, unread } = await filesBelow(folder, { deepest });
  for (const { path, reason } of unread) {
    // Of a data set that was fetched in part, only the scans are missed, and folders that may hold some.
    if (isScan(below(folder, path)) || !basename(path).includes('.')) refuse(path, reason);
  }
  const byName = new Map<string, string[]>();
  for (const path of files.filter((one) => isScan(below(folder, one))).sort(compareNaturally)) {
    const name = basename(path);
    const owner = /^sub-[^_]+(?=_)/.exec(name)?.[0];
    const inFolder = sessionFolder(below(folder, path));
    const inName = entity(name, 'ses');
    if (owner !== undefined && owner !== participant) {
      refuse(path, `is not used: it lies in the folder of ${participant} and is named for ${owner}.`);
    } else if (inFolder !== undefined && inName !== undefined && inFolder !== inName) {
      refuse(path, `is not used: it lies in the folder of session ${inFolder} and is named for ${inName}.`);
    } else {
      const key = path.replace(/\.nii(\.gz)?$/i, '').toLowerCase();
      byName.set(key, [...(byName.get(key) ?? []), path]);
    }
  }
  const scans: BidsScan[] = [];
  for (const paths of byName.values()) {
    if (paths.length === 1) {
      const [path] = paths;
      const session = sessionFolder(below(folder, path)) ?? entity(basename(path), 'ses');
      scans.push({ participant, path, session });
      continue;
    }
    findings.push({
      what: paths.map((path) => relative(root, path)).join(' and '),
      participant,
      reason: `are ${paths.length} files of one name (.nii beside .nii.gz, or another case), and results would be written to one; neither is used. Keep one of them.`,
      isProblem: true,
    });
  }
  if (scans.length === 0 && findings.length === 0) {
    const images = files.filter((path) => /\.(nii(\.gz)?|img|hdr|mgz|nrrd|dcm)$/i.test(path));
    const others =
      images.length === 0
        ? ''
        : ` (it holds ${firstOf(
            images.map((path) => below(folder, path)),
            3,
          )})`;
    findings.push({
      what: participant,
      participant,
      reason: `has no image that is taken for a T1w scan${others}.`,
      isProblem: true,
      isWithoutImage: true,
    });
  }
  return { scans, findings };
}

/** A path below a folder, with slashes on every system. */
const below = (folder: string, path: string): string => relative(folder, path).replaceAll('\\', '/');

const sessionFolder = (path: string): string | undefined => /^ses-([^/]+)\//.exec(path)?.[1];

const isAround = (folder: string, path: string): boolean => folder === path || isInside(folder, path);

/** Names that differ from another in case only, each with that other. */
function sameWithoutCase(names: readonly string[]): Map<string, string> {
  const first = new Map<string, string>();
  const alike = new Map<string, string>();
  for (const name of names) {
    const key = name.toLowerCase();
    const other = first.get(key);
    if (other === undefined) first.set(key, name);
    else {
      alike.set(name, other);
      alike.set(other, name);
    }
  }
  return alike;
}
