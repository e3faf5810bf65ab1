import { parentPort, workerData } from 'node:worker_threads';
import { errorReport, isUserError } from '@oinr/errors';
import type { SharedState, Task } from './tasks.ts';
import type { Answer } from './threadPool.ts';
import { ThreadWork } from './threadWork.ts';

const port = parentPort;
if (port) {
  const work = new ThreadWork(workerData as SharedState);
  port.on('message', (task: Task) => {
    try {
      port.postMessage({ result: work.run(task) });
    } catch (error) {
      const answer: Answer = { error: errorReport(error), isForUser: isUserError(error) };
      port.postMessage(answer);
    }
  });
}
