import { openExecutor } from '@oinr/engines';
import { serveUnits, type WorkerSetup } from '@oinr/run';
import { once } from '../once.ts';
import type { PaperPlan, PaperTask, TrialRow } from './plan.ts';
import { trialUnits } from './trialUnits.ts';

serveUnits<PaperPlan, PaperTask, TrialRow>((setup: WorkerSetup<PaperPlan>) => {
  const { engine } = setup.plan.settings;
  const executor = once(() => openExecutor(engine, { threads: setup.threads }));
  return (task) => trialUnits(task, { ...setup, executor });
});
