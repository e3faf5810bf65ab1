import type { JoiningTables, StudyReport, TableSource } from '@oinr/report';
import { compareConfig } from '../compare/config.ts';
import { fewestOfKind } from '../compare/mixed/plan.ts';
import { withPlaceholders } from '../config/record.ts';
import type { AnyStageConfig } from '../config/stageConfig.ts';
import { readComparison } from '../figures/comparisonTables.ts';
import { type ReadingConfig, reportConfig } from '../figures/config.ts';
import { type Drawing, isCompared, mseScale } from '../figures/draw.ts';
import type { RunFigure } from '../figures/runFigure.ts';
import { isDescriptionFile } from '../folders.ts';
import { prepareConfig } from '../prepare/config.ts';
import { recordedPreparation } from '../prepare/recorded.ts';
import { preparationInWords } from '../prepare/words.ts';
import { isOfMaps, type RunResults, readOptionalTable, readRunTable, recordedConfig } from '../runResults.ts';
import { profileInWords } from '../simulate/acquisition.ts';
import { simulateConfig } from '../simulate/config.ts';
import { describeCohort } from '../source.ts';
import { toolVersion } from '../toolVersion.ts';
import { flickerOf } from './flicker.ts';
import { viewerInput } from './viewerInput.ts';

/** Gathers what the page shows from the run folder. */
export async function reportInput(
  results: RunResults,
  config: ReadingConfig,
  { figures, tables: drawn }: Drawing,
): Promise<StudyReport> {
  const { folder, cohort, run, record } = results;
  const source = async (name: string): Promise<TableSource> => ({
    file: `tables/${name}.tsv`,
    table: drawn[name] ?? (await readRunTable(results, name)),
  });
  const optional = async (name: string): Promise<TableSource | undefined> => {
    const table = await readOptionalTable(results, name);
    return table && { file: `tables/${name}.tsv`, table };
  };
  const compared = isCompared(results);
  const viewer = compared ? await viewerInput(folder, await readComparison(results)) : undefined;
  const datasets = compared ? await source('datasets') : undefined;
  const part = (name: RunFigure['part']): RunFigure[] =>
    figures.filter((figure) => figure.part === name && figure.isTable !== true);
  const impute = objectOf(record.stages.impute);
  const compare = objectOf(record.stages.compare);
  const areMapsOfOthers = isOfMaps(results);
  const simulated = areMapsOfOthers ? undefined : recordedConfig(results, simulateConfig);
  const errors = areMapsOfOthers
    ? undefined
    : { summary: await source('summary'), table3: await source('table3') };
  const joining: JoiningTables = {
    ...(compared
      ? {
          joining: await optional('joining'),
          mixtures: await optional('mixtures'),
          worth: await optional('worth'),
          power: await optional('power'),
          falsePositives: await optional('false_positives'),
          kinds: await optional('kinds'),
        }
      : {}),
    transfer: await optional('transfer'),
  };
  const preparation = recordedPreparation(results);
  const isRegistered = preparation?.images === 'registered';
  return {
    cohort,
    run,
    version: toolVersion,
    tables: {
      errors,
      failures: await optional('failures'),
      excluded: await optional('excluded'),
      crossFit: await optional('cross_fit'),
      joining,
      ...(datasets === undefined
        ? {}
        : {
            comparison: {
              datasets,
              verdict: await source('verdict'),
              agreement: await source('agreement'),
              attenuation: await source('attenuation'),
              bias: await optional('bias'),
              peaks: await source('peaks'),
              truth: await optional('truth'),
              distance: await optional('distance'),
              yardstick: await optional('yardstick'),
              ranks: await optional('ranks'),
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
    scale: areMapsOfOthers ? '' : `Errors are of ${mseScale(results)}.`,
    figures: {
      joining: part('joining'),
      errors: part('errors'),
      maps: part('maps'),
      peaks: part('peaks'),
      statistics: part('statistics'),
      subjects: part('subjects'),
    },
    flicker: compared ? await flickerOf(folder, await readComparison(results)) : undefined,
    viewer: viewer?.viewer,
    methods: {
      methods: [...new Set(errors?.summary.table.rows.map((row) => row.method))],
      axis: simulated?.axis ?? 'slice',
      isPhantom: await isPhantom(results),
      areMapsOfOthers,
      datasets,
      joining,
      averagedOver: simulated && profileInWords(simulated),
      isFirstKeptDrawn: simulated?.offset === 'random',
      ...(isRegistered ? { registration: preparationInWords(preparation) } : {}),
      notes: sentences(impute.cohortNotes),
    },
    commands: commandLines(results, config, isRegistered),
    question: datasets && questionOf(results, datasets),
    facts: facts(impute, compare, isRegistered ? objectOf(record.stages.prepare) : {}),
    remarks: [...sentences(compare.remarks), ...sentences(impute.methodRemarks), ...(viewer?.remarks ?? [])],
  };
}

/** By its description; of a cohort whose description is gone, by its name. */
async function isPhantom({ asked, cohort }: RunResults): Promise<boolean> {
  const described = await describeCohort(asked).catch(() => undefined);
  return described === undefined ? cohort === 'phantom' : described.layout === 'phantom';
}

function sentences(recorded: unknown): string[] {
  return Array.isArray(recorded) ? recorded.map(String) : [];
}

/** The command lines that lead to this page, as their reader would type them; DIR and FILE stand for what is not recorded. */
function commandLines(
  results: RunResults,
  { showSubjects, root }: ReadingConfig,
  isRegistered: boolean,
): string[] {
  const { cohort, run, record, door } = results;
  const line = (config: AnyStageConfig): string[] => {
    if (record.stages[config.stage] === undefined) return [];
    const values = withPlaceholders(config, recordedConfig(results, config));
    const told = Object.entries(values).filter(([name]) => config.options[name].changesNothing !== true);
    const named = nameFor(results, values.cohort);
    return [door.command({ config, values: { ...Object.fromEntries(told), cohort: named } })];
  };
  const prepare = isRegistered ? line(prepareConfig) : [];
  return [
    door.install,
    ...prepare,
    ...line(simulateConfig),
    // The second time it takes what was imputed along.
    ...prepare,
    ...line(compareConfig),
    door.command({
      config: reportConfig,
      values: { cohort, run, showSubjects, root: showSubjects && root !== undefined ? 'DIR' : undefined },
    }),
  ];
}

/** The cohort as a command names it: the file of its description, or its name. */
function nameFor({ cohort }: RunResults, recorded: unknown): string {
  const asked = String(recorded ?? cohort);
  return isDescriptionFile(asked) ? asked : cohort;
}

/** The command that asks whether scans with few slices may join full ones: half of each group as a beginning. */
function questionOf(results: RunResults, { table }: TableSource): string | undefined {
  const [{ group_first: first, group_second: second, subjects_first, subjects_second }] = table.rows;
  // Nobody is told to give a command that would be refused.
  const halves = [subjects_first, subjects_second].map((size) => Math.floor(Number(size) / 2));
  if (isOfMaps(results) || halves[0] + halves[1] < fewestOfKind) return undefined;
  const recorded = recordedConfig(results, compareConfig);
  if (recorded.mix !== undefined || recorded.resolutionColumn !== undefined) return undefined;
  const values = withPlaceholders(compareConfig, recorded);
  const told = Object.entries(values).filter(
    ([name]) => compareConfig.options[name as keyof typeof compareConfig.options].changesNothing !== true,
  );
  return results.door.command({
    config: compareConfig,
    values: {
      ...Object.fromEntries(told),
      cohort: nameFor(results, values.cohort),
      mix: [`${first}=0.5`, `${second}=0.5`],
    },
  });
}

function facts(
  impute: Readonly<Record<string, unknown>>,
  compare: Readonly<Record<string, unknown>>,
  prepare: Readonly<Record<string, unknown>>,
): [string, string][] {
  const first = impute.machine === undefined ? compare : impute;
  const machine = objectOf(first.machine);
  const versions = {
    ...objectOf(impute.versions),
    ...objectOf(compare.versions),
    ...objectOf(prepare.versions),
  };
  const rows: [string, unknown][] = [
    ['engine', impute.engine],
    ['seed', impute.seed],
    [
      'impute: ended, seconds',
      impute.ended === undefined ? undefined : [impute.ended, impute.seconds].join(', '),
    ],
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
    ['commit', first.commit],
    ...Object.entries(versions).map(([name, version]): [string, unknown] => [name, version]),
  ];
  return rows.flatMap(([name, value]): [string, string][] =>
    value === undefined || value === null ? [] : [[name, String(value)]],
  );
}

function objectOf(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {};
}
