import { serveUnits } from '@oinr/run';
import { once } from '../once.ts';
import { openWorkshop } from '../simulate/job.ts';
import { insideAll } from './brain.ts';
import type { TransferPlan, TransferRow, TransferTask } from './plan.ts';
import { transferUnits } from './subjectUnits.ts';

serveUnits<TransferPlan, TransferTask, TransferRow>((setup) => {
  const workshop = openWorkshop(setup);
  const { common } = setup.plan;
  const commonInside = once(async () => {
    if (common === undefined) throw new Error('These people have no brain in common.');
    return insideAll(common);
  });
  return ({ subject }) => transferUnits(subject, { ...workshop, commonInside });
});
