import { readFileSync } from 'node:fs';
import ts from 'typescript';

/** One import of a file, or a re-export, which imports as well. */
export interface Import {
  readonly specifier: string;
  /** What is taken, by the names of the other file; `*` stands for everything. */
  readonly names: readonly string[];
  /** When the other file is needed: while this one loads, at some later time, or never, since types vanish. */
  readonly when: 'loading' | 'later' | 'never';
}

/** What the rules of the house need to know of a TypeScript file. */
export interface SourceFile {
  readonly path: string;
  readonly imports: readonly Import[];
  /** Names that the file exports, its own and those of others. */
  readonly exports: readonly string[];
}

/** Reads a file by its syntax alone: `import type` and `type` say what is no value, as verbatimModuleSyntax demands. */
export function readSourceFile(path: string): SourceFile {
  const file = ts.createSourceFile(path, readFileSync(path, 'utf8'), ts.ScriptTarget.Latest);
  const imports: Import[] = [];
  const exports: string[] = [];
  for (const statement of file.statements) {
    if (ts.isImportDeclaration(statement)) imports.push(importOf(statement));
    else if (ts.isExportDeclaration(statement)) {
      const elements = statement.exportClause && named(statement.exportClause);
      exports.push(...(elements?.map(({ name }) => name.text) ?? ['*']));
      if (statement.moduleSpecifier) {
        imports.push({
          specifier: textOf(statement.moduleSpecifier),
          names: elements?.map(nameThere) ?? ['*'],
          when: isForTypes(statement, elements) ? 'never' : 'loading',
        });
      }
    } else if (isExported(statement)) exports.push(...declaredNames(statement));
  }
  const visit = (node: ts.Node): void => {
    const late = lateSpecifier(node);
    if (late) imports.push(late);
    ts.forEachChild(node, visit);
  };
  visit(file);
  return { path, imports, exports };
}

function importOf(statement: ts.ImportDeclaration): Import {
  const { importClause: clause } = statement;
  const elements = clause?.namedBindings && named(clause.namedBindings);
  return {
    specifier: textOf(statement.moduleSpecifier),
    names: [
      ...(clause?.name ? ['default'] : []),
      ...(elements?.map(nameThere) ?? (clause?.namedBindings ? ['*'] : [])),
    ],
    when:
      clause && (clause.phaseModifier === ts.SyntaxKind.TypeKeyword || isForTypes(clause, elements))
        ? 'never'
        : 'loading',
  };
}

type Elements = readonly (ts.ImportSpecifier | ts.ExportSpecifier)[];

function named(bindings: ts.NamedImportBindings | ts.NamedExportBindings): Elements | undefined {
  return ts.isNamedImports(bindings) || ts.isNamedExports(bindings) ? bindings.elements : undefined;
}

const nameThere = ({ propertyName, name }: Elements[number]): string => (propertyName ?? name).text;

function isForTypes(
  statement: ts.ImportClause | ts.ExportDeclaration,
  elements: Elements | undefined,
): boolean {
  if (ts.isExportDeclaration(statement) && statement.isTypeOnly) return true;
  const hasDefault = ts.isImportClause(statement) && statement.name !== undefined;
  return (
    !hasDefault && elements !== undefined && elements.length > 0 && elements.every((one) => one.isTypeOnly)
  );
}

/** `import('x')` as a call or as a type, and `import.meta.resolve('x')`, by which files of a package are found. */
function lateSpecifier(node: ts.Node): Import | undefined {
  if (ts.isImportTypeNode(node) && ts.isLiteralTypeNode(node.argument)) {
    return { specifier: textOf(node.argument.literal), names: ['*'], when: 'never' };
  }
  if (!ts.isCallExpression(node)) return undefined;
  const [argument] = node.arguments;
  if (!argument || !ts.isStringLiteralLike(argument)) return undefined;
  const { expression } = node;
  const isResolve =
    ts.isPropertyAccessExpression(expression) &&
    ts.isMetaProperty(expression.expression) &&
    expression.name.text === 'resolve' &&
    !argument.text.startsWith('.');
  const isImport = expression.kind === ts.SyntaxKind.ImportKeyword;
  if (isImport) return { specifier: argument.text, names: ['*'], when: 'later' };
  return isResolve ? { specifier: argument.text, names: [], when: 'later' } : undefined;
}

function isExported(statement: ts.Statement): boolean {
  return (
    ts.canHaveModifiers(statement) &&
    (ts.getModifiers(statement)?.some(({ kind }) => kind === ts.SyntaxKind.ExportKeyword) ?? false)
  );
}

function declaredNames(statement: ts.Statement): readonly string[] {
  if (ts.isVariableStatement(statement))
    return statement.declarationList.declarations.map(({ name }) =>
      ts.isIdentifier(name) ? name.text : '*',
    );
  const { name } = statement as ts.DeclarationStatement;
  return name ? [name.text] : [];
}

const textOf = (node: ts.Node): string => (ts.isStringLiteralLike(node) ? node.text : '');
