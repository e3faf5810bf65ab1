import { Dcm2niix } from '@niivue/dcm2niix';
import { InputError } from '@oinr/errors';

/** Ways of compression in DICOM by their UID, for the sentence. */
const compressions: Readonly<Record<string, string>> = {
  '1.2.840.10008.1.2.5': 'RLE',
  '1.2.840.10008.1.2.1.99': 'deflate',
};

function compressionOf(uid: string): string | undefined {
  if (uid in compressions) return compressions[uid];
  if (uid.startsWith('1.2.840.10008.1.2.4.9')) return 'JPEG 2000';
  if (uid.startsWith('1.2.840.10008.1.2.4.8')) return 'JPEG-LS';
  if (uid.startsWith('1.2.840.10008.1.2.4.10')) return 'MPEG';
  return uid.startsWith('1.2.840.10008.1.2.4') ? 'JPEG' : undefined;
}

/** Whether a file is DICOM by the mark that stands behind its preamble. */
export async function isDicom(file: File): Promise<boolean> {
  return (await file.slice(128, 132).text()) === 'DICM';
}

/**
 * What dcm2niix makes of DICOM files: NIfTI images and their sidecars, without what tells who the person is.
 *
 * @throws InputError where it makes none.
 */
export async function convertDicom(files: readonly File[]): Promise<File[]> {
  const program = new Dcm2niix();
  try {
    await program.init();
    // Named by numbers: descriptions of series are free text.
    const made = await program.input(files).b('y').ba('y').z('n').f('series%s').run();
    if (made.some(({ name }) => name.endsWith('.nii'))) return made;
  } catch (error) {
    throw new InputError(`${await refusal(files)} (${error instanceof Error ? error.message : error})`, {
      cause: error,
    });
  } finally {
    program.worker?.terminate();
  }
  throw new InputError(await refusal(files));
}

async function refusal(files: readonly File[]): Promise<string> {
  const compression = compressionOf(await transferSyntax(files[0]));
  return compression === undefined
    ? `dcm2niix made no image of these ${files.length} DICOM files: they are damaged, incomplete, or hold no slices. Export the series again.`
    : `dcm2niix made no image of these ${files.length} DICOM files: they are compressed (${compression}) in a way that cannot be read here. Export them without compression.`;
}

/** The UID of a file's transfer syntax, (0002,0010), which is always written in the same way; '' where there is none. */
async function transferSyntax(file: File): Promise<string> {
  const bytes = new DataView(await file.slice(132, 4096).arrayBuffer());
  for (let at = 0; at + 8 <= bytes.byteLength; at += 2) {
    if (bytes.getUint32(at, true) !== 0x00100002 || bytes.getUint16(at + 4) !== 0x5549) continue; // UI
    const length = bytes.getUint16(at + 6, true);
    const uid = new Uint8Array(bytes.buffer, at + 8, Math.min(length, bytes.byteLength - at - 8));
    return new TextDecoder().decode(uid).replace(/\0.*$/, '');
  }
  return '';
}
