import { basename, isAbsolute, join, relative, resolve, sep } from 'node:path';
import { RunError } from './errors.ts';

// Longest file name that common file systems take is 255 bytes; temporary names add some 40.
const longestSegment = 180;
const reservedOnWindows = /^(con|prn|aux|nul|com\d|lpt\d)(\.|$)/i;

/**
 * Joins names below a folder. Each name is one path segment: no separators, not `.` or `..`, no control
 * characters, none of `<>:"|?*`, no leading or trailing blank, at most 180 bytes. So a name from a table (a
 * participant_id such as `../../etc`) never leaves `root`.
 *
 * @throws RunError that quotes the offending name.
 */
export function safeJoin(root: string, ...names: readonly string[]): string {
  for (const name of names) {
    const problem = segmentProblem(name);
    if (problem !== undefined) {
      throw new RunError(
        `${quote(name)} cannot be used as a file or folder name: ${problem}. Rename it where it comes from.`,
      );
    }
  }
  const joined = join(root, ...names);
  const inside = relative(resolve(root), resolve(joined));
  if (inside === '..' || inside.startsWith(`..${sep}`)) {
    throw new RunError(`${quote(names.join('/'))} would leave its folder; rename it where it comes from.`);
  }
  return joined;
}

function segmentProblem(name: string): string | undefined {
  if (name === '') return 'it is empty';
  if (name === '.' || name === '..') return 'it names a folder above or the folder itself';
  if (/[/\\]/.test(name)) return 'it contains a path separator';
  if (/\p{Cc}/u.test(name)) return 'it contains a control character';
  if (/[<>:"|?*]/.test(name)) return 'it contains one of < > : " | ? *';
  if (name !== name.trim() || name.endsWith('.')) return 'it begins or ends with a blank, or ends with a dot';
  if (reservedOnWindows.test(name)) return 'the name is reserved on Windows';
  if (Buffer.byteLength(name) > longestSegment) return `it is longer than ${longestSegment} bytes`;
  return undefined;
}

function quote(name: string): string {
  const text = JSON.stringify(name);
  return text.length > 80 ? `${text.slice(0, 76)}..."` : text;
}

/** A path below `root` with forward slashes, for sidecars and tables that must not depend on the machine. */
export function relativePath(root: string, path: string): string {
  return relative(root, path).split(sep).join('/');
}

/**
 * How sidecars name a source file: by its path below the data's folder; a file elsewhere by its own name alone, since
 * the folders that lead to it would tell of the machine.
 */
export function sourceName(root: string, path: string): string {
  const below = relative(root, path);
  const isElsewhere = isAbsolute(below) || below === '..' || below.startsWith(`..${sep}`);
  return isElsewhere ? basename(path) : relativePath(root, path);
}
