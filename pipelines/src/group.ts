import { cohortCompareConfig, compareConfig } from './compare/config.ts';
import { compare } from './compare/stage.ts';
import { type ConfigOf, partOf, stageConfig } from './config/stageConfig.ts';
import { reportConfig } from './figures/config.ts';
import { report } from './report/stage.ts';
import type { StageContext } from './stageContext.ts';
import type { StageResult } from './stageEnd.ts';

/** All that compare and report understand. */
export const groupConfig = stageConfig({
  stage: 'group',
  options: { ...reportConfig.options, ...cohortCompareConfig.options },
  check: cohortCompareConfig.check,
});

/** The group level of a BIDS App: compare and report on what `impute` has written. */
export async function group(
  config: ConfigOf<typeof groupConfig>,
  context: StageContext,
): Promise<StageResult> {
  const compared = await compare(partOf(compareConfig, config), context);
  if (compared.status !== 'complete') return compared;
  return report(partOf(reportConfig, config), context);
}
