import { readFile } from 'node:fs/promises';
import { dataTable, type Html, html, pngUri, renderPage } from '@oinr/report';
import type { Table } from '@oinr/tables';
import { toolVersion } from '../toolVersion.ts';

/** Pictures beyond this number stay files: a page of hundreds is slow to open. Flagged scans come first. */
const mostPictures = 120;

export interface QualityPageRequest {
  /** Where the picture of a subject is now: its place, or a draft. */
  readonly pictureOf: (subject: string) => string;
  readonly cohort: string;
  readonly run: string;
  /** tables/quality.tsv */
  readonly table: Table;
  /** What was done, in words. */
  readonly method: string;
}

/** The page to judge registrations by: numbers, and for every scan three cuts with the template's outline. */
export async function qualityPage({
  pictureOf,
  cohort,
  run,
  table,
  method,
}: QualityPageRequest): Promise<string> {
  const isFlagged = (row: Table['rows'][number]): boolean => row.flags !== 'n/a';
  const ordered = [...table.rows].sort((a, b) => Number(isFlagged(b)) - Number(isFlagged(a)));
  const shown = ordered.slice(0, mostPictures);
  const pictures: Html[] = [];
  for (const row of shown) {
    const id = row.participant_id.replace(/^sub-/, '');
    const png = await readFile(pictureOf(id));
    pictures.push(
      html`<figure class="drawing" id="${row.participant_id}"><img alt="Three cuts through ${row.participant_id} with the outline of the template" src="${pngUri(png)}"><figcaption>${row.participant_id}, ${row.group}${isFlagged(row) ? `. To be looked at: ${row.flags}.` : '.'} <span>Drawn from <code>quality/${row.participant_id}.png</code>.</span></figcaption></figure>`,
    );
  }
  const flagged = table.rows.filter(isFlagged);
  return renderPage({
    title: `Registration quality: cohort ${cohort}, run ${run}`,
    subtitle: html`${method} This page shows images of single subjects: it is for whoever works with these data, and not to be passed on against their terms.`,
    sections: [
      {
        id: 'numbers',
        heading: 'Numbers',
        body: html`${
          flagged.length === 0
            ? html`<p>No scan was flagged.</p>`
            : html`<p>${flagged.length} of ${table.rows.length} scans were flagged. They stay in the study unless you leave them out (exclude in the cohort's description).</p><ul>${flagged.map(({ participant_id, flags }) => html`<li><a href="#${participant_id}">${participant_id}</a>: ${flags}</li>`)}</ul>`
        }
${dataTable({
  id: 'table-quality',
  caption: 'How well every scan fits the template',
  source: { file: 'tables/quality.tsv', table },
  columns: [
    { column: 'participant_id', heading: 'scan', format: 'text' },
    { column: 'group', heading: 'group', format: 'text' },
    { column: 'shows', heading: 'shows', format: 'text' },
    {
      column: 'dice',
      heading: 'overlap',
      format: 'three',
      help: 'Dice of the brain with the template\u2019s brain',
    },
    { column: 'dice_of', heading: 'brain', format: 'sentence' },
    {
      column: 'mutual_information',
      heading: 'mutual information',
      format: 'three',
      help: 'nats, inside the template\u2019s brain',
    },
    {
      column: 'robust_z_dice',
      heading: 'z of overlap',
      format: 'one',
      help: 'robust: by median and median absolute deviation',
    },
    { column: 'robust_z_mutual_information', heading: 'z of information', format: 'one' },
    {
      column: 'volume_ratio',
      heading: 'volume ratio',
      format: 'two',
      help: 'brain of the scan over that of the template, by the affine',
    },
    { column: 'turn_degrees', heading: 'rotation (deg)', format: 'one' },
    { column: 'cpu_seconds', heading: 'CPU seconds', format: 'one' },
    { column: 'flags', heading: 'flags', format: 'sentence' },
  ],
})}`,
      },
      {
        id: 'pictures',
        heading: 'Pictures',
        body: html`<p>The line is the border of the template's brain. Where it leaves the brain of the scan, the registration is off.</p>${pictures}${shown.length < ordered.length ? html`<p>${ordered.length - shown.length} more are in the folder <code>quality</code>.</p>` : ''}`,
      },
    ],
    footer: html`Made by oinr ${toolVersion}. This page shows images of single subjects.`,
  });
}
