import type { SourceFile } from './sourceFile.ts';

/**
 * Names that the index of a package exports and nobody else imports. `others`: every file that does not belong to the
 * package, tests and programs of the workspace included.
 */
export function unusedExports(
  packageName: string,
  index: SourceFile,
  others: readonly SourceFile[],
): readonly string[] {
  const used = new Set(
    others
      .flatMap(({ imports }) => imports)
      .filter(({ specifier }) => specifier === packageName)
      .flatMap(({ names }) => names),
  );
  return used.has('*') ? [] : index.exports.filter((name) => !used.has(name));
}
