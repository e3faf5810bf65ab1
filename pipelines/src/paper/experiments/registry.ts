import type { Experiment } from '../experiment.ts';
import type { ExperimentName } from '../experimentNames.ts';
import { denoising } from './denoising.ts';
import { derivatives } from './derivatives.ts';
import { images } from './images.ts';
import { multiresolution } from './multiresolution.ts';
import { noise } from './noise.ts';
import { occupancy } from './occupancy.ts';
import { video } from './video.ts';
import { weights } from './weights.ts';

/** In the order of the paper. */
export const experiments: readonly Experiment[] = [
  images,
  multiresolution,
  denoising,
  occupancy,
  video,
  derivatives,
  weights,
  noise,
];

export function findExperiment(name: ExperimentName): Experiment {
  const found = experiments.find((experiment) => experiment.name === name);
  if (found === undefined) throw new Error(`There is no experiment ${name}.`);
  return found;
}
