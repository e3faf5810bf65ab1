import {
  errorMessage,
  onInterrupt,
  openRunFolder,
  Progress,
  RunError,
  type RunFolder,
  relativePath,
  type StageStatus,
} from '@oinr/run';
import { toolVersion } from '../provenance.ts';
import { cohortName, finishedStage, openResults, recordedSelection } from '../runResults.ts';
import { hideMachine, openSource, type Source } from '../source.ts';
import type { Terminal } from '../terminal.ts';
import { type AnalysisMask, analysisMask } from './analysisMask.ts';
import { compareStudy } from './compareStudy.ts';
import { planStudy, type Study } from './dataSets.ts';
import { type CompareOptions, readCompareOptions, recordedCompareOptions } from './options.ts';
import { comparisonProvenance } from './provenance.ts';
import { hasTruth } from './truth.ts';

/**
 * The stage `compare`: the permutation t-test on the full-resolution data and on every imputed data set, with the
 * same subjects and the same relabelings, and how far they agree with each other and, for the phantom, with the truth.
 *
 * @returns the exit status: 0, 1 on failure, 130 when it was stopped.
 */
export async function compare(words: readonly string[], terminal: Terminal): Promise<number> {
  const options = readCompareOptions(words);
  const results = await openResults(options.out, await cohortName(options.cohort), options.run, terminal);
  finishedStage(results, 'impute');
  const source = await openSource({ ...options, ...recordedSelection(results) }, terminal);
  const planned = await planStudy(results, source.cohort, options.groups);
  const study = { ...planned, remarks: [...planned.remarks, ...unusedTruth(planned, source)] };
  terminal.out.write(`Finding the voxels to test in ${study.subjects.length} subjects.\n`);
  const mask = await analysisMask(study, options.mask);

  const hide = hideMachine(source, options.out);
  const folder = await openRunFolder({
    out: options.out,
    cohort: source.cohort.name,
    run: options.run,
    stage: 'compare',
    hide,
  });
  try {
    return await runStage({ options, source, study, mask, folder, hide, terminal });
  } finally {
    await folder.close();
  }
}

/** A sentence where the truth of a cohort is known but lies in another space than what is compared. */
function unusedTruth({ space }: Study, { root }: Source): string[] {
  if (space === undefined || !hasTruth(root)) return [];
  return [
    `The truth of this cohort lies on its own grid and the volumes were registered to ${space.space}, so nothing was compared with the truth; without --register always it is.`,
  ];
}

export interface CompareRun {
  readonly options: CompareOptions;
  readonly source: Source;
  readonly study: Study;
  readonly mask: AnalysisMask;
  readonly folder: RunFolder;
  readonly hide: (text: string) => string;
  readonly terminal: Terminal;
}

async function runStage(run: CompareRun): Promise<number> {
  const { options, study, mask, folder, hide, terminal } = run;
  const details = await comparisonProvenance(recordedCompareOptions(options), toolVersion);
  await folder.begin(details);
  if (options.force) await folder.manifest.forgetAll();
  const say = (line: string): void => {
    folder.log.write(line);
    terminal.out.write(`${hide(line)}\n`);
  };
  const counts = study.groups.map((name) => study.subjects.filter(({ group }) => group === name).length);
  say(
    `Cohort ${run.source.cohort.name}: ${counts[0]} ${study.groups[0]} against ${counts[1]} ${study.groups[1]}, ${mask.indices.length} voxels (${mask.description}), ${study.dataSets.length} data sets.`,
  );
  for (const remark of study.remarks) say(remark);

  const interruption = new AbortController();
  const progress = new Progress({
    stream: terminal.out,
    kinds: { comparison: { units: study.dataSets.length, guess: 1 } },
    jobs: 1,
  });
  const ignoreInterrupts = onInterrupt({
    onStop: () => {
      interruption.abort(new RunError('The stage was stopped; the same command goes on from there.'));
    },
    onKill: () => process.exit(130),
  });
  let status: StageStatus = 'complete';
  let message = '';
  let text = '';
  try {
    text = await compareStudy(run, progress, interruption.signal, String(details.code));
  } catch (error) {
    status = interruption.signal.aborted ? 'stopped' : 'failed';
    message = errorMessage(error);
    if (!interruption.signal.aborted && !(error instanceof RunError))
      folder.log.write(String(error instanceof Error ? error.stack : error));
  } finally {
    progress.close();
    ignoreInterrupts();
  }
  await folder.end(status, {
    ...details,
    groups: study.groups,
    subjects: counts,
    voxels: mask.indices.length,
    mask: mask.description,
    remarks: study.remarks,
  });
  folder.log.write(`The stage ended: ${status}. ${message}`);
  if (status !== 'complete') {
    terminal.error.write(`\n${hide(message)}\n`);
    return status === 'stopped' ? 130 : 1;
  }
  const shown = relativePath(process.cwd(), folder.path);
  terminal.out.write(
    `\n${text}\n\nWritten\n  ${shown}/tables/   datasets, agreement, attenuation, verdict, peaks, bias, max_null, extent_null and, where known, truth (.tsv)\n  ${shown}/group/    T and p maps with sidecars, the mean of the full data\n`,
  );
  return 0;
}
