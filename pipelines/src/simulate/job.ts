import type { Subject } from '@oinr/cohort';
import { openExecutor } from '@oinr/engines';
import type { Executor } from '@oinr/graph';
import { loadPriorModel, type PriorModel } from '@oinr/imputation';
import { cachedFileHash, safeJoin, type WorkerSetup } from '@oinr/run';
import type { FoldOperator, SimulatePlan } from './plan.ts';

/** What of a plan a workshop is opened by. */
interface PlannedWork {
  readonly config: Pick<SimulatePlan['config'], 'engine'>;
}

/** What a worker process has for all its tasks. */
export interface Workshop<Plan extends PlannedWork = SimulatePlan> extends WorkerSetup<Plan> {
  /** Opened when the first method asks for it; one per process. */
  readonly executor: () => Promise<Executor>;
  /** The weights of a fold's operator, read once. */
  readonly operator: (fold: FoldOperator) => Promise<PriorModel>;
}

export function openWorkshop<Plan extends PlannedWork>(setup: WorkerSetup<Plan>): Workshop<Plan> {
  let executor: Promise<Executor> | undefined;
  const operators = new Map<string, Promise<PriorModel>>();
  return {
    ...setup,
    executor: () => {
      executor ??= openExecutor(setup.plan.config.engine, { threads: setup.threads });
      return executor;
    },
    operator: ({ folder, checksum }) => {
      const model = operators.get(folder) ?? loadPriorModel(folder, checksum);
      operators.set(folder, model);
      return model;
    },
  };
}

/** The content hashes of a subject's image and mask, remembered in the run folder. */
export async function hashInputs(
  folder: string,
  { id, image, mask }: Subject,
): Promise<{ readonly image: string; readonly mask?: string }> {
  const hash = (path: string, what: string): Promise<string> =>
    cachedFileHash(path, safeJoin(folder, '.resume', 'inputs', `${id}-${what}.json`));
  return {
    image: await hash(image, 'image'),
    ...(mask !== undefined && { mask: await hash(mask, 'mask') }),
  };
}
