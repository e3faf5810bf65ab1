// The one check of the whole workspace: format and lint, types, house rules, tests.
// Ends with one line: `N passed, N failed, N skipped`.
import { spawn } from 'node:child_process';
import { join, resolve } from 'node:path';

const root = resolve(import.meta.dirname, '..');
const tool = (path: string): string => join(root, 'node_modules', path);

interface Outcome {
  readonly code: number;
  readonly output: string;
}

function run(command: string, args: readonly string[], show: (line: string) => void): Promise<Outcome> {
  return new Promise((settle, fail) => {
    const child = spawn(command, args, { cwd: root, stdio: ['ignore', 'pipe', 'pipe'], env: process.env });
    let output = '';
    let pending = '';
    const take = (chunk: Buffer): void => {
      output += chunk;
      const lines = (pending + chunk).split('\n');
      pending = lines.pop() ?? '';
      for (const line of lines) show(line);
    };
    child.stdout.on('data', take);
    child.stderr.on('data', take);
    child.on('error', fail);
    child.on('close', (code) => {
      if (pending !== '') show(pending);
      settle({ code: code ?? 1, output });
    });
  });
}

const node = process.execPath;
const checks: readonly (readonly [string, readonly string[]])[] = [
  ['format and lint', [tool('@biomejs/biome/bin/biome'), 'ci', '--error-on-warnings', '.']],
  ['types', [tool('typescript/bin/tsc'), '-p', '.', '--noEmit']],
  ['house rules', ['scripts/house-rules.ts']],
];

let passed = 0;
let failed = 0;
let skipped = 0;
for (const [name, args] of checks) {
  const started = Date.now();
  const { code, output } = await run(node, args, () => {});
  const seconds = ((Date.now() - started) / 1000).toFixed(1);
  console.log(`${code === 0 ? 'ok' : 'FAILED'}: ${name} (${seconds} s)`);
  if (code === 0) passed += 1;
  else {
    failed += 1;
    console.log(output);
  }
}

// AVA's TAP lines are read as they come; what is not TAP (printed reasons of skips, failures) is shown.
let planned = false;
const { code } = await run(
  node,
  [tool('ava/entrypoints/cli.js'), '--tap', ...process.argv.slice(2)],
  (line) => {
    if (/^ok \d+/.test(line)) {
      if (/# SKIP\b/i.test(line)) {
        skipped += 1;
        console.log(line.replace(/^ok \d+ - /, 'skipped: '));
      } else if (!/# TODO\b/i.test(line)) passed += 1;
    } else if (/^not ok \d+/.test(line)) {
      failed += 1;
      console.log(line);
    } else if (/^1\.\.\d+/.test(line)) planned = true;
    else if (!/^(TAP version|# |---|\s*\.\.\.|$)/.test(line)) console.log(line);
  },
);
if (!planned) {
  failed += 1;
  console.log('FAILED: the test runner ended without a plan, so some tests did not run.');
} else if (code !== 0 && failed === 0) {
  failed += 1;
  console.log(`FAILED: the test runner ended with status ${code} though every test passed.`);
}
console.log(`${passed} passed, ${failed} failed, ${skipped} skipped`);
process.exitCode = failed > 0 ? 1 : 0;
