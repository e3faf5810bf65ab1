import { openExecutor } from '@oinr/engines';
import type { Executor } from '@oinr/graph';
import { serveTasks } from '@oinr/run';
import type { SubjectMessage, SubjectTask } from './plan.ts';
import { imputeSubject } from './subject.ts';

let executor: Promise<Executor> | undefined;

serveTasks<SubjectTask, null, SubjectMessage>(async (task, context) => {
  const { engine, threads } = task.plan;
  // One executor per process, opened when the first method asks for it.
  const open = () => {
    executor ??= openExecutor(engine, { threads });
    return executor;
  };
  await imputeSubject(task, { ...context, openExecutor: open });
  return null;
});
