/** The experiments of the paper in its order; each is a file of this name in experiments/. */
export const experimentNames = [
  'images',
  'multiresolution',
  'denoising',
  'occupancy',
  'video',
  'derivatives',
  'weights',
  'noise',
] as const;

export type ExperimentName = (typeof experimentNames)[number];
