// Runs at the end of `npm ci`: compiles every lib that has an AssemblyScript kernel (libs/*/assembly/index.ts).
// Plain JavaScript, so that any Node can run it.
import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = resolve(fileURLToPath(import.meta.url), '..', '..');
const asc = join(root, 'node_modules', 'assemblyscript', 'bin', 'asc.js');
for (const lib of readdirSync(join(root, 'libs'))) {
  const entry = join(root, 'libs', lib, 'assembly', 'index.ts');
  if (!existsSync(entry) || !existsSync(asc)) continue;
  const build = join(root, 'libs', lib, 'build');
  mkdirSync(build, { recursive: true });
  const config = join(root, 'libs', lib, 'assembly', 'asconfig.json');
  execFileSync(process.execPath, [asc, entry, '--config', config, '-o', join(build, `${lib}.wasm`)], {
    stdio: 'inherit',
    cwd: root,
  });
  console.log(`built libs/${lib}/build/${lib}.wasm`);
}
