// Subjects an hour of the real stage `impute` on a small phantom cohort, with one job and with two.
//
//   node benchmarks/cohort.ts [--methods oinr-internal,oinr] [--engines cpu] [--per-group 4] [--voxel-size 3]
//
// Each method is run twice over the same cohort, everything done anew; the clock runs from the first finished subject
// of a job to the end, so that loading programs and fitting base networks, which cohorts pay once, are left out.
// Each job has one thread with two jobs on two cores; with one job, it is held to one thread by `--jobs 1` on one core
// (taskset, where the system has it), so that the comparison is of cores. The table is Markdown.
import { spawn, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { parseArgs } from 'node:util';

const { values } = parseArgs({
  options: {
    methods: { type: 'string', default: 'oinr-internal,oinr' },
    engines: { type: 'string', default: 'cpu' },
    'per-group': { type: 'string', default: '4' },
    'voxel-size': { type: 'string', default: '3' },
  },
});
const start = join(import.meta.dirname, '../pipelines/start.mjs');
const pinned = spawnSync('taskset', ['-c', '0', 'true']).status === 0;
const out = mkdtempSync(join(tmpdir(), 'oinr-cohort-'));

console.log('| engine | method | subjects an hour, 1 job | 2 jobs | ratio |');
console.log('| --- | --- | --- | --- | --- |');
for (const engine of values.engines.split(',')) {
  for (const method of values.methods.split(',')) {
    const one = await subjectsAnHour(engine, method, 1);
    const two = await subjectsAnHour(engine, method, 2);
    console.log(
      `| ${engine} | ${method} | ${one.toFixed(0)} | ${two.toFixed(0)} | ${(two / one).toFixed(2)} |`,
    );
  }
}
rmSync(out, { recursive: true, force: true });

async function subjectsAnHour(engine: string, method: string, jobs: number): Promise<number> {
  const words = [
    ...[start, 'impute', '--cohort', 'phantom', '--out', out, '--run', 'bench', '--force', '--no-volumes'],
    ...['--phantom-per-group', values['per-group'], '--phantom-voxel-size', values['voxel-size']],
    ...['--k', '3', '--method', method, '--engine', engine, '--jobs', String(jobs)],
  ];
  const command = jobs === 1 && pinned ? ['taskset', '-c', '0', process.execPath] : [process.execPath];
  const [program = '', ...before] = command;
  const child = spawn(program, [...before, ...words], { stdio: ['ignore', 'pipe', 'inherit'] });
  const ends: number[] = [];
  for await (const line of createInterface({ input: child.stdout })) {
    if (/^sub-\S+ \(\d+ of \d+\):.* imputed/.test(line)) ends.push(performance.now());
  }
  // The first subject of each job began with loading; the others followed one another.
  const [begun = 0] = ends.slice(jobs - 1);
  const counted = ends.length - jobs;
  if (counted < 1)
    throw new Error(`The run of ${method} with ${jobs} jobs finished ${ends.length} subjects; too few.`);
  return (3600 * 1000 * counted) / ((ends.at(-1) ?? 0) - begun);
}
