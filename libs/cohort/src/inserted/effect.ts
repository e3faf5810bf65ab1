import { solveAtrophy } from '../phantom/atrophy.ts';
import { type Displacement, zeroDisplacement } from '../phantom/displacement.ts';
import type { PhantomAnatomy } from '../phantom/subject.ts';
import { type InsertedOptions, remainingFractions } from './options.ts';

/** A shorter displacement than this (mm) counts as none: at the sharpest edge it changes less than noise by far. */
const least = 0.005;

/** The loss in the template's space. */
export interface Effect {
  /** Point y of the template shows what it had at y + displacement(y). Exactly 0 where nothing moves. */
  readonly displacement: Displacement;
  /** 1 where something moves, on the displacement's lattice. */
  readonly support: Uint8Array;
}

/** The displacement that takes from each region what the options say, by the phantom's model of atrophy. */
export function insertedEffect({ atrophy, brain }: PhantomAnatomy, options: InsertedOptions): Effect {
  const fractions = remainingFractions(options);
  const isNothing = fractions.every((fraction) => fraction === 1);
  const solved = isNothing ? zeroDisplacement(brain.coarse) : solveAtrophy(atrophy, fractions);
  const support = new Uint8Array(solved.x.length);
  for (let n = 0; n < support.length; n++) {
    if (Math.hypot(solved.x[n], solved.y[n], solved.z[n]) >= least) support[n] = 1;
    else for (const component of [solved.x, solved.y, solved.z]) component[n] = 0;
  }
  return { displacement: solved, support };
}
