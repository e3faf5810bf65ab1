import { statSync } from 'node:fs';
import { isAbsolute, join, relative } from 'node:path';
import { type Entry, entriesOf, explainFileError } from '@oinr/files';
import { CohortError } from './errors.ts';

/** Orders names as people do: run-2 before run-10, and always the same on every machine. */
export function compareNaturally(a: string, b: string): number {
  const chunks = (name: string) => name.match(/\d+|\D+/g) ?? [];
  const [left, right] = [chunks(a), chunks(b)];
  for (let index = 0; index < Math.min(left.length, right.length); index++) {
    const [x, y] = [left[index], right[index]];
    if (x === y) continue;
    const isNumber = /^\d/.test(x) && /^\d/.test(y);
    if (isNumber && Number(x) !== Number(y)) return Number(x) - Number(y);
    return x < y ? -1 : 1;
  }
  return left.length - right.length;
}

export function isFile(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isFile() === true;
}

export function isFolder(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isDirectory() === true;
}

/** True when `path` lies in `folder`, judged by names alone. */
export function isInside(folder: string, path: string): boolean {
  const way = relative(folder, path);
  return way !== '' && !way.startsWith('..') && !isAbsolute(way);
}

/** A regular expression for a pattern in which * stands for any characters but / and ? for one. */
export function patternExpression(pattern: string): RegExp {
  const source = [...pattern]
    .map((character) =>
      character === '*'
        ? '[^/]*'
        : character === '?'
          ? '[^/]'
          : character.replace(/[\\^$.|+()[\]{}]/g, '\\$&'),
    )
    .join('');
  return new RegExp(`^${source}$`);
}

/** The same for a path below a folder, where ** stands for any folders, or none. Steps upwards match nothing. */
export function pathPattern(pattern: string): RegExp {
  const steps = pattern.split('/').filter((step) => step !== '' && step !== '.');
  const source = steps
    .map((step, index) => {
      if (step === '**') return '(?:[^/]+/)*';
      return `${patternExpression(step).source.slice(1, -1)}${index < steps.length - 1 ? '/' : ''}`;
    })
    .join('');
  return new RegExp(`^${source}$`, 'i');
}

/** Files that match a pattern below a folder (* does not cross /), in natural order of their paths. */
export async function matchFiles(folder: string, pattern: string): Promise<string[]> {
  const steps = pattern.split('/').filter((step) => step !== '' && step !== '.');
  let places = [folder];
  for (const [index, step] of steps.entries()) {
    const kind = index === steps.length - 1 ? 'file' : 'folder';
    const next: string[] = [];
    for (const place of places) {
      if (step === '..') continue;
      if (/[*?]/.test(step)) {
        const expression = patternExpression(step);
        const found = (await entriesIn(place)).filter(
          (one) => one.kind === kind && expression.test(one.name),
        );
        next.push(...found.map(({ path }) => path).sort(compareNaturally));
      } else if ((kind === 'file' ? isFile : isFolder)(join(place, step))) next.push(join(place, step));
    }
    places = next;
  }
  return steps.length === 0 ? [] : places;
}

/** What a folder holds (see entriesOf). @throws CohortError where it cannot be read. */
export async function entriesIn(folder: string): Promise<Entry[]> {
  try {
    return await entriesOf(folder);
  } catch (error) {
    throw new CohortError(`The folder ${folder} could not be read: ${explainFileError(error)}.`, {
      cause: error,
    });
  }
}
