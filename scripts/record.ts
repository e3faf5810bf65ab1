// Runs what a record of docs/records is of, and stores it: `node scripts/record.ts NAME`. Then
// `node scripts/write-numbers.ts` writes its numbers into the documents. The code has to be committed, and the folders that the
// run makes must not be there.
import { execFileSync, spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { cpus } from 'node:os';
import { join, resolve } from 'node:path';
import type { Recipe } from './records/recipe.ts';
import { type RunRecord, writeRecord } from './records/record.ts';
import { recipes } from './records/registry.ts';

const root = resolve(import.meta.dirname, '..');

/** Why a run may not be recorded now; undefined where it may. */
function refusal({ makes }: Recipe): string | undefined {
  const changed = execFileSync(
    'git',
    ['status', '--porcelain', '--untracked-files=no', '--', '.', ':!*.md', ':!docs'],
    {
      cwd: root,
      encoding: 'utf8',
    },
  ).trim();
  if (changed !== '')
    return `Commit what is changed first, so that the record can name the code:\n${changed}`;
  const there = makes.filter((path) => existsSync(join(root, path)));
  return there.length > 0
    ? `${there.join(', ')} is there already; move it away, so that nothing of an earlier run is counted.`
    : undefined;
}

/** Runs the command and shows what it says; gives that, and its seconds. @throws Error where it fails. */
function run(command: string): Promise<{ output: string; seconds: RunRecord['seconds'] }> {
  const began = performance.now();
  // The shell tells the CPU time of all processes below it, by a channel of its own.
  const child = spawn('sh', ['-c', `{ ${command}\n}; status=$?; times >&3; exit $status`], {
    cwd: root,
    stdio: ['ignore', 'pipe', 'inherit', 'pipe'],
    env: { ...process.env, NX_DAEMON: 'false' },
  });
  let output = '';
  let times = '';
  child.stdout?.on('data', (chunk: Buffer) => {
    output += chunk;
    process.stdout.write(chunk);
  });
  child.stdio[3]?.on('data', (chunk: Buffer) => {
    times += chunk;
  });
  return new Promise((settle, fail) => {
    child.on('error', fail);
    child.on('close', (code) => {
      if (code !== 0) return fail(new Error(`${command} ended with status ${code}; nothing was recorded.`));
      const wall = (performance.now() - began) / 1000;
      const [, below = ''] = times.trim().split('\n');
      const cpu = [...below.matchAll(/(\d+)m([\d.]+)s/g)].reduce(
        (sum, [, minutes, seconds]) => sum + 60 * Number(minutes) + Number(seconds),
        0,
      );
      settle({ output, seconds: { wall: Math.round(wall), cpu: Math.round(cpu) } });
    });
  });
}

function machine(): RunRecord['machine'] {
  const [first] = cpus();
  const flags = existsSync('/proc/cpuinfo') ? readFileSync('/proc/cpuinfo', 'utf8') : '';
  const vectors = /\bavx512f\b/.test(flags) ? 'AVX-512' : /\bavx2\b/.test(flags) ? 'AVX2' : 'vectors unknown';
  return { processor: first?.model.trim() ?? 'unknown processor', vectors, cores: cpus().length };
}

const [, , name] = process.argv;
const recipe = recipes.find((one) => one.name === name);
const reason =
  recipe === undefined ? `Name a record: ${recipes.map((one) => one.name).join(', ')}.` : refusal(recipe);
if (recipe === undefined || reason !== undefined) {
  console.error(reason);
  process.exit(1);
}
const commit = execFileSync('git', ['rev-parse', 'HEAD'], { cwd: root, encoding: 'utf8' }).trim();
const { output, seconds } = await run(recipe.command);
const table = (path: string): string => readFileSync(join(root, path), 'utf8');
writeRecord(root, {
  name: recipe.name,
  command: recipe.command,
  commit,
  date: new Date().toISOString().slice(0, 10),
  machine: machine(),
  seconds,
  tables: Object.fromEntries(
    recipe.tables.map((path) => [path, createHash('sha256').update(table(path)).digest('hex')]),
  ),
  values: recipe.values({ output, table }),
});
console.log(`docs/records/${recipe.name}.json is written. Next: node scripts/write-numbers.ts`);
