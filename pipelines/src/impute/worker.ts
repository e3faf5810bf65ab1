import { openExecutor } from '@oinr/engines';
import type { Executor } from '@oinr/graph';
import { serveTasks } from '@oinr/run';
import type { CohortBase, SubjectMessage, SubjectTask } from './plan.ts';
import { imputeSubject } from './subject.ts';
import { fitBase } from './warmStart.ts';

let executor: Promise<Executor> | undefined;

serveTasks<SubjectTask, CohortBase | null, SubjectMessage>(async ({ kind, subject, plan }, context) => {
  // One executor per process.
  const open = () => {
    executor ??= openExecutor(plan.engine, { threads: plan.threads });
    return executor;
  };
  const job = { ...context, openExecutor: open };
  if (kind === 'base') return fitBase(subject, plan, job);
  await imputeSubject(subject, plan, job);
  return null;
});
