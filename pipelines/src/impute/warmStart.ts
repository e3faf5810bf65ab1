import type { Subject } from '@oinr/cohort';
import type { Executor } from '@oinr/graph';
import type { Progress, RunFolder } from '@oinr/run';
import type { CohortBase, ImputePlan } from './plan.ts';

export async function fitBases(
  _plan: ImputePlan,
  _subjects: readonly Subject[],
  _executor: Executor,
  _folder: RunFolder,
  _progress: Progress,
  _signal: AbortSignal,
): Promise<readonly CohortBase[]> {
  return [];
}
