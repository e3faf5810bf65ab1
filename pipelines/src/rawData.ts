import { readdir, readFile, realpath } from 'node:fs/promises';
import { basename, dirname, join, relative, resolve, sep } from 'node:path';
import { RunError } from '@oinr/run';

/** What a command reads and where it writes, as far as its options say. */
export interface Places {
  readonly out?: string;
  /** Of the data: a folder, or a file. */
  readonly source?: string;
  readonly root?: string;
}

/**
 * Refuses to write among raw data: into a data set itself or among its participants, be it the one that is read or any
 * other around the folder of the results. Links are followed. A folder of its own in a data set, such as `derivatives/oinr`,
 * is what BIDS has in mind.
 *
 * @throws RunError that names a folder to take.
 */
export async function refuseRawData({ out, source, root }: Places): Promise<void> {
  if (out === undefined) return;
  const place = await realPlace(out);
  const read = await Promise.all([source, root].map(dataSetOf));
  const own = read.find((set) => set !== undefined);
  for (const set of [await dataSetAround(place), ...read]) {
    if (set === undefined) continue;
    const [first] = relative(set, place).split(sep);
    const isAmong = first === '' || first.startsWith('sub-');
    if (isAmong)
      throw new RunError(
        `--out ${out} lies among the raw data of ${set}. Choose a folder of its own, such as --out ${join(own ?? set, 'derivatives', 'oinr')}.`,
      );
  }
}

/** The path without links, of what is there of it. */
async function realPlace(path: string): Promise<string> {
  const whole = resolve(path);
  const real = await realpath(whole).catch(() => undefined);
  if (real !== undefined || dirname(whole) === whole) return real ?? whole;
  return join(await realPlace(dirname(whole)), basename(whole));
}

/** The nearest folder from `place` upwards that is a data set, if it is a raw one. */
async function dataSetAround(place: string): Promise<string | undefined> {
  for (let folder = place; ; folder = dirname(folder)) {
    const description = await readDescription(folder);
    if (description !== undefined) return isDerivative(description) ? undefined : folder;
    if (folder === dirname(folder)) return undefined;
  }
}

/** The folder of data that is named, where participants lie in it. */
async function dataSetOf(folder: string | undefined): Promise<string | undefined> {
  if (folder === undefined) return undefined;
  const names = await readdir(folder).catch(() => []);
  return names.some((name) => name.startsWith('sub-')) ? realPlace(folder) : undefined;
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
