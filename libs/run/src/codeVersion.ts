import { createHash } from 'node:crypto';
import { existsSync, readFileSync, realpathSync } from 'node:fs';
import { findPackageJSON, isBuiltin } from 'node:module';
import { dirname, join, relative, resolve, sep } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { errorCode } from '@oinr/files';
import { hashFolders } from './fingerprint.ts';

/** Beside `src`, what a package reads while it computes: compiled kernels and trained weights. */
const dataFolders = ['build', 'weights'];

/**
 * The version of the code that runs from an entry file: a hash over the source of all modules that it imports, directly
 * or through others, over what their packages compute with (`build`, `weights`), and the versions of the packages from
 * npm. Results of another version are not reused, be it of a release or of a line changed a minute ago.
 *
 * @param entry URL of the module that does the work, such as a worker's.
 */
export async function codeVersion(entry: string | URL): Promise<string> {
  const { files, packages } = importGraph(fileURLToPath(entry));
  const hash = createHash('sha256');
  const root = commonFolder(files);
  for (const file of files)
    hash.update(`${relative(root, file).split(sep).join('/')}\n`).update(readFileSync(file));
  const folders = new Set(files.map(packageFolder));
  for (const folder of [...folders].sort())
    for (const data of dataFolders)
      if (existsSync(join(folder, data))) hash.update(await hashFolders([join(folder, data)]));
  return [hash.digest('hex'), ...packages].join(' ');
}

/** The modules of the workspace that run from an entry file, and the packages from npm that they use. Both sorted. */
export function importGraph(entry: string): { readonly files: string[]; readonly packages: string[] } {
  const files = new Set<string>();
  const packages = new Map<string, string>();
  const open = [resolve(entry)];
  for (let file = open.pop(); file !== undefined; file = open.pop()) {
    if (files.has(file)) continue;
    files.add(file);
    for (const specifier of specifiersIn(readFileSync(file, 'utf8'))) {
      if (isBuiltin(specifier)) continue;
      if (specifier.startsWith('.')) {
        const target = resolve(dirname(file), specifier);
        if (/\.(ts|js|mjs)$/.test(target) && existsSync(target)) open.push(target);
        continue;
      }
      const found = packageFile(specifier, file);
      if (found === undefined) continue;
      const { name, version, exports } = JSON.parse(readFileSync(found, 'utf8'));
      if (name.startsWith('@oinr/'))
        open.push(resolve(dirname(realpathSync(found)), exports['.'].default ?? exports['.']));
      else packages.set(name, `${name}@${version}`);
    }
  }
  return { files: [...files].sort(), packages: [...packages.values()].sort() };
}

/** The package.json of a package; undefined for an optional one that is not installed, which is part of no result. */
function packageFile(specifier: string, importer: string): string | undefined {
  try {
    return findPackageJSON(specifier, pathToFileURL(importer));
  } catch (error) {
    if (errorCode(error) === 'ERR_MODULE_NOT_FOUND') return undefined;
    throw error;
  }
}

/**
 * What a module names: imports, also on demand, re-exports, and files beside it that it starts. Types alone are erased
 * before anything runs and do not count.
 */
function specifiersIn(text: string): string[] {
  const found: string[] = [];
  for (const [, clause, specifier] of text.matchAll(
    /^(?:import|export)\b([^'";]*?)\bfrom\s*['"]([^'"]+)['"]/gm,
  ))
    if (!/^\s+type\b/.test(clause)) found.push(specifier);
  for (const [, specifier] of text.matchAll(/^import\s*['"]([^'"]+)['"]/gm)) found.push(specifier);
  for (const [, specifier] of text.matchAll(
    /(?:\bimport\(|\bnew URL\(|\bimport\.meta\.resolve\()\s*['"]([^'"]+)['"]/g,
  ))
    found.push(specifier);
  return found;
}

function packageFolder(file: string): string {
  for (let folder = dirname(file); ; folder = dirname(folder)) {
    if (existsSync(join(folder, 'package.json')) || dirname(folder) === folder) return folder;
  }
}

/** The deepest folder that holds all files. */
function commonFolder(files: readonly string[]): string {
  let common = dirname(files[0]);
  while (!files.every((file) => file.startsWith(common + sep))) common = dirname(common);
  return common;
}
