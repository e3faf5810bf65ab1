import { appendLine, FileWriteError } from '@oinr/files';

/**
 * The log file of a run: one line per event with its time in UTC. Lines are appended synchronously, so that they are
 * there when a process is killed a moment later.
 */
export class RunLog {
  readonly #path: string;
  readonly #now: () => Date;
  readonly #hide: (text: string) => string;

  /** `hide` removes what a log may not carry, such as where on the machine the source images lie. */
  constructor(
    path: string,
    hide: (text: string) => string = (text) => text,
    now: () => Date = () => new Date(),
  ) {
    this.#path = path;
    this.#hide = hide;
    this.#now = now;
  }

  /** Why a line could not be written, the first time that happened: told at the end, since a log must not stop work. */
  failure: FileWriteError | undefined;

  /** Writes one event; line breaks and control characters in it become blanks. */
  write(text: string): void {
    // \p{Cc}: control characters, line breaks among them.
    const line = this.#hide(text)
      .replace(/\p{Cc}+/gu, ' ')
      .trimEnd();
    try {
      appendLine(this.#path, `${this.#now().toISOString()} ${line}`);
    } catch (error) {
      if (!(error instanceof FileWriteError)) throw error;
      this.failure ??= error;
    }
  }
}

/** The folders of an absolute path without blanks, on Unix and Windows; addresses of web pages are none. */
const absoluteFolders = /(?<![\w.~-]|https?:\/?)(?:[A-Za-z]:)?[/\\](?:[^\s/\\'"`,;:()<>|]+[/\\])+/g;

/**
 * A function that takes absolute folder paths out of messages: `/data/study/sub-01/x.nii` becomes `sub-01/x.nii`
 * when `/data/study` is hidden. Longer folders are replaced first. Of a path elsewhere only the last name is left;
 * where its folders hold blanks they cannot be told from the sentence around them, so name such folders.
 */
export function hideFolders(folders: readonly string[]): (text: string) => string {
  const sorted = folders.filter((folder) => folder.length > 1).sort((a, b) => b.length - a.length);
  return (text) => {
    let shown = text;
    for (const folder of sorted) {
      const bare = folder.replace(/[/\\]+$/, '');
      shown = shown
        .replaceAll(`${bare}/`, '')
        .replaceAll(`${bare}\\`, '')
        .replaceAll(bare, 'the source folder');
    }
    return shown.replace(absoluteFolders, '');
  };
}
