import { openExecutor } from '@oinr/engines';
import {
  interruptible,
  Progress,
  planJobs,
  runStage,
  type Stage,
  type StageStatus,
  writeDatasetDescription,
} from '@oinr/run';
import { writeTsv } from '@oinr/tables';
import { codeVersion } from '../codeVersion.ts';
import { provenance, toolVersion } from '../provenance.ts';
import { hideMachine, openSource, type Source } from '../source.ts';
import { statusOf } from '../stageEnd.ts';
import type { Terminal } from '../terminal.ts';
import { acquisitionInWords } from './acquisition.ts';
import { crossFitOperators, crossFitTable } from './crossFit.ts';
import { derivativesFolder, derivativesName } from './derivative.ts';
import { memoryPerJob } from './memory.ts';
import { type ImputeOptions, readImputeOptions, recordedOptions } from './options.ts';
import type { ImputePlan } from './plan.ts';
import { methodRemarks } from './remarks.ts';
import { printResults, writeTables } from './results.ts';
import { emptyOutcome, fitBases, imputeSubjects, openPool, workKinds } from './work.ts';

/**
 * The stage `impute`. From every volume of a cohort, slices along one anatomical axis are dropped (every k-th is
 * kept), imputed by each method from the kept ones alone, compared with the truth, and written as BIDS derivatives.
 *
 * @returns the exit status: 0, 1 when a subject failed or is missing, 130 when it was stopped.
 */
export async function impute(words: readonly string[], terminal: Terminal): Promise<number> {
  const options = readImputeOptions(words);
  const source = await openSource(options, terminal);

  const { cohort } = source;
  const hide = hideMachine(source, options.out);
  return runStage(
    { out: options.out, cohort: cohort.name, run: options.run, stage: 'impute', hide, terminal },
    (stage) => imputeCohort({ ...stage, options, source, hide, terminal }),
  );
}

interface ImputeRun extends Stage {
  readonly options: ImputeOptions;
  readonly source: Source;
  readonly hide: (text: string) => string;
  readonly terminal: Terminal;
}

async function imputeCohort(run: ImputeRun): Promise<StageStatus> {
  const { options, source, folder, say, hide, terminal } = run;
  const { cohort } = source;
  const { subjects } = cohort;
  const executor = await openExecutor(options.engine);
  const jobs = planJobs({
    jobs: options.jobs,
    tasks: subjects.length,
    bytesPerJob: await memoryPerJob(subjects, options.methods),
  });
  const plan: ImputePlan = {
    cohort: cohort.name,
    runFolder: folder.path,
    sourceRoot: source.root,
    axis: options.axis,
    offset: options.offset,
    acquisition: options.acquisition,
    everys: options.everys,
    methods: options.methods,
    seed: options.seed,
    engine: options.engine,
    executorName: executor.name,
    scale: options.scale,
    writeVolumes: options.writeVolumes,
    threads: jobs.threadsPerJob,
    code: await codeVersion(),
    generatedBy: `oinr ${toolVersion}`,
    bases: [],
    operators:
      options.crossFit === undefined
        ? []
        : await crossFitOperators(options.out, cohort.name, options.crossFit, subjects),
  };
  const details = provenance({
    options: recordedOptions(options),
    executor: executor.name,
    seed: options.seed,
    jobs,
    code: plan.code,
    notes: cohort.notes,
  });
  await folder.begin(details);
  if (options.force) await folder.manifest.forgetAll();

  say(introduction(run, jobs.jobs));
  for (const note of cohort.notes) say(note);
  if (jobs.remark !== undefined) say(jobs.remark);
  if (plan.operators.length > 0)
    say(
      `Cross-fitting: ${plan.operators.length} operators; every subject is imputed by the one that was learned without it.`,
    );
  await writeDatasetDescription(derivativesFolder(folder.path), {
    name: derivativesName(cohort.name),
    generatedBy: {
      name: 'oinr',
      version: toolVersion,
      description: `Every k-th ${options.axis} slice kept, the others imputed by ${options.methods.join(', ')}.`,
    },
    source: { name: cohort.name },
  });

  const pool = openPool(jobs.jobs, folder);
  const progress = new Progress({
    stream: terminal.out,
    kinds: workKinds(plan, subjects.length),
    jobs: jobs.jobs,
  });
  const outcome = emptyOutcome();
  const isStopped = await interruptible({ pool, progress }, async (signal) => {
    const workplace = { folder, progress, outcome, signal };
    const bases = await fitBases(plan, source.everyone, pool, workplace);
    await imputeSubjects({ ...plan, bases }, subjects, pool, workplace);
    return signal.aborted;
  });

  await writeTables(folder, cohort, outcome, hide);
  if (plan.operators.length > 0)
    await writeTsv(folder.file('tables', 'cross_fit.tsv'), crossFitTable(plan.operators, subjects));
  const hasProblems = outcome.failures.length > 0 || cohort.excluded.some(({ isProblem }) => isProblem);
  const status = statusOf({ isStopped, stopReason: outcome.stopReason, hasProblems });
  await folder.end(status, {
    ...details,
    subjects: subjects.length,
    unitsFinished: outcome.units.length,
    unitsReused: outcome.reused,
    failures: outcome.failures.length,
    methodRemarks: methodRemarks(outcome.units),
  });
  await printResults({ folder, cohort, outcome, options, hide, terminal, status });
  return status;
}

function introduction({ options, source }: ImputeRun, jobs: number): string {
  const { methods, everys, axis } = options;
  const count = (number: number, word: string) => `${number} ${word}${number === 1 ? '' : 's'}`;
  return (
    `Cohort ${source.cohort.name}: ${count(source.cohort.subjects.length, 'subject')}; every k-th ${axis} slice kept, k = ` +
    `${everys.join(', ')} (${acquisitionInWords(options.acquisition)}); methods ${methods.join(', ')}; ${count(jobs, 'subject')} at once.`
  );
}
