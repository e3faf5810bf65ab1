import type { BaseNetwork } from '@oinr/imputation';
import { serveUnits } from '@oinr/run';
import { baseUnits } from './baseUnit.ts';
import { openWorkshop } from './job.ts';
import type { ImputedRow, SimulatePlan, SubjectTask } from './plan.ts';
import { subjectUnits } from './subjectUnits.ts';

serveUnits<SimulatePlan, SubjectTask, ImputedRow | BaseNetwork>((setup) => {
  const workshop = openWorkshop(setup);
  return (task) =>
    task.kind === 'base'
      ? baseUnits(task.subject, workshop)
      : subjectUnits(task.subject, task.bases, task.methods, workshop);
});
