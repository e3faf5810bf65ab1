import { type SpawnOptions, spawn } from 'node:child_process';
import { once } from 'node:events';
import { cpSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { writeVolume } from '@oinr/nifti';
import { stream } from '@oinr/random';
import { filesBelow, tinyAffine, tinyHead } from './study.ts';

const bin = join(import.meta.dirname, '../../../apps/oinr/bin/oinr.mjs');
const ids = ['01', '02', '03', '04', '05', '06'];

/** A command line that works, and what goes wrong with it; undefined where nothing does. */
export interface Attempt {
  readonly words: readonly string[];
  readonly fault: string | undefined;
}

export interface Lost {
  readonly attempt: Attempt;
  readonly file: string;
  readonly how: 'changed' | 'gone';
}

/**
 * Runs random commands one after the other, all with results in one folder, many with a fault: an option or a file that
 * is misspelt, a group that does not exist, a kill at any moment, a file system that takes no large file. Then every file
 * that a finished command has left, and every file of the user, has to be as it was, unless a later command has
 * finished.
 *
 * @returns what was lost, and how many commands ended how.
 */
export async function loseNothing(seed: number, commands: number, folder: string) {
  const random = stream(seed, 'nothing lost');
  const pick = <T>(list: readonly T[]): T => list[Math.floor(random.uniform() * list.length)];
  await writeInputs(folder);
  const out = join(folder, 'out');
  mkdirSync(out);
  const own = { 'notes.txt': 'my own notes', 'p_fwe_extent_gt.nii.gz.txt': 'mine', '.mine.partial': 'mine' };
  for (const [name, content] of Object.entries(own)) writeFileSync(join(out, name), content);
  let kept = contents(out);
  const lost: Lost[] = [];
  const ends: Record<string, number> = {};
  for (let number = 0; number < commands; number += 1) {
    const attempt = attemptOf(pick, folder);
    const code = await run(attempt, random.uniform());
    const how = `${attempt.fault ?? 'no fault'}: ${code === 0 ? 'finished' : 'not finished'}`;
    ends[how] = (ends[how] ?? 0) + 1;
    const now = contents(out);
    for (const [file, content] of kept) {
      // What a finished command replaces is its own business, but for files of the user.
      if (code === 0 && !(file in own)) continue;
      const found = now.get(file);
      if (found !== content) lost.push({ attempt, file, how: found === undefined ? 'gone' : 'changed' });
    }
    // Files that an unfinished command has added may be replaced by it when it goes on.
    kept = code === 0 ? now : new Map([...now].filter(([file]) => kept.has(file)));
  }
  return { lost, ends };
}

async function writeInputs(folder: string): Promise<void> {
  const images = join(folder, 'images');
  const size = [9, 10, 8] as const;
  const grid = { shape: size, affine: tinyAffine };
  for (const [index, id] of ids.entries())
    await writeVolume(join(images, `sub-${id}_T1w.nii.gz`), { grid, data: tinyHead(index + 1, size) });
  await writeVolume(join(folder, 'mask.nii.gz'), {
    grid,
    data: tinyHead(1, size).map((one) => Number(one > 0)),
  });
  cpSync(images, join(folder, 'smoothed'), { recursive: true });
  const rows = ids.map((id, index) => `sub-${id}\t${index < 3 ? 'AD' : 'CN'}`);
  writeFileSync(join(folder, 'participants.tsv'), `participant_id\tgroup\n${rows.join('\n')}\n`);
  const thick = {
    shape: [18, 25, 6] as const,
    affine: [3, 0, 0, -27, 0, 3, 0, -37, 0, 0, 9, -24, 0, 0, 0, 1],
  };
  for (const name of ['scan', 'other'])
    await writeVolume(join(folder, `${name}.nii.gz`), { grid: thick, data: tinyHead(7, thick.shape) });
}

const faults = [
  undefined,
  undefined,
  'option',
  'file',
  'group',
  'kill',
  'kill',
  'kill',
  'full disk',
] as const;

function attemptOf(pick: <T>(list: readonly T[]) => T, folder: string): Attempt {
  const fault = pick(faults);
  const file = (name: string): string => join(folder, fault === 'file' ? name.replace('i', 'j') : name);
  const groups =
    fault === 'group'
      ? ['AD', 'XX']
      : pick([
          ['AD', 'CN'],
          ['CN', 'AD'],
        ]);
  const out = ['--out', join(folder, 'out'), ...(fault === 'option' ? ['--smoooth', '3'] : [])];
  const people = ['--participants', file('participants.tsv'), '--groups', ...groups];
  const words = pick([
    [
      ...['ttest', '--images', file('images'), '--mask', join(folder, 'mask.nii.gz'), ...people, ...out],
      ...pick([[], ['--tfce'], ['--cluster-threshold', 'T=2']]),
    ],
    [
      ...[
        'impute',
        file(pick(['scan', 'other'].map((name) => `${name}.nii.gz`))),
        '--method',
        pick(['linear', 'pchip']),
      ],
      ...['--spacing', pick(['3', '4.5']), ...out],
    ],
    [
      ...['compare', '--full', file('images'), '--imputed', join(folder, 'smoothed'), ...people, ...out],
      ...pick([[], ['--smooth', '6'], ['--tfce']]),
    ],
    ['report', '--cohort', 'maps', ...out],
  ]);
  return { words, fault };
}

/** Runs the command with its fault; `moment`, 0 to 1, is when it is killed. */
async function run({ words, fault }: Attempt, moment: number): Promise<number> {
  const options: SpawnOptions = { stdio: 'ignore', env: { ...process.env, NODE_COMPILE_CACHE: undefined } };
  const command = [process.execPath, bin, ...words];
  const child =
    fault === 'full disk'
      ? spawn('sh', ['-c', 'ulimit -f 1; exec "$@"', 'sh', ...command], options)
      : spawn(command[0], command.slice(1), options);
  const ended = once(child, 'exit');
  const timer = fault === 'kill' ? setTimeout(() => child.kill('SIGKILL'), 300 + 1500 * moment) : undefined;
  const [code] = await ended;
  clearTimeout(timer);
  return code ?? 137;
}

/** What files hold, by path below a folder: all that somebody may look for, without states, logs and hidden files. */
function contents(folder: string): Map<string, string> {
  const shown = filesBelow(folder).filter(
    (file) => file === '.mine.partial' || !(/(^|\/)\./.test(file) || /(\.log|run\.json)$/.test(file)),
  );
  return new Map(shown.map((file) => [file, readFileSync(join(folder, file), 'base64')]));
}
