import { dirname, resolve } from 'node:path';
import type { SourceFile } from './sourceFile.ts';

/**
 * Circles of imports by value: files of which each needs another one to be loaded first. Every circle is named once, as
 * the group of all files that reach each other, in alphabetical order.
 */
export function importCircles(files: readonly SourceFile[]): readonly (readonly string[])[] {
  const needs = new Map(
    files.map(({ path, imports }) => [
      path,
      imports
        .filter(({ specifier, when }) => specifier.startsWith('.') && when === 'loading')
        .map(({ specifier }) => resolve(dirname(path), specifier)),
    ]),
  );
  const reached = new Map([...needs.keys()].map((path) => [path, reachable(path, needs)]));
  const seen = new Set<string>();
  const circles: string[][] = [];
  for (const [path, others] of reached) {
    if (seen.has(path) || !others.has(path)) continue;
    const circle = [...others].filter((other) => reached.get(other)?.has(path)).sort();
    for (const one of circle) seen.add(one);
    circles.push(circle);
  }
  return circles;
}

/** Everything that a file needs, directly or not; itself only if it lies on a circle. */
function reachable(from: string, needs: ReadonlyMap<string, readonly string[]>): ReadonlySet<string> {
  const found = new Set<string>();
  const open = [from];
  for (let path = open.pop(); path !== undefined; path = open.pop()) {
    for (const next of needs.get(path) ?? []) {
      if (found.has(next)) continue;
      found.add(next);
      open.push(next);
    }
  }
  return found;
}
