import { stream } from '@oinr/random';
import { DesignError, type ResolvedDesign } from './design.ts';
import { arrangementCount, labelArrangements, memberLists, orderArrangements } from './enumeration.ts';

/** The relabelings of one test; the first (index 0) is the identity. */
export interface Relabelings {
  readonly subjects: number;
  /** How many there are, the identity included: P. */
  readonly count: number;
  /** All relabelings there are, each once. */
  readonly exact: boolean;
  /** Without covariates the labels are exchanged; with covariates the residuals are permuted (Freedman-Lane). */
  readonly kind: 'labels' | 'permutations';
  /** How many relabelings exist; Infinity where that exceeds 2^53. */
  readonly possible: number;
  /** shape: count x subjects, relabeling-major: 0/1 labels, or 0-based subject numbers. */
  readonly rows: Uint8Array | Uint16Array;
}

/** How the relabelings are obtained: drawn (or enumerated where that is no more), or listed. */
export type RelabelingChoice =
  | { readonly permutations: number; readonly seed: number }
  | { readonly listed: readonly ArrayLike<number>[] };

/** Most subjects that a permutation row can number. */
const largestSubjectCount = 65535;

/**
 * The relabelings of a design. All of them when they are no more than `permutations`; otherwise the identity and
 * then uniform draws within the exchangeability blocks, relabeling r from the random stream (seed, 'relabeling', r).
 * Repeated draws are refused only when fewer than 100 times `permutations` relabelings exist.
 * Throws a DesignError where the number asked for is not a positive integer or a listed row does not fit.
 */
export function makeRelabelings(design: ResolvedDesign, choice: RelabelingChoice): Relabelings {
  const { subjects } = design;
  const kind = design.basis.length > 0 ? 'permutations' : 'labels';
  const members = memberLists(design);
  const possible = arrangementCount(design, kind);
  if (subjects > largestSubjectCount) {
    throw new DesignError(
      `At most ${largestSubjectCount} subjects can be permuted, but there are ${subjects}.`,
    );
  }
  if ('listed' in choice) return listed(design, kind, possible, choice.listed);
  const { permutations, seed } = choice;
  if (!(Number.isInteger(permutations) && permutations >= 1)) {
    throw new DesignError(`The number of permutations is a positive integer, but got ${permutations}.`);
  }
  const exact = possible <= permutations;
  const count = exact ? possible : permutations;
  const rows = emptyRows(kind, count * subjects);
  const row = (index: number) => rows.subarray(index * subjects, (index + 1) * subjects);
  const identity = identityRow(design, kind);
  row(0).set(identity);
  if (exact) {
    let next = 1;
    const arrangements =
      kind === 'labels' ? labelArrangements(design.labels, members) : orderArrangements(subjects, members);
    for (const arrangement of arrangements) {
      if (arrangement.some((value, i) => value !== identity[i])) row(next++).set(arrangement);
    }
    return { subjects, count, exact, kind, possible, rows };
  }
  const seen = possible < 100 * permutations ? new Set([identity.join()]) : undefined;
  for (let index = 1; index < count; index++) {
    const random = stream(seed, 'relabeling', index);
    const drawn = row(index);
    do {
      drawn.set(identity);
      for (const block of members) {
        // For labels half a Fisher-Yates shuffle would do; whole permutations need all of it, and one loop serves both.
        for (let i = block.length - 1; i > 0; i--) {
          const here = block[i];
          const there = block[random.integer(i + 1)];
          const moved = drawn[here];
          drawn[here] = drawn[there];
          drawn[there] = moved;
        }
      }
    } while (seen?.has(drawn.join()));
    seen?.add(drawn.join());
  }
  return { subjects, count, exact, kind, possible, rows };
}

function emptyRows(kind: Relabelings['kind'], length: number): Uint8Array | Uint16Array {
  return kind === 'labels' ? new Uint8Array(length) : new Uint16Array(length);
}

function identityRow(design: ResolvedDesign, kind: Relabelings['kind']): Uint8Array | Uint16Array {
  return kind === 'labels' ? design.labels : Uint16Array.from({ length: design.subjects }, (_, i) => i);
}

function listed(
  design: ResolvedDesign,
  kind: Relabelings['kind'],
  possible: number,
  list: readonly ArrayLike<number>[],
): Relabelings {
  const { subjects, blocks } = design;
  if (list.length === 0)
    throw new DesignError('The list of labelings is empty: it needs at least the identity.');
  const rows = emptyRows(kind, list.length * subjects);
  const identity = identityRow(design, kind);
  const distinct = new Set<string>();
  list.forEach((given, index) => {
    const where = `Labeling ${index + 1}`;
    if (given.length !== subjects) {
      throw new DesignError(`${where} has ${given.length} entries, but ${subjects} subjects are compared.`);
    }
    const values = Array.from(given);
    const wrong = values.find(
      (value) => !(Number.isInteger(value) && value >= 0 && value < (kind === 'labels' ? 2 : subjects)),
    );
    if (wrong !== undefined) {
      throw new DesignError(
        `${where} contains ${wrong}; expected ${kind === 'labels' ? '0 and 1 only' : `subject numbers 0 to ${subjects - 1}`}.`,
      );
    }
    if (index === 0 && values.some((value, i) => value !== identity[i])) {
      throw new DesignError('The first labeling must be the identity: the groups as they are in the table.');
    }
    if (kind === 'permutations' && new Set(values).size !== subjects) {
      throw new DesignError(
        `${where} names a subject twice; with covariates every row is a permutation of all subjects.`,
      );
    }
    const ones = values.reduce((sum, value) => sum + value, 0);
    if (kind === 'labels' && ones !== design.groups[0]) {
      throw new DesignError(
        `${where} puts ${ones} subjects into the first group, which has ${design.groups[0]}.`,
      );
    }
    if (blocks && !keepsBlocks(values, design, kind, blocks)) {
      throw new DesignError(`${where} moves labels between exchangeability blocks.`);
    }
    rows.set(values, index * subjects);
    distinct.add(values.join());
  });
  const exact = distinct.size === list.length && list.length === possible;
  return { subjects, count: list.length, exact, kind, possible, rows };
}

function keepsBlocks(
  values: readonly number[],
  design: ResolvedDesign,
  kind: Relabelings['kind'],
  blocks: Int32Array,
): boolean {
  if (kind === 'permutations') return values.every((from, to) => blocks[from] === blocks[to]);
  return memberLists(design).every(
    (members) => members.reduce((sum, i) => sum + values[i] - design.labels[i], 0) === 0,
  );
}

/**
 * The smallest two-sided p that can come out: 2/P when all relabelings are listed and each has its mirror image
 * (equal groups, in every block), else 1/P.
 */
export function smallestP(design: ResolvedDesign, relabelings: Relabelings): number {
  const mirrored =
    relabelings.exact &&
    relabelings.kind === 'labels' &&
    memberLists(design).every((members) => {
      const first = members.reduce((sum, i) => sum + design.labels[i], 0);
      return 2 * first === members.length;
    });
  return Math.min(1, (mirrored ? 2 : 1) / relabelings.count);
}
