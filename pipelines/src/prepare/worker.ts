import type { Subject } from '@oinr/cohort';
import { serveUnits } from '@oinr/run';
import type { PreparedRow, PreparePlan } from './plan.ts';
import { subjectUnits } from './subjectUnits.ts';

serveUnits<PreparePlan, Subject, PreparedRow>(
  ({ plan }) =>
    (subject) =>
      subjectUnits(subject, plan),
);
