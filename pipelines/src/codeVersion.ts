import { existsSync } from 'node:fs';
import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';
import { hashFolders, packageVersions } from '@oinr/run';

/** The libs whose code decides what an imputed volume and its errors are; named one by one, as packing needs it. */
const computingLibs = [
  import.meta.resolve('@oinr/engines'),
  import.meta.resolve('@oinr/graph'),
  import.meta.resolve('@oinr/imputation'),
  import.meta.resolve('@oinr/inr'),
  import.meta.resolve('@oinr/metrics'),
  import.meta.resolve('@oinr/nifti'),
  import.meta.resolve('@oinr/random'),
  import.meta.resolve('@oinr/slices'),
  import.meta.resolve('@oinr/volume'),
];

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
 * A hash over the source of the libs (URLs of their entries) and of further folders, and the versions of packages that
 * compute with them. Results of another version are not reused: while the code is worked on as little as after an
 * update.
 */
export async function versionOf(
  libs: readonly string[],
  folders: readonly string[],
  packages: readonly string[],
): Promise<string> {
  const sources = libs.map((url) => dirname(fileURLToPath(url)));
  const versions = packageVersions(packages, import.meta.url);
  const named = Object.entries(versions).map(([name, version]) => `${name}@${version}`);
  return [await hashFolders([...sources, ...folders]), ...named].join(' ');
}

/** The version of everything that decides what an imputed volume and its errors are. */
export async function codeVersion(): Promise<string> {
  const stage = `${import.meta.dirname}/impute`;
  // The weights of oinr-prior are as much a part of what computes as the code.
  const weights = fileURLToPath(new URL('../weights', import.meta.resolve('@oinr/imputation')));
  return versionOf(computingLibs, [stage, ...(existsSync(weights) ? [weights] : [])], computingPackages);
}
