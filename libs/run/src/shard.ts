/**
 * One of several processes, on one machine or many, that share the units of a stage: each takes its part of the people.
 * They write into one run folder, each under a lock of its own, and leave tables and pages to the command without shards,
 * which finds all units done.
 */
export interface Shard {
  /** From 1. */
  readonly index: number;
  readonly of: number;
}

/** The part of a list that is this shard's: every `of`-th one, so that neighbours, which are often alike, are dealt out. */
export function shareOf<Item>(items: readonly Item[], shard: Shard | undefined): readonly Item[] {
  if (shard === undefined) return items;
  return items.filter((_, index) => index % shard.of === shard.index - 1);
}

/** `3-of-20`, as a folder is called. */
export function shardName({ index, of }: Shard): string {
  return `${index}-of-${of}`;
}
