// `npm pack` in apps/oinr runs this first and postpack.ts last: the tarball holds JavaScript and a package.json of
// its own, which stands in for the workspace's while npm reads the folder.
import { execFileSync } from 'node:child_process';
import { existsSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { writeDeclarations, writeDistTree } from './distTree.ts';
import { packedManifest } from './manifest.ts';
import { keptManifest, restoreManifest } from './restore.ts';

const root = resolve(import.meta.dirname, '../..');
const app = join(root, 'apps/oinr');
const dist = join(app, 'dist');

// Left behind by a pack that was killed.
if (existsSync(keptManifest(app))) restoreManifest(app);
rmSync(dist, { recursive: true, force: true });
execFileSync(process.execPath, [join(root, 'apps/web/src/build.ts')]);
writeDistTree(root, dist);
writeDeclarations(root, dist);
const manifest = packedManifest(root);
renameSync(join(app, 'package.json'), keptManifest(app));
writeFileSync(join(app, 'package.json'), `${JSON.stringify(manifest, null, 2)}\n`);
