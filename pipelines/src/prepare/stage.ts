import type { Subject } from '@oinr/cohort';
import { hashFile, writeFileAtomic } from '@oinr/files';
import { type NiftiHeader, readHeader, type SpaceName } from '@oinr/nifti';
import {
  isOver,
  planJobs,
  provenance,
  relativePath,
  runInFolder,
  runUnits,
  type Stage,
  type StageStatus,
  shareOf,
  type UnitRunner,
  writeDatasetDescription,
} from '@oinr/run';
import { recordOf } from '../config/record.ts';
import { excludedTable, losesImage, sayExcluded, shortList } from '../excluded.ts';
import { endShard } from '../shardEnd.ts';
import {
  derivativesBelow,
  derivativesName,
  derivativesReadme,
  sourceOf,
} from '../simulate/derivativeNames.ts';
import { hideMachine, openSource, type Source } from '../source.ts';
import type { StageContext } from '../stageContext.ts';
import { type StageResult, sayEndedEarly, statusOf } from '../stageEnd.ts';
import { draftTable } from '../tables/draftTable.ts';
import type { Terminal } from '../terminal.ts';
import { thinScansOf } from '../thinScans.ts';
import { generatedBy, toolVersion } from '../toolVersion.ts';
import { alignmentOf } from './alignment.ts';
import { type PrepareConfig, prepareConfig } from './config.ts';
import { imputedDescs, picturePath } from './files.ts';
import { registrationMemory, sharedGrid } from './headers.ts';
import { outcomeOf, type PrepareOutcome, subjectInWords } from './outcome.ts';
import { qualityPage } from './page.ts';
import type { PreparedRow, PreparePlan } from './plan.ts';
import { commonGrid, readTarget, targetFiles } from './scan/target.ts';
import { kindOfImputed, prepareKinds } from './subjectUnits.ts';
import { flaggedSubjects, imputedQualityTable, prepareFailuresTable, qualityTable } from './tables.ts';
import { type PreparationRecord, preparationInWords } from './words.ts';

const entry = new URL('./worker.ts', import.meta.url);

/** What came of the stage: how it ended, and whether scans were registered, so that what is imputed has to follow. */
export interface Preparation extends StageResult {
  readonly isRegistered: boolean;
}

/**
 * The stage `prepare`: brings the scans of a cohort to the space of a template, and with them every volume that the
 * run has imputed so far, through the transform of its scan. Given again after the simulation, it only carries what is
 * new. Images that all lie on one grid already are taken as they are.
 */
export async function prepare(config: PrepareConfig, context: StageContext): Promise<Preparation> {
  const { terminal } = context;
  const source = context.source ?? (await openSource(config, terminal));
  const hide = hideMachine(source, config.out);
  const details = await provenance({ config: recordOf(prepareConfig, config), version: toolVersion, entry });
  const request = {
    out: config.out,
    cohort: source.cohort.name,
    run: config.run,
    stage: 'prepare',
    shard: config.shard,
  };
  return runInFolder({ ...request, details, hide, terminal }, async (stage) => {
    const ending = await prepareCohort({ ...stage, config, source, hide, context });
    // In a study the simulation says who is not used.
    return context.isPartOfStudy === true ? ending : withLost(ending, source, hide, terminal);
  });
}

/** Who could not be used at all is named, and is a failure like any other. */
function withLost(
  ending: Ending,
  { cohort }: Source,
  hide: (text: string) => string,
  terminal: Terminal,
): Ending {
  sayExcluded(cohort, hide, terminal);
  const lost = cohort.excluded.filter(losesImage).length;
  if (lost === 0 || !isOver(ending.status)) return ending;
  const why = `${ending.why === undefined ? '' : `${ending.why}, `}${lost} of those in the cohort's folder could not be used`;
  return { ...ending, status: 'complete with failures', why };
}

interface PrepareRun extends Stage {
  readonly config: PrepareConfig;
  readonly source: Source;
  readonly hide: (text: string) => string;
  readonly context: StageContext;
}

interface Ending extends Preparation {
  readonly record: Readonly<Record<string, unknown>>;
}

async function prepareCohort(run: PrepareRun): Promise<Ending> {
  const { config, source, folder, say, hide, context } = run;
  const { subjects } = source.cohort;
  await draftTable(folder, 'excluded', excludedTable(source.cohort, hide));
  // The whole cohort decides: which subjects are asked for must not change whether anything is registered.
  const shared = await sharedGrid(source.everyone);
  const asTheyAre = async (flagged: readonly string[] = []): Promise<Ending> => {
    if (config.registerFrom === 'imputed')
      say('--register-from imputed changes nothing here, since nothing is registered.');
    for (const remark of await folder.publish()) say(remark);
    const record: PreparationRecord = { images: 'as they are', ...(flagged.length > 0 && { flagged }) };
    return { status: 'complete', isRegistered: false, record: { ...record } };
  };
  if (config.register === 'never') {
    say('Nothing is registered (--register never): the images are used as is.');
    return asTheyAre();
  }
  if (config.register === 'auto' && shared === 'scanner')
    say(
      'All images lie on one grid, but their headers do not say that it is a common space (form codes of a scanner), so they are registered; --register never takes them as they are.',
    );
  else if (config.register === 'auto' && shared !== undefined) {
    const claim = `All ${source.everyone.length} images lie on one grid, and their headers say that it is a common space`;
    const { isCommon, inWords, doubtful } = await alignmentOf(
      source.everyone,
      // Of no template but the one that comes with the package it is known that it lies in MNI space.
      shared === 'mni' && config.template === undefined
        ? await readTarget(targetFiles(undefined, config.templateMask))
        : undefined,
    );
    if (isCommon) {
      say(
        `${claim}; ${inWords}: they are used as is, and nothing is registered (--register always does so all the same).`,
      );
      if (doubtful.length > 0)
        context.terminal.error.write(
          `\nFlagged, need a look (${doubtful.length}): these lie elsewhere than the others, so they may not be registered. They stay in the study unless you leave them out (exclude in the cohort's description).\n${doubtful.map((line) => `  ${line}\n`).join('')}`,
        );
      return asTheyAre(doubtful);
    }
    say(
      `${claim}, but they do not look so (${inWords}): they are registered; --register never takes them as they are.`,
    );
    for (const line of doubtful) say(`  ${line}`);
  }

  const thin =
    config.resolutionColumn === undefined
      ? undefined
      : await thinScansOf(subjects, config.resolutionColumn, config.axis);
  const plan = { ...(await planOf(run)), thin: Object.keys(thin?.used ?? {}) };
  if (plan.thin.length > 0)
    say(
      `${plan.thin.length} scans have few slices, and no full scan to be registered by: what was imputed of them is registered.`,
    );
  if (config.force) await folder.manifest.forgetAll();
  const imputed = new Map<string, number>();
  const ours = shareOf(subjects, config.shard);
  for (const { id } of ours) imputed.set(id, (await imputedDescs(folder.path, id)).length);
  const carried = [...imputed.values()].reduce((sum, count) => sum + count, 0);
  const jobs = planJobs({
    jobs: config.jobs,
    tasks: Math.max(1, ours.length),
    bytesPerJob: await registrationMemory(subjects),
  });
  say(
    `Cohort ${source.cohort.name}: ${ours.length} scans to ${plan.target.space} at ${config.spacing} mm (${plan.grid.shape.join(' x ')} voxels)${carried === 0 ? '' : `, and ${carried} imputed volumes ${plan.registersImputed ? 'by registrations of their own' : 'with them'}`}; ${jobs.jobs} at once.`,
  );
  if (jobs.remark !== undefined) say(jobs.remark);
  const left = await writeDatasetDescription(folder, derivativesBelow, {
    name: derivativesName(source.cohort.name),
    generatedBy: {
      name: 'oinr prepare',
      version: toolVersion,
      description: `Scans registered to ${plan.target.space}; what was imputed on their own grids taken there through the same transforms.`,
    },
    ...(await sourceOf(source.cohort, { dataset: folder.file(...derivativesBelow), out: config.out })),
    readme: derivativesReadme,
  });
  if (left !== undefined) say(left);

  const kinds = {
    register: { ...prepareKinds.register, units: ours.length },
    [kindOfImputed(plan)]: { ...prepareKinds[kindOfImputed(plan)], units: carried },
  };
  const work = await runUnits<PreparePlan, Subject, PreparedRow, PrepareOutcome>(
    { entry, plan, folder, jobs, kinds, things: 'volumes', out: context.terminal.out },
    async (runner) => outcomeOf(await prepareSubjects(ours, plan, imputed, runner)),
  );
  if (config.shard !== undefined) {
    for (const { subject, message } of work.result.failures)
      context.terminal.error.write(`sub-${subject.id} failed: ${hide(message)}\n`);
    const failed = work.result.failures.length;
    const things = `${ours.length} scans of ${subjects.length}`;
    const ending = endShard(config.shard, { ...work, things, failed }, hide, context.terminal);
    return { ...ending, isRegistered: true, record: {} };
  }
  return finish(
    run,
    plan,
    work.result,
    statusOf({ ...work, hasProblems: work.result.failures.length > 0 }),
    work.stopReason,
    work.outputs,
  );
}

/** Hands every subject to a worker process; one bad subject does not stop the others. */
async function prepareSubjects(
  subjects: readonly Subject[],
  plan: PreparePlan,
  imputed: ReadonlyMap<string, number>,
  runner: UnitRunner<Subject, PreparedRow>,
) {
  let done = 0;
  const all = await Promise.all(
    subjects.map(async (subject) => {
      const name = `sub-${subject.id}`;
      const volumes = imputed.get(subject.id) ?? 0;
      // Nothing was imputed yet of a scan with few slices.
      if (plan.thin.includes(subject.id) && volumes === 0) return [];
      const kinds = ['register', ...Array<string>(volumes).fill(kindOfImputed(plan))];
      const outcome = await runner.task(subject, name, kinds);
      if (!outcome.isStopped) {
        done += 1;
        runner.say(`${name} (${done} of ${subjects.length}): ${subjectInWords(outcome)}`);
        for (const { row } of outcome.finished)
          if (row.kind === 'registered') for (const remark of row.remarks) runner.say(`  ${remark}`);
      }
      return [{ subject, outcome }];
    }),
  );
  return all.flat();
}

/** Tables, page and the last words on the terminal. */
async function finish(
  { config, source, folder, say, hide, context: { terminal } }: PrepareRun,
  plan: PreparePlan,
  outcome: PrepareOutcome,
  status: StageStatus,
  stopReason: string | undefined,
  outputs: readonly string[],
): Promise<Ending> {
  const table = qualityTable(outcome.prepared);
  const flagged = flaggedSubjects(table);
  const record: PreparationRecord = {
    images: 'registered',
    space: plan.target.space,
    spacing: plan.spacing,
    isNonlinear: plan.isNonlinear,
    heads: outcome.prepared.filter(({ scan }) => scan.shows === 'head').length,
    intensity: plan.intensity,
    registerFrom: config.registerFrom,
    flagged,
  };
  await draftTable(folder, 'quality', table);
  if (plan.registersImputed)
    await draftTable(folder, 'imputed_quality', imputedQualityTable(outcome.registeredImputed));
  await draftTable(folder, 'prepare_failures', prepareFailuresTable(outcome.failures, hide));
  const method = preparationInWords(record);
  await writeFileAtomic(
    folder.draft('quality.html'),
    await qualityPage({
      pictureOf: (id) => folder.manifest.results.newestOf(picturePath(folder.path, id)),
      cohort: source.cohort.name,
      run: config.run,
      table,
      method,
    }),
  );
  for (const remark of await folder.publishAt(status, outputs)) say(remark);
  const overlaps = outcome.prepared.map(({ scan }) => scan.dice);
  const print = (text: string): unknown => terminal.out.write(`${text}\n`);
  if (overlaps.length > 0) {
    const mean = overlaps.reduce((sum, one) => sum + one, 0) / overlaps.length;
    const seconds = outcome.prepared.map(({ scan }) => scan.cpuSeconds);
    print(
      `\n${overlaps.length} scans in the common space, ${outcome.carried} imputed volumes ${distanceInWords(outcome)}, ${outcome.reused} of all kept from an earlier run. Overlap with the template's brain: mean ${mean.toFixed(3)}, lowest ${Math.min(...overlaps).toFixed(3)}. CPU seconds per scan: at most ${Math.max(...seconds).toFixed(1)}.`,
    );
  }
  if (flagged.length > 0) {
    terminal.error.write(
      `\nFlagged, need a look (${flagged.length}; quality.html). They stay in the study unless you leave them out (exclude in the cohort's description).${shortList(flagged, (line) => line, 'tables/quality.tsv')}\n`,
    );
  }
  if (outcome.failures.length > 0) {
    const failures = shortList(
      outcome.failures,
      ({ subject, message }) => `sub-${subject.id}: ${hide(message)}`,
      'tables/prepare_failures.tsv',
    );
    terminal.error.write(`\nFailed (${outcome.failures.length}; tables/prepare_failures.tsv)${failures}\n`);
  }
  sayEndedEarly(status, stopReason, hide, terminal);
  const shown = relativePath(process.cwd(), folder.path);
  print(
    `\nWritten\n  ${shown}/quality.html    pictures and numbers of every registration; shows single subjects\n  ${shown}/tables/         quality.tsv, prepare_failures.tsv\n  ${shown}/derivatives/    scans, masks, transforms and carried volumes (space-${plan.target.space})`,
  );
  return {
    status,
    ...(status === 'complete' ? {} : { why: stopReason ?? `${outcome.failures.length} failed` }),
    isRegistered: true,
    record: {
      ...record,
      subjects: outcome.prepared.length,
      carried: outcome.carried,
      reused: outcome.reused,
      failures: outcome.failures.length,
    },
  };
}

/** What became of imputed volumes: `carried along`, or how far their own registrations lie from those of full scans. */
function distanceInWords({ registeredImputed }: PrepareOutcome): string {
  if (registeredImputed.length === 0) return 'carried along';
  const apart = registeredImputed.map(({ imputed }) => imputed.millimetresFromFull);
  const mean = apart.reduce((sum, one) => sum + one, 0) / apart.length;
  return `registered by themselves (${mean.toFixed(2)} mm from their full scans on average, ${Math.max(...apart).toFixed(2)} mm at most; tables/imputed_quality.tsv)`;
}

async function planOf({ config, source, folder }: PrepareRun): Promise<Omit<PreparePlan, 'thin'>> {
  const target = targetFiles(config.template, config.templateMask);
  const { template } = await readTarget(target);
  const hashes = await Promise.all([target.template, target.mask ?? []].flat().map(hashFile));
  return {
    runFolder: folder.path,
    sourceRoot: source.cohort.root,
    target,
    targetHash: hashes.join(' '),
    templateSpace: config.template === undefined ? 'mni' : templateSpace(await readHeader(target.template)),
    grid: commonGrid(template.grid, config.spacing),
    spacing: config.spacing,
    shows: config.shows === 'auto' ? undefined : config.shows,
    isNonlinear: config.nonlinear,
    registersAll: config.register === 'always',
    registersImputed: config.registerFrom === 'imputed',
    intensity: config.intensity,
    generatedBy,
  };
}

/** What the coordinates of prepared volumes mean: those of the template, where its header says more than a scanner's. */
function templateSpace({ space }: NiftiHeader): SpaceName {
  return space === 'unknown' || space === 'scanner' ? 'aligned' : space;
}
