import { UsageError } from '@oinr/errors';

/** `--cluster slurm` and what belongs to it. */
export interface ClusterRequest {
  /** Jobs of the array, each of which does one part of the people. */
  readonly parts: number;
  /** Words for the command that takes jobs in, such as `--partition=long`. */
  readonly options: readonly string[];
}

const usual = { parts: 20 };

/**
 * Takes the options of clusters out of the words of a stage: any stage that can be done in parts understands them.
 *
 * @returns the other words, and the request where there is one.
 * @throws UsageError for another scheduler than slurm, and for a number of parts that is none.
 */
export function clusterRequest(words: readonly string[]): {
  readonly own: readonly string[];
  readonly cluster?: ClusterRequest;
} {
  const own: string[] = [];
  const found = new Map<string, string>();
  for (let index = 0; index < words.length; index++) {
    const [, name, inline] = /^--(cluster|parts|cluster-options)(?:=([\s\S]*))?$/.exec(words[index]) ?? [];
    if (name === undefined) own.push(words[index]);
    else found.set(name, inline ?? words[++index] ?? '');
  }
  const [scheduler, parts, options] = ['cluster', 'parts', 'cluster-options'].map((name) => found.get(name));
  if (scheduler === undefined) {
    if (found.size > 0)
      throw new UsageError(`--${[...found.keys()][0]} belongs to --cluster slurm; give both or neither.`);
    return { own };
  }
  if (scheduler !== 'slurm')
    throw new UsageError(
      `--cluster knows slurm alone, but got ${JSON.stringify(scheduler)}. For other schedulers start the parts yourself, with --shard 1/20, --shard 2/20 and so on, and then the same command without --shard.`,
    );
  const count = parts === undefined ? usual.parts : Number(parts);
  if (!Number.isInteger(count) || count < 1)
    throw new UsageError(`--parts needs a whole number of at least 1, but got ${JSON.stringify(parts)}.`);
  return {
    own,
    cluster: { parts: count, options: (options ?? '').split(/\s+/).filter((word) => word !== '') },
  };
}
