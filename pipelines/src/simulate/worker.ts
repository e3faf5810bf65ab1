import type { BaseNetwork } from '@oinr/imputation';
import { serveUnits, type TaskUnits } from '@oinr/run';
import { baseUnits } from './baseUnit.ts';
import { type FilledRow, fillUnits } from './fillUnits.ts';
import { openWorkshop } from './job.ts';
import type { ImputedRow, SimulatePlan, SubjectTask } from './plan.ts';
import { subjectUnits } from './subjectUnits.ts';

serveUnits<SimulatePlan, SubjectTask, ImputedRow | BaseNetwork | FilledRow>((setup) => {
  const workshop = openWorkshop(setup);
  return (task): TaskUnits<ImputedRow | BaseNetwork | FilledRow> | Promise<TaskUnits<BaseNetwork>> => {
    if (task.kind === 'base') return baseUnits(task.subject, workshop);
    if (task.kind === 'impute') return subjectUnits(task.subject, task.bases, task.methods, workshop);
    const { thin } = workshop.plan;
    if (thin === undefined) throw new TypeError('No scan of this cohort has few slices.');
    return fillUnits(task.subject, task.methods, thin, workshop);
  };
});
