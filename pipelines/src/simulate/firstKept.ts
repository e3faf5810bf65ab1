import { stream } from '@oinr/random';

/** Where the kept slices begin: at one index in everybody, or at one drawn for each subject. */
export type Offset = number | 'random';

/**
 * The index of the first kept slice of a subject where every k-th is kept. A drawn one has equal chances in 0 .. k - 1 and
 * is the same whatever else the run does, and for every method: gaps that lie at the same place in everybody would flatter
 * all methods alike, since errors that people share cancel in the difference of groups.
 */
export function firstKept(
  { offset, seed }: { readonly offset: Offset; readonly seed: number },
  subject: string,
  every: number,
): number {
  return offset === 'random' ? stream(seed, 'first kept slice', subject, every).integer(every) : offset;
}

/** Which slices are kept, in words: `0, k, 2k, ...`. */
export function keptInWords(offset: Offset): string {
  if (offset === 'random') return 'every k-th, the first drawn for each subject';
  return offset === 0 ? '0, k, 2k, ...' : `${offset}, ${offset}+k, ${offset}+2k, ...`;
}
