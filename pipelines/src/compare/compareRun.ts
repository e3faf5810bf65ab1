import type { Stage } from '@oinr/run';
import type { Mask, PeakRegions } from '@oinr/ttest';
import type { Source } from '../source.ts';
import type { StageContext } from '../stageContext.ts';
import type { ComparePlan } from './config.ts';
import type { Criteria } from './criteria.ts';
import type { Study } from './dataSets.ts';
import type { ClusterForming } from './design.ts';
import type { MixedPlan } from './mixed/plan.ts';

/** The stage compare at work: everything that is settled before the first test. */
export interface CompareRun extends Stage {
  readonly config: ComparePlan;
  readonly source: Source;
  readonly study: Study;
  readonly mask: Mask;
  readonly forming: ClusterForming;
  readonly levels: Criteria;
  readonly mixed: MixedPlan;
  /** Where peaks can be named. */
  readonly regions: PeakRegions | undefined;
  readonly context: StageContext;
}
