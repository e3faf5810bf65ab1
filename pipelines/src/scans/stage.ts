import { mkdir } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { openExecutor } from '@oinr/engines';
import {
  errorMessage,
  formatDuration,
  interruptible,
  planJobs,
  RunError,
  relativePath,
  TaskFailure,
  WorkerPool,
  writeDatasetDescription,
} from '@oinr/run';
import { codeVersion } from '../codeVersion.ts';
import { memoryPerJob } from '../impute/memory.ts';
import { isTrained } from '../impute/methods.ts';
import { toolVersion } from '../provenance.ts';
import type { Terminal } from '../terminal.ts';
import { findScans } from './findScans.ts';
import type { ScanResult, ScanTask } from './imputeScan.ts';
import { readScanOptions } from './options.ts';

/** The finer grid holds several times the voxels that the header announces. */
const finerFactor = 6;

/**
 * `oinr impute`: brings scans with few slices to a finer spacing. There is no truth to compare with; what is known of
 * the errors is predicted from the scans themselves.
 *
 * @returns the exit status: 0, 1 when a scan failed, 130 when it was stopped.
 */
export async function imputeScans(words: readonly string[], terminal: Terminal): Promise<number> {
  const options = readScanOptions(words);
  const scans = findScans(options);
  await mkdir(options.out, { recursive: true }).catch((error: NodeJS.ErrnoException) => {
    throw new RunError(
      `The folder ${options.out} cannot be made (${error.code}); name another with --out, or see to its permissions.`,
    );
  });
  const generatedBy = `oinr ${toolVersion}`;
  if (scans.some(({ folder }) => folder !== ''))
    await writeDatasetDescription(options.out, {
      name: 'T1-weighted volumes with imputed slices',
      generatedBy: {
        name: 'oinr',
        version: toolVersion,
        description: `Slices between those acquired, imputed by ${options.method}.`,
      },
      source: { name: 'source' },
    });
  // Interpolations compute nothing on an engine, and probing devices takes seconds.
  const engine = isTrained(options.method) ? options.engine : 'reference';
  const executor = await openExecutor(engine);
  const plan = planJobs({
    jobs: options.jobs,
    tasks: scans.length,
    bytesPerJob: await memoryPerJob(
      scans.map(({ path }) => ({ image: path })),
      [options.method],
      finerFactor,
    ),
  });
  const code = await codeVersion();
  const pool = new WorkerPool<ScanTask, ScanResult, never>({
    entry: fileURLToPath(new URL('./worker.ts', import.meta.url)),
    jobs: plan.jobs,
    onOutput: (line) => terminal.error.write(`${line}\n`),
  });
  const say = (line: string): unknown => terminal.out.write(`${line}\n`);
  let failures = 0;
  let done = 0;
  const isStopped = await interruptible({ pool, progress: { say } }, async (signal) => {
    await Promise.all(
      scans.map(async (scan) => {
        const began = performance.now();
        const task = {
          scan,
          options,
          engine,
          executorName: executor.name,
          threads: plan.threadsPerJob,
          code,
          generatedBy,
        };
        try {
          const result = await pool.run(task, () => undefined);
          done += 1;
          const seconds = (performance.now() - began) / 1000;
          terminal.out.write(
            `${told(`${done + failures} of ${scans.length} ${scan.stem}`, result, seconds, options.out)}\n`,
          );
        } catch (error) {
          if (error instanceof TaskFailure && error.stopped) return;
          failures += 1;
          terminal.error.write(
            `${done + failures} of ${scans.length} ${scan.stem} failed: ${errorMessage(error)}\n`,
          );
        }
      }),
    );
    return signal.aborted;
  });
  if (isStopped) return 130;
  if (scans.length > 1)
    terminal.out.write(`${done} imputed, ${failures} failed. No truth is known of these scans.\n`);
  return failures > 0 ? 1 : 0;
}

/** What is said of a finished scan, a few lines. */
function told(head: string, result: ScanResult, seconds: number, out: string): string {
  const { what, chosen, predicted, remarks, volume, isReused } = result;
  const lines = [`${head}: ${what}`];
  const errors = Object.entries(predicted);
  if (errors.length > 0)
    lines.push(
      `  predicted mean squared error: ${errors.map(([name, error]) => `${name} ${error.toExponential(2)}`).join(', ')}`,
    );
  for (const remark of remarks) lines.push(`  ${remark}`);
  const how = isReused ? 'there already' : formatDuration(seconds);
  lines.push(`  ${chosen} (${how}) -> ${relativePath(out, volume)}, with its sidecar`);
  return lines.join('\n');
}
