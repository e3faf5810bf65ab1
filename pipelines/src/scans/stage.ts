import { join } from 'node:path';
import type { Exclusion } from '@oinr/cohort';
import { resolveEngine } from '@oinr/engines';
import { removeOwn } from '@oinr/files';
import {
  type FinishedUnit,
  formatDuration,
  hideFolders,
  isOver,
  type OutputFolder,
  openOutputFolder,
  planJobs,
  runUnits,
  shareOf,
  sourceData,
  type UnitRunner,
  writeDatasetDescription,
} from '@oinr/run';
import { errorsInWords, purpose } from '@oinr/scan';
import { writeTsv } from '@oinr/tables';
import { excludedTable, exclusionsInWords, losesImage } from '../excluded.ts';
import { workspaceRoot } from '../folders.ts';
import { endShard } from '../shardEnd.ts';
import { memoryPerJob } from '../simulate/memory.ts';
import { isTrained } from '../simulate/methods.ts';
import type { StageContext } from '../stageContext.ts';
import { type StageResult, statusOf } from '../stageEnd.ts';
import type { Terminal } from '../terminal.ts';
import { generatedBy, toolVersion } from '../toolVersion.ts';
import type { ScansConfig } from './config.ts';
import { findScans, type ScanFile } from './findScans.ts';
import { drawPages, type Imputed, type PagesDrawn } from './page/drawPages.ts';
import { refusalOf } from './refusalOf.ts';
import { unitName } from './results.ts';
import type { ScanRow, ScansPlan } from './scanUnit.ts';

const entry = new URL('./worker.ts', import.meta.url);

/** What the README of the derivative dataset says. */
const readme = `Made by oinr impute: sub-*/.../*_desc-METHOD_T1w.nii.gz are the scans with the slices between those acquired, imputed by
METHOD. Every image has a JSON sidecar. \`bids:source:\` in the sidecars is the data set that scans were read from (DatasetLinks
in dataset_description.json; urn:oinr:source-place-not-recorded where its place would tell of the machine: put yours there).
quality.html lists the scans, those that need a look first; *_quality.html show each before and after.
${purpose}`;

/** The finer grid holds several times the voxels that the header announces. */
const finerFactor = 6;

/**
 * `oinr impute`: brings scans with few slices to a finer spacing. There is no truth to compare with; what is known of
 * the errors is predicted from the scans themselves.
 */
export async function imputeScans(asked: ScansConfig, { terminal }: StageContext): Promise<StageResult> {
  const { shard } = asked;
  const { scans: all, excluded } = await findScans(asked);
  const scans = shareOf(all, shard);
  // Interpolations compute nothing on an engine, and probing devices takes seconds.
  const engine = isTrained(asked.method) ? await resolveEngine(asked.engine) : 'reference';
  const config = { ...asked, shard: undefined, engine };
  const jobs = planJobs({
    jobs: config.jobs,
    tasks: Math.max(1, scans.length),
    bytesPerJob: await memoryPerJob(
      scans.map(({ path }) => ({ image: path })),
      [config.method],
      finerFactor,
    ),
  });
  const hide = hideFolders([config.source, config.out, workspaceRoot, process.cwd()]);
  const folder = await openOutputFolder(config.out, 'scans', { hide, terminal, shard });
  try {
    if (config.force) for (const scan of scans) await folder.manifest.forget(unitName(scan, config.method));
    // Of all parts together, by whoever ends them.
    if (shard === undefined) await sayLeftOut(excluded, folder, terminal);
    const plan: ScansPlan = { config, generatedBy };
    const remarks: string[] = [];
    if (scans.some(({ folder: below }) => below !== '')) {
      const { source, link } = await sourceData('source', config.source, {
        dataset: folder.path,
        out: config.out,
      });
      const left = await writeDatasetDescription(folder, [], {
        name: 'T1-weighted volumes with imputed slices',
        generatedBy: {
          name: 'oinr',
          version: toolVersion,
          description: `Slices between those acquired, imputed by ${config.method}.`,
        },
        source,
        links: { source: link },
        readme,
      });
      if (left !== undefined) remarks.push(left);
    }
    terminal.out.write(
      `Imputing ${scans.length === 1 ? '1 scan' : `${scans.length} scans`} by ${config.method}, ${jobs.jobs} at once.\n`,
    );
    const kinds = { scan: { units: scans.length, guess: 1 } };
    const imputing = await runUnits<ScansPlan, ScanFile, ScanRow, Imputed>(
      { entry, plan, folder, jobs, kinds, things: 'scans', out: terminal.out },
      (runner) => imputeAll(scans, { runner, folder, config }, terminal),
    );
    const { result, outputs } = imputing;
    const failed = result.failed.length;
    if (shard !== undefined)
      return endShard(
        shard,
        { ...imputing, things: `${scans.length} scans of ${all.length}`, failed },
        hide,
        terminal,
      );
    const isWhole = !imputing.isStopped && imputing.stopReason === undefined;
    const drawn =
      config.noPage || !isWhole ? noPages : await drawPages(result, { config, folder, jobs, hide, terminal });
    const isStopped = imputing.isStopped || drawn.isStopped;
    const stopReason = imputing.stopReason ?? drawn.stopReason;
    const lost = excluded.filter(losesImage).length;
    const hasProblems = failed > 0 || lost > 0 || drawn.failed > 0;
    const status = statusOf({ isStopped, stopReason, hasProblems });
    if (isOver(status)) remarks.push(...(await folder.publish([...outputs, ...drawn.outputs])));
    for (const remark of remarks) terminal.error.write(`${remark}\n`);
    if ((scans.length > 1 || lost > 0) && !isStopped)
      terminal.out.write(
        `${result.imputed.length} imputed, ${failed} failed${lost > 0 ? `, ${lost} not usable` : ''}. No truth is known of these scans.\n`,
      );
    if (drawn.page !== undefined && !isStopped) terminal.out.write(`To look at: ${drawn.page}\n`);
    return { status, why: stopReason ?? whatFailed({ failed, lost, pages: drawn.failed }, scans.length) };
  } finally {
    await folder.close();
  }
}

/** Names what is left out, before the work begins; of a long list a file has all. */
async function sayLeftOut(
  excluded: readonly Exclusion[],
  { path }: OutputFolder,
  { error }: Terminal,
): Promise<void> {
  const file = join(path, '.resume', 'excluded.tsv');
  if (excluded.length === 0) return removeOwn(file);
  await writeTsv(
    file,
    excludedTable({ excluded }, (text) => text),
  );
  error.write(
    `Not imputed (${excluded.length.toLocaleString('en')})${exclusionsInWords(excluded, undefined, file)}\n`,
  );
}

const noPages: PagesDrawn = { failed: 0, isStopped: false, outputs: [] };

/** Why not everything that was asked for has a result. */
function whatFailed(
  { failed, lost, pages }: { readonly failed: number; readonly lost: number; readonly pages: number },
  scans: number,
): string {
  const parts = [
    ...(failed > 0 ? [`${failed} of ${scans} scans failed`] : []),
    ...(lost > 0 ? [`${lost} could not be used`] : []),
    ...(pages > 0 ? [`${pages} quality pages could not be drawn`] : []),
  ];
  return `${parts.join(', and ')}, as told above`;
}

/** The stage at work. */
interface ScansAtWork {
  readonly runner: UnitRunner<ScanFile, ScanRow>;
  readonly folder: OutputFolder;
  readonly config: ScansConfig;
}

/** Hands every scan to a worker process and tells what came of it; one bad scan does not stop the others. */
async function imputeAll(
  scans: readonly ScanFile[],
  { runner, folder, config }: ScansAtWork,
  { error }: Terminal,
): Promise<Imputed> {
  const imputed: { scan: ScanFile; row: ScanRow }[] = [];
  const failed: { scan: ScanFile; why: string }[] = [];
  const place = (): string => `${imputed.length + failed.length} of ${scans.length}`;
  const fail = (scan: ScanFile, why: string): void => {
    failed.push({ scan, why });
    error.write(`${place()} ${scan.stem} failed: ${why}\n`);
  };
  await Promise.all(
    scans.map(async (scan) => {
      const refusal = await refusalOf(scan, folder, config);
      if (refusal !== undefined) return fail(scan, refusal);
      const came = await runner.task(scan, scan.stem, ['scan']);
      if (came.isStopped) return;
      for (const { message } of came.failed) fail(scan, message);
      for (const unit of came.finished) {
        imputed.push({ scan, row: unit.row });
        runner.say(scanInWords(`${place()} ${scan.stem}`, unit));
      }
    }),
  );
  return { imputed, failed };
}

/** What is said of a finished scan, a few lines. */
function scanInWords(head: string, { row, isReused, seconds }: FinishedUnit<ScanRow>): string {
  const { what, chosen, predicted, remarks, volume } = row;
  const lines = [`${head}: ${what}`];
  const errors = errorsInWords(predicted);
  if (errors !== '') lines.push(`  predicted mean squared error: ${errors}`);
  for (const remark of remarks) lines.push(`  ${remark}`);
  const how = isReused ? 'there already' : formatDuration(seconds);
  lines.push(`  ${chosen} (${how}) -> ${volume}, with its sidecar`);
  return lines.join('\n');
}
