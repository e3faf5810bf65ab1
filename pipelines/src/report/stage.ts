import { writeFileAtomic } from '@oinr/files';
import { studyReport } from '@oinr/report';
import { RunError, relativePath } from '@oinr/run';
import { compareConfig } from '../compare/config.ts';
import type { ReadingConfig } from '../figures/config.ts';
import { drawFigures, isCompared } from '../figures/draw.ts';
import { draftDrawing } from '../figures/stage.ts';
import { command, finishedStage, openResults } from '../runResults.ts';
import type { StageContext } from '../stageContext.ts';
import type { StageResult } from '../stageEnd.ts';
import { writeIntoRun } from '../writeIntoRun.ts';
import { reportInput } from './input.ts';

/** A page larger than this is slow to open and hard to send. */
const largest = 15_000_000;

/** The stage `report`: one HTML page about a run that needs nothing but itself, and the figures as files. */
export async function report(config: ReadingConfig, { terminal, door }: StageContext): Promise<StageResult> {
  const results = await openResults(config, door);
  if (results.record.stages.compare !== undefined) finishedStage(results, compareConfig);
  const { count, bytes } = await writeIntoRun(results, 'report', terminal, async (folder) => {
    await folder.manifest.results.claim([folder.file('report.html')]);
    const drawing = await drawFigures(results, config, terminal);
    const page = studyReport(await reportInput(results, config, drawing));
    const bytes = Buffer.byteLength(page);
    if (bytes > largest) {
      throw new RunError(
        `The report would have ${(bytes / 1e6).toFixed(1)} MB, more than ${largest / 1e6}; leave out --show-subjects, or report a run with fewer methods or percentages.`,
      );
    }
    await draftDrawing(folder, drawing);
    await writeFileAtomic(folder.draft('report.html'), page);
    return { count: drawing.figures.length, bytes };
  });
  const shown = relativePath(process.cwd(), results.folder);
  terminal.out.write(
    `Report: ${shown}/report.html (${(bytes / 1e6).toFixed(1)} MB, opens without a network)\n${count} figures as SVG and PNG in ${shown}/figures/\n`,
  );
  if (!isCompared(results)) {
    terminal.out.write(
      `The groups have not been compared yet; for the verdict and the maps run first: ${command(compareConfig, results)}\n`,
    );
  }
  return { status: 'complete' };
}
