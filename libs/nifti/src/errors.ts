import { UserError } from '@oinr/errors';

/** A NIfTI file could not be read or written. The message is a sentence that names the file and says what to do. */
export class NiftiError extends UserError {
  override readonly name = 'NiftiError';
  /** The file, as it was named by the caller. */
  readonly file: string;
  constructor(file: string, sentence: string, options?: ErrorOptions) {
    super(`${file} ${sentence}`, options);
    this.file = file;
  }
}
