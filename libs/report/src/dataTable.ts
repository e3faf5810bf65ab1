import type { Format } from './formats.ts';
import { type Html, html } from './html.ts';
import { cite, type TableSource } from './source.ts';

export interface ShownColumn {
  readonly column: string;
  readonly heading: string;
  readonly format: Format;
  /** A longer explanation, shown on hover and read out. */
  readonly help?: string;
}

/** A heading over neighbouring columns. */
export interface ColumnGroup {
  readonly name: string;
  readonly columns: number;
}

export interface DataTableOptions {
  readonly id: string;
  readonly caption: string;
  readonly source: TableSource;
  /** 0-based rows in the order shown; all where left out. */
  readonly rows?: readonly number[];
  readonly columns: readonly ShownColumn[];
  /** Headings over all columns, from the left; an empty name leaves a gap. */
  readonly groups?: readonly ColumnGroup[];
  /** Small and narrow, for tables of many columns. */
  readonly isDense?: boolean;
  /** Row to set in bold, such as the best method. */
  readonly highlight?: (row: Readonly<Record<string, string>>) => boolean;
}

/** In print a table of more rows is cut (style.css); its file has all. */
const printedRows = 8;

/** A table of the run: sortable by its headings, copied with all digits by its button; every cell names its source. */
export function dataTable(options: DataTableOptions): Html {
  const { id, caption, source, columns, highlight } = options;
  const rows = options.rows ?? source.table.rows.map((_, index) => index);
  return html`<figure class="table${rows.length > printedRows ? ' long' : ''}" id="${id}">
<figcaption><span>${caption}</span><span class="tools"><code>${source.file}</code>, ${rows.length} rows <button type="button" class="copy" data-table="${id}">Copy table</button> <button type="button" class="save-table" data-table="${id}" data-name="${source.file.replace(/^.*\//, '')}">Save table</button></span></figcaption>
<div class="scroll" tabindex="0" role="region" aria-label="${caption}"><table class="sortable${options.isDense === true ? ' dense' : ''}"><thead>${groupRow(options.groups)}<tr>${columns.map(
    ({ column, heading, help, format }) =>
      html`<th scope="col" aria-sort="none" data-column="${column}"${cellClass(format)}><button type="button"${help === undefined ? '' : html` title="${help}"`}>${heading}</button></th>`,
  )}</tr></thead><tbody>${rows.map((row) => {
    const isBest = highlight?.(source.table.rows[row]) === true;
    return html`<tr${isBest ? html` class="best"` : ''}>${columns.map(
      ({ column, format }) => html`<td${cellClass(format)}>${cite(source, row, column, format)}</td>`,
    )}</tr>
`;
  })}</tbody></table></div></figure>`;
}

function groupRow(groups: readonly ColumnGroup[] | undefined): Html | undefined {
  if (groups === undefined) return undefined;
  return html`<tr class="groups">${groups.map(({ name, columns }) =>
    name === ''
      ? html`<td colspan="${columns}"></td>`
      : html`<th scope="colgroup" colspan="${columns}">${name}</th>`,
  )}</tr>`;
}

function cellClass(format: Format): Html | undefined {
  if (format === 'text') return undefined;
  return format === 'sentence' ? html` class="sentence"` : html` class="number"`;
}
