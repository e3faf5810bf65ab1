// Memory and time of the stage compare on a study of the paper's size: 140 + 140 simulated volumes at 2 mm.
//   node benchmarks/compare.ts [--subjects 280] [--permutations 10000] [--folder DIR]
// Every volume is the Colin27 brain with its own scale, a smooth wave and noise; in the second group a block is darker.
// The "imputed" volumes are simulated too (a fixed blur along the slice axis), since only compare is measured here.
import { spawn } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { cpus, tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { readVolume, writeVolume } from '@oinr/nifti';
import { stream } from '@oinr/random';
import { boundingBox, crop, type Volume } from '@oinr/volume';

const { values } = parseArgs({
  options: {
    subjects: { type: 'string', default: '280' },
    permutations: { type: 'string', default: '10000' },
    folder: { type: 'string' },
  },
});
const subjects = Number(values.subjects);
const workspace = join(import.meta.dirname, '..');
const folder = values.folder ?? mkdtempSync(join(tmpdir(), 'oinr-compare-'));
const run = join(folder, 'reports', 'bids', 'default');

/** Every second voxel along every axis. */
function halved({ grid, data }: Volume): Volume {
  const [nx, ny] = grid.shape;
  const shape = [0, 1, 2].map((axis) => Math.floor(grid.shape[axis] / 2)) as [number, number, number];
  const small = new Float32Array(shape[0] * shape[1] * shape[2]);
  let at = 0;
  for (let k = 0; k < shape[2]; k += 1)
    for (let j = 0; j < shape[1]; j += 1)
      for (let i = 0; i < shape[0]; i += 1, at += 1) small[at] = data[2 * i + nx * (2 * j + ny * 2 * k)];
  const affine = grid.affine.map((value, index) => (index % 4 < 3 && index < 12 ? 2 * value : value));
  return { grid: { shape, affine }, data: small };
}

async function simulate(): Promise<number> {
  const whole = await readVolume(join(workspace, 'cohorts', 'phantom-base', 'colin27_brain_1mm.nii.gz'));
  const box = boundingBox(whole);
  const base = halved(box === undefined ? whole : crop(whole, box));
  const { shape } = base.grid;
  const rows: string[] = [];
  const measured: string[] = [];
  let brain = 0;
  for (const value of base.data) if (value > 0) brain += 1;
  for (let subject = 0; subject < subjects; subject += 1) {
    const id = `sub-${String(subject + 1).padStart(3, '0')}`;
    const group = subject < subjects / 2 ? 'CN' : 'AD';
    const random = stream(1, 'compare benchmark', subject);
    const scale = 1 + 0.1 * random.normal();
    const phase = 6.3 * random.uniform();
    const full = new Float32Array(base.data.length);
    for (let voxel = 0; voxel < full.length; voxel += 1) {
      if (!(base.data[voxel] > 0)) continue;
      const x = voxel % shape[0];
      const y = Math.floor(voxel / shape[0]) % shape[1];
      const isDarker = group === 'AD' && x > 20 && x < 28 && y > 40 && y < 52;
      const value = base.data[voxel] * scale * (1 + 0.03 * Math.sin(x / 9 + phase)) * (isDarker ? 0.95 : 1);
      full[voxel] = Math.max(0.01, value + 0.04 * 100 * random.normal());
    }
    const blurred = full.map((value, voxel) => {
      const y = Math.floor(voxel / shape[0]) % shape[1];
      return y % 2 === 0 || value === 0 || y === shape[1] - 1
        ? value
        : Math.max(0.01, (full[voxel - shape[0]] + full[voxel + shape[0]]) / 2);
    });
    const source = join(folder, 'data', id, 'anat');
    const derivative = join(run, 'derivatives', 'oinr', id, 'anat');
    mkdirSync(source, { recursive: true });
    mkdirSync(derivative, { recursive: true });
    await writeVolume(join(source, `${id}_T1w.nii.gz`), { grid: base.grid, data: full });
    await writeVolume(join(derivative, `${id}_desc-linear50_T1w.nii.gz`), { grid: base.grid, data: blurred });
    const kept = Array.from({ length: Math.ceil(shape[1] / 2) }, (_, index) => 2 * index);
    writeFileSync(
      join(derivative, `${id}_desc-linear50_T1w.json`),
      JSON.stringify({ KeptSlices: kept, SliceArrayAxis: 'j', IntensityScale: { Value: 1 } }),
    );
    rows.push(`${id}\t${group}`);
    measured.push(`${id}\t${group}\tlinear\t2\t50\tn/a`);
  }
  mkdirSync(join(run, 'tables'), { recursive: true });
  writeFileSync(join(folder, 'data', 'participants.tsv'), `participant_id\tgroup\n${rows.join('\n')}\n`);
  writeFileSync(
    join(folder, 'data', 'dataset_description.json'),
    '{"Name": "simulated", "BIDSVersion": "1.9.0"}\n',
  );
  writeFileSync(
    join(run, 'tables', 'mse.tsv'),
    `participant_id\tgroup\tmethod\tk\tmissing_percent\tbias_missing_mask\n${measured.join('\n')}\n`,
  );
  writeFileSync(
    join(run, 'run.json'),
    JSON.stringify({
      cohort: 'bids',
      run: 'default',
      stages: { impute: { status: 'complete', started: '', options: {} } },
    }),
  );
  return brain;
}

/** What Linux counts of a process: peak resident memory in MiB, and CPU seconds of all its threads. */
function counted(pid: number | undefined): { peak: number; cpu: number } | undefined {
  try {
    const peak = /VmHWM:\s+(\d+) kB/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'));
    // After the name in parentheses, user and system time are fields 12 and 13, in hundredths of a second.
    const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ').at(-1)?.split(' ') ?? [];
    return peak === null
      ? undefined
      : { peak: Number(peak[1]) / 1024, cpu: (Number(fields[11]) + Number(fields[12])) / 100 };
  } catch {
    // Another system, or the process has just ended.
    return undefined;
  }
}

/** Runs compare in a process of its own. */
function measure(): Promise<{ seconds: number; last: ReturnType<typeof counted>; code: number | null }> {
  const started = performance.now();
  const child = spawn(
    process.execPath,
    [
      join(workspace, 'pipelines', 'start.mjs'),
      'compare',
      ...['--cohort', 'bids', '--root', join(folder, 'data'), '--out', join(folder, 'reports')],
      ...['--permutations', values.permutations, '--force'],
    ],
    { stdio: ['ignore', 'inherit', 'inherit'] },
  );
  let last: ReturnType<typeof counted>;
  const watch = setInterval(() => {
    last = counted(child.pid) ?? last;
  }, 100);
  return new Promise((resolve) => {
    child.on('close', (code) => {
      clearInterval(watch);
      resolve({ seconds: (performance.now() - started) / 1000, last, code });
    });
  });
}

const brain = existsSync(join(run, 'run.json')) ? undefined : await simulate();
const { seconds, last, code } = await measure();
const images = brain === undefined ? undefined : (subjects * brain * 4) / 2 ** 20;
console.log(`
${cpus()[0]?.model}, ${cpus().length} cores, Node ${process.versions.node}
${subjects} subjects${brain === undefined ? '' : `, ${brain} voxels`}, ${values.permutations} permutations, 2 data sets, status ${code}
| seconds | CPU seconds | peak memory, MiB | images of one data set, MiB |
|---|---|---|---|
| ${seconds.toFixed(1)} | ${last?.cpu.toFixed(1) ?? 'not known'} | ${last?.peak.toFixed(0) ?? 'not known'} | ${images?.toFixed(0) ?? 'see the first run'} |`);
process.exitCode = code ?? 1;
