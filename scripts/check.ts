// The one check of the whole workspace: format and lint, types, house rules, tests.
// Ends with one line: `N passed, N failed, N skipped`. Tests that take minutes each are in `npm run test:long`.
import { run, runTests, tool } from './running.ts';

const checks: readonly (readonly [string, readonly string[]])[] = [
  ['format and lint', [tool('@biomejs/biome/bin/biome'), 'ci', '--error-on-warnings', '.']],
  ['types', [tool('typescript/bin/tsc'), '-p', '.', '--noEmit']],
  ['types of the page', [tool('typescript/bin/tsc'), '-p', 'apps/web', '--noEmit']],
  ['house rules', ['scripts/house-rules.ts']],
];

let passed = 0;
let failed = 0;
for (const [name, args] of checks) {
  const started = Date.now();
  const { code, output } = await run(process.execPath, args, () => {});
  const seconds = ((Date.now() - started) / 1000).toFixed(1);
  console.log(`${code === 0 ? 'ok' : 'FAILED'}: ${name} (${seconds} s)`);
  if (code === 0) passed += 1;
  else {
    failed += 1;
    console.log(output);
  }
}

const tests = await runTests(process.argv.slice(2));
console.log(`${passed + tests.passed} passed, ${failed + tests.failed} failed, ${tests.skipped} skipped`);
process.exitCode = failed + tests.failed > 0 ? 1 : 0;
