import { sha256 } from '@noble/hashes/sha2.js';
import { InputError } from '@oinr/errors';
import { xoroshiro128plusFromState } from 'pure-rand/generator/xoroshiro128plus';
import type { RandomStream } from './randomStream.ts';
import { XoroshiroStream } from './randomStream.ts';

/**
 * The random stream with this name: the same numbers for the same seed and path, whatever was drawn elsewhere and in
 * whatever order the work is done. Different names give independent streams (128 bits of state from SHA-256, so two
 * names collide or overlap with a probability of about 2^-64 per draw at most).
 *
 * `seed` is an integer; `path` says what the numbers are for, such as `stream(1, 'phantom', 'sub-003', 'noise')` or
 * `stream(1, 'relabeling', 4711)`. The number 1 and the text '1' are different names, and ('a', 'b') is not ('ab').
 *
 * Throws an InputError where seed or a number in the path is not a safe integer (|n| < 2^53).
 */
export function stream(seed: number, ...path: readonly (string | number)[]): RandomStream {
  for (const part of [seed, ...path]) {
    if (typeof part === 'number' && !Number.isSafeInteger(part)) {
      throw new InputError(
        `A random stream is named by integers and texts, but got ${part} in [${[seed, ...path].join(', ')}]; ` +
          'give an integer between -(2^53 - 1) and 2^53 - 1.',
      );
    }
  }
  // JSON is a name that cannot be mistaken for another: it keeps numbers from texts and the parts from each other.
  const digest = sha256(new TextEncoder().encode(JSON.stringify([seed, ...path])));
  const words = new DataView(digest.buffer, digest.byteOffset, digest.byteLength);
  const state = [0, 4, 8, 12].map((offset) => words.getInt32(offset));
  return new XoroshiroStream(xoroshiro128plusFromState(state));
}
