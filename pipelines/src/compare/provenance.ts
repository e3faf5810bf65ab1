import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describeMachine, gitCommit, hashFolders, packageVersions } from '@oinr/run';

/** The packages whose code decides what a statistic map is. */
function computingFolders(): string[] {
  return [
    import.meta.resolve('@oinr/statistics'),
    import.meta.resolve('@oinr/nifti'),
    import.meta.resolve('@oinr/random'),
    import.meta.resolve('@oinr/volume'),
  ].map((url) => dirname(fileURLToPath(url)));
}

/** What run.json says of the stage, so that it can be understood and repeated. */
export async function comparisonProvenance(
  options: Readonly<Record<string, unknown>>,
  version: string,
): Promise<Record<string, unknown>> {
  return {
    options,
    oinr: version,
    machine: describeMachine(),
    versions: packageVersions(['@oinr/statistics', 'jstat', 'nifti-reader-js'], import.meta.url),
    commit: gitCommit(import.meta.dirname) ?? null,
    code: await hashFolders([...computingFolders(), import.meta.dirname]),
  };
}
