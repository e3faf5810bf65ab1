import type { Subject } from '@oinr/cohort';
import { resolveEngine } from '@oinr/engines';
import {
  planJobs,
  provenance,
  type RunFolder,
  relativePath,
  runInFolder,
  runUnits,
  type TaskOutcome,
  type UnitRunner,
} from '@oinr/run';
import { showTable, type Table } from '@oinr/tables';
import { recordOf } from '../config/record.ts';
import { excludedTable, losesImage, sayExcluded, shortList } from '../excluded.ts';
import { crossFitOperators } from '../simulate/crossFit.ts';
import { memoryPerJob } from '../simulate/memory.ts';
import { isTrained, methodNames } from '../simulate/methods.ts';
import { kindOf } from '../simulate/plan.ts';
import { hideMachine, openSource } from '../source.ts';
import type { StageContext } from '../stageContext.ts';
import { type StageResult, sayEndedEarly, statusOf } from '../stageEnd.ts';
import { draftTable } from '../tables/draftTable.ts';
import { toolVersion } from '../toolVersion.ts';
import { commonBrain, commonGrid } from './brain.ts';
import { type TransferConfig, transferConfig } from './config.ts';
import { writeTransferFigures } from './figures.ts';
import { writeMaps } from './maps.ts';
import { drawPeople } from './people.ts';
import { kindOfFull, type TransferPlan, type TransferRow, type TransferTask } from './plan.ts';
import { type MeasuredSubject, measuredPlaces, measuredSubject } from './results.ts';
import { type Failure, failuresTable, placesTable, transferTable } from './tables.ts';

const entry = new URL('./worker.ts', import.meta.url);

/**
 * What comes through: losses of known size are implanted into full scans, the scans with and without them are thinned and
 * imputed alike, and what is left of the loss is measured as the study would see it, with the spread over people. From both
 * follows how many people are needed, times those with full scans.
 */
export async function transfer(asked: TransferConfig, context: StageContext): Promise<StageResult> {
  const { terminal } = context;
  const source = context.source ?? (await openSource(asked, terminal));
  const { cohort } = source;
  const subjects = drawPeople(cohort.subjects, asked.subjects, asked.seed);
  const config: TransferConfig = {
    ...asked,
    method: methodNames.filter((name) => asked.method.includes(name)),
    engine: asked.method.some(isTrained)
      ? await resolveEngine(asked.engine)
      : asked.engine === 'auto'
        ? 'cpu'
        : asked.engine,
  };
  const hide = hideMachine(source, config.out);
  const operators =
    config.crossFit === undefined
      ? []
      : await crossFitOperators(config.out, cohort.name, config.crossFit, subjects);
  const grid = await commonGrid(subjects);
  // Before the folder is opened: where there is no room for an implant nothing is written.
  const common = grid && (await commonBrain(subjects, grid, config));
  const jobs = planJobs({
    jobs: config.jobs,
    tasks: subjects.length,
    // The thinned scans with and without implants of one k, and what they are imputed to.
    bytesPerJob: await memoryPerJob(subjects, config.method, 1 + 0.5 * config.sizes.length),
  });
  const details = {
    ...(await provenance({ config: recordOf(transferConfig, config), version: toolVersion, entry })),
    engine: config.engine,
    seed: config.seed,
    jobs: jobs.jobs,
    threadsPerJob: jobs.threadsPerJob,
  };
  const request = { out: config.out, cohort: cohort.name, run: config.run, stage: 'transfer' };
  return runInFolder({ ...request, details, hide, terminal }, async ({ folder, say }) => {
    if (config.force) await folder.manifest.forgetAll();
    const plan: TransferPlan = { config, operators, common };
    say(introduction(cohort.name, subjects.length, plan));
    for (const note of cohort.notes) say(note);
    if (jobs.remark !== undefined) say(jobs.remark);
    if (common === undefined)
      say(
        'People lie on grids of their own, so every one has places of its own: the spread over people, people needed and maps are left out. Bring them to one space first (pipeline:prepare).',
      );
    else if (subjects.length <= new Set(subjects.map(({ group }) => group)).size)
      say(
        'There are no more people than groups, so the spread over people and people needed are left out. Take more with --subjects.',
      );
    await draftTable(folder, 'excluded', excludedTable(cohort, hide));
    const { result, isStopped, stopReason, outputs } = await runUnits<
      TransferPlan,
      TransferTask,
      TransferRow,
      Outcome
    >(
      {
        entry,
        plan,
        folder,
        jobs,
        kinds: workKinds(config, subjects.length),
        things: 'results',
        out: terminal.out,
      },
      (runner) => measureSubjects(subjects, config, runner),
    );
    const { measured, failures, reused } = result;
    const places = measuredPlaces(measured, config, common !== undefined);
    const table = transferTable(places);
    await draftTable(folder, 'transfer', table);
    await draftTable(folder, 'transfer_places', placesTable(places));
    await draftTable(folder, 'transfer_failures', failuresTable(failures, hide));
    await writeTransferFigures(folder, table);
    if (grid !== undefined && common !== undefined) await writeMaps(folder, places, grid);
    const lost = cohort.excluded.filter(losesImage).length;
    const hasProblems = failures.length > 0 || lost > 0;
    const status = statusOf({ isStopped, stopReason, hasProblems });
    for (const remark of await folder.publishAt(status, outputs)) say(remark);
    if (places.length > 0 && status !== 'stopped') terminal.out.write(`\n${await overview(table)}\n`);
    sayRemarks(measured, terminal);
    sayExcluded(cohort, hide, terminal);
    sayFailures(failures, hide, terminal);
    sayEndedEarly(status, stopReason, hide, terminal);
    sayWritten(folder, common !== undefined, terminal);
    return {
      status,
      why:
        stopReason ??
        [
          ...(failures.length > 0 ? [`${counted(failures.length, 'result')} could not be had`] : []),
          ...(lost > 0 ? [`${counted(lost, 'scan')} could not be used`] : []),
        ].join(', '),
      record: {
        subjects: subjects.length,
        unitsFinished: measured.reduce((sum, { imputed }) => sum + 1 + imputed.length, 0),
        unitsReused: reused,
        failures: failures.length,
      },
    };
  });
}

/** `1 scan`, `2 scans`. */
function counted(number: number, word: string): string {
  return `${number} ${word}${number === 1 ? '' : 's'}`;
}

function introduction(cohort: string, people: number, { config, common }: TransferPlan): string {
  const { axis, k, method, sizes, loss, smooth } = config;
  const many = common && sizes.map((size) => `${common.places[size].length} of ${size} mm`).join(', ');
  return (
    `Cohort ${cohort}: ${people === 1 ? '1 person' : `${people} people`}; losses of ${loss} % ${many === undefined ? `and ${sizes.join(', ')} mm` : `at ${many}`}; ` +
    `every k-th ${axis} slice kept, k = ${k.join(', ')}; methods ${method.join(', ')}; smoothed by ${smooth.join(', ')} mm.`
  );
}

// A trained method takes some hundred times as long as an interpolation; seen times replace the guess at once.
const guesses = { full: 2, interpolated: 2, trained: 400 };

function workKinds({ method, k }: TransferConfig, people: number) {
  return Object.fromEntries([
    [kindOfFull, { units: people, guess: guesses.full }],
    ...method.flatMap((name) =>
      k.map((every) => [
        kindOf(name, every),
        { units: people, guess: isTrained(name) ? guesses.trained : guesses.interpolated },
      ]),
    ),
  ]);
}

interface Outcome {
  readonly measured: readonly MeasuredSubject[];
  readonly failures: readonly Failure[];
  readonly reused: number;
}

/** Hands every subject to a worker process; one bad subject does not stop the others. */
async function measureSubjects(
  subjects: readonly Subject[],
  { method, k }: TransferConfig,
  runner: UnitRunner<TransferTask, TransferRow>,
): Promise<Outcome> {
  const kinds = [kindOfFull, ...k.flatMap((every) => method.map((name) => kindOf(name, every)))];
  let done = 0;
  const outcomes = await Promise.all(
    subjects.map(async (subject) => {
      const came = await runner.task({ subject }, `sub-${subject.id}`, kinds);
      if (!came.isStopped) {
        done += 1;
        runner.say(`sub-${subject.id} (${done} of ${subjects.length}): ${inWords(came, kinds.length)}`);
      }
      return { subject, came };
    }),
  );
  return {
    measured: outcomes.flatMap(({ subject, came }) => measuredSubject(subject, came) ?? []),
    failures: outcomes.flatMap(({ subject: { id, group }, came }) =>
      came.failed.map(({ name, message }) => ({ subject: id, group, unit: name?.at(-1), message })),
    ),
    reused: outcomes.reduce(
      (sum, { came }) => sum + came.finished.filter(({ isReused }) => isReused).length,
      0,
    ),
  };
}

function inWords({ finished, seconds }: TaskOutcome<TransferRow>, all: number): string {
  const reused = finished.filter(({ isReused }) => isReused).length;
  return [
    ...(finished.length > reused ? [`${finished.length - reused} measured`] : []),
    ...(reused > 0 ? [`${reused} kept from an earlier run`] : []),
    ...(finished.length < all ? [`${all - finished.length} failed`] : []),
    `${seconds.toFixed(1)} s`,
  ].join(', ');
}

type Terminal = StageContext['terminal'];

/** The rows of all distances together, three digits. */
async function overview({ columns, rows }: Table): Promise<string> {
  const shown = columns.filter((column) => !['k', 'distance_mm'].includes(column));
  const short = (cell: string): string => (/^-?\d+\.\d{4,}/.test(cell) ? Number(cell).toFixed(3) : cell);
  const chosen = rows
    .filter((row) => row.distance_mm === 'all')
    .map((row) => Object.fromEntries(shown.map((column) => [column, short(row[column])])));
  return (await showTable({ columns: shown, rows: chosen })).trimEnd();
}

function sayRemarks(measured: readonly MeasuredSubject[], { out }: Terminal): void {
  const remarks = new Set(measured.flatMap(({ imputed }) => imputed.flatMap((one) => one.remarks)));
  for (const remark of remarks) out.write(`  ${remark}\n`);
}

function sayFailures(
  failures: readonly Failure[],
  hide: (text: string) => string,
  { error }: Terminal,
): void {
  if (failures.length === 0) return;
  const list = shortList(
    failures,
    ({ subject, unit, message }) =>
      `sub-${subject}${unit === undefined ? '' : `, ${unit}`}: ${hide(message)}`,
    'tables/transfer_failures.tsv',
  );
  error.write(`\nFailed (${failures.length}; tables/transfer_failures.tsv)${list}\n`);
}

function sayWritten(folder: RunFolder, hasMaps: boolean, { out }: Terminal): void {
  const shown = relativePath(process.cwd(), folder.path);
  out.write(
    `\nWritten\n  ${shown}/tables/   transfer.tsv (by size and distance to kept slices), transfer_places.tsv (every implant)\n` +
      `  ${shown}/figures/  what comes through by distance to the nearest kept slice, one for each smoothing\n` +
      (hasMaps ? `  ${shown}/group/    maps of people needed\n` : '') +
      `  ${shown}/run.json  options, versions, machine, times; transfer.log beside it\n`,
  );
}
