import type { Subject } from '@oinr/cohort';
import { Manifest, serveUnits } from '@oinr/run';
import type { PreparedRow, PreparePlan } from './plan.ts';
import { subjectUnits } from './subjectUnits.ts';

serveUnits<PreparePlan, Subject, PreparedRow>(({ plan, folder, records }) => {
  const { results } = new Manifest(folder, records);
  return (subject) => subjectUnits(subject, plan, results);
});
