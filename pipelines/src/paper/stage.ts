import { dirname } from 'node:path';
import { resolveEngine } from '@oinr/engines';
import {
  hideFolders,
  planJobs,
  provenance,
  type RunFolder,
  relativePath,
  runInFolder,
  runUnits,
  type TaskOutcome,
  type UnitRunner,
} from '@oinr/run';
import { showTable, type Table, writeTsv } from '@oinr/tables';
import { recordOf } from '../config/record.ts';
import { shortList } from '../excluded.ts';
import { workspaceRoot } from '../folders.ts';
import type { StageContext } from '../stageContext.ts';
import { type StageResult, sayEndedEarly, statusOf } from '../stageEnd.ts';
import { toolVersion } from '../toolVersion.ts';
import { type PaperConfig, paperConfig } from './config.ts';
import type { PaperSettings } from './experiment.ts';
import type { ExperimentName } from './experimentNames.ts';
import { findExperiment } from './experiments/registry.ts';
import { kindOf, type PaperPlan, type PaperTask, type TrialRow } from './plan.ts';
import { sideMetrics } from './series.ts';
import { experimentTable, type FailedTrial } from './tables.ts';
import { tasksOf, trialsOf } from './tasks.ts';
import { writeResults } from './writeResults.ts';

const entry = new URL('./worker.ts', import.meta.url);

/** What a job of quarter size takes at its peak. */
const bytesPerJob = 1.5 * 2 ** 30;

/**
 * The experiments of the paper beside the brain: networks fitted to images, clips and bodies, their baselines, and what of
 * the paper's claims holds. Every case of an experiment is a task, every method a unit that resumes.
 */
export async function paper(asked: PaperConfig, { terminal, door }: StageContext): Promise<StageResult> {
  const tasks = tasksOf(asked);
  const config: PaperConfig = { ...asked, engine: await resolveEngine(asked.engine) };
  const { size, recipe, seed, steps, octaves, engine } = config;
  const settings: PaperSettings = { size, recipe, seed, steps, octaves, engine };
  const planned = planJobs({ jobs: config.jobs, tasks: tasks.length, bytesPerJob });
  // Threads cost CPU seconds, which the tables compare; who wants them says so.
  const jobs = { ...planned, threadsPerJob: config.threads };
  const own = tasks.flatMap((task) => (task.own === undefined ? [] : [dirname(task.own.path)]));
  const hide = hideFolders([...new Set([config.out, workspaceRoot, process.cwd(), ...own])]);
  const details = {
    ...(await provenance({ config: recordOf(paperConfig, config), version: toolVersion, entry })),
    ...{ engine, seed, jobs: jobs.jobs, threadsPerJob: jobs.threadsPerJob },
  };
  const request = { out: config.out, cohort: 'paper', run: config.run, stage: 'paper' };
  return runInFolder({ ...request, details, hide, terminal }, async ({ folder, say }) => {
    if (config.force) await folder.manifest.forgetAll();
    say(introduction(config, tasks));
    if (jobs.remark !== undefined) say(jobs.remark);
    const plan: PaperPlan = { settings, methods: config.method };
    const { result, isStopped, stopReason, outputs } = await runUnits<
      PaperPlan,
      PaperTask,
      TrialRow,
      Outcome
    >(
      { entry, plan, folder, jobs, kinds: workKinds(tasks, plan), things: 'results', out: terminal.out },
      (runner) => doTasks(tasks, plan, runner),
    );
    const { rows, failures, reused } = result;
    const tables = tablesOf(rows, settings);
    for (const [name, table] of tables) await writeTsv(folder.draft('tables', `${name}.tsv`), table);
    if (rows.length > 0)
      await writeResults({ rows, failures, tables }, config, { folder, hide, door, details });
    const status = statusOf({ isStopped, stopReason, hasProblems: failures.length > 0 });
    for (const remark of await folder.publishAt(status, outputs)) say(remark);
    if (status !== 'stopped')
      for (const [name, table] of tables) terminal.out.write(`\n${await overview(name, table)}\n`);
    sayRemarks(rows, hide, terminal);
    sayFailures(failures, hide, terminal);
    sayEndedEarly(status, stopReason, hide, terminal);
    sayWritten(folder, terminal);
    return {
      status,
      why: stopReason ?? `${failures.length} of the results could not be had, as told above`,
      record: { results: rows.length, resultsReused: reused, failures: failures.length },
    };
  });
}

function introduction(
  { size, recipe, engine, experiment }: PaperConfig,
  tasks: readonly PaperTask[],
): string {
  return `The paper's experiments ${experiment.join(', ')} at ${size} size: ${tasks.length} cases, O-INR by the recipe ${recipe}, engine ${engine}.`;
}

function workKinds(tasks: readonly PaperTask[], { settings, methods }: PaperPlan) {
  const kinds: Record<string, { units: number; guess: number }> = {};
  for (const { experiment } of tasks)
    for (const { method, guess } of trialsOf(findExperiment(experiment), settings, methods)) {
      const kind = kindOf(experiment, method);
      kinds[kind] ??= { units: 0, guess: guess + 1 };
      kinds[kind].units += 1;
    }
  return kinds;
}

interface Outcome {
  readonly rows: readonly TrialRow[];
  readonly failures: readonly FailedTrial[];
  readonly reused: number;
}

/** Hands every case to a worker process; one bad signal does not stop the others. */
async function doTasks(
  tasks: readonly PaperTask[],
  { settings, methods }: PaperPlan,
  runner: UnitRunner<PaperTask, TrialRow>,
): Promise<Outcome> {
  let done = 0;
  const outcomes = await Promise.all(
    tasks.map(async (task) => {
      const name = `${task.experiment}, ${task.case}`;
      const trials = trialsOf(findExperiment(task.experiment), settings, methods);
      const came = await runner.task(
        task,
        name,
        trials.map(({ method }) => kindOf(task.experiment, method)),
      );
      if (!came.isStopped) {
        done += 1;
        runner.say(`${name} (${done} of ${tasks.length}): ${inWords(came)}`);
      }
      return { task, came };
    }),
  );
  return {
    rows: outcomes.flatMap(({ came }) => came.finished.map(({ row }) => row)),
    failures: outcomes.flatMap(({ task, came }) => failuresOf(task, came)),
    reused: outcomes.reduce(
      (sum, { came }) => sum + came.finished.filter(({ isReused }) => isReused).length,
      0,
    ),
  };
}

/** A signal that cannot be used fails all its trials by one sentence, which is told once. */
function failuresOf(task: PaperTask, { finished, failed }: TaskOutcome<TrialRow>): FailedTrial[] {
  const [first] = failed;
  if (finished.length === 0 && failed.length > 0 && failed.every(({ message }) => message === first.message))
    return [{ ...task, message: first.message }];
  return failed.map(({ name, message }) => ({ ...task, method: name?.at(-1), message }));
}

function inWords({ finished, failed, seconds }: TaskOutcome<TrialRow>): string {
  const reused = finished.filter(({ isReused }) => isReused).length;
  return [
    ...(finished.length > reused ? [`${finished.length - reused} measured`] : []),
    ...(reused > 0 ? [`${reused} kept from an earlier run`] : []),
    ...(failed.length > 0 ? [`${failed.length} failed`] : []),
    `${seconds.toFixed(1)} s`,
  ].join(', ');
}

/** The tables of the experiments that have results, in the order of the paper. */
function tablesOf(rows: readonly TrialRow[], settings: PaperSettings): Map<ExperimentName, Table> {
  const byExperiment = Map.groupBy(rows, ({ experiment }) => experiment);
  return new Map([...byExperiment].map(([name, own]) => [name, experimentTable(own, settings)]));
}

type Terminal = StageContext['terminal'];

const shownColumns = [
  'case',
  'method',
  'recipe',
  'parameters',
  'octaves',
  'step',
  'cpu_seconds',
  'metric',
  'value',
];

const mostPoints = 5;

/** A table for the terminal: of every curve a few points and its end, numbers short. */
async function overview(name: string, { rows }: Table): Promise<string> {
  const curves = Map.groupBy(
    rows.filter(({ metric }) => !sideMetrics.includes(metric)),
    (row) => [row.case, row.method, row.recipe, row.octaves, row.metric].join(' '),
  );
  const short = (cell: string): string => (/^-?\d+\.\d{4,}/.test(cell) ? Number(cell).toFixed(3) : cell);
  const shown = [...curves.values()]
    .flatMap(thinned)
    .map((row) => Object.fromEntries(shownColumns.map((column) => [column, short(row[column])])));
  return `${name}\n${(await showTable({ columns: shownColumns, rows: shown })).trimEnd()}`;
}

/** At most so many of a list, evenly, its last one among them. */
function thinned<T>(items: readonly T[]): T[] {
  const every = Math.ceil(items.length / mostPoints);
  return items.filter((_, n) => (items.length - 1 - n) % every === 0);
}

function sayRemarks(rows: readonly TrialRow[], hide: (text: string) => string, { out }: Terminal): void {
  const remarks = new Set(rows.flatMap((row) => row.remarks));
  for (const remark of remarks) out.write(`  ${hide(remark)}\n`);
}

function sayFailures(
  failures: readonly FailedTrial[],
  hide: (text: string) => string,
  { error }: Terminal,
): void {
  if (failures.length === 0) return;
  const list = shortList(
    failures,
    ({ experiment, case: name, method, message }) =>
      `${[experiment, name, ...(method === undefined ? [] : [method])].join(', ')}: ${hide(message)}`,
    'tables/failures.tsv',
  );
  error.write(`\nFailed (${failures.length}; tables/failures.tsv)${list}\n`);
}

function sayWritten(folder: RunFolder, { out }: Terminal): void {
  const shown = relativePath(process.cwd(), folder.path);
  out.write(
    `\nWritten\n  ${shown}/paper.html  the page: what of the paper holds, with tables, curves and pictures\n  ${shown}/tables/     a table for each experiment, verdicts.tsv, failures.tsv, remarks.tsv\n  ${shown}/pictures/   what the networks have made of the signals\n  ${shown}/run.json    options, versions, machine, times; paper.log beside it\n`,
  );
}
