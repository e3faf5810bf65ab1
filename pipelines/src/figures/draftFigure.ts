import { renderPng } from '@oinr/figures';
import { writeFileAtomic } from '@oinr/files';
import type { OutputFolder } from '@oinr/run';

/** Drafts a figure as SVG and PNG: figures/ID.svg, figures/ID.png. */
export async function draftFigure(folder: OutputFolder, id: string, svg: string): Promise<void> {
  await writeFileAtomic(folder.draft('figures', `${id}.svg`), `${svg}\n`);
  await writeFileAtomic(folder.draft('figures', `${id}.png`), renderPng(svg));
}
