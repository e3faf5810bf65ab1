import type { Subject } from '@oinr/cohort';
import type { Executor } from '@oinr/graph';
import { cachedFileHash, safeJoin, type WorkerContext } from '@oinr/run';
import type { ImputePlan, SubjectMessage } from './plan.ts';

/** What a job has in its worker process. The executor is opened when the first method asks for it. */
export type JobContext = WorkerContext<SubjectMessage> & { readonly openExecutor: () => Promise<Executor> };

/** The content hash of a subject's image or mask, remembered in the run folder. */
export function hashInput(
  plan: ImputePlan,
  subject: Subject,
  path: string,
  what: 'image' | 'mask',
): Promise<string> {
  return cachedFileHash(path, safeJoin(plan.runFolder, '.resume', 'inputs', `${subject.id}-${what}.json`));
}

const activityInterval = 200;

/** Lets through at most one call in 200 ms: training steps are shorter than anyone can read. */
export function throttled(
  tell: (share: number, loss?: number) => void,
): (share: number, loss?: number) => void {
  let last = Number.NEGATIVE_INFINITY;
  return (share, loss) => {
    const now = performance.now();
    if (now - last < activityInterval) return;
    last = now;
    tell(share, loss);
  };
}
