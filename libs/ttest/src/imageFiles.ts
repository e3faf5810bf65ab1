import { existsSync, readdirSync, statSync } from 'node:fs';
import { basename, join, resolve } from 'node:path';
import { isMissing } from '@oinr/tables';
import type { Participants } from './participants.ts';
import { RequestError, type TTestRequest } from './request.ts';

/**
 * One image per participant, in the table's order. With an image column its cells are paths relative to the folder.
 * Without one, the .nii and .nii.gz files in the folder and below are matched by name: a file belongs to a participant
 * when its name is participant_id or `sub-` + participant_id, followed by a character that is neither a letter nor a
 * digit (so sub-1 does not match sub-10_T1w.nii). Throws a RequestError where a file is missing or there are several.
 */
export function imageFiles(request: TTestRequest, participants: Participants): string[] {
  const { images } = request;
  if (!existsSync(images) || !statSync(images).isDirectory()) {
    throw new RequestError(`${images} is not a folder; --images names the folder of the images.`);
  }
  const files =
    request.imageColumn === undefined
      ? matchedFiles(images, participants.names)
      : columnFiles(request, request.imageColumn, participants);
  const seen = new Map<string, string>();
  files.forEach((file, index) => {
    // Of a pair either file can be named.
    const image = resolve(file).replace(/\.img(\.gz)?$/i, '.hdr$1');
    const other = seen.get(image);
    if (other !== undefined) {
      throw new RequestError(
        `${participants.names[index]} and ${other} have the same image, ${file}. Every row needs an image of its own.`,
      );
    }
    seen.set(image, participants.names[index]);
  });
  return files;
}

function columnFiles(request: TTestRequest, column: string, participants: Participants): string[] {
  return participants.rows.map((row, index) => {
    if (!(column in row)) {
      throw new RequestError(
        `${request.participants} has no column ${column} (--image-column); it has ${Object.keys(row).join(', ')}.`,
      );
    }
    const name = participants.names[index];
    if (isMissing(row[column])) {
      throw new RequestError(
        `${request.participants} has no value in column ${column} for ${name}: it names that row's image.`,
      );
    }
    const file = resolve(request.images, row[column].trim());
    if (!existsSync(file)) {
      throw new RequestError(
        `${file}, the image of ${name}, does not exist. Check column ${column} and --images.`,
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
      [name, bare, `sub-${bare}`].some((start) => {
        const file_ = basename(file);
        return file_.startsWith(start) && /^[^\p{L}\p{N}]/u.test(file_.slice(start.length));
      }),
    );
    if (own.length === 0) {
      throw new RequestError(
        `${folder} holds no .nii or .nii.gz file whose name begins with ${name} or sub-${bare}. Add the image, or name the column of the images with --image-column.`,
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
