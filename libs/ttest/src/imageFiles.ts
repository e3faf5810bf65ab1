import { existsSync, readdirSync, statSync } from 'node:fs';
import { basename, join, resolve } from 'node:path';
import { isMissing } from '@oinr/tables';
import { type People, requireColumn } from './design.ts';
import { RequestError } from './errors.ts';

/** Where images are, and which belongs to whom. */
export interface ImageChoice {
  readonly folder: string;
  /** The option that names the folder, for sentences. */
  readonly option: string;
  /** Column with one image per row, relative to the folder. */
  readonly imageColumn?: string;
}

/**
 * One image per participant, in the table's order. With an image column its cells are paths relative to the folder.
 * Without one, the .nii and .nii.gz files in the folder and below are matched by name: a file belongs to a participant
 * when its name is participant_id or `sub-` + participant_id, followed by a character that is neither a letter nor a
 * digit (so sub-1 does not match sub-10_T1w.nii). Throws a RequestError where a file is missing or there are several.
 */
export function imageFiles(choice: ImageChoice, people: People): string[] {
  const { folder, option, imageColumn } = choice;
  if (!existsSync(folder) || !statSync(folder).isDirectory()) {
    throw new RequestError(`${folder} is not a folder; ${option} names the folder of the images.`);
  }
  const files =
    imageColumn === undefined ? matchedFiles(folder, people.names) : columnFiles(choice, imageColumn, people);
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
    const file = resolve(folder, row[column].trim());
    if (!existsSync(file)) {
      throw new RequestError(
        `${file}, the image of ${name}, does not exist. Check column ${column} and ${option}.`,
      );
    }
    return file;
  });
}

function matchedFiles(folder: string, names: readonly string[]): string[] {
  const files = readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => !entry.isDirectory() && /\.nii(\.gz)?$/i.test(entry.name))
    .map((entry) => join(entry.parentPath, entry.name))
    .sort();
  return names.map((name) => {
    const bare = name.replace(/^sub-/, '');
    const own = files.filter((file) =>
      [name, bare, `sub-${bare}`].some((start) => belongsTo(start, basename(file))),
    );
    if (own.length === 0) {
      throw new RequestError(
        `${folder} holds no .nii or .nii.gz file whose name begins with sub-${bare} or ${bare}. Add the image, or name the column of the images with --image-column.`,
      );
    }
    if (own.length > 1) {
      throw new RequestError(
        `${folder} holds ${own.length} images of ${name}: ${own.slice(0, 4).join(', ')}${own.length > 4 ? ', ...' : ''}. Name the one to use in a column and give it with --image-column.`,
      );
    }
    return own[0];
  });
}

/** Whether a file's name is `start` and then neither a letter nor a digit. */
function belongsTo(start: string, file: string): boolean {
  return file.startsWith(start) && /^[^\p{L}\p{N}]/u.test(file.slice(start.length));
}
