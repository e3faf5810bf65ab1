import type { KeptSlices } from './method.ts';

interface Work {
  readonly key: string;
  readonly result: unknown;
  readonly seconds: number;
}

/** What was done on each set of kept slices, for as long as the caller holds on to them. */
const done = new WeakMap<KeptSlices, Work[]>();

/**
 * Work on kept slices that several methods need, done once: asked for again with the same object of kept slices and
 * the same key, the answer is what was computed first, and `sharedSeconds` says what it would have cost alone. The
 * key names all that decides the result besides the slices. Results are shared: do not write into them.
 */
export async function sharedWork<T>(
  known: KeptSlices,
  key: string,
  compute: () => Promise<T>,
): Promise<{ readonly result: T; readonly sharedSeconds: number }> {
  const works = done.get(known) ?? [];
  const before = works.find((work) => work.key === key);
  if (before) return { result: before.result as T, sharedSeconds: before.seconds };
  const began = performance.now();
  const result = await compute();
  done.set(known, [...works, { key, result, seconds: (performance.now() - began) / 1000 }]);
  return { result, sharedSeconds: 0 };
}
