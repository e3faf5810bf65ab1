import { RunError } from '@oinr/run';
import type { AnyStageConfig } from '../config/stageConfig.ts';
import { loadStage } from '../stages.ts';
import type { Terminal } from '../terminal.ts';
import type { ClusterRequest } from './request.ts';
import { submitToSlurm } from './slurm.ts';

/**
 * Submits a stage to the cluster in place of running it here. A study is done in parts as far as it can be: scans are prepared
 * and imputed by arrays of jobs, and the study itself finds that done.
 *
 * @throws RunError for a stage that cannot be done in parts, and what submitToSlurm throws.
 */
export async function submit(
  stage: AnyStageConfig,
  values: Readonly<Record<string, unknown>>,
  request: ClusterRequest,
  terminal: Terminal,
): Promise<void> {
  const last = { stage, values };
  if (stage.stage === 'study') {
    const [prepare, impute] = [await loadStage('prepare'), await loadStage('impute')];
    const inParts = [
      { stage: prepare.config, values },
      { stage: impute.config, values: { ...values, whole: true } },
    ];
    return submitToSlurm({ inParts, last }, request, terminal);
  }
  if (!Object.hasOwn(stage.options, 'shard'))
    throw new RunError(
      `The stage ${stage.stage} cannot be done in parts; --cluster is for impute, prepare and study. Submit it as one job of your own.`,
    );
  submitToSlurm({ inParts: [last], last }, request, terminal);
}
