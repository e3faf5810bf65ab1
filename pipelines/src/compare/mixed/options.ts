import { UsageError } from '@oinr/errors';
import * as common from '../../config/common.ts';
import { choice, integer, list } from '../../config/option.ts';
import { parseMixtures } from './mixtureWords.ts';

/** What can be said about studies in which full and imputed scans are joined. */
export const mixedOptions = {
  mix: list({
    value: 'GROUP=SHARE ...',
    repeats: true,
    help: 'Join full and imputed scans: the share of each group that has few slices, 0 to 1, such as CN=0.5 AD=0.5; groups named again begin another mixture. Who that is, is drawn by --mix-seed.',
  }),
  resolutionColumn: {
    ...common.resolutionColumn,
    help: 'Join full and imputed scans as this column of the participants table says: `full` for scans with all slices, one other word for those with few. It is given to impute too where those really have few.',
  },
  draws: integer({
    value: 'N',
    least: 1,
    default: 1,
    help: 'How often it is drawn who has few slices, with --mix. Default: 1.',
  }),
  variance: choice(['pooled', 'by-kind'], {
    value: 'HOW',
    default: 'pooled',
    help: 'Within kinds of scans: by-kind divides every voxel by the standard deviation of its kind, since imputed voxels vary less; it needs ten scans of every kind. Default: pooled.',
  }),
  mixSeed: integer({
    value: 'N',
    least: 0,
    default: 1,
    help: 'Seed of who has few slices, of the halves of the worth, and of the samples of --power and --false-positives. Default: 1.',
  }),
  power: integer({
    value: 'N',
    least: 2,
    help: 'The power curve: what N samples of people find at every size up to half of the groups, full, imputed and mixed (20 is usual). Default: no curve.',
  }),
  falsePositives: integer({
    value: 'N',
    least: 1,
    help: 'How often N random groupings of the people find something, by design (1000 is usual; the naive mixtures 200 at most), with the --covariates of who is drawn. Says most about a cohort without any difference. Default: not counted.',
  }),
  falsePositivesSize: integer({
    value: 'N',
    least: 4,
    default: 20,
    help: 'With --false-positives: people of each random group. Default: 20.',
  }),
};

/** What was said about mixtures. */
export interface MixedConfig {
  readonly mix?: readonly string[];
  readonly resolutionColumn?: string;
  readonly draws: number;
  readonly variance: 'pooled' | 'by-kind';
  readonly mixSeed: number;
  readonly power?: number;
  readonly falsePositives?: number;
  readonly falsePositivesSize: number;
}

/** @throws UsageError for shares that are none, and options that do not fit together. */
export function checkMixed({
  mix,
  resolutionColumn,
  draws,
  falsePositives,
  falsePositivesSize,
  variance,
  covariates,
}: Partial<MixedConfig> & { readonly covariates?: readonly string[] }): void {
  if (mix !== undefined) parseMixtures(mix);
  if (mix !== undefined && resolutionColumn !== undefined)
    throw new UsageError(
      '--mix draws who has few slices, and --resolution-column reads it from a column; give one of them.',
    );
  if (variance === 'by-kind' && mix === undefined && resolutionColumn === undefined)
    throw new UsageError(
      '--variance by-kind is about kinds of scans; say which there are by --mix or --resolution-column.',
    );
  if (variance === 'by-kind' && covariates !== undefined && covariates.length > 0)
    throw new UsageError(
      `--variance by-kind cannot be combined with --covariates ${covariates.join(' ')}: leave out one of them.`,
    );
  if (draws !== undefined && draws > 1 && mix === undefined)
    throw new UsageError('--draws repeats the drawing of --mix GROUP=SHARE ..., which is missing.');
  if (
    falsePositivesSize !== undefined &&
    falsePositivesSize !== mixedOptions.falsePositivesSize.schema.parse(undefined) &&
    falsePositives === undefined
  )
    throw new UsageError(
      '--false-positives-size is the size of the groups of --false-positives N, which is missing.',
    );
}
