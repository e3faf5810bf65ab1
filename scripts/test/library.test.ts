import { join, resolve } from 'node:path';
import test from 'ava';
import ts from 'typescript';
import { libraryFile } from '../pack/declarations.ts';

const root = resolve(import.meta.dirname, '../..');

test('everything that the library offers says what it is, for those who hover over it', (t) => {
  const { config } = ts.readConfigFile(join(root, 'tsconfig.base.json'), ts.sys.readFile);
  const { options } = ts.convertCompilerOptionsFromJson(config.compilerOptions, root);
  const program = ts.createProgram([join(root, libraryFile)], options);
  const checker = program.getTypeChecker();
  const file = program.getSourceFile(join(root, libraryFile));
  const library = file && checker.getSymbolAtLocation(file);
  const offered = library ? checker.getExportsOfModule(library) : [];
  t.true(offered.length > 100);
  const silent = offered.filter((symbol) => {
    const original = symbol.flags & ts.SymbolFlags.Alias ? checker.getAliasedSymbol(symbol) : symbol;
    return ts.displayPartsToString(original.getDocumentationComment(checker)).trim() === '';
  });
  t.deepEqual(
    silent.map(({ name }) => name),
    [],
  );
});
