import { renderPng } from '@oinr/figures';
import { writeFileAtomic } from '@oinr/files';
import { relativePath, safeJoin, writeJson } from '@oinr/run';
import { cohortName, command, openResults, type RunResults } from '../runResults.ts';
import type { Terminal } from '../terminal.ts';
import { drawFigures, isCompared } from './draw.ts';
import { readReadingOptions } from './options.ts';
import type { RunFigure } from './runFigure.ts';

/**
 * The stage `figures`: the paper's figures and tables from what a run has written, as SVG and PNG. The same run gives
 * the same bytes.
 */
export async function figures(words: readonly string[], terminal: Terminal): Promise<number> {
  const options = readReadingOptions(words);
  const results = await openResults(options.out, await cohortName(options.cohort), options.run, terminal);
  const drawn = await drawFigures(results, options, terminal);
  await writeFigures(results, drawn);
  const shown = relativePath(process.cwd(), results.folder);
  terminal.out.write(`${drawn.length} figures as SVG and PNG in ${shown}/figures/\n`);
  if (!isCompared(results)) {
    terminal.out.write(
      `The groups have not been compared yet, so figures of statistics are left out; for them run first: ${command('compare', results)}\n`,
    );
  }
  return 0;
}

/** Writes every figure as SVG and PNG, and a list of them with captions and sources. */
export async function writeFigures(results: RunResults, drawn: readonly RunFigure[]): Promise<void> {
  for (const { id, svg } of drawn) {
    await writeFileAtomic(safeJoin(results.folder, 'figures', `${id}.svg`), `${svg}\n`);
    await writeFileAtomic(safeJoin(results.folder, 'figures', `${id}.png`), renderPng(svg));
  }
  await writeJson(
    safeJoin(results.folder, 'figures', 'figures.json'),
    drawn.map(({ id, caption, sources }) => ({ id, caption, sources })),
  );
}
