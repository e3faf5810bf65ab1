import type { Subject } from '@oinr/cohort';
import { type NiftiHeader, readHeader } from '@oinr/nifti';
import {
  type OutputFolder,
  openRunFolder,
  Progress,
  provenance,
  RunError,
  readRunRecord,
  relativePath,
  runInFolder,
  safeJoin,
  stoppable,
} from '@oinr/run';
import { resolveDesign } from '@oinr/statistics';
import { commonMask, type Mask, readMask } from '@oinr/ttest';
import { recordOf } from '../config/record.ts';
import { finishedStage, openResults, recordedSelection } from '../runResults.ts';
import { simulateConfig } from '../simulate/config.ts';
import { hideMachine, openSource, type Source } from '../source.ts';
import type { StageContext } from '../stageContext.ts';
import type { StageResult } from '../stageEnd.ts';
import { toolVersion } from '../toolVersion.ts';
import { tfceOf } from './choices.ts';
import { claimResults } from './claimResults.ts';
import type { CompareRun } from './compareRun.ts';
import { compareStudy } from './compareStudy.ts';
import { type CompareConfig, type ComparePlan, compareConfig, resolveCompare } from './config.ts';
import { criteria } from './criteria.ts';
import type { Study } from './dataSets.ts';
import { clusterForming } from './design.ts';
import { describeGroup } from './groupDataset.ts';
import { type MapsChoice, mapsOf } from './mapsOptions.ts';
import { mixedKinds, plannedTables } from './mixed/mixedStudy.ts';
import { planMixed } from './mixed/plan.ts';
import { regionsOfPeaks } from './peakRegions.ts';
import { studyOfMaps } from './studyOfMaps.ts';
import { studyOfRun } from './studyOfRun.ts';
import { unusableTruth } from './truth.ts';

/** The module whose code decides what the test of a data set is. */
const entry = new URL('./dataSetTest.ts', import.meta.url);

/**
 * The stage `compare`: the permutation t-test on the full-resolution data and on every imputed data set, with the
 * same subjects and the same relabelings, and how far they agree with each other and, for the phantom, with the truth.
 */
export async function compare(asked: CompareConfig, context: StageContext): Promise<StageResult> {
  const { terminal } = context;
  const config = resolveCompare(asked);
  const { study, source } = await planComparison(config, context);
  const mixed = planMixed(config, study);
  const { degreesOfFreedom } = resolveDesign(study.design);
  const forming = clusterForming(
    { threshold: config.clusterThreshold, connectivity: config.connectivity },
    degreesOfFreedom,
  );
  const first = await readHeader(study.dataSets[0].paths[0]);
  const regions = await regionsOfPeaks(config, { coordinates: first.space, template: study.space?.space });
  const request = { out: config.out, cohort: study.cohort, run: config.run, stage: 'compare' };
  // Before images are read: whether the folder can be written.
  await (await openRunFolder({ ...request, terminal })).close();
  terminal.out.write(`Finding the voxels to test in ${study.subjects.length} subjects.\n`);
  const mask = await maskOf(study, first, config.mask);
  const levels = criteria(config.alpha, {
    extent: config.clusterThreshold !== undefined,
    tfce: tfceOf(config) !== undefined,
  });

  const hide = hideMachine(source, config.out);
  const details = await provenance({ config: recordOf(compareConfig, config), version: toolVersion, entry });
  return runInFolder({ ...request, details, hide, terminal }, (stage) =>
    compareCohort(
      { ...stage, config, source, study, mask, forming, levels, mixed, regions, context },
      String(details.code),
    ),
  );
}

/** Who and what is compared: a run of impute, or maps that were made elsewhere. */
async function planComparison(
  config: ComparePlan,
  { terminal, door, ...context }: StageContext,
): Promise<{ readonly study: Study; readonly source: Source }> {
  const { groups, covariates, blocks } = config;
  const maps = mapsOf(config);
  if (maps !== undefined && groups !== undefined) {
    await refuseRunOfImpute(config);
    const study = await studyOfMaps(config.cohort, maps, { groups, covariates, blocks });
    return { study, source: sourceOfMaps(study, maps) };
  }
  const results = await openResults(config, door);
  finishedStage(results, simulateConfig);
  const source = context.source ?? (await openSource({ ...config, ...recordedSelection(results) }, terminal));
  const planned = await studyOfRun(results, source.cohort, { groups, covariates, blocks });
  const unused = unusableTruth(source.cohort.root, planned.space?.space);
  const remarks = unused === undefined ? planned.remarks : [...planned.remarks, unused];
  return { study: { ...planned, remarks }, source };
}

/** Tables and pages of maps and of imputed volumes do not go into one folder. */
async function refuseRunOfImpute({ out, cohort, run }: ComparePlan): Promise<void> {
  const record = await readRunRecord(safeJoin(out, cohort, run)).catch(() => undefined);
  if (record?.stages.impute === undefined) return;
  throw new RunError(
    `The run '${run}' of cohort '${cohort}' is one of the stage impute; give the maps a name of their own by --cohort or --run.`,
  );
}

/** Maps as a cohort's source: no message or file tells where any of them lies. */
function sourceOfMaps({ cohort, groups, subjects, dataSets }: Study, { full }: MapsChoice): Source {
  const everyone = dataSets.flatMap(({ paths }) =>
    paths.map((image, index): Subject => ({ ...subjects[index], image })),
  );
  const about = { name: cohort, description: 'Maps that were made elsewhere', root: full, groups, subjects };
  return { cohort: { ...about, excluded: [], notes: [] }, everyone };
}

/** The voxels to test, on the grid of the first volume: those of the file given, else those inside the masks of all subjects. */
async function maskOf(
  { subjects, masks, dataSets, thin, advice }: Study,
  { grid, space: coordinates }: Pick<NiftiHeader, 'grid' | 'space'>,
  file: string | undefined,
): Promise<Mask> {
  const { paths } = dataSets[0];
  const space = {
    grid,
    // Of one scanner's coordinates the maps of many people are no longer.
    coordinates: coordinates === 'scanner' ? 'aligned' : coordinates,
    reference: paths[0],
    advice,
  } as const;
  if (file !== undefined) return readMask(file, space);
  const images = subjects.map(({ id }, index) => ({ name: id, image: paths[index], mask: masks[index] }));
  const [, imputed] = dataSets;
  const few = (thin?.subjects ?? []).map(({ id }, index) => ({
    name: id,
    image: thin?.paths.get(imputed.id)?.[index] ?? '',
    mask: thin?.masks[index],
  }));
  return commonMask([...images, ...few], space);
}

async function compareCohort(run: CompareRun, code: string) {
  const { config, study, mask, mixed, folder, say, context } = run;
  const { terminal } = context;
  await claimResults(run);
  if (config.force) await folder.manifest.forgetAll();
  const counts = study.groups.map((name) => study.subjects.filter(({ group }) => group === name).length);
  say(
    `Cohort ${study.cohort}: ${counts[0]} ${study.groups[0]} against ${counts[1]} ${study.groups[1]}, ${mask.indices.length} voxels (${mask.description}), ${study.dataSets.length} data sets.`,
  );
  for (const remark of study.remarks) say(remark);

  const left = await describeGroup(run);
  if (left !== undefined) say(left);

  const progress = new Progress({
    stream: terminal.out,
    kinds: { comparison: { units: study.dataSets.length, guess: 1 }, ...mixedKinds(mixed, config) },
    jobs: 1,
    things: 'pieces of work',
  });
  const tested = await stoppable(progress, (signal) => compareStudy(run, { progress, signal, code }));
  const record = {
    groups: study.groups,
    subjects: counts,
    voxels: mask.indices.length,
    mask: mask.description,
    remarks: study.remarks,
  };
  if (tested.isStopped) {
    terminal.error.write('\nThe work was stopped; the same command goes on from there.\n');
    return { status: 'stopped' as const, record };
  }
  const { tables, remarks } = tested.result;
  for (const remark of remarks) say(remark);
  terminal.out.write(
    `\n${tables.trimEnd()}\n\n${whatWasWritten(folder, config, plannedTables(mixed, config))}\n`,
  );
  return {
    status: 'complete' as const,
    record: { ...record, remarks: [...study.remarks, ...remarks] },
  };
}

function whatWasWritten({ path }: OutputFolder, config: ComparePlan, further: readonly string[]): string {
  const shown = relativePath(process.cwd(), path);
  const isOfMaps = mapsOf(config) !== undefined;
  const bias = isOfMaps ? '' : ', bias';
  const truth = isOfMaps ? '' : ' and, where known, truth';
  const more = [...(tfceOf(config) === undefined ? [] : ['tfce_null']), ...further]
    .map((name) => `, ${name}`)
    .join('');
  return `Written\n  ${shown}/tables/   datasets, agreement, attenuation, verdict, peaks${bias}, max_null, extent_null${more}${truth} (.tsv)\n  ${shown}/group/    T and p maps with sidecars, the mean of the full data`;
}
