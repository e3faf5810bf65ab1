import { engineNames } from '@oinr/engines';
import { UsageError } from '@oinr/errors';
import { sliceIntensityChoices } from '@oinr/scan';
import * as common from '../config/common.ts';
import { choice, flag, list, number, path } from '../config/option.ts';
import { type ConfigOf, stageConfig } from '../config/stageConfig.ts';
import { profileNames } from '../simulate/acquisition.ts';
import { axisNames } from '../simulate/config.ts';
import { methodNames } from '../simulate/methods.ts';

/** What fills real scans unless --method says otherwise. */
const defaultMethod = 'auto';

/** What can be said to the stage that fills real scans, which is started as `oinr impute`. */
export const scansConfig = stageConfig({
  stage: 'scans',
  operand: 'source',
  options: {
    source: path({
      value: 'SCAN_OR_FOLDER',
      help: 'A NIfTI file (.nii or .nii.gz), or a BIDS folder.',
      whenMissing:
        'The scan is missing: name a NIfTI file or a BIDS folder, as in oinr impute scan.nii.gz --spacing 1 --out DIR.',
    }),
    out: path({
      value: 'DIR',
      help: 'Where volumes and sidecars are written. Needed.',
      whenMissing: '--out is missing: name the folder for the results.',
    }),
    spacing: number({
      value: 'MM',
      above: 0,
      help: 'Wanted distance of slices. The nearest whole part of the acquired distance is taken (5 mm and --spacing 1.2 give 1.25 mm), so that acquired slices stay where they are. Default: the voxel size in plane.',
    }),
    axis: choice(axisNames, {
      value: 'AXIS',
      help: 'The axis with few slices. Default: the stored axis whose voxels are clearly the largest.',
    }),
    profile: choice(profileNames, {
      value: 'NAME',
      help: 'Slice profile: thin (point sample) or averaged over the slice thickness (box, gauss). Default: what the scan itself tells where nobody says how thick its slices are, else box.',
    }),
    sliceThickness: number({
      value: 'MM',
      above: 0,
      help: 'Thickness of the slices. Default: SliceThickness of the JSON sidecar, else an estimate from the scan itself (brains without their skull), else their distance.',
    }),
    method: choice(methodNames, {
      value: 'NAME',
      default: defaultMethod,
      help: `What fills the gaps. Default: ${defaultMethod}, the method with the smallest error predicted from the scan itself.`,
    }),
    sliceIntensity: choice(sliceIntensityChoices, {
      value: 'WHAT',
      default: 'report',
      help: 'Slices that are brighter or darker than their neighbours (interleaved acquisition) become stripes in the filled volume: say so in the sidecar (report), or divide them out before (correct; the factors are in the sidecar). Default: report.',
    }),
    anyImage: flag({
      help: 'Impute an image that is no T1-weighted scan by all appearance (labels, phase) all the same.',
    }),
    errorMaps: flag({
      help: 'Write two maps beside each volume, *_s68.nii.gz and *_s95.nii.gz: so far from an imputed value the truth is expected in 68 and 95 of 100 voxels.',
    }),
    noPage: flag({
      help: 'Write no quality pages (*_quality.html; of a BIDS folder quality.html too): before and after, predicted errors, remarks.',
    }),
    showFaces: flag({
      help: 'Show whole heads on quality pages. Without it pictures of a head show the brain alone, since faces can be recognised.',
    }),
    participantLabel: list({
      value: '01 02 ...',
      help: 'Of a BIDS folder only these participants, with or without "sub-". Default: all.',
    }),
    skipBidsValidation: flag({
      help: 'Take a folder without dataset_description.json for a BIDS folder all the same.',
    }),
    engine: choice(engineNames, {
      value: 'NAME',
      default: 'auto',
      help: 'What trained methods compute on. Default: auto, the fastest that is there.',
    }),
    shard: common.shard,
    jobs: common.jobs('Number of scans processed in parallel. Default: one per core.'),
    seed: common.seed(),
    force: common.force('Impute again what is already there from the same scan and options.'),
  },
  check({ profile, sliceThickness, noPage, showFaces }) {
    if (noPage && showFaces)
      throw new UsageError('--show-faces is about the pages that --no-page leaves out; give one of them.');
    if (profile === 'thin' && sliceThickness !== undefined)
      throw new UsageError(
        '--slice-thickness belongs to --profile box or gauss: thin slices are point samples.',
      );
  },
});

export type ScansConfig = ConfigOf<typeof scansConfig>;
