// How fast is the permutation t-test? Prints a markdown table. Usage:
//   node benchmarks/ttest.ts [--small] [--only plain,clusters,covariates,tfce,many]
// Reference size: 280 subjects, 230,000 voxels, 10,000 relabelings, data made in the program; --small: 60 x 30,000 x 2,000.
// Every row runs in a process of its own, so that peak memory is that row's. The yardstick is a float32 matrix product
// of the same size in numpy (where python3 has numpy): what a plain implementation spends on the sums alone.
import { execFileSync } from 'node:child_process';
import { cpus } from 'node:os';
import { parseArgs } from 'node:util';
import { permutationTest, SubjectData } from '../libs/statistics/src/index.ts';

const { values: options } = parseArgs({
  options: {
    small: { type: 'boolean', default: false },
    only: { type: 'string' },
    row: { type: 'string' },
    threads: { type: 'string' },
  },
});
const size = options.small
  ? { subjects: 60, voxels: 30_000, relabelings: 2_000 }
  : { subjects: 280, voxels: 230_000, relabelings: 10_000 };

interface Measured {
  readonly cpu: number;
  readonly wall: number;
  readonly megabytes: number;
}

const rows: Readonly<Record<string, { readonly title: string; readonly threads: readonly number[] }>> = {
  plain: { title: 'all nine maps', threads: [1, 2] },
  clusters: { title: 'and clusters, T > 3.1', threads: [1, 2] },
  covariates: { title: 'three covariates (Freedman-Lane)', threads: [2] },
  tfce: { title: 'and exact TFCE', threads: [2] },
  many: { title: 'all nine maps, ten times the permutations', threads: [2] },
};

if (options.row !== undefined) {
  console.log(JSON.stringify(await measure(options.row, Number(options.threads))));
} else {
  printTable();
}

/** A smooth pseudo-random volume per subject inside an ellipsoid, without any library in the timing. */
function cohort(): { data: SubjectData; shape: [number, number, number]; indices: Int32Array } {
  const { subjects, voxels } = size;
  // An ellipsoid fills pi/6 of its box of 4 : 5 : 4.
  const unit = Math.cbrt(voxels / (Math.PI / 6) / 80) * 1.005;
  const shape: [number, number, number] = [Math.ceil(4 * unit), Math.ceil(5 * unit), Math.ceil(4 * unit)];
  const inside: number[] = [];
  for (let index = 0; index < shape[0] * shape[1] * shape[2] && inside.length < voxels; index++) {
    const position = [
      index % shape[0],
      Math.floor(index / shape[0]) % shape[1],
      Math.floor(index / (shape[0] * shape[1])),
    ];
    const radius = position.reduce((sum, x, axis) => sum + ((2 * x + 1) / shape[axis] - 1) ** 2, 0);
    if (radius < 1) inside.push(index);
  }
  const indices = Int32Array.from(inside);
  const data = SubjectData.allocate(subjects, indices.length);
  let state = 12345;
  const field = new Float32Array(shape[0] * shape[1] * shape[2]);
  const strides = [1, shape[0], shape[0] * shape[1]];
  for (let subject = 0; subject < subjects; subject++) {
    for (let i = 0; i < field.length; i++) {
      state = (Math.imul(state, 1664525) + 1013904223) | 0;
      field[i] = state / 2 ** 31;
    }
    // Neighbours are averaged twice along every axis: a smoothness of about 2 voxels.
    for (const stride of [...strides, ...strides]) {
      for (let i = 0; i + stride < field.length; i++) field[i] += field[i + stride];
    }
    data.store(
      subject,
      Float32Array.from(indices, (index) => field[index]),
    );
  }
  return { data, shape, indices };
}

/** Runs one row; times begin after the data are there. */
async function measure(row: string, threads: number): Promise<Measured> {
  const { data, shape, indices } = cohort();
  const { subjects } = size;
  const covariate = (name: string, period: number) => ({
    name,
    values: Array.from({ length: subjects }, (_, i) => Math.sin(period * (i + 1)) + (i % period) / period),
  });
  const began = performance.now();
  const cpuBefore = process.cpuUsage();
  await permutationTest(
    data,
    {
      labels: Uint8Array.from({ length: subjects }, (_, i) => i % 2),
      covariates:
        row === 'covariates' ? [covariate('age', 7), covariate('education', 11), covariate('icv', 13)] : [],
    },
    {
      relabelings: { permutations: size.relabelings * (row === 'many' ? 10 : 1), seed: 1 },
      threads,
      grid: { shape, indices },
      ...(row === 'clusters' && { clusters: { threshold: 3.1 } }),
      ...(row === 'tfce' && { tfce: {} }),
    },
  );
  const cpu = process.cpuUsage(cpuBefore);
  return {
    cpu: (cpu.user + cpu.system) / 1e6,
    wall: (performance.now() - began) / 1000,
    megabytes: process.resourceUsage().maxRSS / 1024,
  };
}

/** CPU seconds of numpy's float32 product of (relabelings x subjects) and (subjects x voxels); undefined without numpy. */
function numpySeconds(): number | undefined {
  // A tenth of the voxels at a time, as anybody would to bound memory.
  const script = `
import os
for name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"): os.environ[name] = "1"
import numpy as np, time
n, v, p = ${size.subjects}, ${Math.ceil(size.voxels / 10)}, ${size.relabelings}
a = np.random.default_rng(1).standard_normal((p, n), dtype=np.float32)
b = np.random.default_rng(2).standard_normal((n, v), dtype=np.float32)
out = np.empty((p, v), dtype=np.float32) if p * v < 6e8 else None
begin = time.process_time()
np.matmul(a, b, out=out)
print(10 * (time.process_time() - begin))`;
  for (const python of ['python3', '/usr/bin/python3']) {
    try {
      return Number(
        execFileSync(python, ['-c', script], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] }),
      );
    } catch {
      // Without this Python or its numpy the next one is tried; the table says when there is none.
    }
  }
  return undefined;
}

function printTable(): void {
  const { subjects, voxels, relabelings } = size;
  console.log(
    `${cpus()[0]?.model ?? 'unknown processor'}, ${cpus().length} cores, Node ${process.versions.node}`,
  );
  console.log(
    `${subjects} subjects x ${voxels} voxels x ${relabelings} permutations; times begin after the data are in memory\n`,
  );
  const chosen = options.only?.split(',') ?? Object.keys(rows);
  console.log(
    '| | threads | CPU s | wall s | ns per voxel and permutation | CPU / numpy product | peak MB |',
  );
  console.log('|---|---|---|---|---|---|---|');
  for (const name of chosen) {
    const row = rows[name];
    if (row === undefined)
      throw new Error(`There is no row ${name}; choose from ${Object.keys(rows).join(', ')}.`);
    for (const threads of row.threads) {
      // Beside every row, so that both meet the same machine.
      const product = numpySeconds();
      const json = execFileSync(
        process.execPath,
        [
          import.meta.filename,
          '--row',
          name,
          '--threads',
          String(threads),
          ...(options.small ? ['--small'] : []),
        ],
        { encoding: 'utf8' },
      );
      const { cpu, wall, megabytes } = JSON.parse(json) as Measured;
      const count = relabelings * (name === 'many' ? 10 : 1);
      const ratio = product === undefined ? 'no numpy' : (cpu / (product * (count / relabelings))).toFixed(2);
      console.log(
        `| ${row.title} | ${threads} | ${cpu.toFixed(1)} | ${wall.toFixed(1)} | ${((cpu * 1e9) / (voxels * count)).toFixed(2)} | ${ratio} | ${megabytes.toFixed(0)} |`,
      );
    }
  }
}
