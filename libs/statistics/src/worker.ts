import { parentPort, workerData } from 'node:worker_threads';
import type { SharedState, Task } from './tasks.ts';
import { ThreadWork } from './threadWork.ts';

const port = parentPort;
if (port) {
  const work = new ThreadWork(workerData as SharedState);
  port.on('message', (task: Task) => {
    try {
      port.postMessage({ result: work.run(task) });
    } catch (error) {
      port.postMessage({ error: error instanceof Error ? (error.stack ?? error.message) : String(error) });
    }
  });
}
