#!/usr/bin/env node
// Plain JavaScript that any Node can run: the command itself is TypeScript, which needs the Node of package.json. An
// older one (the machine's own, say) hands over to the Node 22 of the workspace.
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const needed = createRequire(import.meta.url)('../../../package.json').engines.node.replace('>=', '');
const [major, minor] = process.versions.node.split('.').map(Number);
const [leastMajor, leastMinor] = needed.split('.').map(Number);
const main = fileURLToPath(new URL('../src/main.ts', import.meta.url));

if (major > leastMajor || (major === leastMajor && minor >= leastMinor)) {
  const { run } = await import(main);
  process.exitCode = await run(process.argv.slice(2));
} else {
  const node = workspaceNode();
  if (node === undefined) {
    process.stderr.write(
      `oinr needs Node ${needed} or newer, but this is Node ${process.versions.node} and no newer one is installed beside it. Install a newer Node or, in the workspace, run \`npm ci\`.\n`,
    );
    process.exitCode = 1;
  } else {
    const child = spawn(node, [fileURLToPath(import.meta.url), ...process.argv.slice(2)], {
      stdio: 'inherit',
    });
    // A Ctrl-C reaches the child from the terminal; a signal sent to this process alone is passed on.
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) {
      process.on(signal, () => {
        if (signal !== 'SIGINT' || !process.stdin.isTTY) child.kill(signal);
      });
    }
    child.on('error', (error) => {
      process.stderr.write(`${node} could not be started: ${error.message}.\n`);
      process.exitCode = 1;
    });
    child.on('exit', (code, signal) => {
      process.exitCode = code ?? (signal === 'SIGINT' ? 130 : 143);
    });
  }
}

/** The Node that the workspace installed from npm; undefined where there is none. */
function workspaceNode() {
  try {
    const folder = dirname(createRequire(import.meta.url).resolve('node/package.json'));
    return [join(folder, 'bin', 'node'), join(folder, 'bin', 'node.exe')].find((file) => existsSync(file));
  } catch {
    return undefined;
  }
}
