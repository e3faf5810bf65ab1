import { stream } from '@oinr/random';

/**
 * The seed of one subject at one k: the same whatever else the run does, and the same for every method, so that
 * they differ by what they are.
 */
export function unitSeed(seed: number, subject: string, every: number): number {
  return stream(seed, 'impute', subject, every).integer(2 ** 31);
}
