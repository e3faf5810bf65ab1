import {
  errorMessage,
  interruptible,
  Progress,
  RunError,
  relativePath,
  runStage,
  type Stage,
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
  return runStage(
    { out: options.out, cohort: source.cohort.name, run: options.run, stage: 'compare', hide, terminal },
    (stage) => compareCohort({ ...stage, options, source, study, mask, hide, terminal }),
  );
}

/** A sentence where the truth of a cohort is known but lies in another space than what is compared. */
function unusedTruth({ space }: Study, { root }: Source): string[] {
  if (space === undefined || !hasTruth(root)) return [];
  return [
    `The truth of this cohort lies on its own grid and the volumes were registered to ${space.space}, so nothing was compared with the truth; without --register always it is.`,
  ];
}

export interface CompareRun extends Stage {
  readonly options: CompareOptions;
  readonly source: Source;
  readonly study: Study;
  readonly mask: AnalysisMask;
  readonly hide: (text: string) => string;
  readonly terminal: Terminal;
}

async function compareCohort(run: CompareRun): Promise<StageStatus> {
  const { options, study, mask, folder, say, hide, terminal } = run;
  const details = await comparisonProvenance(recordedCompareOptions(options), toolVersion);
  await folder.begin(details);
  if (options.force) await folder.manifest.forgetAll();
  const counts = study.groups.map((name) => study.subjects.filter(({ group }) => group === name).length);
  say(
    `Cohort ${run.source.cohort.name}: ${counts[0]} ${study.groups[0]} against ${counts[1]} ${study.groups[1]}, ${mask.indices.length} voxels (${mask.description}), ${study.dataSets.length} data sets.`,
  );
  for (const remark of study.remarks) say(remark);

  const progress = new Progress({
    stream: terminal.out,
    kinds: { comparison: { units: study.dataSets.length, guess: 1 } },
    jobs: 1,
  });
  const { status, text } = await interruptible({ progress }, async (signal): Promise<Ending> => {
    try {
      const tables = await compareStudy(run, progress, signal, String(details.code));
      return { status: 'complete', text: tables };
    } catch (error) {
      const isBug = !signal.aborted && !(error instanceof RunError) && error instanceof Error;
      folder.log.write(String(isBug ? error.stack : errorMessage(error)));
      return { status: signal.aborted ? 'stopped' : 'failed', text: errorMessage(error) };
    }
  });
  await folder.end(status, {
    ...details,
    groups: study.groups,
    subjects: counts,
    voxels: mask.indices.length,
    mask: mask.description,
    remarks: study.remarks,
  });
  if (status !== 'complete') {
    terminal.error.write(`\n${hide(text)}\n`);
    return status;
  }
  const shown = relativePath(process.cwd(), folder.path);
  terminal.out.write(
    `\n${text}\n\nWritten\n  ${shown}/tables/   datasets, agreement, attenuation, verdict, peaks, bias, max_null, extent_null and, where known, truth (.tsv)\n  ${shown}/group/    T and p maps with sidecars, the mean of the full data\n`,
  );
  return status;
}

/** How the comparison ended: tables to show, or why it did not finish. */
interface Ending {
  readonly status: StageStatus;
  readonly text: string;
}
