import ts from 'typescript';
import { packedSpecifiers, type SourcePlace } from './specifiers.ts';

/**
 * A source file as JavaScript that runs from the same place of another tree: types are erased, and names of other files
 * are those of that tree.
 *
 * @throws Error as `packedSpecifiers` does.
 */
export function javaScript(text: string, place: SourcePlace): string {
  const edited = packedSpecifiers(text, place);
  if (!place.file.endsWith('.ts')) return edited;
  return ts.transpileModule(edited, {
    fileName: place.file,
    compilerOptions: {
      target: ts.ScriptTarget.ES2024,
      module: ts.ModuleKind.ESNext,
      verbatimModuleSyntax: true,
    },
  }).outputText;
}
