import { InputError } from '@oinr/errors';
import type { KeptSlices } from '@oinr/slices';

/** What was computed, and what it cost. */
interface Work {
  readonly result: unknown;
  readonly seconds: number;
}

/** A result, and the seconds that it would have cost had another method not asked for it first. */
export interface Shared<T> {
  readonly result: T;
  readonly sharedSeconds: number;
}

/**
 * Work on one set of kept slices that several methods need, such as the fit that `oinr-internal` and `auto` have in
 * common: done once, and its cost told to all who use it. Whoever runs several methods on the same kept slices makes one
 * session for them and hands it to each in its context.
 */
export class SubjectSession {
  readonly #known: KeptSlices;
  readonly #works = new Map<string, Work>();

  constructor(known: KeptSlices) {
    this.#known = known;
  }

  /**
   * What `compute` gives, computed at the first call for this key. The key names all that decides the result besides the
   * kept slices. Results are shared: do not write into them. Throws an InputError for other kept slices than those of the session.
   */
  async once<T>(known: KeptSlices, key: string, compute: () => Promise<T>): Promise<Shared<T>> {
    if (!areSame(known, this.#known))
      throw new InputError(
        'These kept slices are not those that the session was made for; make another session for them.',
      );
    const before = this.#works.get(key);
    if (before) return { result: before.result as T, sharedSeconds: before.seconds };
    const began = performance.now();
    const result = await compute();
    this.#works.set(key, { result, seconds: (performance.now() - began) / 1000 });
    return { result, sharedSeconds: 0 };
  }
}

/** Shared work in the session of the context; without one it is computed. */
export async function shared<T>(
  known: KeptSlices,
  { session }: { readonly session?: SubjectSession },
  key: string,
  compute: () => Promise<T>,
): Promise<Shared<T>> {
  return session ? session.once(known, key, compute) : { result: await compute(), sharedSeconds: 0 };
}

/** Copies are the same: kept slices may have come from another thread. */
function areSame(a: KeptSlices, b: KeptSlices): boolean {
  if (a === b) return true;
  const described = ({ grid, axis, kept, profile }: KeptSlices): string =>
    JSON.stringify([grid.shape, grid.affine, axis, kept, profile ?? { kind: 'thin' }]);
  return (
    described(a) === described(b) &&
    a.data.length === b.data.length &&
    (a.data === b.data || a.data.every((value, i) => Object.is(value, b.data[i])))
  );
}
