import { existsSync } from 'node:fs';
import { readdir, readFile, stat } from 'node:fs/promises';
import { basename, dirname, join, resolve } from 'node:path';
import { errorCode, explainFileError } from '@oinr/files';
import { CohortError } from './errors.ts';
import { jsonObject } from './jsonObject.ts';

/** A field of the metadata of an image, and the file that says it. */
export interface SidecarField {
  readonly value: unknown;
  readonly file: string;
}

/** The name of a BIDS file, taken apart: `sub-01_ses-2_T1w` has the entities sub and ses and the suffix T1w. */
interface BidsName {
  readonly entities: ReadonlyMap<string, string>;
  readonly suffix: string;
}

const image = /\.nii(\.gz)?$/i;
/** Sidecars have kilobytes. */
const largestSidecar = 2 ** 24;

/**
 * The metadata of an image by the inheritance principle of BIDS: all JSON files from the root of the data set down to
 * the image's own folder whose suffix is that of the image and whose entities are among its own, field by field, a file
 * in a deeper folder before those above. The root is `root`, or else the nearest folder upwards that holds
 * dataset_description.json; where there is none, and for an image whose name is not one of BIDS, only the JSON file
 * beside it counts. Links in the image's path are not followed.
 *
 * @throws CohortError with a sentence that names the file: no JSON object, not to be read, two that apply at one level.
 */
export async function readSidecar(path: string, root?: string): Promise<ReadonlyMap<string, SidecarField>> {
  const fields = new Map<string, SidecarField>();
  if (!image.test(path)) return fields;
  const stem = basename(path).replace(image, '');
  const folder = dirname(path);
  const name = bidsName(stem);
  const levels = name === undefined ? [folder] : levelsTo(folder, root);
  for (const level of levels) {
    const applicable = (await jsonFiles(level)).filter(
      (file) =>
        (level === folder && file === `${stem}.json`) || (name !== undefined && appliesTo(file, name)),
    );
    if (applicable.length > 1)
      throw new CohortError(
        `${applicable.map((file) => join(level, file)).join(' and ')} both apply to ${path}; BIDS allows one such file in a folder. Join them, or name what they apply to more exactly.`,
      );
    for (const file of applicable) {
      const json = await readObject(join(level, file));
      for (const [key, value] of Object.entries(json)) fields.set(key, { value, file: join(level, file) });
    }
  }
  return fields;
}

/** The folders from the root of the data set to `folder`, as they are written. */
function levelsTo(folder: string, root: string | undefined): string[] {
  const levels = [folder];
  const isRoot = (level: string): boolean =>
    root === undefined
      ? existsSync(join(level, 'dataset_description.json'))
      : resolve(level) === resolve(root);
  for (;;) {
    const [top] = levels;
    if (isRoot(top)) return levels;
    const above = join(top, '..');
    // No root above: then only the image's own folder is known to be of its data set.
    if (resolve(above) === resolve(top)) return [folder];
    levels.unshift(/(^|[\\/])\.\.?$/.test(top) ? above : dirname(top));
  }
}

async function jsonFiles(folder: string): Promise<string[]> {
  try {
    return (await readdir(folder)).filter((file) => file.endsWith('.json')).sort();
  } catch (error) {
    throw new CohortError(`The sidecars in ${folder} could not be looked for: ${explainFileError(error)}.`, {
      cause: error,
    });
  }
}

function bidsName(stem: string): BidsName | undefined {
  const parts = stem.split('_');
  const suffix = parts.pop() ?? '';
  const pairs = parts.map((part) => /^([A-Za-z0-9]+)-(.+)$/.exec(part));
  if (!/^[A-Za-z0-9]+$/.test(suffix) || pairs.includes(null)) return undefined;
  return { entities: new Map(pairs.flatMap((pair) => (pair === null ? [] : [[pair[1], pair[2]]]))), suffix };
}

function appliesTo(file: string, { entities, suffix }: BidsName): boolean {
  const other = bidsName(file.slice(0, -'.json'.length));
  return (
    other !== undefined &&
    other.suffix === suffix &&
    [...other.entities].every(([key, value]) => entities.get(key) === value)
  );
}

async function readObject(file: string): Promise<object> {
  let text: string;
  try {
    const facts = await stat(file);
    if (!facts.isFile()) throw new CohortError(`${file} is no regular file; a JSON sidecar was expected.`);
    if (facts.size > largestSidecar)
      throw new CohortError(
        `${file} has ${Math.round(facts.size / 2 ** 20)} MiB, which no sidecar has; take it away, or shorten it.`,
      );
    text = await readFile(file, 'utf8');
  } catch (error) {
    if (error instanceof CohortError) throw error;
    throw new CohortError(
      errorCode(error) === 'ENOENT'
        ? `${file} is a link to a file that does not exist; fetch the file, or take the link away.`
        : `${file} could not be read: ${explainFileError(error)}.`,
      { cause: error },
    );
  }
  return jsonObject(text, file);
}
