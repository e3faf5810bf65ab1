import { existsSync } from 'node:fs';
import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';
import { hashFolders, packageVersions } from '@oinr/run';

/** The libs whose code decides what an imputed volume and its errors are; named one by one, as packing needs it. */
function computingFolders(): string[] {
  return [
    import.meta.resolve('@oinr/engines'),
    import.meta.resolve('@oinr/graph'),
    import.meta.resolve('@oinr/imputation'),
    import.meta.resolve('@oinr/inr'),
    import.meta.resolve('@oinr/metrics'),
    import.meta.resolve('@oinr/nifti'),
    import.meta.resolve('@oinr/random'),
    import.meta.resolve('@oinr/slices'),
    import.meta.resolve('@oinr/volume'),
  ].map((url) => dirname(fileURLToPath(url)));
}

/** Packages whose versions are written into run.json. */
export const reportedPackages = [
  '@oinr/engines',
  '@oinr/graph',
  '@oinr/imputation',
  '@oinr/inr',
  '@oinr/metrics',
  '@oinr/nifti',
  '@oinr/random',
  '@oinr/slices',
  '@oinr/volume',
  '@oinr/cohort',
  '@oinr/run',
  '@oinr/tables',
  'onnxruntime-node',
  '@tensorflow/tfjs',
  '@tensorflow/tfjs-node-gpu',
  'danfojs-node',
  'nifti-reader-js',
] as const;

/** The runtime that carries out the arithmetic of trained methods. */
const computingPackages = ['onnxruntime-node', '@tensorflow/tfjs'] as const;

/**
 * A hash over the source of everything that computes, and the versions of the packages that do so with it. Results
 * of another version are not reused: while the code is worked on as little as after an update.
 */
export async function codeVersion(): Promise<string> {
  const stage = `${import.meta.dirname}/impute`;
  // The weights of oinr-prior are as much a part of what computes as the code.
  const weights = fileURLToPath(new URL('../weights', import.meta.resolve('@oinr/imputation')));
  const versions = packageVersions(computingPackages, import.meta.url);
  const packages = Object.entries(versions).map(([name, version]) => `${name}@${version}`);
  return [
    await hashFolders([...computingFolders(), stage, ...(existsSync(weights) ? [weights] : [])]),
    ...packages,
  ].join(' ');
}
