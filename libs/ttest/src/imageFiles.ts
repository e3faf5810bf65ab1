import { existsSync, statSync } from 'node:fs';
import { basename, resolve } from 'node:path';
import { filesBelow } from '@oinr/files';
import { firstOf, isMissing } from '@oinr/tables';
import { type People, requireColumn } from './design.ts';
import { RequestError } from './errors.ts';
import { matchesPattern } from './namePattern.ts';

/** Where images are, and which belongs to whom. */
export interface ImageChoice {
  readonly folder: string;
  /** The option that names the folder, for sentences. */
  readonly option: string;
  /** Column with one image per row, relative to the folder. */
  readonly imageColumn?: string;
  /** Which files count where names are matched; see matchesPattern. Default: all. */
  readonly pattern?: string;
}

/**
 * One image per participant, in the table's order. With an image column its cells are paths relative to the folder.
 * Without one, the .nii and .nii.gz files in the folder and below (links followed, litter of file systems passed over)
 * (of them those that match the pattern, where one is given) are matched by name: a file belongs to a participant when its name is participant_id or `sub-` + participant_id,
 * followed by a character that is neither a letter nor a digit (so sub-1 does not match sub-10_T1w.nii).
 *
 * @throws RequestError where a file is missing or there are several; the reason of `signal` when it is aborted.
 */
export async function imageFiles(
  choice: ImageChoice,
  people: People,
  signal?: AbortSignal,
): Promise<string[]> {
  const { folder, option, imageColumn, pattern } = choice;
  if (!existsSync(folder) || !statSync(folder).isDirectory()) {
    throw new RequestError(`${folder} is not a folder; ${option} names the folder of the images.`);
  }
  const files =
    imageColumn === undefined
      ? await matchedFiles(folder, people.names, pattern, signal)
      : columnFiles(choice, imageColumn, people);
  const seen = new Map<string, string>();
  files.forEach((file, index) => {
    // Of a pair either file can be named.
    const image = resolve(file).replace(/\.img(\.gz)?$/i, '.hdr$1');
    const other = seen.get(image);
    if (other !== undefined) {
      throw new RequestError(
        `${people.names[index]} and ${other} have the same image, ${file}. Every row needs an image of its own.`,
      );
    }
    seen.set(image, people.names[index]);
  });
  return files;
}

function columnFiles({ folder, option }: ImageChoice, column: string, people: People): string[] {
  requireColumn(people, column, '--image-column');
  return people.rows.map((row, index) => {
    const name = people.names[index];
    if (isMissing(row[column])) {
      throw new RequestError(
        `${people.table} has no value in column ${column} for ${name}: it names that row's image.`,
      );
    }
    const file = resolve(folder, row[column]);
    if (!existsSync(file)) {
      throw new RequestError(
        `${file}, the image of ${name}, does not exist. Check column ${column} and ${option}.`,
      );
    }
    return file;
  });
}

async function matchedFiles(
  folder: string,
  names: readonly string[],
  pattern: string | undefined,
  signal: AbortSignal | undefined,
): Promise<string[]> {
  const { files, unread } = await filesBelow(folder, { signal });
  const images = files.filter((file) => /\.nii(\.gz)?$/i.test(file)).sort();
  const wanted =
    pattern === undefined ? images : images.filter((file) => matchesPattern(pattern, folder, file));
  if (pattern !== undefined && wanted.length === 0 && images.length > 0)
    throw new RequestError(
      `None of the ${images.length} images in ${folder} matches --pattern ${JSON.stringify(pattern)}; their names are such as ${firstOf(endings(images), 4)}. Put the pattern in quotes, and begin it with * for the name of the participant.`,
    );
  const byStart = filesByStart(wanted);
  const matching = pattern === undefined ? '' : ` that match --pattern ${JSON.stringify(pattern)}`;
  const lacking: string[] = [];
  const found = names.map((name): string => {
    const bare = name.replace(/^sub-/, '');
    const own = [...new Set([name, bare, `sub-${bare}`].flatMap((start) => byStart.get(start) ?? []))];
    if (own.length > 1) {
      throw new RequestError(
        `${folder} holds ${own.length} images of ${name}${matching}: ${firstOf(own, 4)}. Say which one to take of each participant with ${pattern === undefined ? `--pattern, such as --pattern '${endings(own)[0]}'` : 'a pattern that only one of them matches'}, or name it in a column and give that with --image-column.`,
      );
    }
    if (own.length === 0) lacking.push(name);
    return own[0];
  });
  if (lacking.length > 0) {
    const bare = lacking[0].replace(/^sub-/, '');
    const others =
      lacking.length === 1 ? '' : ` (${lacking.length} participants have none: ${firstOf(lacking, 5)})`;
    const broken = unread.length === 0 ? '' : ` ${unread[0].path} ${unread[0].reason}`;
    throw new RequestError(
      `${folder} holds no .nii or .nii.gz file${matching === '' ? '' : `${matching.replace('match ', 'matches ')} and`} whose name begins with sub-${bare} or ${bare}${others}. Add the image, ${matching === '' ? '' : 'make the pattern less exact, '}or name the column of the images with --image-column.${broken}`,
    );
  }
  return found;
}

/** `*_desc-linear66_T1w.nii.gz`: names without the part that tells participants apart, each once. */
function endings(files: readonly string[]): string[] {
  return [...new Set(files.map((file) => basename(file).replace(/^(sub-)?[\p{L}\p{N}]+/u, '*')))];
}

/**
 * Files by everything that their names may be said to begin with: the name up to each character that is neither a letter
 * nor a digit. So each participant is looked up once, and not in every file.
 */
function filesByStart(files: readonly string[]): Map<string, string[]> {
  const byStart = new Map<string, string[]>();
  for (const file of files) {
    const name = basename(file);
    for (const { index } of name.matchAll(/[^\p{L}\p{N}]/gu)) {
      const start = name.slice(0, index);
      const known = byStart.get(start);
      if (known === undefined) byStart.set(start, [file]);
      else known.push(file);
    }
  }
  return byStart;
}
