// `npm run test:long`: the tests that take minutes each (pipelines/test/long). What came of them is written to
// docs/records/long-tests.md, which is committed: the last record of a check that does not run every time.
import { execFileSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { cpus } from 'node:os';
import { join } from 'node:path';
import { root, runTests } from './running.ts';

const git = (...words: string[]): string =>
  execFileSync('git', words, { cwd: root, encoding: 'utf8' }).trim();
const commit = git('rev-parse', 'HEAD');
const changed = git('status', '--porcelain', '--untracked-files=no') !== '';
const started = performance.now();
const { passed, failed, skipped, titles } = await runTests(['--config', 'ava.long.config.js']);
const minutes = ((performance.now() - started) / 60_000).toFixed(1);
const counts = `${passed} passed, ${failed} failed, ${skipped} skipped`;
writeFileSync(
  join(root, 'docs/records/long-tests.md'),
  `# The long tests, run last

Written by \`npm run test:long\`.

- Commit: ${commit}${changed ? ' with uncommitted changes' : ''}
- Machine: ${cpus()[0]?.model.trim() ?? 'unknown'}, ${cpus().length} cores, Node ${process.versions.node}
- ${minutes} minutes: ${counts}

${titles.map((title) => `- ${title}`).join('\n')}
`,
);
console.log(counts);
process.exitCode = failed > 0 ? 1 : 0;
