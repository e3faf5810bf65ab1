import type { Format } from './formats.ts';
import { type Html, html } from './html.ts';
import { cite, type Source } from './source.ts';

export interface ShownColumn {
  readonly column: string;
  readonly heading: string;
  readonly format: Format;
  /** A longer explanation, shown on hover and read out. */
  readonly help?: string;
}

export interface DataTableOptions {
  readonly id: string;
  readonly caption: string;
  readonly source: Source;
  /** 0-based rows in the order shown; all where left out. */
  readonly rows?: readonly number[];
  readonly columns: readonly ShownColumn[];
  /** Row to set in bold, such as the best method. */
  readonly highlight?: (row: Readonly<Record<string, string>>) => boolean;
}

/** A table of the run: sortable by its headings, copied with all digits by its button; every cell names its source. */
export function dataTable(options: DataTableOptions): Html {
  const { id, caption, source, columns, highlight } = options;
  const rows = options.rows ?? source.table.rows.map((_, index) => index);
  return html`<figure class="table" id="${id}">
<figcaption><span>${caption}</span><span class="tools"><code>${source.file}</code> <button type="button" class="copy" data-table="${id}">Copy table</button></span></figcaption>
<div class="scroll" tabindex="0" role="region" aria-label="${caption}"><table class="sortable"><thead><tr>${columns.map(
    ({ heading, help, format }) =>
      html`<th scope="col" aria-sort="none"${format === 'text' ? '' : html` class="number"`}><button type="button"${help === undefined ? '' : html` title="${help}"`}>${heading}</button></th>`,
  )}</tr></thead><tbody>${rows.map((row) => {
    const isBest = highlight?.(source.table.rows[row]) === true;
    return html`<tr${isBest ? html` class="best"` : ''}>${columns.map(
      ({ column, format }) =>
        html`<td${format === 'text' ? '' : html` class="number"`}>${cite(source, row, column, format)}</td>`,
    )}</tr>
`;
  })}</tbody></table></div></figure>`;
}
