import { type ChildProcess, spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdtempSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { writeVolume } from '@oinr/nifti';
import { stream } from '@oinr/random';
import { readTsv } from '@oinr/tables';

const start = join(import.meta.dirname, '../../start.mjs');

export function temporaryFolder(): string {
  return mkdtempSync(join(tmpdir(), 'oinr-pipeline-'));
}

/** A head-like volume: a bright ellipsoid with smooth waves and some noise, 0 outside. */
export function tinyHead(
  seed: number,
  shape: readonly [number, number, number] = [18, 25, 16],
): Float32Array {
  const random = stream(seed, 'tiny head');
  const phases = [random.uniform(), random.uniform(), random.uniform()];
  const data = new Float32Array(shape[0] * shape[1] * shape[2]);
  let index = 0;
  for (let z = 0; z < shape[2]; z += 1) {
    for (let y = 0; y < shape[1]; y += 1) {
      for (let x = 0; x < shape[0]; x += 1, index += 1) {
        const centred = [x / (shape[0] - 1) - 0.5, y / (shape[1] - 1) - 0.5, z / (shape[2] - 1) - 0.5];
        const radius = Math.hypot(...centred);
        if (radius > 0.48) continue;
        const wave = centred.reduce((sum, c, axis) => sum + Math.sin(9 * c + 6 * (phases[axis] ?? 0)), 0);
        data[index] = 600 + 120 * wave + 10 * random.normal();
      }
    }
  }
  return data;
}

export const tinyAffine = [3, 0, 0, -27, 0, 3, 0, -37, 0, 0, 3, -24, 0, 0, 0, 1];

/**
 * Writes a tiny BIDS data set and returns its folder. `odd` adds rows to participants.tsv. One group by default: with
 * several, every run ends with the tables of groups, whose library takes two seconds to load. Headers name a common
 * space, so that a study takes the heads as they are.
 */
export async function tinyStudy(
  subjects: readonly string[],
  odd: readonly string[] = [],
  groups: readonly string[] = ['CN'],
): Promise<string> {
  const root = temporaryFolder();
  const rows = [...subjects, ...odd].map((id, index) => `sub-${id}\t${groups[index % groups.length]}`);
  writeFileSync(join(root, 'participants.tsv'), `participant_id\tgroup\n${rows.join('\n')}\n`);
  writeFileSync(join(root, 'dataset_description.json'), '{"Name": "tiny", "BIDSVersion": "1.9.0"}\n');
  for (const [index, id] of subjects.entries()) {
    const grid = { shape: [18, 25, 16] as const, affine: tinyAffine };
    await writeVolume(scanPath(root, id), { grid, data: tinyHead(index + 1) }, { space: 'mni' });
  }
  return root;
}

export function scanPath(root: string, id: string): string {
  return join(root, `sub-${id}`, 'anat', `sub-${id}_T1w.nii.gz`);
}

export interface Finished {
  readonly code: number | null;
  readonly out: string;
  readonly error: string;
}

export interface Started {
  readonly child: ChildProcess;
  readonly finished: Promise<Finished>;
}

/** Starts a stage by the real command in a process of its own. */
export function startStage(
  stage: string,
  words: readonly string[],
  env: Readonly<Record<string, string>> = {},
): Started {
  const child = spawn(process.execPath, [start, stage, ...words], {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...process.env, ...env },
  });
  let out = '';
  let error = '';
  child.stdout?.on('data', (chunk) => {
    out += chunk;
  });
  child.stderr?.on('data', (chunk) => {
    error += chunk;
  });
  const finished = new Promise<Finished>((resolve) => {
    child.on('close', (code) => resolve({ code, out, error }));
  });
  return { child, finished };
}

export function startImpute(words: readonly string[]): Started {
  return startStage('impute', words);
}

export function runImpute(words: readonly string[]): Promise<Finished> {
  return startImpute(words).finished;
}

/** Paths of all files below a folder, with forward slashes, sorted. */
export function filesBelow(folder: string): string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) =>
      join(entry.parentPath, entry.name)
        .slice(folder.length + 1)
        .replaceAll('\\', '/'),
    )
    .sort();
}

/** What a run has to say: a hash of every file in tables and derivatives, measured times left out. */
export async function results(run: string): Promise<Record<string, string>> {
  const hashes: Record<string, string> = {};
  for (const file of filesBelow(run)) {
    if (!/^(tables|derivatives)\//.test(file)) continue;
    if (file === 'tables/mse.tsv') {
      const { rows } = await readTsv(join(run, file));
      hashes[file] = JSON.stringify(rows.map((row) => ({ ...row, seconds: '' })));
    } else {
      hashes[file] = createHash('sha256')
        .update(readFileSync(join(run, file)))
        .digest('hex');
    }
  }
  return hashes;
}
