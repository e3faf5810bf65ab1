// How the check starts its tools and counts its tests.
import { spawn } from 'node:child_process';
import { join, resolve } from 'node:path';

export const root = resolve(import.meta.dirname, '..');
export const tool = (path: string): string => join(root, 'node_modules', path);

export interface Outcome {
  readonly code: number;
  readonly output: string;
}

/**
 * Every test file is a process, and many start others: all strip the types of the same hundreds of files. Node keeps
 * what it made of them here, by their content, which saves a fifth of their time.
 */
const environment = { NODE_COMPILE_CACHE: join(root, 'node_modules/.cache/compile'), ...process.env };

/** Runs a program to its end; every line of what it says goes to `show`. */
export function run(
  command: string,
  args: readonly string[],
  show: (line: string) => void,
): Promise<Outcome> {
  return new Promise((settle, fail) => {
    const child = spawn(command, args, { cwd: root, stdio: ['ignore', 'pipe', 'pipe'], env: environment });
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

/** How many tests there were, by what came of them. */
export interface TestCounts {
  readonly passed: number;
  readonly failed: number;
  readonly skipped: number;
  /** The titles of those that passed. */
  readonly titles: readonly string[];
}

/**
 * Runs AVA and counts. Its TAP lines are read as they come; what is not TAP (printed reasons of skips, failures) is shown.
 */
export async function runTests(words: readonly string[]): Promise<TestCounts> {
  let failed = 0;
  let skipped = 0;
  let planned = false;
  const titles: string[] = [];
  const { code } = await run(
    process.execPath,
    [tool('ava/entrypoints/cli.js'), '--tap', ...words],
    (line) => {
      if (/^ok \d+/.test(line)) {
        if (/# SKIP\b/i.test(line)) {
          skipped += 1;
          console.log(line.replace(/^ok \d+ - /, 'skipped: '));
        } else if (!/# TODO\b/i.test(line)) titles.push(line.replace(/^ok \d+ - /, ''));
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
  return { passed: titles.length, failed, skipped, titles };
}
