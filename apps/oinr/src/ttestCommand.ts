import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { ProgressLine, runTTest, type TTestRequest } from '@oinr/ttest';
import { UsageError } from './errors.ts';
import type { Command } from './main.ts';
import { number, type OptionKind, type ParsedOptions, parseOptions, required, text } from './options.ts';

const command = 'oinr ttest';

const help = `oinr ttest: compares two groups of volumes voxel by voxel, with permutation p-values

  oinr ttest --participants participants.tsv --images DIR --mask mask.nii --groups CN AD --out OUT

Required
  --participants FILE   table of participants, .tsv or .csv, one row per image
  --images DIR          folder of the images (NIfTI, one 3-D volume each, all in one space)
  --mask FILE           voxels to test: those larger than 0.5
  --groups A B          the contrast is A minus B; rows of other groups are left out and counted
  --out DIR             where maps and tables go

Who and what
  --group-column NAME   column of the groups (default: group)
  --image-column NAME   column with the path of each row's image, relative to --images. Without it, a file below
                        --images belongs to a participant when its name is participant_id or sub-<participant_id>,
                        followed by a character that is neither letter nor digit
  --covariates A B ...  columns held constant (Freedman-Lane); numbers, or texts with two values such as sex
  --blocks NAME         column of exchangeability blocks: labels are exchanged within blocks only

Relabelings
  --permutations N      relabelings (default: 10000); all there are, when they are no more than N
  --seed N              seed of the draws (default: 1)
  --labelings FILE      explicit relabelings instead: rows of 0 and 1 (1 = first group) in the order of the table, the
                        identity first; with covariates rows of subject numbers 0 ... n-1
  --alpha P             level (default: 0.05)

Statistics beside T
  --variance-fwhm MM    smooths the variance (pseudo-t)
  --cluster-threshold T=3.1 | p=0.001
                        clusters of voxels beyond a T, or beyond the T of a one-sided p: extent and mass
  --connectivity N      6, 18 (default) or 26 neighbours in clusters
  --tfce                threshold-free cluster enhancement, exact integral, 6 neighbours
  --tfce-step DH        in steps of this height instead of exact
  --atlas FILE          label volume in the same space, for the regions of the peaks
  --atlas-names FILE    table of its names, columns index and name

Running
  --threads N           worker threads (default: one per core); the result does not depend on it
  --help                this text

The two-sided test is the default of the field; the one-sided maps (gt: A > B, lt: A < B) come from the same pass.
A run that was stopped goes on from its last finished pass when the same command is given again. A run that fails
leaves no map in OUT, not even those of an earlier run.

Examples
  oinr ttest --participants participants.tsv --images derivatives --mask brain.nii.gz --groups CN AD --out out
  oinr ttest --participants study.csv --images . --image-column path --mask brain.nii --groups control patient \\
    --group-column dx --covariates age sex icv --cluster-threshold p=0.001 --tfce --out out
`;

const kinds: Readonly<Record<string, OptionKind>> = {
  participants: 'value',
  images: 'value',
  mask: 'value',
  groups: 'list',
  out: 'value',
  'group-column': 'value',
  'image-column': 'value',
  covariates: 'list',
  blocks: 'value',
  permutations: 'value',
  seed: 'value',
  labelings: 'value',
  alpha: 'value',
  'variance-fwhm': 'value',
  'cluster-threshold': 'value',
  connectivity: 'value',
  tfce: 'flag',
  'tfce-step': 'value',
  atlas: 'value',
  'atlas-names': 'value',
  threads: 'value',
};

/** The subcommand `oinr ttest`. */
export const ttestCommand: Command = {
  name: 'ttest',
  summary: 'compare two groups of volumes voxel by voxel, with permutation p-values',
  help: () => help,
  async run(args) {
    const request = requestOf(parseOptions(args, kinds, command));
    const progress = new ProgressLine(process.stderr);
    const stopper = new AbortController();
    const stopped = new Error('stopped');
    const onSignal = () => stopper.abort(stopped);
    const signals: readonly NodeJS.Signals[] = ['SIGINT', 'SIGTERM', 'SIGHUP'];
    for (const signal of signals) process.on(signal, onSignal);
    try {
      await runTTest(request, progress, stopper.signal);
      return 0;
    } catch (error) {
      if (error !== stopped) throw error;
      const isKept = existsSync(join(request.out, '.resume'));
      progress.say(
        isKept
          ? `oinr ttest: stopped. What is finished is kept in ${request.out}/.resume; the same command goes on from there.`
          : 'oinr ttest: stopped before the first pass was finished; nothing was written.',
      );
      return 130;
    } finally {
      progress.close();
      for (const signal of signals) process.off(signal, onSignal);
    }
  },
};

/** Turns options into a request. Throws a UsageError where one is missing or cannot be understood. */
export function requestOf(options: ParsedOptions): TTestRequest {
  const connectivity = number(options, 'connectivity') ?? 18;
  if (connectivity !== 6 && connectivity !== 18 && connectivity !== 26) {
    throw new UsageError(`--connectivity is 6, 18 or 26, but got ${connectivity}.`);
  }
  const tfceStep = number(options, 'tfce-step');
  if (text(options, 'atlas-names') !== undefined && text(options, 'atlas') === undefined) {
    throw new UsageError('--atlas-names names the regions of --atlas, which is missing.');
  }
  return {
    participants: required(options, 'participants', command),
    images: required(options, 'images', command),
    mask: required(options, 'mask', command),
    groups: options.get('groups') ?? [],
    out: required(options, 'out', command),
    groupColumn: text(options, 'group-column') ?? 'group',
    imageColumn: text(options, 'image-column'),
    permutations: number(options, 'permutations') ?? 10000,
    seed: number(options, 'seed') ?? 1,
    labelings: text(options, 'labelings'),
    covariates: options.get('covariates') ?? [],
    blocks: text(options, 'blocks'),
    varianceFwhm: number(options, 'variance-fwhm'),
    clusterThreshold: clusterThreshold(text(options, 'cluster-threshold')),
    connectivity,
    tfce: options.has('tfce') || tfceStep !== undefined,
    tfceStep,
    alpha: number(options, 'alpha') ?? 0.05,
    threads: number(options, 'threads'),
    atlas: text(options, 'atlas'),
    atlasNames: text(options, 'atlas-names'),
  };
}

/** `T=3.1` or `p=0.001`: a bare number is refused, since 0.001 could be meant as either. */
function clusterThreshold(value: string | undefined): TTestRequest['clusterThreshold'] {
  if (value === undefined) return undefined;
  const match = /^([tTpP])=([+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?)$/.exec(value.trim());
  if (match === null) {
    throw new UsageError(
      `--cluster-threshold ${value} does not say whether it is a T or a p: write T=${/^[\d.]+$/.test(value) && Number(value) >= 1 ? value : '3.1'} or p=${/^[\d.]+$/.test(value) && Number(value) < 1 ? value : '0.001'}.`,
    );
  }
  return { kind: match[1].toUpperCase() === 'T' ? 'T' : 'p', value: Number(match[2]) };
}
