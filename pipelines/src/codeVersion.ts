import { existsSync } from 'node:fs';
import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';
import { hashFolders, packageVersions } from '@oinr/run';

/** The libs whose code decides what an imputed volume and its errors are. */
const computingLibs = [
  '@oinr/engines',
  '@oinr/graph',
  '@oinr/imputation',
  '@oinr/inr',
  '@oinr/metrics',
  '@oinr/nifti',
  '@oinr/random',
  '@oinr/slices',
  '@oinr/volume',
] as const;

/** Packages whose versions are written into run.json. */
export const reportedPackages = [
  ...computingLibs,
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
  const folders = computingLibs.map((name) => dirname(fileURLToPath(import.meta.resolve(name))));
  const stage = `${import.meta.dirname}/impute`;
  // The weights of oinr-prior are as much a part of what computes as the code.
  const weights = fileURLToPath(new URL('../weights', import.meta.resolve('@oinr/imputation')));
  const versions = packageVersions(computingPackages, import.meta.url);
  const packages = Object.entries(versions).map(([name, version]) => `${name}@${version}`);
  return [
    await hashFolders([...folders, stage, ...(existsSync(weights) ? [weights] : [])]),
    ...packages,
  ].join(' ');
}
