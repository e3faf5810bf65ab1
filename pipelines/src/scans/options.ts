import { type EngineName, engineNames } from '@oinr/engines';
import type { AnatomicalAxis } from '@oinr/volume';
import { userPath } from '../folders.ts';
import { type ProfileName, profileNames } from '../impute/acquisition.ts';
import { methodNames } from '../impute/methods.ts';
import { parseOptions, UsageError } from '../options/parse.ts';
import type { OptionSpecifications } from '../options/specification.ts';

/** What fills real scans unless --method says otherwise. */
export const defaultScanMethod = 'auto';

export const scanOptions = {
  out: { kind: 'text', value: 'DIR', help: 'Where volumes and sidecars are written. Needed.' },
  spacing: {
    kind: 'number',
    value: 'MM',
    above: 0,
    help: 'Wanted distance of slices. The nearest whole part of the acquired distance is taken (5 mm and --spacing 1.2 give 1.25 mm), so that acquired slices stay where they are. Default: the voxel size in plane.',
  },
  axis: {
    kind: 'text',
    value: 'AXIS',
    choices: ['coronal', 'sagittal', 'axial'],
    help: 'The axis with few slices. Default: the stored axis whose voxels are clearly the largest.',
  },
  profile: {
    kind: 'text',
    value: 'NAME',
    choices: profileNames,
    help: 'What a slice measures: itself (thin), or the mean over its thickness (box, gauss). Default: box.',
  },
  'slice-thickness': {
    kind: 'number',
    value: 'MM',
    above: 0,
    help: 'Thickness of the slices. Default: SliceThickness of the JSON sidecar, else their distance.',
  },
  method: {
    kind: 'text',
    value: 'NAME',
    choices: methodNames,
    help: `What fills the gaps. Default: ${defaultScanMethod}, the method with the smallest error predicted from the scan itself.`,
  },
  'participant-label': {
    kind: 'list',
    value: '01 02 ...',
    help: 'Of a BIDS folder only these participants, with or without "sub-". Default: all.',
  },
  'skip-bids-validation': {
    kind: 'flag',
    help: 'Take a folder without dataset_description.json for a BIDS folder all the same.',
  },
  engine: {
    kind: 'text',
    value: 'NAME',
    choices: engineNames,
    help: 'What trained methods compute on. Default: auto, the fastest that is there.',
  },
  jobs: { kind: 'integer', value: 'N', least: 1, help: 'Scans at once. Default: one per core.' },
  seed: { kind: 'integer', value: 'N', least: 0, help: 'Seed of everything random. Default: 1.' },
  force: { kind: 'flag', help: 'Impute again what is already there from the same scan and options.' },
} as const satisfies OptionSpecifications;

/** The options with all defaults filled in. */
export interface ScanOptions {
  /** A NIfTI file, or a BIDS folder. */
  readonly source: string;
  readonly out: string;
  readonly spacing?: number;
  readonly axis?: AnatomicalAxis;
  readonly profile?: ProfileName;
  readonly thickness?: number;
  readonly method: string;
  readonly participants?: readonly string[];
  readonly checkBids: boolean;
  readonly engine: EngineName;
  readonly jobs?: number;
  readonly seed: number;
  readonly force: boolean;
}

/**
 * Reads `SCAN_OR_FOLDER [options]`.
 *
 * @throws UsageError with a sentence about the word that is wrong.
 */
export function readScanOptions(words: readonly string[]): ScanOptions {
  const [source, ...rest] = words;
  if (source === undefined || source.startsWith('-'))
    throw new UsageError(
      'The scan is missing: name a NIfTI file or a BIDS folder first, as in oinr impute scan.nii.gz --spacing 1 --out DIR.',
    );
  const given = parseOptions(rest, scanOptions, 'oinr impute --help');
  if (given.out === undefined) throw new UsageError('--out is missing: name the folder for the results.');
  if (given.profile === 'thin' && given['slice-thickness'] !== undefined)
    throw new UsageError(
      '--slice-thickness belongs to --profile box or gauss: thin slices measure themselves alone.',
    );
  return {
    source: userPath(source),
    out: userPath(given.out),
    spacing: given.spacing,
    // The parser has checked these against their choices.
    axis: given.axis as AnatomicalAxis | undefined,
    profile: given.profile as ProfileName | undefined,
    thickness: given['slice-thickness'],
    method: given.method ?? defaultScanMethod,
    participants: given['participant-label'],
    checkBids: given['skip-bids-validation'] !== true,
    engine: (given.engine ?? 'auto') as EngineName,
    jobs: given.jobs,
    seed: given.seed ?? 1,
    force: given.force === true,
  };
}
