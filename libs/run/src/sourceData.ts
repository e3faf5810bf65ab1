import { readFile } from 'node:fs/promises';
import { dirname, join, relative, sep } from 'node:path';

/** The data that a derivative dataset is derived from, as its description names them. */
export interface SourceData {
  readonly Name: string;
  readonly DOI?: string;
  readonly License?: string;
}

/** A link where neither a DOI nor a place can be told; a reader who has the data puts theirs there. */
const untold = 'urn:oinr:source-place-not-recorded';

/**
 * What dataset_description.json says of the data set in `root` (its DOI and licence, where it has them), and the URI that
 * `bids:source:` stands for in the derivative dataset `dataset`: the DOI, else the way from the one to the other. What
 * folders are called on somebody's machine is not told: the way is given where the source lies around the derivative, or
 * below `out`, the folder of all results.
 */
export async function sourceData(
  name: string,
  root: string,
  { dataset, out }: { readonly dataset: string; readonly out: string },
): Promise<{ readonly source: SourceData; readonly link: string }> {
  const description = await readDescription(root);
  const text = (field: string): string | undefined => {
    const value = description[field];
    return typeof value === 'string' && value.trim() !== '' ? value.trim() : undefined;
  };
  const bare = text('DatasetDOI')?.replace(/^(doi:|https?:\/\/(dx\.)?doi\.org\/)/i, '');
  const doi = bare !== undefined && /^10\.\S+$/.test(bare) ? `doi:${bare}` : undefined;
  const license = text('License');
  return {
    source: { Name: name, ...(doi && { DOI: doi }), ...(license && { License: license }) },
    link: doi ?? (isBelow(dataset, root) || isBelow(root, out) ? way(dataset, root) : untold),
  };
}

async function readDescription(root: string): Promise<Readonly<Record<string, unknown>>> {
  try {
    return Object(JSON.parse(await readFile(join(root, 'dataset_description.json'), 'utf8')));
  } catch {
    // None, or a damaged one: then only its name is known.
    return {};
  }
}

function isBelow(path: string, folder: string): boolean {
  const below = relative(folder, path);
  return below !== '' && !below.startsWith('..') && dirname(below) !== below;
}

/** The relative URI of a folder. */
function way(from: string, to: string): string {
  return relative(from, to).split(sep).map(encodeURIComponent).join('/');
}
