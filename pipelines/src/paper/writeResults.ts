import { readFile } from 'node:fs/promises';
import { writeFileAtomic } from '@oinr/files';
import type { RunFolder } from '@oinr/run';
import { readTsv, type Table, writeTsv } from '@oinr/tables';
import type { Door } from '../door.ts';
import { toolVersion } from '../toolVersion.ts';
import { judged, verdictsTable } from './claims/judge.ts';
import { claims } from './claims/registry.ts';
import { type PaperConfig, paperConfig } from './config.ts';
import { type ExperimentName, experimentNames } from './experimentNames.ts';
import { paperPage } from './paperPage.ts';
import type { TrialRow } from './plan.ts';
import { type FailedTrial, failuresTable, picturesTable, remarksTable } from './tables.ts';

/** What a run has found. */
export interface PaperResults {
  readonly rows: readonly TrialRow[];
  readonly failures: readonly FailedTrial[];
  readonly tables: ReadonlyMap<ExperimentName, Table>;
}

export interface ResultsPlace {
  readonly folder: RunFolder;
  readonly hide: (text: string) => string;
  readonly door: Door;
  /** As run.json has them. */
  readonly details: Readonly<Record<string, unknown>>;
}

/**
 * Writes what follows from the tables of experiments: verdicts, pictures, failures, remarks, and the page. Experiments of
 * earlier runs into the same folder stay on the page, so that it may be filled one experiment after the other.
 */
export async function writeResults(
  { rows, failures, tables: own }: PaperResults,
  config: PaperConfig,
  { folder, hide, door, details }: ResultsPlace,
): Promise<void> {
  const tables = new Map<ExperimentName, Table>();
  for (const name of experimentNames) {
    const table =
      own.get(name) ?? (config.experiment.includes(name) ? undefined : await earlier(folder, name));
    if (table !== undefined) tables.set(name, table);
  }
  const withEarlier = async (name: string, fresh: Table): Promise<Table> => {
    const before = await earlier(folder, name);
    const kept = before?.rows.filter(
      ({ experiment }) => !config.experiment.some((one) => one === experiment),
    );
    const table = { columns: fresh.columns, rows: [...(kept ?? []), ...fresh.rows] };
    await writeTsv(folder.draft('tables', `${name}.tsv`), table);
    return table;
  };
  const pictures = await withEarlier('pictures', picturesTable(rows));
  const remarks = await withEarlier('remarks', remarksTable(rows, hide));
  const failed = await withEarlier('failures', failuresTable(failures, hide));
  const judgements = judged(claims, tables);
  const verdicts = verdictsTable(judgements, tables);
  await writeTsv(folder.draft('tables', 'verdicts.tsv'), verdicts);
  const page = paperPage({
    ...{ run: config.run, tables, verdicts, claims: judgements, pictures, failures: failed, remarks },
    pngs: await picturesIn(folder, pictures),
    command: door.command({ config: paperConfig, values: shownValues(config) }),
    facts: factsOf(details),
    clock: ['cuda', 'webgpu'].includes(config.engine) ? 'seconds' : 'CPU seconds',
    version: toolVersion,
  });
  await writeFileAtomic(folder.draft('paper.html'), page);
}

/** A table that an earlier run has written. */
function earlier(folder: RunFolder, name: string): Promise<Table | undefined> {
  return readTsv(folder.file('tables', `${name}.tsv`)).catch(() => undefined);
}

async function picturesIn(folder: RunFolder, { rows }: Table): Promise<Map<string, Uint8Array>> {
  const pngs = new Map<string, Uint8Array>();
  for (const { file } of rows) {
    const path = folder.manifest.results.newestOf(folder.file(...file.split('/')));
    const png = await readFile(path).catch(() => undefined);
    if (png !== undefined) pngs.set(file, png);
  }
  return pngs;
}

/** Where things lie on a machine stays out of the page. */
function shownValues(config: PaperConfig): Record<string, unknown> {
  const { image, volume, video } = config;
  return {
    ...config,
    image: image.map(() => 'FILE'),
    volume: volume.map(() => 'FILE'),
    video: video === undefined ? undefined : 'PATH',
    out: undefined,
  };
}

function factsOf(details: Readonly<Record<string, unknown>>): (readonly [string, string])[] {
  return ['oinr', 'engine', 'seed', 'jobs', 'machine', 'versions', 'commit', 'code'].flatMap((name) => {
    const value = details[name];
    if (value === undefined || value === null) return [];
    const shown =
      typeof value === 'object'
        ? Object.entries(value)
            .map(([key, one]) => `${key} ${one}`)
            .join(', ')
        : String(value);
    return [[name, shown] as const];
  });
}
