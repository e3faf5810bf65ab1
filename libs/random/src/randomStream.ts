import type { RandomGenerator } from 'pure-rand/types/RandomGenerator';
import { naturalLogarithm } from './naturalLogarithm.ts';

/** An array whose items can be exchanged: any array or typed array. */
export interface Shufflable<T> {
  readonly length: number;
  [index: number]: T;
}

/** A sequence of random numbers. Every draw moves it on; nothing else does. */
export interface RandomStream {
  /** An integer in [0, 2^32). */
  uint32(): number;
  /** A number in [0, 1): a multiple of 2^-53, each equally likely. */
  uniform(): number;
  /** A number in [low, high). Throws a RangeError unless low <= high, both finite. */
  uniformIn(low: number, high: number): number;
  /** A number from the normal distribution with mean 0 and standard deviation 1. */
  normal(): number;
  /** An integer in [0, n), each exactly equally likely. Throws a RangeError unless n is an integer in 1 .. 2^32. */
  integer(n: number): number;
  /** The numbers 0 .. n-1 in random order, each order equally likely. */
  permutation(n: number): Int32Array;
  /** Puts the items into random order, in place, and returns the same array. */
  shuffle<T, A extends Shufflable<T>>(items: A & Shufflable<T>): A;
}

/**
 * The distributions on top of a 32-bit generator. Everything is made of integer operations, + - * / and sqrt, which
 * are exact by the language's definition, so a stream is the same on every engine and machine.
 */
export class XoroshiroStream implements RandomStream {
  readonly #generator: RandomGenerator;
  /** The second number of the last pair of normals, NaN where there is none. */
  #spareNormal = Number.NaN;

  constructor(generator: RandomGenerator) {
    this.#generator = generator;
  }

  uint32(): number {
    return this.#generator.next() >>> 0;
  }

  uniform(): number {
    // The upper bits of each word: the lowest ones of a xoroshiro128+ word are its weakest (linear over two elements).
    const high = this.#generator.next() >>> 5;
    const low = this.#generator.next() >>> 6;
    return (high * 0x4000000 + low) / 0x20000000000000;
  }

  uniformIn(low: number, high: number): number {
    if (!(low <= high && Number.isFinite(high - low))) {
      throw new RangeError(`uniformIn needs finite bounds low <= high, but got ${low} and ${high}.`);
    }
    const value = low + (high - low) * this.uniform();
    // Rounding can carry the largest draws up to `high` itself, which the interval leaves out.
    return value < high ? value : low;
  }

  /**
   * Marsaglia's polar method: u and v uniform in [-1, 1), drawn again unless 0 < s = u^2 + v^2 < 1; then
   * u sqrt(-2 ln s / s) is given first and v sqrt(-2 ln s / s) by the next call.
   */
  normal(): number {
    const spare = this.#spareNormal;
    if (!Number.isNaN(spare)) {
      this.#spareNormal = Number.NaN;
      return spare;
    }
    for (;;) {
      const u = 2 * this.uniform() - 1;
      const v = 2 * this.uniform() - 1;
      const s = u * u + v * v;
      if (s < 1 && s > 0) {
        const factor = Math.sqrt((-2 * naturalLogarithm(s)) / s);
        this.#spareNormal = v * factor;
        return u * factor;
      }
    }
  }

  integer(n: number): number {
    if (!(Number.isInteger(n) && n >= 1 && n <= 0x100000000)) {
      throw new RangeError(
        `integer(n) draws from 0 .. n-1 with n an integer in 1 .. 2^32, but got n = ${n}.`,
      );
    }
    // Words at and above the largest multiple of n are drawn again, so every result owns the same number of words.
    const bucket = Math.floor(0x100000000 / n);
    const limit = bucket * n;
    let word = this.uint32();
    while (word >= limit) word = this.uint32();
    return Math.floor(word / bucket);
  }

  permutation(n: number): Int32Array {
    if (!(Number.isInteger(n) && n >= 0 && n <= 0x7fffffff)) {
      throw new RangeError(`permutation(n) needs an integer n in 0 .. 2^31 - 1, but got ${n}.`);
    }
    const order = new Int32Array(n);
    for (let i = 0; i < n; i++) order[i] = i;
    return this.shuffle(order);
  }

  /** Fisher and Yates, from the last item down. */
  shuffle<T, A extends Shufflable<T>>(items: A & Shufflable<T>): A {
    for (let i = items.length - 1; i > 0; i--) {
      const j = this.integer(i + 1);
      const moved = items[i];
      items[i] = items[j];
      items[j] = moved;
    }
    return items;
  }
}
