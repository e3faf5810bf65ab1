import {
  chmodSync,
  cpSync,
  existsSync,
  globSync,
  mkdirSync,
  readFileSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join, sep } from 'node:path';
import { brotliCompressSync, constants } from 'node:zlib';
import { declarations } from './declarations.ts';
import { javaScript } from './javaScript.ts';
import { packagesOfCommand } from './packages.ts';

/** Where the page is built to. */
const page = 'apps/web/build';

/** Beside `src`, what a package reads while it runs: compiled kernels, weights, and pictures. */
const dataFolders = ['build', 'weights', 'data'];

/**
 * Writes the command and all it needs of the workspace as JavaScript below `target`, in the same tree of folders, so
 * that files find each other as they do here. Node strips no types below node_modules, where a tarball ends up.
 *
 * @throws Error where a WebAssembly kernel has not been compiled.
 */
export function writeDistTree(root: string, target: string): void {
  const packages = packagesOfCommand(root);
  const folders = new Map(packages.map(({ name, folder }) => [name, folder]));
  for (const { name, version, folder } of packages) {
    const json = { name, version, private: true, type: 'module' };
    write(join(target, folder, 'package.json'), `${JSON.stringify(json, null, 2)}\n`);
    for (const path of globSync(`${folder}/{src,bin}/**/*`, { cwd: root })) {
      const file = path.split(sep).join('/');
      if (file.endsWith('.d.ts') || statSync(join(root, file)).isDirectory()) continue;
      // Scripts for browsers lie below assets and are read as they are.
      if (/\.(ts|mjs)$/.test(file))
        write(
          join(target, file.replace(/\.ts$/, '.js')),
          javaScript(readFileSync(join(root, file), 'utf8'), { root, file, folders }),
        );
      else copy(root, target, file);
    }
    if (existsSync(join(root, folder, 'assembly')) && !existsSync(join(root, folder, 'build')))
      throw new Error(`${folder}/build is missing: compile the WebAssembly kernel by npm ci.`);
    for (const data of dataFolders)
      if (existsSync(join(root, folder, data))) copy(root, target, `${folder}/${data}`);
  }
  // Read by the command, which says on an old Node what it needs.
  const { engines } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
  write(
    join(target, 'package.json'),
    `${JSON.stringify({ private: true, type: 'module', engines }, null, 2)}\n`,
  );
  // The page of `oinr view`, which is built before.
  if (existsSync(join(root, page))) packPage(root, target);
  copy(root, target, 'cohorts');
  copy(root, target, 'LICENSE');
  chmodSync(join(target, 'apps/oinr/bin/oinr.mjs'), 0o755);
}

/** The page, packed as its server unpacks it (a quarter of the room). The first file stays as it is: by it the command sees that the page is there. */
function packPage(root: string, target: string): void {
  for (const path of globSync(`${page}/**/*`, { cwd: root })) {
    const file = path.split(sep).join('/');
    if (statSync(join(root, file)).isDirectory()) continue;
    const whole = readFileSync(join(root, file));
    const packed = brotliCompressSync(whole, { params: { [constants.BROTLI_PARAM_QUALITY]: 9 } });
    const isSmaller = packed.length < 0.95 * whole.length && file !== `${page}/index.html`;
    write(join(target, isSmaller ? `${file}.br` : file), isSmaller ? packed : whole);
  }
}

/** Adds the types of the library to that tree. */
export function writeDeclarations(root: string, target: string): void {
  for (const [path, text] of declarations(root)) write(join(target, path), text);
}

function write(path: string, text: string | Uint8Array): void {
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, text);
}

function copy(root: string, target: string, path: string): void {
  mkdirSync(dirname(join(target, path)), { recursive: true });
  cpSync(join(root, path), join(target, path), { recursive: true });
}
