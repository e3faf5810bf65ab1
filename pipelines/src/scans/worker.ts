import { openExecutor } from '@oinr/engines';
import type { Executor } from '@oinr/graph';
import { serveTasks } from '@oinr/run';
import { imputeScan, type ScanResult, type ScanTask } from './imputeScan.ts';

let executor: Promise<Executor> | undefined;

serveTasks<ScanTask, ScanResult, never>((task, { signal }) =>
  imputeScan(
    task,
    () => {
      // One executor per process.
      executor ??= openExecutor(task.engine, { threads: task.threads });
      return executor;
    },
    signal,
  ),
);
