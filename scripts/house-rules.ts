// The rules of the house, checked: imports only point to a lower floor, between packages only through their
// index.ts, and every import is declared in the package's own package.json (ARCHITECTURE.md says why). Inside a package
// no files import each other in a circle, files are named in camelCase, and its index.ts exports what others use. What a
// page in a browser needs imports nothing of Node.
import { existsSync, globSync, readFileSync } from 'node:fs';
import { isBuiltin } from 'node:module';
import { basename, dirname, join, relative, resolve, sep } from 'node:path';
import { importCircles } from './house/circles.ts';
import { neededOfNode } from './house/neededByPages.ts';
import { readSourceFile, type SourceFile } from './house/sourceFile.ts';
import { unusedExports } from './house/unusedExports.ts';

interface Package {
  readonly name: string;
  readonly folder: string;
  readonly floor: number;
  readonly declared: ReadonlySet<string>;
  /** The file by which a bundler for browsers enters it. */
  readonly browserEntry: string;
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
/** Programs of the workspace that belong to no package. */
const programs = ['benchmarks', 'examples', 'scripts'];
/** May be imported by tests and benchmarks of every package: they are devDependencies of the workspace. */
const testTools = new Set(['ava', 'fast-check', 'playwright-core', 'typescript']);
/** The one package that changes what is on a disk, so that no file is lost or cut off anywhere else. */
const writer = 'libs/files/src';
const changesFiles =
  /^(appendFile|chmod|copyFile|cp|createWriteStream|link|mkdir|mkdtemp|rename|rm|rmdir|symlink|truncate|unlink|utimes|writeFile|\*|default)(Sync)?$/;

/** What runs in a browser: the files of this folder of a package, and all that they import. */
const pageFolder = 'src/page';

/** The gradient of an operation is made of operations, so those of the graph may need each other. */
const mayCircle = ['libs/graph/src/operations'];
const camelCase = /^[a-z][A-Za-z0-9]*(\.(test|d))?\.(ts|mjs)$/;

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
      browserEntry: resolve(root, dirname(file), json.exports?.['.']?.browser ?? 'src/index.ts'),
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
  const shown = (path: string): string => relative(root, path).split(sep).join('/');
  const packages = readPackages(root);
  const byName = new Map(packages.map((one) => [one.name, one]));
  const violations: string[] = [];
  let imports = 0;
  let files = 0;
  const read = (folder: string, pattern: string): readonly SourceFile[] =>
    globSync(pattern, { cwd: folder })
      .sort()
      .map((source) => readSourceFile(join(folder, source)));
  const sourcesOf = new Map(
    packages.map(({ name, folder }) => [name, read(folder, '{src,test,bin}/**/*.{ts,mjs}')]),
  );
  const outside = read(root, `{${programs.join(',')}}/**/*.ts`);
  for (const one of packages) {
    const used = new Set<string>();
    const sources = sourcesOf.get(one.name) ?? [];
    files += sources.length;
    for (const { path, imports: imported } of sources) {
      const changing = imported.filter(({ specifier }) => /^(node:)?fs(\/promises)?$/.test(specifier));
      const isSource = path.startsWith(join(one.folder, 'src'));
      for (const name of changing.flatMap(({ names }) => names).filter((one) => changesFiles.test(one)))
        if (isSource && !path.startsWith(join(root, writer)))
          violations.push(
            `${shown(path)} imports ${name} of node:fs; files are written and removed by ${writer} alone, whole or not at all.`,
          );
      const isTest = path.startsWith(join(one.folder, 'test'));
      if (!camelCase.test(basename(path)))
        violations.push(`${shown(path)} is not named in camelCase, as all files are; rename it.`);
      for (const { specifier } of imported) {
        if (isBuiltin(specifier)) continue;
        if (specifier.startsWith('.')) {
          const target = resolve(dirname(path), specifier);
          if (!target.startsWith(one.folder + sep))
            violations.push(
              `${shown(path)} imports ${specifier}, which leaves its package; import another package by its name.`,
            );
          else if (!existsSync(target))
            violations.push(`${shown(path)} imports ${specifier}, which does not exist.`);
          continue;
        }
        const [name, subpath] = splitSpecifier(specifier);
        used.add(name);
        const target = byName.get(name);
        if (target) {
          imports += 1;
          if (subpath !== '' && !(isTest && subpath.startsWith('test/')))
            violations.push(
              `${shown(path)} imports ${specifier}; a package is entered through its index.ts only, and by tests through its test helpers.`,
            );
          if (target.floor >= one.floor)
            violations.push(
              `${shown(path)} (floor ${one.floor}) imports ${name} (floor ${target.floor}); imports only point to a lower floor.`,
            );
        }
        if (!one.declared.has(name) && !(isTest && testTools.has(name)))
          violations.push(
            `${shown(path)} imports ${name}, which ${one.name} does not declare in its package.json.`,
          );
      }
    }
    for (const circle of importCircles(sources)) {
      const names = circle.map(shown);
      if (mayCircle.some((folder) => names.every((name) => name.startsWith(`${folder}/`)))) continue;
      violations.push(
        `${names.join(', ')} import each other in a circle; move what they share to a file of its own, or pass it in.`,
      );
    }
    const index = sources.find(({ path }) => path === join(one.folder, 'src', 'index.ts'));
    const others = [...sourcesOf].flatMap(([name, files]) => (name === one.name ? [] : files));
    for (const name of index ? unusedExports(one.name, index, [...others, ...outside]) : [])
      violations.push(
        `${shown(join(one.folder, 'src/index.ts'))} exports ${name}, which no other package, example or program imports; ` +
          'leave it out, and let tests of the package import it from its file.',
      );
    for (const name of one.declared) {
      if (sources.length > 0 && !used.has(name) && !one.optional.has(name))
        violations.push(
          `${one.name} declares ${name} in its package.json but imports it nowhere; remove it.`,
        );
    }
  }
  const all = [...sourcesOf.values()].flat();
  const isOfPage = ({ path }: SourceFile): boolean =>
    packages.some(({ folder }) => path.startsWith(join(folder, pageFolder) + sep));
  for (const { path, specifier, page } of neededOfNode(
    all.filter(isOfPage),
    new Map(all.map((file) => [file.path, file])),
    new Map(packages.map(({ name, browserEntry }) => [name, browserEntry])),
  ))
    violations.push(
      `${shown(path)} imports ${specifier}, and the page needs it (by ${shown(page)}); what code in a browser needs of Node is passed in, or left to files that its src/browser.ts does not export.`,
    );
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
