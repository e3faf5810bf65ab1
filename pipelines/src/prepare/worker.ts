import { serveTasks } from '@oinr/run';
import type { PreparedSubject, PrepareMessage, PrepareTask } from './plan.ts';
import { prepareSubject } from './subject.ts';

serveTasks<PrepareTask, PreparedSubject, PrepareMessage>(({ subject, plan }, context) =>
  prepareSubject(subject, plan, context),
);
