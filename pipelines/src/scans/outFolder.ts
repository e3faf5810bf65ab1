import { readFile } from 'node:fs/promises';
import { join, relative, resolve, sep } from 'node:path';
import { RunError } from '@oinr/run';
import type { ScansConfig } from './config.ts';

/**
 * Refuses to write imputed volumes among raw data: into the folder that is read or among its participants, or into any
 * other data set that is not a derivative.
 *
 * @throws RunError that names a folder to take.
 */
export async function refuseRawData({ source, out }: Pick<ScansConfig, 'source' | 'out'>): Promise<void> {
  const below = relative(resolve(source), resolve(out));
  const [first] = below.split(sep);
  const advice = `Choose a folder of its own, such as --out ${join(source, 'derivatives', 'oinr')}.`;
  if (below === '' || first.startsWith('sub-'))
    throw new RunError(`--out ${out} lies among the raw data that are read. ${advice}`);
  const description = await readDescription(out);
  if (description !== undefined && !isDerivative(description))
    throw new RunError(
      `--out ${out} is a data set of its own that is not a derivative (its dataset_description.json), so nothing is written there. ${advice}`,
    );
}

/** Derivatives of before BIDS 1.4 have no DatasetType, but name the pipeline. */
function isDerivative(description: object): boolean {
  if ('DatasetType' in description) return description.DatasetType === 'derivative';
  return 'GeneratedBy' in description || 'PipelineDescription' in description;
}

/** dataset_description.json of a folder; undefined where there is none, or none that can be read. */
async function readDescription(folder: string): Promise<object | undefined> {
  try {
    return Object(JSON.parse(await readFile(join(folder, 'dataset_description.json'), 'utf8')));
  } catch {
    return undefined;
  }
}
