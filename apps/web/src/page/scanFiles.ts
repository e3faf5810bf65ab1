import { InputError } from '@oinr/errors';
import { convertDicom, isDicom } from './dicom.ts';
import type { ScanFiles } from './messages.ts';

const image = /\.nii(\.gz)?$/i;

/**
 * The scans among the files that were dropped or chosen: NIfTI images, each with the JSON file of its name, or else what
 * dcm2niix makes of the DICOM files.
 *
 * @throws InputError where there is no image.
 */
export async function scansAmong(files: readonly File[], say: (words: string) => void): Promise<ScanFiles[]> {
  const images = files.filter(({ name }) => image.test(name) && !name.startsWith('.'));
  if (images.length > 0) return images.map((one) => withSidecar(one, files));
  const pair = files.find(({ name }) => /\.(hdr|img)(\.gz)?$/i.test(name));
  if (pair !== undefined)
    throw new InputError(
      `${pair.name} is one of a .hdr/.img pair, which the page does not read. Convert it to .nii, or use the command oinr impute.`,
    );
  const dicom: File[] = [];
  for (const file of files) if (await isDicom(file)) dicom.push(file);
  if (dicom.length === 0)
    throw new InputError(
      `${files.length === 1 ? `${files[0].name} is no image` : `Of these ${files.length} files none is an image`} that is read here: a NIfTI file (.nii, .nii.gz) or DICOM files were expected.`,
    );
  say(`Reading ${dicom.length} DICOM files…`);
  const made = await convertDicom(dicom);
  return made.filter(({ name }) => image.test(name)).map((one) => withSidecar(one, made));
}

function withSidecar(one: File, files: readonly File[]): ScanFiles {
  const name = `${one.name.replace(image, '')}.json`;
  const sidecar = files.find((file) => file.name === name && folderOf(file) === folderOf(one));
  return sidecar === undefined ? { image: one } : { image: one, sidecar };
}

function folderOf({ webkitRelativePath: path }: File): string {
  return path.slice(0, path.lastIndexOf('/') + 1);
}

/** All files of what was dropped, those in folders too. */
export async function filesOf(dropped: DataTransfer): Promise<File[]> {
  // Both are asked for at once: what was dropped is gone when the event is over.
  const items = [...dropped.items].map((item) => item.webkitGetAsEntry() ?? item.getAsFile());
  const found: File[] = [];
  const visit = async (entry: FileSystemEntry): Promise<void> => {
    if (entry.isFile)
      found.push(
        await new Promise<File>((resolve, reject) => (entry as FileSystemFileEntry).file(resolve, reject)),
      );
    else for (const below of await entriesOf(entry as FileSystemDirectoryEntry)) await visit(below);
  };
  for (const item of items) {
    if (item instanceof File) found.push(item);
    else if (item !== null) await visit(item);
  }
  return found;
}

/** A folder hands out its entries in parts, until one is empty. */
async function entriesOf(folder: FileSystemDirectoryEntry): Promise<FileSystemEntry[]> {
  const reader = folder.createReader();
  const all: FileSystemEntry[] = [];
  for (;;) {
    const part = await new Promise<FileSystemEntry[]>((resolve, reject) =>
      reader.readEntries(resolve, reject),
    );
    if (part.length === 0) return all;
    all.push(...part);
  }
}
