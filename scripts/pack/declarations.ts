import { join, posix } from 'node:path';
import ts from 'typescript';
import { packagesOfCommand } from './packages.ts';
import { packedSpecifiers } from './specifiers.ts';

/** The file that names everything which the tarball offers to import. */
export const libraryFile = 'apps/oinr/src/library.ts';

/**
 * The types of the library as `.d.ts` files with the comments of the source, by their paths in the packed tree: the
 * library's own and those of every file that it needs to be understood. Types are checked elsewhere, not here.
 *
 * @throws Error where the compiler cannot write them.
 */
export function declarations(root: string): ReadonlyMap<string, string> {
  const folders = new Map(packagesOfCommand(root).map(({ name, folder }) => [name, folder]));
  const program = programOf(root, folders);
  const found = new Map<string, string>();
  const open = [libraryFile];
  for (let file = open.pop(); file !== undefined; file = open.pop()) {
    const path = file.replace(/\.ts$/, '.d.ts');
    if (found.has(path)) continue;
    const text = packedSpecifiers(declarationOf(program, join(root, file)), { root, file, folders });
    found.set(path, text);
    for (const { fileName } of ts.preProcessFile(text).importedFiles)
      if (fileName.startsWith('.'))
        open.push(posix.join(posix.dirname(file), fileName.replace(/\.js$/, '.ts')));
  }
  return found;
}

function programOf(root: string, folders: ReadonlyMap<string, string>): ts.Program {
  const { config } = ts.readConfigFile(join(root, 'tsconfig.base.json'), ts.sys.readFile);
  const { options } = ts.convertCompilerOptionsFromJson(config.compilerOptions, root);
  return ts.createProgram([join(root, libraryFile)], {
    ...options,
    noEmit: false,
    noCheck: true,
    declaration: true,
    emitDeclarationOnly: true,
    // Found below node_modules, the packages of the workspace would count as foreign.
    paths: Object.fromEntries(
      [...folders].map(([name, folder]) => [name, [join(root, folder, 'src/index.ts')]]),
    ),
  });
}

function declarationOf(program: ts.Program, path: string): string {
  let declaration = '';
  const source = program.getSourceFile(path);
  const { diagnostics } = program.emit(source, (_, text) => {
    declaration = text;
  });
  if (declaration === '') {
    const reasons = diagnostics.map(({ messageText }) => ts.flattenDiagnosticMessageText(messageText, '\n'));
    throw new Error(`The types of ${path} could not be written: ${reasons.join('\n') || 'it is not there'}.`);
  }
  return declaration;
}
