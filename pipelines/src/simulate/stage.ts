import type { Subject } from '@oinr/cohort';
import { resolveEngine } from '@oinr/engines';
import type { BaseNetwork } from '@oinr/imputation';
import {
  planJobs,
  provenance,
  runInFolder,
  runUnits,
  shareOf,
  type TaskOutcome,
  type UnitRunner,
  writeDatasetDescription,
} from '@oinr/run';
import { recordOf } from '../config/record.ts';
import { excludedTable, losesImage } from '../excluded.ts';
import { endShard } from '../shardEnd.ts';
import { hideMachine, openSource } from '../source.ts';
import type { StageContext } from '../stageContext.ts';
import { type StageResult, statusOf } from '../stageEnd.ts';
import { draftTable } from '../tables/draftTable.ts';
import { thinScansOf } from '../thinScans.ts';
import { generatedBy, toolVersion } from '../toolVersion.ts';
import { acquisitionInWords } from './acquisition.ts';
import { basesNeeded } from './baseUnit.ts';
import { type SimulateConfig, simulateConfig } from './config.ts';
import { crossFitOperators, crossFitTable } from './crossFit.ts';
import { derivativesBelow, derivativesName, derivativesReadme, sourceOf } from './derivativeNames.ts';
import { type FilledRow, filledTable } from './fillUnits.ts';
import { LiveTable } from './liveTable.ts';
import { memoryPerJob } from './memory.ts';
import { hasWarmStart, isTrained } from './methods.ts';
import { joinOutcomes, type Outcome, outcomeOf } from './outcome.ts';
import { type CohortBase, type ImputedRow, kindOf, type SimulatePlan, type SubjectTask } from './plan.ts';
import { methodRemarks } from './remarks.ts';
import { resolveWork } from './resolveWork.ts';
import { printResults, writeTables } from './results.ts';
import { distanceInWords, simulatedDistances } from './sliceDistance.ts';

const entry = new URL('./worker.ts', import.meta.url);

/**
 * The simulation, which is started as `impute`. From every volume of a cohort, slices along one anatomical axis are
 * dropped (every k-th is kept), imputed by each method from the kept ones alone, compared with the truth, and written as
 * BIDS derivatives.
 */
export async function simulate(asked: SimulateConfig, context: StageContext): Promise<StageResult> {
  const { terminal } = context;
  const chosen = resolveWork(asked);
  const source = context.source ?? (await openSource(chosen, terminal));
  const { cohort } = source;
  const thin =
    chosen.resolutionColumn === undefined
      ? undefined
      : await thinScansOf(cohort.subjects, chosen.resolutionColumn, chosen.axis);
  const subjects = cohort.subjects.filter(({ id }) => thin?.used[id] === undefined);
  const few = cohort.subjects.filter(({ id }) => thin?.used[id] !== undefined);
  // Recorded as k, so that a run is understood without its scans.
  const { sliceDistance, shard, ...others } = chosen;
  const distances = await simulatedDistances(sliceDistance ?? [], subjects, chosen.axis);
  const k =
    distances.length === 0
      ? chosen.k
      : [...new Set(distances.map(({ every }) => every))].sort((a, b) => a - b);
  const config = {
    ...others,
    sliceDistance: undefined,
    shard: undefined,
    k,
    engine: await engineFor(chosen),
    // Full scans are thinned like those that have few slices, and in no other way.
    ...(thin === undefined ? {} : { k: [thin.every] }),
  };
  const hide = hideMachine(source, config.out);
  const [ours, ourFew] = [shareOf(subjects, shard), shareOf(few, shard)];
  const operators =
    config.crossFit === undefined
      ? []
      : await crossFitOperators(config.out, cohort.name, config.crossFit, subjects);
  const jobs = planJobs({
    jobs: config.jobs,
    tasks: Math.max(1, ours.length + ourFew.length),
    bytesPerJob: await memoryPerJob(subjects, config.method),
  });
  const details = {
    ...(await provenance({
      config: recordOf(simulateConfig, config),
      version: toolVersion,
      entry,
    })),
    engine: config.engine,
    seed: config.seed,
    jobs: jobs.jobs,
    threadsPerJob: jobs.threadsPerJob,
    ...(cohort.notes.length > 0 && { cohortNotes: cohort.notes }),
  };
  const request = { out: config.out, cohort: cohort.name, run: config.run, stage: 'impute', shard };
  return runInFolder({ ...request, details, hide, terminal }, async ({ folder, say }) => {
    if (config.force) await folder.manifest.forgetAll();
    const plan: SimulatePlan = {
      config,
      cohort: cohort.name,
      sourceRoot: cohort.root,
      generatedBy,
      operators,
      thin,
    };
    say(introduction(cohort.name, ours.length, config, jobs.jobs));
    for (const note of cohort.notes) say(note);
    for (const distance of distances) say(distanceInWords(distance, config.axis));
    if (thin !== undefined)
      say(
        `${few.length} scans have few slices (--resolution-column ${config.resolutionColumn}): they are imputed at ${thin.spacing.toPrecision(3)} mm, without a truth, and of the full ones every ${thin.every}th slice is kept, k = ${thin.every}.`,
      );
    if (jobs.remark !== undefined) say(jobs.remark);
    if (operators.length > 0)
      say(
        `Cross-fitting: ${operators.length} operators; every subject is imputed by the one that was trained without it.`,
      );
    const left = await writeDatasetDescription(folder, derivativesBelow, {
      name: derivativesName(cohort.name),
      generatedBy: {
        name: 'oinr',
        version: toolVersion,
        description: `Every k-th ${config.axis} slice kept, the others imputed by ${config.method.join(', ')}.`,
      },
      ...(await sourceOf(cohort, { dataset: folder.file(...derivativesBelow), out: config.out })),
      readme: derivativesReadme,
    });
    if (left !== undefined) say(left);

    // Before the work: it may be long, and whoever stops the work does not wait for it.
    await draftTable(folder, 'excluded', excludedTable(cohort, hide));

    const kinds = workKinds(config, ours.length + ourFew.length);
    const {
      result: outcome,
      isStopped,
      stopReason,
      outputs,
    } = await runUnits<SimulatePlan, SubjectTask, ImputedRow | BaseNetwork | FilledRow, Outcome>(
      { entry, plan, folder, jobs, kinds, things: 'volumes', out: terminal.out },
      async (runner) => {
        const imputing = runner as UnitRunner<SubjectTask, ImputedRow>;
        const early = await firstNumbers(config, ours, jobs.jobs, imputing);
        const donors = source.everyone.filter(({ id }) => thin?.used[id] === undefined);
        const bases = await fitBases(
          config,
          donors,
          runner as UnitRunner<SubjectTask, ImputedRow | BaseNetwork>,
        );
        return joinOutcomes([
          await imputeSubjects(config, ours, bases, early, imputing),
          ...(await fillSubjects(config, ourFew, runner as UnitRunner<SubjectTask, FilledRow>)),
        ]);
      },
    );

    if (shard !== undefined) {
      for (const { subject, message } of outcome.failures)
        terminal.error.write(`sub-${subject} failed: ${hide(message)}\n`);
      const things = `${inWords(ours.length + ourFew.length, 'subject')} of ${cohort.subjects.length}`;
      const failed = outcome.failures.length;
      return endShard(shard, { things, failed, isStopped, stopReason }, hide, terminal);
    }
    await writeTables(folder, outcome, config, hide);
    if (thin !== undefined) await draftTable(folder, 'filled', filledTable(outcome.filled));
    if (operators.length > 0) await draftTable(folder, 'cross_fit', crossFitTable(operators, subjects));
    const lost = cohort.excluded.filter(losesImage).length;
    const hasProblems = outcome.failures.length > 0 || lost > 0;
    const status = statusOf({ isStopped, stopReason, hasProblems });
    for (const remark of await folder.publishAt(status, outputs)) say(remark);
    await printResults({ folder, cohort, outcome, config, hide, context, status, stopReason });
    return {
      status,
      why:
        stopReason ??
        [
          ...(outcome.failures.length > 0 ? [`${inWords(outcome.failures.length, 'volume')} failed`] : []),
          ...(lost > 0 ? [`${inWords(lost, 'scan')} could not be used`] : []),
        ].join(', '),
      record: {
        subjects: subjects.length,
        unitsFinished: outcome.volumes.length,
        unitsReused: outcome.reused,
        failures: outcome.failures.length,
        methodRemarks: methodRemarks(outcome.volumes),
      },
    };
  });
}

/** `1 subject`, `2 subjects`. */
function inWords(number: number, word: string): string {
  return `${number} ${word}${number === 1 ? '' : 's'}`;
}

/** Interpolations compute nothing on an engine, and probing devices takes seconds. */
async function engineFor({ engine, method }: SimulatePlan['config']): Promise<SimulateConfig['engine']> {
  return method.some(isTrained) ? resolveEngine(engine) : engine === 'auto' ? 'cpu' : engine;
}

function introduction(
  cohort: string,
  subjects: number,
  config: SimulatePlan['config'],
  jobs: number,
): string {
  return (
    `Cohort ${cohort}: ${inWords(subjects, 'subject')}; every k-th ${config.axis} slice kept, k = ` +
    `${config.k.join(', ')} (${acquisitionInWords(config)}${config.offset === 'random' ? '; the first drawn for each subject' : ''}); methods ${config.method.join(', ')}; ${inWords(jobs, 'subject')} at once.`
  );
}

// A trained method takes some hundred times as long as an interpolation; seen times replace the guess at once.
const guesses = { interpolated: 1, trained: 100 };

/** All work of a run, by kind, for the estimate of the time left. */
function workKinds({ method, k }: SimulatePlan['config'], subjects: number) {
  return Object.fromEntries(
    method.flatMap((name) =>
      k.map((every) => {
        const guess = isTrained(name) ? guesses.trained : guesses.interpolated;
        return [kindOf(name, every), { units: subjects, guess }] as const;
      }),
    ),
  );
}

/** The name of a unit among all of a run. */
const keyOf = (name: readonly string[]): string => name.join('/');

/** What is known before the subjects' own tasks, which find it done. */
interface Early {
  /** The units that this run has done so: they are not kept from an earlier one. */
  readonly units: ReadonlySet<string>;
  /** The kinds of units that progress has counted, by subject. */
  readonly counted: ReadonlyMap<string, readonly string[]>;
}

/** Numbers within seconds, where fits take minutes: the interpolations of the first subjects. */
async function firstNumbers(
  { method, k }: SimulatePlan['config'],
  subjects: readonly Subject[],
  jobs: number,
  runner: UnitRunner<SubjectTask, ImputedRow>,
): Promise<Early> {
  const methods = method.filter((name) => !isTrained(name));
  const first = subjects.slice(0, jobs);
  if (methods.length === 0 || methods.length === method.length)
    return { units: new Set(), counted: new Map() };
  const table = new LiveTable(
    'First numbers, interpolations alone',
    methods,
    first.map(({ id }) => id),
    (line) => runner.say(line),
  );
  const kinds = k.flatMap((every) => methods.map((name) => kindOf(name, every)));
  const units = new Set<string>();
  await Promise.all(
    first.map((subject) =>
      runner.task({ kind: 'impute', subject, bases: [], methods }, `sub-${subject.id}`, kinds, (unit) => {
        if (unit.isReused) return;
        units.add(keyOf(unit.name));
        table.add(subject.id, unit.row);
      }),
    ),
  );
  return { units, counted: new Map(first.map(({ id }) => [id, kinds])) };
}

/**
 * Fits the base networks that `oinr` starts from, to the first subjects that can be read. Without them (a cohort of
 * one) fits start from random weights. A donor that fails is passed over: as a subject it fails again, and is told.
 */
async function fitBases(
  { method }: SimulatePlan['config'],
  donors: readonly Subject[],
  runner: UnitRunner<SubjectTask, ImputedRow | BaseNetwork>,
): Promise<readonly CohortBase[]> {
  if (!method.some(hasWarmStart) || donors.length < basesNeeded) return [];
  const waiting = [...donors];
  const bases: CohortBase[] = [];
  while (bases.length < basesNeeded && waiting.length > 0 && !runner.signal.aborted) {
    const next = waiting.splice(0, basesNeeded - bases.length);
    const fitted = await Promise.all(
      next.map(async (subject) => {
        const { finished } = await runner.task({ kind: 'base', subject }, `sub-${subject.id}`, []);
        return finished.map(({ fingerprint }) => ({ donor: subject.id, fingerprint }));
      }),
    );
    bases.push(...fitted.flat());
  }
  return bases;
}

/** Hands every subject to a worker process and collects what comes of it; one bad subject does not stop the others. */
async function imputeSubjects(
  config: SimulatePlan['config'],
  subjects: readonly Subject[],
  bases: readonly CohortBase[],
  early: Early,
  runner: UnitRunner<SubjectTask, ImputedRow>,
): Promise<Outcome> {
  const kinds = config.k.flatMap((every) => config.method.map((method) => kindOf(method, every)));
  const table = new LiveTable(
    'Every subject as soon as it is known',
    config.method,
    subjects.map(({ id }) => id),
    (line) => runner.say(line),
  );
  let done = 0;
  const outcomes = await Promise.all(
    subjects.map(async (subject) => {
      const came = withoutEarly(
        await runner.task(
          { kind: 'impute', subject, bases, methods: config.method },
          `sub-${subject.id}`,
          kinds.filter((kind) => early.counted.get(subject.id)?.includes(kind) !== true),
          ({ row }) => table.add(subject.id, row),
        ),
        early.units,
      );
      if (!came.isStopped) {
        done += 1;
        runner.say(
          `sub-${subject.id} (${done} of ${subjects.length}): ${subjectInWords(came, kinds.length)}`,
        );
      }
      return outcomeOf(subject, came, config);
    }),
  );
  return joinOutcomes(outcomes);
}

/** Imputes the scans that really have few slices. */
async function fillSubjects(
  config: SimulatePlan['config'],
  subjects: readonly Subject[],
  runner: UnitRunner<SubjectTask, FilledRow>,
): Promise<Outcome[]> {
  const kinds = config.k.flatMap((every) => config.method.map((method) => kindOf(method, every)));
  return Promise.all(
    subjects.map(async (subject) => {
      const task = { kind: 'fill', subject, methods: config.method } as const;
      const came = await runner.task(task, `sub-${subject.id}`, kinds);
      if (!came.isStopped)
        runner.say(`sub-${subject.id} (few slices): ${subjectInWords(came, kinds.length)}`);
      return outcomeOf(subject, came, config);
    }),
  );
}

/** What this run has done a moment ago is not kept from an earlier one. */
function withoutEarly(
  { finished, ...came }: TaskOutcome<ImputedRow>,
  early: ReadonlySet<string>,
): TaskOutcome<ImputedRow> {
  return {
    ...came,
    finished: finished.map((unit) => (early.has(keyOf(unit.name)) ? { ...unit, isReused: false } : unit)),
  };
}

function subjectInWords({ finished, seconds }: TaskOutcome<ImputedRow | FilledRow>, all: number): string {
  const reused = finished.filter(({ isReused }) => isReused).length;
  const failed = all - finished.length;
  const parts = [
    ...(finished.length > reused ? [`${finished.length - reused} imputed`] : []),
    ...(reused > 0 ? [`${reused} kept from an earlier run`] : []),
    ...(failed > 0 ? [`${failed} failed`] : []),
  ];
  return `${parts.join(', ')}, ${seconds.toFixed(1)} s`;
}
