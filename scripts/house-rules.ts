// The rules of the house, checked: imports only point to a lower floor, between packages only through their
// index.ts, and every import is declared in the package's own package.json (ARCHITECTURE.md says why).
import { existsSync, globSync, readFileSync } from 'node:fs';
import { isBuiltin } from 'node:module';
import { dirname, join, relative, resolve, sep } from 'node:path';
import ts from 'typescript';

interface Package {
  readonly name: string;
  readonly folder: string;
  readonly floor: number;
  readonly declared: ReadonlySet<string>;
  /** Loaded by name at run time where installed, so that no import of them can be seen. */
  readonly optional: ReadonlySet<string>;
}

export interface HouseReport {
  /** Imports between packages that were seen; zero means the check itself is broken. */
  readonly imports: number;
  readonly files: number;
  /** One sentence per broken rule. */
  readonly violations: readonly string[];
}

const packageFolders = ['libs/*', 'apps/*', 'pipelines'];
/** May be imported by tests and benchmarks of every package: they are devDependencies of the workspace. */
const testTools = new Set(['ava', 'fast-check', 'playwright-core']);

function readPackages(root: string): Package[] {
  return globSync(
    packageFolders.map((folder) => join(folder, 'package.json')),
    { cwd: root },
  ).map((file) => {
    const json = JSON.parse(readFileSync(join(root, file), 'utf8'));
    if (!Number.isInteger(json.floor))
      throw new Error(
        `${file} has no floor: expected an integer "floor" (0 = foundations); see ARCHITECTURE.md.`,
      );
    const declared = { ...json.dependencies, ...json.optionalDependencies, ...json.peerDependencies };
    return {
      name: json.name,
      folder: resolve(root, dirname(file)),
      floor: json.floor,
      declared: new Set(Object.keys(declared)),
      optional: new Set(Object.keys(json.optionalDependencies ?? {})),
    };
  });
}

/** `@scope/name/sub/path` -> [`@scope/name`, `sub/path`]. */
function splitSpecifier(specifier: string): [string, string] {
  const parts = specifier.split('/');
  const length = specifier.startsWith('@') ? 2 : 1;
  return [parts.slice(0, length).join('/'), parts.slice(length).join('/')];
}

/** Checks all TypeScript files of the packages below `root`. */
export function checkHouse(root: string): HouseReport {
  const packages = readPackages(root);
  const byName = new Map(packages.map((one) => [one.name, one]));
  const violations: string[] = [];
  let imports = 0;
  let files = 0;
  for (const one of packages) {
    const used = new Set<string>();
    const sources = globSync('{src,test,bin}/**/*.{ts,mjs}', { cwd: one.folder });
    for (const source of sources) {
      files += 1;
      const path = join(one.folder, source);
      const shown = relative(root, path).split(sep).join('/');
      const isTest = source.startsWith('test');
      const text = readFileSync(path, 'utf8');
      const { importedFiles } = ts.preProcessFile(text, true, true);
      // A package whose files are used but not run, such as a font, is found with import.meta.resolve.
      for (const [, specifier] of text.matchAll(/import\.meta\.resolve\('([^'.][^']*)'\)/g))
        importedFiles.push({ fileName: specifier, pos: 0, end: 0 });
      for (const { fileName: specifier } of importedFiles) {
        if (isBuiltin(specifier)) continue;
        if (specifier.startsWith('.')) {
          const target = resolve(dirname(path), specifier);
          if (!target.startsWith(one.folder + sep))
            violations.push(
              `${shown} imports ${specifier}, which leaves its package; import another package by its name.`,
            );
          else if (!existsSync(target))
            violations.push(`${shown} imports ${specifier}, which does not exist.`);
          continue;
        }
        const [name, subpath] = splitSpecifier(specifier);
        used.add(name);
        const target = byName.get(name);
        if (target) {
          imports += 1;
          if (subpath !== '')
            violations.push(`${shown} imports ${specifier}; a package is entered through its index.ts only.`);
          if (target.floor >= one.floor)
            violations.push(
              `${shown} (floor ${one.floor}) imports ${name} (floor ${target.floor}); imports only point to a lower floor.`,
            );
        }
        if (!one.declared.has(name) && !(isTest && testTools.has(name)))
          violations.push(
            `${shown} imports ${name}, which ${one.name} does not declare in its package.json.`,
          );
      }
    }
    for (const name of one.declared) {
      if (sources.length > 0 && !used.has(name) && !one.optional.has(name))
        violations.push(
          `${one.name} declares ${name} in its package.json but imports it nowhere; remove it.`,
        );
    }
  }
  if (imports === 0) violations.push('No import between packages was seen; the check itself must be broken.');
  return { imports, files, violations };
}

if (import.meta.main ?? process.argv[1] === import.meta.filename) {
  const report = checkHouse(resolve(import.meta.dirname, '..'));
  for (const violation of report.violations) console.error(violation);
  console.log(
    `${report.files} files, ${report.imports} imports between packages, ${report.violations.length} broken rules`,
  );
  process.exitCode = report.violations.length > 0 ? 1 : 0;
}
