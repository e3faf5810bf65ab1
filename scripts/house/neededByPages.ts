import { isBuiltin } from 'node:module';
import { dirname, resolve } from 'node:path';
import type { SourceFile } from './sourceFile.ts';

/** A file that a page in a browser needs, and a module of Node that it imports. */
export interface NodeImport {
  readonly path: string;
  readonly specifier: string;
  /** The file of the page by which it is needed. */
  readonly page: string;
}

/**
 * What the files of a page need of Node, directly or through others; types alone need nothing. `entries`: the file by
 * which a bundler for browsers enters each package of the workspace.
 */
export function neededOfNode(
  pages: readonly SourceFile[],
  files: ReadonlyMap<string, SourceFile>,
  entries: ReadonlyMap<string, string>,
): readonly NodeImport[] {
  const found: NodeImport[] = [];
  const seen = new Set<string>();
  for (const page of pages) {
    const open = [page];
    for (let file = open.pop(); file !== undefined; file = open.pop()) {
      const { path, imports } = file;
      if (seen.has(path)) continue;
      seen.add(path);
      for (const { specifier, when } of imports) {
        if (when === 'never') continue;
        if (isBuiltin(specifier)) found.push({ path, specifier, page: page.path });
        const target = specifier.startsWith('.') ? resolve(dirname(path), specifier) : entries.get(specifier);
        const next = target === undefined ? undefined : files.get(target);
        if (next !== undefined) open.push(next);
      }
    }
  }
  return found;
}
