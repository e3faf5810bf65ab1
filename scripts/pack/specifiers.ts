import { existsSync } from 'node:fs';
import { dirname, join, posix } from 'node:path';
import ts from 'typescript';

/** Where a source file is, and where the packages are that it may name. */
export interface SourcePlace {
  /** The workspace. */
  readonly root: string;
  /** The file from the root, with slashes. */
  readonly file: string;
  /** Folder of every package of the workspace by its name, from the root. */
  readonly folders: ReadonlyMap<string, string>;
}

/**
 * The text of a file with other files named as they are called in the packed tree: `.ts` in imports and in URLs of worker
 * entries becomes `.js`, and names of workspace packages become relative paths to their index.
 *
 * @throws Error for a path that leads nowhere or that cannot be followed before the program runs.
 */
export function packedSpecifiers(text: string, place: SourcePlace): string {
  const source = ts.createSourceFile(place.file, text, ts.ScriptTarget.Latest, true);
  const edits: { start: number; end: number; text: string }[] = [];
  const visit = (node: ts.Node): void => {
    const specifier = specifierOf(node);
    if (specifier !== undefined) {
      const renamed = rename(specifier.text, place);
      if (renamed !== specifier.text)
        edits.push({ start: specifier.getStart() + 1, end: specifier.getEnd() - 1, text: renamed });
    } else if (ts.isCallExpression(node) && node.expression.getText() === 'import.meta.resolve') {
      throw new Error(
        `${place.file} calls ${node.getText()}: write the name as text, so that packing can follow it.`,
      );
    }
    ts.forEachChild(node, visit);
  };
  visit(source);
  let edited = text;
  for (const edit of edits.sort((a, b) => b.start - a.start))
    edited = edited.slice(0, edit.start) + edit.text + edited.slice(edit.end);
  return edited;
}

/** The text in `import ... from`, `export ... from`, `import()`, `import.meta.resolve()` and `new URL()`. */
function specifierOf(node: ts.Node): ts.StringLiteral | undefined {
  let found: ts.Node | undefined;
  if (ts.isImportDeclaration(node) || ts.isExportDeclaration(node)) found = node.moduleSpecifier;
  else if (ts.isImportTypeNode(node) && ts.isLiteralTypeNode(node.argument)) found = node.argument.literal;
  else if (ts.isNewExpression(node) && node.expression.getText() === 'URL') found = node.arguments?.[0];
  else if (
    ts.isCallExpression(node) &&
    (node.expression.kind === ts.SyntaxKind.ImportKeyword ||
      node.expression.getText() === 'import.meta.resolve')
  )
    found = node.arguments[0];
  return found !== undefined && ts.isStringLiteral(found) ? found : undefined;
}

function rename(specifier: string, { root, file, folders }: SourcePlace): string {
  const here = posix.dirname(file);
  const folder = folders.get(specifier);
  if (folder !== undefined) {
    const path = posix.relative(here, `${folder}/src/index.js`);
    return path.startsWith('.') ? path : `./${path}`;
  }
  if (!specifier.startsWith('.') || !specifier.endsWith('.ts')) return specifier;
  if (!existsSync(join(root, dirname(file), specifier)))
    throw new Error(`${file} names ${specifier}, which does not exist.`);
  return specifier.replace(/\.ts$/, '.js');
}
