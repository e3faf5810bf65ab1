import { readFile } from 'node:fs/promises';
import { writeFileAtomic } from '@oinr/files';
import type { OutputFolder } from './folder.ts';
import { writeJson } from './json.ts';
import { safeJoin } from './paths.ts';
import type { SourceData } from './sourceData.ts';

/** Where a derivative comes from, for dataset_description.json of BIDS 1.9 ("derived dataset"). */
export interface DerivativeDescription {
  readonly name: string;
  readonly generatedBy: { readonly name: string; readonly version: string; readonly description: string };
  /** What is derived from; see sourceData. */
  readonly source: SourceData;
  /** What the names in BIDS URIs stand for, such as `source` in `bids:source:sub-01/anat/sub-01_T1w.nii.gz`. */
  readonly links: Readonly<Record<string, string>>;
  /** What a person should know who opens the folder. */
  readonly readme: string;
}

/**
 * Writes `dataset_description.json` and README of a BIDS derivative dataset, as drafts. Several stages may write into one dataset,
 * each an entry of GeneratedBy: what another one has written there stays. A description that somebody else has written,
 * or changed, stays as it is.
 *
 * @param below the folder of the dataset below that of the outputs.
 * @returns a sentence where the description was left alone.
 */
export async function writeDatasetDescription(
  folder: OutputFolder,
  below: readonly string[],
  description: DerivativeDescription,
): Promise<string | undefined> {
  const { name, generatedBy, source, links, readme } = description;
  const path = folder.file(...below, 'dataset_description.json');
  const ownership = await folder.manifest.results.ownershipOf(path);
  if (ownership === 'foreign' || ownership === 'changed')
    return `${path} was written or changed by somebody else and stays as it is; add ${generatedBy.name} ${generatedBy.version} to its GeneratedBy.`;
  const entry = {
    Name: generatedBy.name,
    Version: generatedBy.version,
    Description: generatedBy.description,
  };
  const earlier = await generatorsIn(path);
  await writeJson(folder.draft(...below, 'dataset_description.json'), {
    Name: name,
    BIDSVersion: '1.9.0',
    DatasetType: 'derivative',
    GeneratedBy: earlier.some(({ Name }) => Name === entry.Name)
      ? earlier.map((one) => (one.Name === entry.Name ? entry : one))
      : [...earlier, entry],
    DatasetLinks: links,
    SourceDatasets: [source],
  });
  const text = folder.file(...below, 'README');
  const owner = await folder.manifest.results.ownershipOf(text);
  if (owner !== 'foreign' && owner !== 'changed')
    await writeFileAtomic(folder.draft(...below, 'README'), `${name}\n\n${readme.trim()}\n`);
  return undefined;
}

/** The entries of GeneratedBy that are there; none where the file is absent or damaged, since it is written anew. */
async function generatorsIn(path: string): Promise<{ readonly Name: unknown }[]> {
  try {
    const { GeneratedBy } = JSON.parse(await readFile(path, 'utf8'));
    return Array.isArray(GeneratedBy) ? GeneratedBy.filter((one) => typeof one?.Name === 'string') : [];
  } catch {
    return [];
  }
}

/** Parts of a derivative's file name, in BIDS order. */
export interface DerivativeName {
  /** Label without `sub-`. */
  readonly subject: string;
  readonly session?: string;
  /** The template whose space the volume is in; absent: the scan's own. */
  readonly space?: string;
  /** The resolution there, such as `2mm`. */
  readonly res?: string;
  /** Value of the `desc` entity: letters and digits. */
  readonly desc: string;
  readonly suffix: string;
}

/**
 * The path of an anatomical derivative without its extension, such as `FOLDER/sub-01/anat/sub-01_desc-oinr66_T1w`.
 *
 * @throws RunError for names that would leave the folder.
 */
export function derivativePath(folder: string, name: DerivativeName): string {
  const session = name.session === undefined ? [] : [`ses-${name.session}`];
  const space = name.space === undefined ? [] : [`space-${name.space}`];
  const res = name.res === undefined ? [] : [`res-${name.res}`];
  const entities = [`sub-${name.subject}`, ...session, ...space, ...res, `desc-${name.desc}`, name.suffix];
  return safeJoin(folder, `sub-${name.subject}`, ...session, 'anat', entities.join('_'));
}
