// Gives the whole workspace a version: `node scripts/setVersion.ts 0.3.0`. All packages carry the same one, pin each
// other to it, and CITATION.cff names it.
import { globSync, readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';

interface Manifest {
  name?: string;
  version?: string;
  dependencies?: Record<string, string>;
}

const ours = (name: string): boolean => name === 'oinr' || name.startsWith('@oinr/');

function withVersion<T extends Manifest>(manifest: T, version: string): T {
  const pinned = Object.entries(manifest.dependencies ?? {}).map(([name, other]) => [
    name,
    ours(name) ? version : other,
  ]);
  return {
    ...manifest,
    version,
    ...(manifest.dependencies ? { dependencies: Object.fromEntries(pinned) } : {}),
  };
}

/** Sets the version of the workspace at `root` in every package.json, the lock file and CITATION.cff. */
export function setVersion(root: string, version: string): void {
  if (!/^\d+\.\d+\.\d+$/.test(version))
    throw new Error(`A version is three numbers, such as 0.3.0, but got '${version}'.`);
  const edit = (file: string, change: (text: string) => string): void =>
    writeFileSync(join(root, file), change(readFileSync(join(root, file), 'utf8')));
  const editJson = (file: string, change: (json: Record<string, unknown>) => object): void =>
    edit(file, (text) => `${JSON.stringify(change(JSON.parse(text)), null, 2)}\n`);
  for (const file of globSync('{.,libs/*,apps/*,pipelines}/package.json', { cwd: root }))
    editJson(file, (json) => withVersion(json, version));
  editJson('package-lock.json', (lock) => ({
    ...lock,
    version,
    packages: Object.fromEntries(
      Object.entries(lock.packages as Record<string, Manifest>).map(([path, entry]) => [
        path,
        /^($|(libs|apps)\/[^/]+$|pipelines$)/.test(path) ? withVersion(entry, version) : entry,
      ]),
    ),
  }));
  edit('CITATION.cff', (text) => text.replace(/^version: .*$/m, `version: ${version}`));
}

if (import.meta.main ?? process.argv[1] === import.meta.filename) {
  const [, , version = ''] = process.argv;
  setVersion(resolve(import.meta.dirname, '..'), version);
}
