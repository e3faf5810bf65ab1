import type { Subject } from '@oinr/cohort';
import { readHeader } from '@oinr/nifti';
import { RunError } from '@oinr/run';
import { cohortCompareConfig, compareConfig } from './compare/config.ts';
import { cohortDesign } from './compare/design.ts';
import { chooseGroups } from './compare/groups.ts';
import { mixturesOf } from './compare/mixed/plan.ts';
import { compare } from './compare/stage.ts';
import { type ConfigOf, partOf, stageConfig } from './config/stageConfig.ts';
import type { Door } from './door.ts';
import { reportConfig } from './figures/config.ts';
import { prepareConfig } from './prepare/config.ts';
import { prepare } from './prepare/stage.ts';
import { report } from './report/stage.ts';
import { simulateConfig } from './simulate/config.ts';
import { crossFitOperators } from './simulate/crossFit.ts';
import { simulate } from './simulate/stage.ts';
import { openSource, type Source } from './source.ts';
import type { StageContext } from './stageContext.ts';
import type { StageResult } from './stageEnd.ts';
import { type ThinScans, thinScansOf } from './thinScans.ts';

// A study is done with all people and methods, and in one process: its first two stages can be given in parts before.
const { whole: _, shard: __, ...simulateOptions } = simulateConfig.options;
const { shard: ___, ...prepareOptions } = prepareConfig.options;

/** Everything that the stages of a study understand. */
export const studyConfig = stageConfig({
  stage: 'study',
  options: {
    ...cohortCompareConfig.options,
    ...reportConfig.options,
    ...prepareOptions,
    ...simulateOptions,
  },
  check(config) {
    cohortCompareConfig.check?.(config);
    prepareConfig.check?.({ ...config, shard: undefined });
    simulateConfig.check?.({ ...config, whole: true, shard: undefined });
  },
});

export type StudyConfig = ConfigOf<typeof studyConfig>;

/**
 * The stage `study`: prepare, simulate, prepare again, compare, report. Scans lose slices on their own grids and are
 * imputed there; only then what was imputed goes to the common space, through the transform of the full scan. Images
 * that lie in one space already are not registered, and nothing is carried. A subject that fails does not stop the
 * study: the others are compared, and the status says that something failed.
 */
export async function study(config: StudyConfig, before: StageContext): Promise<StageResult> {
  const source = await openSource(config, before.terminal);
  await refuseEarly(config, source, before.door);
  const context = { ...before, source, isPartOfStudy: true };
  const started = performance.now();
  // Before hours of imputation: a registration that fails or looks wrong is known after minutes.
  const preparing = partOf(prepareConfig, { ...config, shard: undefined });
  const prepared = await prepare(preparing, context);
  // What a stopped stage has said tells how to go on.
  if (prepared.status === 'stopped') return prepared;
  const simulated = await simulate(
    partOf(simulateConfig, { ...config, shard: undefined, whole: true }),
    context,
  );
  if (simulated.status === 'stopped') return simulated;
  if (prepared.isRegistered) {
    // Only what was imputed since goes to the common space now: the transforms that --force asked for are new already.
    const carried = await prepare({ ...preparing, force: false }, context);
    if (carried.status === 'stopped') return carried;
  }
  const compared = await compare(partOf(compareConfig, config), context);
  if (compared.status !== 'complete') return compared;
  const reported = await report(partOf(reportConfig, config), context);
  context.terminal.out.write(`The study took ${Math.round((performance.now() - started) / 1000)} s.\n`);
  const endings = [prepared, simulated, reported];
  return endings.find(({ status }) => status !== 'complete') ?? { status: 'complete' };
}

/** @throws RunError where the full scans are all of one group, so that resolution is the group. */
function refuseGroupsOfOneKind(
  subjects: readonly Subject[],
  groups: readonly string[],
  thin: ThinScans | undefined,
): void {
  if (thin === undefined) return;
  const sizes = groups.map(
    (name) => subjects.filter(({ id, group }) => group === name && thin.used[id] === undefined).length,
  );
  if (sizes.every((size) => size > 0)) return;
  throw new RunError(
    `No subject of ${groups[sizes.indexOf(0)]} has a full scan, so resolution and group are the same thing, and a difference of the scans cannot be told from one of the groups. Full scans of both groups are needed; or impute all scans alike first (oinr impute, after thinning the full ones), and compare those by oinr ttest.`,
  );
}

/** Refuses what a later stage would refuse only after hours of work: groups, design, operators, mask and atlas. */
async function refuseEarly(config: StudyConfig, { cohort }: Source, door: Door): Promise<void> {
  const { groups, mask, atlas, crossFit, out, ...adjustments } = config;
  const chosen = chooseGroups(cohort, groups, (two) =>
    door.command({ config: studyConfig, values: { ...config, groups: two } }),
  );
  const compared = cohort.subjects.filter(({ group }) => chosen.includes(group));
  cohortDesign(cohort.name, compared, chosen, adjustments);
  mixturesOf(config, { cohort: cohort.name, subjects: compared, groups: chosen });
  if (config.resolutionColumn !== undefined)
    refuseGroupsOfOneKind(
      compared,
      chosen,
      await thinScansOf(cohort.subjects, config.resolutionColumn, config.axis),
    );
  for (const file of [mask, atlas]) if (file !== undefined) await readHeader(file);
  if (crossFit !== undefined) await crossFitOperators(out, cohort.name, crossFit, cohort.subjects);
}
