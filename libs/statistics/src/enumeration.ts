import type { ResolvedDesign } from './design.ts';

/** Subjects of each exchangeability block; one block of all where the design has none. */
export function memberLists(design: ResolvedDesign): number[][] {
  const lists = new Map<number, number[]>();
  for (let i = 0; i < design.subjects; i++) {
    const block = design.blocks?.[i] ?? 0;
    const list = lists.get(block);
    if (list) list.push(i);
    else lists.set(block, [i]);
  }
  return [...lists.values()];
}

/** Binomial coefficient as a float64: exact below 2^53. */
export function choose(n: number, k: number): number {
  let result = 1;
  for (let i = 1; i <= Math.min(k, n - k); i++) result = Math.round((result * (n - i + 1)) / i);
  return result;
}

/**
 * How many relabelings there are: the product over blocks of C(n, n1) for labels, of n! for permutations. Infinity
 * where that exceeds 2^53.
 */
export function arrangementCount(design: ResolvedDesign, kind: 'labels' | 'permutations'): number {
  let count = 1;
  for (const members of memberLists(design)) {
    const first = members.reduce((sum, i) => sum + design.labels[i], 0);
    if (kind === 'labels') count *= choose(members.length, first);
    else for (let i = 2; i <= members.length; i++) count *= i;
    if (count > Number.MAX_SAFE_INTEGER) return Number.POSITIVE_INFINITY;
  }
  return count;
}

/** Every arrangement of the labels within their blocks, each once (the same array, changed between yields). */
export function* labelArrangements(
  labels: Uint8Array,
  blocks: readonly (readonly number[])[],
): Generator<Uint8Array> {
  const row = Uint8Array.from(labels);
  function* fill(block: number): Generator<Uint8Array> {
    const members = blocks[block];
    if (!members) {
      yield row;
      return;
    }
    const first = members.reduce((sum, i) => sum + labels[i], 0);
    function* place(position: number, left: number): Generator<Uint8Array> {
      const rest = members.length - position;
      if (rest === 0) {
        yield* fill(block + 1);
        return;
      }
      const subject = members[position];
      if (left > 0) {
        row[subject] = 1;
        yield* place(position + 1, left - 1);
      }
      if (rest > left) {
        row[subject] = 0;
        yield* place(position + 1, left);
      }
    }
    yield* place(0, first);
  }
  yield* fill(0);
}

/** Every permutation of the subjects within their blocks, each once (the same array, changed between yields). */
export function* orderArrangements(
  subjects: number,
  blocks: readonly (readonly number[])[],
): Generator<Uint16Array> {
  const row = Uint16Array.from({ length: subjects }, (_, i) => i);
  function* arrange(block: number, position: number): Generator<Uint16Array> {
    const members = blocks[block];
    if (!members) {
      yield row;
      return;
    }
    if (position >= members.length - 1) {
      yield* arrange(block + 1, 0);
      return;
    }
    const here = members[position];
    for (let other = position; other < members.length; other++) {
      const there = members[other];
      swap(row, here, there);
      yield* arrange(block, position + 1);
      swap(row, here, there);
    }
  }
  yield* arrange(0, 0);
}

function swap(row: Uint16Array, a: number, b: number): void {
  const moved = row[a];
  row[a] = row[b];
  row[b] = moved;
}
