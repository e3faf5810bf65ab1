import type { AnyStageConfig, ConfigOf } from './config/stageConfig.ts';
import type { StageContext } from './stageContext.ts';
import type { StageResult } from './stageEnd.ts';

/** A stage: what can be said to it, and how it is done. */
export interface StageModule<Config extends AnyStageConfig = AnyStageConfig> {
  readonly config: Config;
  readonly run: (config: ConfigOf<Config>, context: StageContext) => Promise<StageResult>;
}

function stage<Config extends AnyStageConfig>(
  config: Config,
  run: StageModule<Config>['run'],
): StageModule<Config> {
  return { config, run };
}

// Loaded when they are run: a stage's libraries take a second or two to load, and help should not wait for them.
const loaders = {
  prepare: async () =>
    stage((await import('./prepare/config.ts')).prepareConfig, (await import('./prepare/stage.ts')).prepare),
  impute: async () =>
    stage(
      (await import('./simulate/config.ts')).simulateConfig,
      (await import('./simulate/stage.ts')).simulate,
    ),
  compare: async () =>
    stage((await import('./compare/config.ts')).compareConfig, (await import('./compare/stage.ts')).compare),
  figures: async () =>
    stage((await import('./figures/config.ts')).figuresConfig, (await import('./figures/stage.ts')).figures),
  report: async () =>
    stage((await import('./figures/config.ts')).reportConfig, (await import('./report/stage.ts')).report),
  study: async () => {
    const { study, studyConfig } = await import('./study.ts');
    return stage(studyConfig, study);
  },
  plan: async () =>
    stage((await import('./plan/config.ts')).planConfig, (await import('./plan/stage.ts')).plan),
  train: async () =>
    stage((await import('./train/config.ts')).trainConfig, (await import('./train/stage.ts')).train),
  scans: async () =>
    stage((await import('./scans/config.ts')).scansConfig, (await import('./scans/stage.ts')).imputeScans),
  group: async () => {
    const { group, groupConfig } = await import('./group.ts');
    return stage(groupConfig, group);
  },
  transfer: async () =>
    stage(
      (await import('./transfer/config.ts')).transferConfig,
      (await import('./transfer/stage.ts')).transfer,
    ),
  paper: async () =>
    stage((await import('./paper/config.ts')).paperConfig, (await import('./paper/stage.ts')).paper),
  ttest: async () =>
    stage((await import('./ttest/config.ts')).ttestConfig, (await import('./ttest/stage.ts')).ttest),
} as const satisfies Record<string, () => Promise<unknown>>;

export type StageName = keyof typeof loaders;

export const stageNames = Object.keys(loaders) as StageName[];

/** A stage by its name, loaded. */
export async function loadStage(name: StageName): Promise<StageModule> {
  return (await loaders[name]()) as unknown as StageModule;
}

/** Whether there is a stage of this name. */
export function isStageName(name: string): name is StageName {
  return Object.hasOwn(loaders, name);
}
