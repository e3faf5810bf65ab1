// How long do commands take over a participants table of a million rows, how much memory, and how soon do they hear
// Ctrl-C? Prints a markdown table.
//
//   node benchmarks/participants.ts [--rows 1000000]
//
// A BIDS folder is made whose participants.tsv has that many rows, eight of them with a scan; then each command runs in
// a process of its own. Wall and CPU seconds are of that process, loading of the program included; memory is its peak.
// Ctrl-C is sent after half the time that the command took.
import { spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { writeVolume } from '@oinr/nifti';
import { stream } from '@oinr/random';

const { values } = parseArgs({ options: { rows: { type: 'string', default: '1000000' } } });
const rows = Number(values.rows);
const scans = 8;
const folder = mkdtempSync(join(tmpdir(), 'oinr-participants-'));
const bids = join(folder, 'bids');
const table = join(bids, 'participants.tsv');
const mask = join(folder, 'mask.nii.gz');
await makeData();

/** Each command, into a folder of its own, so that what is stopped leaves the finished run alone. */
const commands = (out: string): readonly (readonly [title: string, words: readonly string[]])[] => {
  const into = (name: string) => ['--out', join(folder, out, name)];
  const compared = ['--participants', table, '--images', bids, '--mask', mask, ...into('ttest')];
  return [
    ['impute, real scans', ['impute', bids, ...into('scans'), '--method', 'linear']],
    [
      'participant --simulate',
      [bids, join(folder, out, 'run'), 'participant', '--missing', '50', '--method', 'linear'],
    ],
    ['compare', ['compare', '--root', bids, '--out', join(folder, 'whole', 'run'), '--permutations', '50']],
    ['prepare', ['prepare', '--root', bids, ...into('prepared'), '--register', 'never']],
    [
      'ttest, eight people of two groups',
      ['ttest', ...compared, '--groups', 'CN', 'AD', '--permutations', '50'],
    ],
    [
      'ttest, all of two groups, who have no images',
      ['ttest', ...compared, '--groups', 'c', 'd', '--covariates', 'age', 'sex'],
    ],
  ];
};

console.log(`| ${rows.toLocaleString('en')} rows | exit | wall s | CPU s | peak MB | Ctrl-C heard after |`);
console.log('| --- | --- | --- | --- | --- | --- |');
const stopping = commands('stopped');
for (const [index, [title, words]] of commands('whole').entries()) {
  const whole = await run(words);
  const stopped = await run(stopping[index][1], 500 * whole.wall);
  const heard = stopped.heard === undefined ? 'was done' : `${stopped.heard.toFixed(2)} s`;
  console.log(
    `| ${title} | ${whole.code} | ${whole.wall.toFixed(1)} | ${whole.cpu.toFixed(1)} | ${whole.megabytes.toFixed(0)} | ${heard} |`,
  );
}
rmSync(folder, { recursive: true });

async function makeData(): Promise<void> {
  mkdirSync(bids, { recursive: true });
  writeFileSync(join(bids, 'dataset_description.json'), '{"Name": "many", "BIDSVersion": "1.9.0"}\n');
  const lines = Array.from({ length: rows }, (_, index) => {
    const group = index < scans ? ['CN', 'AD'][index % 2] : 'cd'[index % 2];
    return `sub-${index + 1}\t${group}\t${60 + (index % 301) / 10}\t${'FM'[(index >> 1) % 2]}\tsite${index % 7}`;
  });
  writeFileSync(table, `participant_id\tgroup\tage\tsex\tsite\n${lines.join('\n')}\n`);
  const random = stream(14, 'participants');
  const shape = [20, 24, 12] as const;
  const grid = { shape, affine: [2, 0, 0, -20, 0, 2, 0, -24, 0, 0, 6, -36, 0, 0, 0, 1] };
  const size = shape[0] * shape[1] * shape[2];
  for (let index = 1; index <= scans; index += 1) {
    const data = Float32Array.from({ length: size }, () => 500 + 50 * random.normal());
    mkdirSync(join(bids, `sub-${index}`, 'anat'), { recursive: true });
    await writeVolume(join(bids, `sub-${index}`, 'anat', `sub-${index}_T1w.nii.gz`), { grid, data });
  }
  await writeVolume(mask, { grid, data: new Float32Array(size).fill(1) });
}

interface Ran {
  readonly code: number | string;
  readonly wall: number;
  readonly cpu: number;
  readonly megabytes: number;
  /** Seconds from Ctrl-C to the end. */
  readonly heard?: number;
}

/** Runs the installed command; after `stopAfter` milliseconds it gets a Ctrl-C. */
async function run(words: readonly string[], stopAfter?: number): Promise<Ran> {
  const bin = join(import.meta.dirname, '../apps/oinr/bin/oinr.mjs');
  // The process tells what it used at its end; its workers do so too, under other numbers.
  const tell =
    'process.on("exit",()=>{const u=process.resourceUsage();process.stderr.write(["\\nUSED",process.pid,(u.userCPUTime+u.systemCPUTime)/1e6,u.maxRSS/1024,"\\n"].join(" "))})';
  const begun = performance.now();
  const child = spawn(process.execPath, ['--import', `data:text/javascript,${tell}`, bin, ...words], {
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  let said = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    said += text;
  });
  let stoppedAt: number | undefined;
  const timer =
    stopAfter === undefined
      ? undefined
      : setTimeout(() => {
          stoppedAt = performance.now();
          child.kill('SIGINT');
        }, stopAfter);
  const code = await new Promise<number | string>((resolve) => {
    child.on('close', (status, signal) => resolve(status ?? signal ?? ''));
  });
  clearTimeout(timer);
  const ended = performance.now();
  const [, cpu = 0, megabytes = 0] = new RegExp(`USED ${child.pid} (\\S+) (\\S+)`).exec(said) ?? [];
  return {
    code,
    wall: (ended - begun) / 1000,
    cpu: Number(cpu),
    megabytes: Number(megabytes),
    heard: stoppedAt === undefined ? undefined : (ended - stoppedAt) / 1000,
  };
}
