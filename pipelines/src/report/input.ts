import { existsSync } from 'node:fs';
import type { Source, StudyReport } from '@oinr/report';
import { safeJoin } from '@oinr/run';
import { readTsv } from '@oinr/tables';
import { readComparison } from '../figures/comparisonFigures.ts';
import { isCompared, scaleInWords } from '../figures/draw.ts';
import type { ReadingOptions } from '../figures/options.ts';
import type { RunFigure } from '../figures/runFigure.ts';
import { profileInWords, profileNames } from '../impute/acquisition.ts';
import { recordedPreparation } from '../prepare/recorded.ts';
import { preparationInWords } from '../prepare/words.ts';
import { toolVersion } from '../provenance.ts';
import { type RunResults, readRunTable } from '../runResults.ts';
import { viewerInput } from './viewerInput.ts';

/** Gathers what the page shows from the run folder. */
export async function reportInput(
  results: RunResults,
  options: ReadingOptions,
  figures: readonly RunFigure[],
): Promise<StudyReport> {
  const { folder, cohort, run, record } = results;
  const source = async (name: string): Promise<Source> => ({
    file: `tables/${name}.tsv`,
    table: await readRunTable(results, name),
  });
  const optional = async (name: string): Promise<Source | undefined> => {
    const path = safeJoin(folder, 'tables', `${name}.tsv`);
    return existsSync(path) ? { file: `tables/${name}.tsv`, table: await readTsv(path) } : undefined;
  };
  const compared = isCompared(results);
  const viewer = compared ? await viewerInput(folder, await readComparison(results)) : undefined;
  const datasets = compared ? await source('datasets') : undefined;
  const part = (name: RunFigure['part']): RunFigure[] =>
    figures.filter((figure) => figure.part === name && figure.isTable !== true);
  const impute = objectOf(record.stages.impute);
  const imputeOptions = objectOf(impute.options);
  const compare = objectOf(record.stages.compare);
  const summary = await source('summary');
  const preparation = recordedPreparation(results);
  const isRegistered = preparation?.images === 'registered';
  return {
    cohort,
    run,
    version: toolVersion,
    tables: {
      summary,
      table3: await source('table3'),
      failures: await optional('failures'),
      excluded: await optional('excluded'),
      crossFit: await optional('cross_fit'),
      ...(datasets === undefined
        ? {}
        : {
            comparison: {
              datasets,
              verdict: await source('verdict'),
              agreement: await source('agreement'),
              attenuation: await source('attenuation'),
              bias: await source('bias'),
              peaks: await source('peaks'),
              truth: await optional('truth'),
            },
          }),
    },
    ...(preparation === undefined
      ? {}
      : {
          preparation: {
            words: preparationInWords(preparation),
            ...(isRegistered
              ? { quality: await source('quality'), failures: await source('prepare_failures') }
              : {}),
          },
        }),
    scale: `Errors are of ${scaleInWords(results)}.`,
    figures: {
      errors: part('errors'),
      maps: part('maps'),
      statistics: part('statistics'),
      subjects: part('subjects'),
    },
    viewer: viewer?.viewer,
    methods: {
      methods: [...new Set(summary.table.rows.map((row) => row.method))],
      axis: String(imputeOptions.axis ?? 'slice'),
      isPhantom: existsSync(safeJoin(folder, 'tables', 'truth.tsv')) || cohort === 'phantom',
      datasets,
      averagedOver: averagedOver(imputeOptions),
      ...(isRegistered ? { registration: preparationInWords(preparation) } : {}),
      notes: sentences(impute.cohortNotes),
    },
    commands: commandLines(results, options, isRegistered),
    facts: facts(impute, compare, isRegistered ? objectOf(record.stages.prepare) : {}),
    remarks: [...sentences(compare.remarks), ...sentences(impute.methodRemarks), ...(viewer?.remarks ?? [])],
  };
}

/** Over what kept slices were averaged, in words; undefined for thin ones. */
function averagedOver(options: Readonly<Record<string, unknown>>): string | undefined {
  const profile = profileNames.find((name) => name === options.profile) ?? 'thin';
  const thickness = options['slice-thickness'];
  return profileInWords({ profile, thickness: typeof thickness === 'number' ? thickness : undefined });
}

function sentences(recorded: unknown): string[] {
  return Array.isArray(recorded) ? recorded.map(String) : [];
}

/** Options that only say where things are or how fast; the rest decides the numbers. */
const leftOut = new Set(['cohort', 'root', 'run', 'jobs', 'force', 'no-volumes', 'k', 'mask', 'phantom']);

/** The command lines that lead to this page, with all options as they were resolved. */
function commandLines(
  { cohort, run, record, commands }: RunResults,
  { showSubjects, root }: ReadingOptions,
  isRegistered: boolean,
): string[] {
  const line = (stage: string): string[] => {
    const options = objectOf(objectOf(record.stages[stage]).options);
    if (Object.keys(options).length === 0) return [];
    const words = Object.entries(options).flatMap(([name, value]) => {
      if (
        leftOut.has(name) ||
        value === false ||
        (typeof value === 'object' && value !== null && !Array.isArray(value))
      )
        return [];
      if (value === true) return [`--${name}`];
      if (typeof value === 'string' && /\s/.test(value)) return [];
      if (value === 'all' || value === 'auto') return [];
      return [`--${name}`, ...[value].flat().map(String)];
    });
    const phantom = Object.entries(objectOf(options.phantom)).flatMap(([name, value]) => [
      `--phantom-${name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`,
      String(value),
    ]);
    const root = options.root === 'given, not recorded' ? 'DIR' : undefined;
    const templates = ['template', 'template-mask'].flatMap((name) =>
      options[name] === 'given, not recorded' ? [`--${name}`, 'FILE'] : [],
    );
    const mask = options.mask === 'given, not recorded' ? ['--mask', 'FILE'] : [];
    return [
      commands.line({ stage, cohort, run, root, words: [...words, ...templates, ...mask, ...phantom] }),
    ];
  };
  const prepare = isRegistered ? line('prepare') : [];
  return [
    commands.install,
    ...prepare,
    ...line('impute'),
    // The second time it takes what was imputed along.
    ...prepare,
    ...line('compare'),
    commands.line({
      stage: 'report',
      cohort,
      run,
      root: showSubjects && root !== undefined ? 'DIR' : undefined,
      words: showSubjects ? ['--show-subjects'] : [],
    }),
  ];
}

function facts(
  impute: Readonly<Record<string, unknown>>,
  compare: Readonly<Record<string, unknown>>,
  prepare: Readonly<Record<string, unknown>>,
): [string, string][] {
  const machine = objectOf(impute.machine);
  const versions = {
    ...objectOf(impute.versions),
    ...objectOf(compare.versions),
    ...objectOf(prepare.versions),
  };
  const rows: [string, unknown][] = [
    ['engine', impute.engine],
    ['seed', impute.seed],
    ['impute: ended, seconds', [impute.ended, impute.seconds].join(', ')],
    [
      'compare: ended, seconds',
      compare.ended === undefined ? undefined : [compare.ended, compare.seconds].join(', '),
    ],
    [
      'prepare, last time: ended, seconds',
      prepare.ended === undefined ? undefined : [prepare.ended, prepare.seconds].join(', '),
    ],
    ['machine', `${machine.cpu}, ${machine.cores} cores, ${machine.memoryGB} GB, ${machine.platform}`],
    ['Node', machine.node],
    ['commit', impute.commit],
    ...Object.entries(versions).map(([name, version]): [string, unknown] => [name, version]),
  ];
  return rows.flatMap(([name, value]): [string, string][] =>
    value === undefined || value === null ? [] : [[name, String(value)]],
  );
}

function objectOf(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {};
}
