import { UsageError } from '@oinr/errors';
import { path, paths, text } from '../config/option.ts';
import { optionName } from '../config/stageConfig.ts';

/** Maps that were made elsewhere, such as grey-matter maps of CAT12, SPM or FSL, instead of a run of impute. */
export const mapsOptions = {
  full: path({
    value: 'DIR',
    help: 'Compare maps made elsewhere, without a run of impute: folder of those of the full data, one image per participant, all images in one space. A file belongs to a participant when its name is participant_id or sub-<participant_id>, followed by a character that is neither letter nor digit.',
  }),
  imputed: paths({
    value: 'DIR ...',
    help: 'With --full: a folder of the same maps of the same participants for every method, which is called as its folder.',
  }),
  participants: path({
    value: 'FILE',
    help: 'With --full: table of the participants, .tsv or .csv. The run is named by --cohort (default: maps) and --run.',
  }),
  groupColumn: text({ value: 'NAME', help: 'With --full: column of the groups. Default: group.' }),
  imageColumn: text({
    value: 'NAME',
    help: "With --full: column with the path of each row's image, relative to every folder.",
  }),
};

/** What was said of maps, and what maps need or exclude beside. */
interface MapsConfig {
  readonly full?: string;
  readonly imputed?: readonly string[];
  readonly participants?: string;
  readonly groupColumn?: string;
  readonly imageColumn?: string;
  readonly groups?: readonly string[];
  readonly root?: string;
  readonly cohort?: string;
}

/** @throws UsageError where only a part of what maps need was given. */
export function checkMaps(config: MapsConfig): void {
  const { full, imputed, participants, groups, root, cohort } = config;
  if (full === undefined) {
    const stray = Object.keys(mapsOptions).find((name) => config[name as keyof MapsConfig] !== undefined);
    if (stray === undefined) return;
    throw new UsageError(
      `--${optionName(stray)} is about maps made elsewhere; name the folder of those of the full data with --full DIR.`,
    );
  }
  const missing = Object.entries({ imputed, participants, groups }).find(([, value]) => value === undefined);
  if (missing !== undefined)
    throw new UsageError(
      `--full needs --${missing[0]} too: compare --full DIR --imputed DIR --participants FILE --groups A B.`,
    );
  if (root !== undefined)
    throw new UsageError(
      '--root is where the data of a cohort are; maps lie in the folders of --full and --imputed.',
    );
  if (cohort !== undefined && !/^[A-Za-z0-9][A-Za-z0-9_-]*$/.test(cohort))
    throw new UsageError(
      `With --full, --cohort names the folder of the results, which ${JSON.stringify(cohort)} cannot; use letters, digits, hyphens and underscores.`,
    );
}

/** Maps that were made elsewhere. */
export interface MapsChoice {
  /** Folders of images. */
  readonly full: string;
  readonly imputed: readonly string[];
  /** Table of the participants. */
  readonly participants: string;
  readonly groupColumn: string;
  readonly imageColumn?: string;
}

/** The maps that a comparison is of; undefined where it is of a run of impute. */
export function mapsOf({
  full,
  imputed,
  participants,
  groupColumn = 'group',
  imageColumn,
}: MapsConfig): MapsChoice | undefined {
  if (full === undefined || imputed === undefined || participants === undefined) return undefined;
  return { full, imputed, participants, groupColumn, imageColumn };
}
