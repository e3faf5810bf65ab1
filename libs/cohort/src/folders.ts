import { existsSync, statSync } from 'node:fs';
import { readdir, realpath } from 'node:fs/promises';
import { isAbsolute, join, relative } from 'node:path';
import { explainFileError } from '@oinr/files';
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

/** Names in a folder, in natural order; an empty list for a folder that does not exist. */
export async function namesIn(folder: string): Promise<string[]> {
  if (!existsSync(folder)) return [];
  try {
    return (await readdir(folder)).sort(compareNaturally);
  } catch (error) {
    throw new CohortError(`The folder ${folder} could not be read: ${explainFileError(error)}.`, {
      cause: error,
    });
  }
}

/**
 * All files below a folder, in natural order, links followed. `deepest` bounds the depth; a folder that was
 * visited already (a link upwards) is not entered again. Names that begin with a dot are passed over.
 */
export async function filesBelow(folder: string, deepest: number): Promise<string[]> {
  const visited = new Set<string>();
  const walk = async (current: string, depth: number): Promise<string[]> => {
    const real = await realpath(current);
    if (visited.has(real)) return [];
    visited.add(real);
    const found: string[] = [];
    for (const name of await namesIn(current)) {
      if (name.startsWith('.')) continue;
      const path = join(current, name);
      if (isFolder(path)) {
        if (depth < deepest) found.push(...(await walk(path, depth + 1)));
      } else if (isFile(path)) found.push(path);
    }
    return found;
  };
  return walk(folder, 1);
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

/** Files that match a pattern below a folder (* does not cross /), in natural order of their paths. */
export async function matchFiles(folder: string, pattern: string): Promise<string[]> {
  const steps = pattern.split('/').filter((step) => step !== '' && step !== '.');
  let places = [folder];
  for (const [index, step] of steps.entries()) {
    const isLast = index === steps.length - 1;
    const accept = isLast ? isFile : isFolder;
    const next: string[] = [];
    for (const place of places) {
      if (step === '..') continue;
      if (/[*?]/.test(step)) {
        const expression = patternExpression(step);
        for (const name of await namesIn(place)) {
          if (expression.test(name) && !name.startsWith('.') && accept(join(place, name)))
            next.push(join(place, name));
        }
      } else if (accept(join(place, step))) next.push(join(place, step));
    }
    places = next;
  }
  return steps.length === 0 ? [] : places;
}
