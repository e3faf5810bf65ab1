import { join } from 'node:path';
import { writeFileAtomic } from '@oinr/files';
import {
  describeMachine,
  gitCommit,
  hashFile,
  interruptible,
  Progress,
  packageVersions,
  planJobs,
  relativePath,
  runStage,
  type Stage,
  type StageStatus,
  writeDatasetDescription,
} from '@oinr/run';
import { writeTsv } from '@oinr/tables';
import { versionOf } from '../codeVersion.ts';
import { derivativesFolder, derivativesName } from '../impute/derivative.ts';
import { toolVersion } from '../provenance.ts';
import { hideMachine, openSource, type Source } from '../source.ts';
import { sayEndedEarly, statusOf } from '../stageEnd.ts';
import type { Terminal } from '../terminal.ts';
import { imputedDescs } from './files.ts';
import { memoryPerJob, sharedGrid } from './headers.ts';
import { type PrepareOptions, readPrepareOptions, recordedPrepareOptions } from './options.ts';
import { qualityPage } from './page.ts';
import type { PreparePlan } from './plan.ts';
import { commonGrid, readTarget, targetFiles } from './scan/target.ts';
import { flaggedSubjects, prepareFailuresTable, qualityTable } from './tables.ts';
import { type PreparationRecord, preparationInWords } from './words.ts';
import { openPool, type PrepareOutcome, prepareSubjects, workKinds } from './work.ts';

/**
 * The stage `prepare`: brings the scans of a cohort to the space of a template, and with them every volume that the
 * run has imputed so far, through the transform of its scan. Given again after impute, it only carries what is new.
 * Images that all lie on one grid already are taken as they are.
 *
 * @returns the exit status: 0, 1 when a subject failed, 130 when it was stopped.
 */
export async function prepare(words: readonly string[], terminal: Terminal): Promise<number> {
  const options = readPrepareOptions(words);
  const source = await openSource(options, terminal);
  const hide = hideMachine(source, options.out);
  return runStage(
    { out: options.out, cohort: source.cohort.name, run: options.run, stage: 'prepare', hide, terminal },
    (stage) => prepareCohort({ ...stage, options, source, hide, terminal }),
  );
}

interface PrepareRun extends Stage {
  readonly options: PrepareOptions;
  readonly source: Source;
  readonly hide: (text: string) => string;
  readonly terminal: Terminal;
}

async function prepareCohort(run: PrepareRun): Promise<StageStatus> {
  const { options, source, folder, say, terminal } = run;
  const { subjects } = source.cohort;
  const code = await codeVersion();
  const details = {
    options: recordedPrepareOptions(options),
    machine: describeMachine(),
    oinr: toolVersion,
    versions: packageVersions(
      ['@oinr/registration', '@itk-wasm/elastix', 'nifti-reader-js'],
      import.meta.url,
    ),
    commit: gitCommit(import.meta.dirname) ?? null,
    code,
  };
  await folder.begin(details);

  // The whole cohort decides: which subjects are asked for must not change whether anything is registered.
  const shared = await sharedGrid(source.everyone);
  if (options.register === 'never' || (options.register === 'auto' && shared === 'common space')) {
    const record: PreparationRecord = { images: 'as they are' };
    say(
      options.register === 'never'
        ? 'Nothing is registered (--register never): the images are taken as they are.'
        : `All ${source.everyone.length} images lie on one grid, and their headers say that it is a common space: they are taken as they are, and nothing is registered (--register always does so all the same).`,
    );
    await folder.end('complete', { ...details, ...record });
    return 'complete';
  }
  if (options.register === 'auto' && shared === 'scanner')
    say(
      'All images lie on one grid, but their headers do not say that it is a common space (form codes of a scanner), so they are registered; --register never takes them as they are.',
    );

  const plan = await planOf(run, code);
  if (options.force) await folder.manifest.forgetAll();
  let imputed = 0;
  for (const { id } of subjects) imputed += (await imputedDescs(folder.path, id)).length;
  const jobs = planJobs({
    jobs: options.jobs,
    tasks: subjects.length,
    bytesPerJob: await memoryPerJob(subjects),
  });
  say(
    `Cohort ${source.cohort.name}: ${subjects.length} scans to ${plan.target.space} at ${options.spacing} mm (${plan.grid.shape.join(' x ')} voxels)${imputed === 0 ? '' : `, and ${imputed} imputed volumes with them`}; ${jobs.jobs} at once.`,
  );
  if (jobs.remark !== undefined) say(jobs.remark);
  await writeDatasetDescription(derivativesFolder(folder.path), {
    name: derivativesName(source.cohort.name),
    generatedBy: {
      name: 'oinr prepare',
      version: toolVersion,
      description: `Scans registered to ${plan.target.space}; what was imputed on their own grids taken there through the same transforms.`,
    },
    source: { name: source.cohort.name },
  });

  const pool = openPool(jobs.jobs, folder);
  const progress = new Progress({
    stream: terminal.out,
    kinds: workKinds(subjects.length, imputed),
    jobs: jobs.jobs,
  });
  const { outcome, isStopped } = await interruptible({ pool, progress }, async (signal) => ({
    outcome: await prepareSubjects(plan, subjects, pool, progress, folder),
    isStopped: signal.aborted,
  }));
  return finish(run, plan, outcome, details, isStopped);
}

/** Tables, page, run.json and the last words on the terminal. */
async function finish(
  { options, source, folder, hide, terminal }: PrepareRun,
  plan: PreparePlan,
  outcome: PrepareOutcome,
  details: Readonly<Record<string, unknown>>,
  isStopped: boolean,
): Promise<StageStatus> {
  const table = qualityTable(outcome.prepared);
  const flagged = flaggedSubjects(table);
  const record: PreparationRecord = {
    images: 'registered',
    space: plan.target.space,
    spacing: plan.spacing,
    isNonlinear: plan.isNonlinear,
    heads: outcome.prepared.filter(({ scan }) => scan.shows === 'head').length,
    intensity: plan.intensity,
    flagged,
  };
  await writeTsv(folder.file('tables', 'quality.tsv'), table);
  await writeTsv(folder.file('tables', 'prepare_failures.tsv'), prepareFailuresTable(outcome.failures, hide));
  const method = preparationInWords(record);
  await writeFileAtomic(
    folder.file('quality.html'),
    await qualityPage({
      runFolder: folder.path,
      cohort: source.cohort.name,
      run: options.run,
      table,
      method,
    }),
  );
  const hasProblems = outcome.failures.length > 0;
  const status = statusOf({ isStopped, stopReason: outcome.stopReason, hasProblems });
  await folder.end(status, {
    ...details,
    ...record,
    subjects: outcome.prepared.length,
    carried: outcome.carried,
    reused: outcome.reused,
    failures: outcome.failures.length,
  });

  const overlaps = outcome.prepared.map(({ scan }) => scan.dice);
  const print = (text: string): unknown => terminal.out.write(`${text}\n`);
  if (overlaps.length > 0) {
    const mean = overlaps.reduce((sum, one) => sum + one, 0) / overlaps.length;
    const seconds = outcome.prepared.map(({ scan }) => scan.cpuSeconds);
    print(
      `\n${overlaps.length} scans in the common space, ${outcome.carried} imputed volumes carried along, ${outcome.reused} of all kept from an earlier run. Overlap with the template's brain: mean ${mean.toFixed(3)}, lowest ${Math.min(...overlaps).toFixed(3)}. CPU seconds per scan: at most ${Math.max(...seconds).toFixed(1)}.`,
    );
  }
  if (flagged.length > 0) {
    terminal.error.write(
      `\nTo be looked at (${flagged.length}; quality.html). They stay in the study unless you leave them out (exclude in the cohort's description).\n${flagged.map((line) => `  ${line}\n`).join('')}`,
    );
  }
  if (outcome.failures.length > 0) {
    terminal.error.write(`\nFailed (${outcome.failures.length}; tables/prepare_failures.tsv)\n`);
    for (const { subject, message } of outcome.failures)
      terminal.error.write(`  sub-${subject.id}: ${hide(message)}\n`);
  }
  sayEndedEarly(status, outcome.stopReason, hide, terminal);
  const shown = relativePath(process.cwd(), folder.path);
  print(
    `\nWritten\n  ${shown}/quality.html    pictures and numbers of every registration; shows single subjects\n  ${shown}/tables/         quality.tsv, prepare_failures.tsv\n  ${shown}/derivatives/    scans, masks, transforms and carried volumes (space-${plan.target.space})`,
  );
  return status;
}

async function planOf({ options, source, folder }: PrepareRun, code: string): Promise<PreparePlan> {
  const target = targetFiles(options.template, options.templateMask);
  const { template } = await readTarget(target);
  const hashes = await Promise.all([target.template, target.mask ?? []].flat().map(hashFile));
  return {
    runFolder: folder.path,
    sourceRoot: source.root,
    target,
    targetHash: hashes.join(' '),
    grid: commonGrid(template.grid, options.spacing),
    spacing: options.spacing,
    shows: options.shows,
    isNonlinear: options.isNonlinear,
    registersAll: options.register === 'always',
    intensity: options.intensity,
    code,
    generatedBy: `oinr ${toolVersion}`,
  };
}

/** The version of everything that decides what a prepared volume is. */
function codeVersion(): Promise<string> {
  const libs = [
    import.meta.resolve('@oinr/metrics'),
    import.meta.resolve('@oinr/nifti'),
    import.meta.resolve('@oinr/registration'),
    import.meta.resolve('@oinr/volume'),
  ];
  return versionOf(libs, [join(import.meta.dirname, 'scan')], ['@itk-wasm/elastix']);
}
