import { parseNumber } from '@oinr/tables';
import { figure, type ReportFigure } from './figure.ts';
import type { Format } from './formats.ts';
import { type Html, html } from './html.ts';
import type { Section } from './page.ts';
import { cite, hasColumn, rowsWhere, type TableSource } from './source.ts';
import type { JoiningTables } from './studyInput.ts';

type Row = Readonly<Record<string, string>>;

/** Whether a run says anything of scans with few slices beside full ones. */
export function hasJoining({ joining, worth }: JoiningTables): boolean {
  return [joining, worth].some((one) => one !== undefined && one.table.rows.length > 0);
}

/**
 * The first thing on the page: may scans with few slices join the full ones, what one of them is worth, and the one figure.
 * Every number is cited. `question`: the command that asks what the run has not been asked.
 */
export function joiningAnswer(
  tables: JoiningTables,
  figures: readonly ReportFigure[],
  question: string | undefined,
): Section {
  const { joining, worth } = tables;
  return {
    id: 'joining',
    heading: 'May they join?',
    body: html`<div class="answer" id="joining-answer">
${joining === undefined || joining.table.rows.length === 0 ? notAsked(question) : answers(joining)}
${worth === undefined ? '' : html`<ul>${worth.table.rows.map((_, row) => worthLine(worth, row, tables.power))}</ul>`}
</div>
${figures.map(figure)}
${flagged(tables)}`,
  };
}

/** The command that would answer, where whole groups alone were compared. */
export function notAsked(question: string | undefined): Html {
  if (question === undefined) return html``;
  return html`<p>Whether scans with few slices may join full ones was not asked of this run. To ask it, say which share of each group has few slices: <code>${question}</code></p>`;
}

function answers(joining: TableSource): Html {
  const { rows } = joining.table;
  const designs = [...new Set(rows.map(({ design }) => design))];
  return html`<p>May scans with few slices, imputed, join the full ones? What joining finds at ${cite(joining, 0, 'criterion', 'text')}, beside the full scans alone:</p>
<ul>${designs.map((name) => {
    const own = rowsWhere(joining, ({ design }) => design === name);
    const alike = [...Map.groupBy(own, (row) => kindOfAnswer(rows[row])).values()];
    return html`<li>${cite(joining, own[0], 'design', 'text')}<ul>${alike.map((same) => html`<li>${answer(joining, same)}</li>`)}</ul></li>`;
  })}</ul>`;
}

/** Rows of one mixture with the same of it are told in one sentence. */
function kindOfAnswer({ may_join, kinds, equalised }: Row): string {
  return [may_join, ...[kinds, equalised].map((one) => parseNumber(one) !== undefined)].join();
}

/** The answer about one mixture, for the data sets that have the same one. */
function answer(joining: TableSource, rows: readonly number[]): Html {
  const row = joining.table.rows[rows[0]];
  const isOfTruth = row.measure === 'true_found';
  const format: Format = isOfTruth ? 'percent' : 'integer';
  const what = isOfTruth ? ' of the true effect' : ' voxels';
  const has = (column: string): boolean => parseNumber(row[column]) !== undefined;
  const number = (column: string): Html => cite(joining, rows[0], column, format);
  const each = (column: string): Html =>
    list(rows.map((at) => html`${cite(joining, at, column, format)} (${dataOf(joining, at)})`));
  const others = html`${has('full_alone') ? html`; the full scans alone: ${number('full_alone')}` : '; the full scans alone are of one group'}${
    has('all_full') ? html`; everybody with full scans: ${number('all_full')}` : ''
  }`;
  if (row.may_join === 'nothing to find')
    return html`<strong>Nothing to find</strong> (${list(rows.map((at) => dataOf(joining, at)))}): no valid test finds more than three times what chance gives (${cite(joining, rows[0], 'chance_voxels', 'integer')} voxels on average), and nothing at the family-wise error${others}, so this says nothing of joining. More people, or a larger effect, are needed.`;
  if (row.may_join === 'cannot be told')
    return html`<strong>Cannot be told</strong> (${list(rows.map((at) => dataOf(joining, at)))}): some of the tests have too few permutations to reach ${cite(joining, rows[0], 'criterion', 'text')}. More permutations (--permutations), or more people, are needed.`;
  if (row.may_join === 'yes')
    return html`<strong>Yes:</strong> within kinds, which is valid, joining finds ${each('kinds')}${what}${others}.${toUse(joining, rows[0])}`;
  if (row.may_join === 'in both groups alike')
    return html`<strong>Yes, in both groups alike:</strong> ${
      has('kinds')
        ? html`as the scans are, within kinds, joining finds ${each('kinds')}${what}, not a tenth more than without it`
        : 'as the scans are, resolution and group cannot be told apart'
    }; with everybody thinned and imputed alike, joining finds ${each('equalised')}${what}${others}.${toUse(joining, rows[0])}`;
  return html`<strong>No:</strong> ${
    has('kinds')
      ? html`within kinds joining finds ${each('kinds')}${what}`
      : html`resolution and group cannot be told apart (${list(rows.map((at) => dataOf(joining, at)))})`
  }${has('equalised') ? html`, with everybody thinned and imputed alike ${each('equalised')}` : ''}${others}. That is not a tenth more than without them.`;
}

/** Which of the valid tests to report, by a rule that does not look at what they find. */
function toUse(joining: TableSource, row: number): Html {
  if (!hasColumn(joining, 'test_to_use')) return html``;
  const { test_to_use } = joining.table.rows[row];
  if (test_to_use !== 'kinds' && test_to_use !== 'equalised') return html``;
  return html` Test to use: ${cite(joining, row, 'test_to_use', 'text')} (${
    test_to_use === 'kinds'
      ? 'full scans outnumber those with few slices by three, or nothing can be thinned'
      : 'everybody thinned and imputed alike, since full scans do not outnumber those with few slices by three'
  }).`;
}

/** `linear, 66 % missing` */
function dataOf(source: TableSource, row: number): Html {
  return html`${cite(source, row, 'method', 'text')}${missing(source, row)}`;
}

/** `, 66 % missing`; nothing of maps that were made elsewhere. */
function missing(source: TableSource, row: number): Html {
  return parseNumber(source.table.rows[row].missing_percent) === undefined
    ? html``
    : html`, ${cite(source, row, 'missing_percent', 'integer')} % missing`;
}

/** What one scan is worth by the halves of the cohort, what the power curve says of it, and whether the two disagree. */
function worthLine(worth: TableSource, at: number, power: TableSource | undefined): Html {
  const row = worth.table.rows[at];
  const number = (column: string): Html => cite(worth, at, column, 'two');
  const slices =
    parseNumber(row.missing_percent) === undefined
      ? ''
      : html` with ${cite(worth, at, 'missing_percent', 'integer')} % of its slices missing`;
  const method = cite(worth, at, 'method', 'text');
  if (parseNumber(row.worth) === undefined)
    return html`<li>What one scan${slices}, imputed by ${method}, is worth cannot be said: the halves of the full data agree on no difference of the groups.</li>`;
  const interval =
    parseNumber(row.worth_low) === undefined
      ? 'no interval can be given'
      : html`${number('worth_low')} to ${number('worth_high')}`;
  return html`<li>One scan${slices}, imputed by ${method}, is worth <strong>${number('worth')}</strong> (${interval}) of a full one.${
    power === undefined ? '' : worthByPower(power, row)
  }</li>`;
}

/** What the power curve says of the same scans, at the largest groups; and every point that lies outside of the interval. */
function worthByPower(power: TableSource, worth: Row): Html {
  if (!hasColumn(power, 'worth_by_power')) return html``;
  const known = rowsWhere(
    power,
    (row) =>
      row.method === worth.method &&
      row.missing_percent === worth.missing_percent &&
      parseNumber(row.worth_by_power) !== undefined,
  );
  if (known.length === 0) return html``;
  const sizeOf = (row: number): number => parseNumber(power.table.rows[row].per_group) ?? 0;
  const said = (row: number): Html =>
    html`${cite(power, row, 'worth_by_power', 'two')} with ${cite(power, row, 'per_group', 'integer')} in each group (${cite(power, row, 'scans', 'text')})`;
  const largest = Math.max(...known.map(sizeOf));
  const [low, high] = [worth.worth_low, worth.worth_high].map(parseNumber);
  const outside = known.filter((row) => {
    const value = parseNumber(power.table.rows[row].worth_by_power) ?? Number.NaN;
    return low !== undefined && high !== undefined && (value < low || value > high);
  });
  return html` Read off the power curve: ${list(known.filter((row) => sizeOf(row) === largest).map(said))}.${
    outside.length === 0
      ? ''
      : html` <span class="problem">The two disagree: the power curve lies outside of the interval at ${list(outside.map(said))}.</span> The curve counts voxels beyond one threshold in few samples, the interval weighs all voxels.`
  }`;
}

function list(parts: readonly Html[]): Html {
  return html`${parts.map((part, index) => html`${index === 0 ? '' : ', '}${part}`)}`;
}

/** What must not be done, with its numbers: mixtures tested as if all scans were alike, and tests above their level. */
function flagged({ mixtures, falsePositives }: JoiningTables): Html {
  const naive = mixtures === undefined ? [] : invalidNaive(mixtures);
  const told = new Set(
    falsePositives === undefined || mixtures === undefined
      ? []
      : naive.map((row) => countedDesign(falsePositives, mixtures.table.rows[row])),
  );
  const above =
    falsePositives === undefined ? [] : aboveLevel(falsePositives).filter((row) => !told.has(row));
  if (naive.length === 0 && above.length === 0) return html``;
  return html`<div class="problem" id="joining-warning">${
    mixtures === undefined || naive.length === 0
      ? ''
      : html`<p><strong>Not valid:</strong> joined as if all scans were alike (naive), what differs between full and imputed scans passes for a difference of the groups:</p><ul>${naive.map(
          (row) => html`<li>${naiveLine(mixtures, row, falsePositives)}</li>`,
        )}</ul>`
  }${
    falsePositives === undefined || above.length === 0
      ? ''
      : html`<p>Where no group differs, these found something more often than they say they do (family-wise error with its interval, level ${cite(falsePositives, above[0], 'alpha', 'text')}):</p><ul>${above.map(
          (row) =>
            html`<li>${cite(falsePositives, row, 'design', 'text')}, ${dataOf(falsePositives, row)}, ${cite(falsePositives, row, 'model', 'text')}: ${errorOf(falsePositives, row)}</li>`,
        )}</ul>`
  }</div>`;
}

/** Mixtures tested without their kinds in the model and not valid; one row per mixture and data set, the first draw. */
function invalidNaive(mixtures: TableSource): number[] {
  const seen = new Set<string>();
  return rowsWhere(mixtures, (row) => {
    const isOne = row.model === 'naive' && row.valid === 'no' && parseNumber(row.voxels_found) !== undefined;
    const name = [row.design, row.method, row.missing_percent].join('\n');
    if (!isOne || seen.has(name)) return false;
    seen.add(name);
    return true;
  });
}

function naiveLine(mixtures: TableSource, at: number, falsePositives: TableSource | undefined): Html {
  const row = mixtures.table.rows[at];
  const number = (column: string, format: Format): Html => cite(mixtures, at, column, format);
  const [full] = rowsWhere(mixtures, ({ design }) => design === 'all full');
  const beside =
    full === undefined
      ? ''
      : html`, where everybody with full scans shows ${cite(mixtures, full, 'voxels_found', 'integer')}`;
  const wrong =
    parseNumber(row.one_minus_precision) === undefined
      ? ''
      : html`; ${number('one_minus_precision', 'percent')} of them are no true effect`;
  const counted = falsePositives && countedDesign(falsePositives, row);
  return html`${number('design', 'text')}, ${number('method', 'text')}${missing(mixtures, at)}: ${number('voxels_found', 'integer')} voxels${beside}${wrong}${
    falsePositives === undefined || counted === undefined
      ? ''
      : html`; where no group differs, ${errorOf(falsePositives, counted)} of such studies find something`
  }.`;
}

function errorOf(falsePositives: TableSource, row: number): Html {
  const percent = (column: string): Html => cite(falsePositives, row, column, 'percent');
  return html`${percent('family_wise_error')} (${percent('low')} to ${percent('high')})`;
}

/** The row whose family-wise error was counted for the shares of a mixture. */
function countedDesign(falsePositives: TableSource, mixture: Row): number | undefined {
  const shares = [...mixture.design.matchAll(/=(\d*\.?\d+)(?= |$)/g)].map(([, share]) => Number(share));
  const [less, more] = shares.toSorted((a, b) => a - b);
  if (shares.length !== 2) return undefined;
  const design =
    less === 0 && more === 1
      ? 'one group imputed'
      : less === 0.2 && more === 0.8
        ? '80 % against 20 % imputed'
        : undefined;
  const [found] = rowsWhere(
    falsePositives,
    (row) =>
      row.design === design &&
      row.model === 'naive' &&
      row.method === mixture.method &&
      row.missing_percent === mixture.missing_percent,
  );
  return found;
}

/** Rows whose interval lies above the level that was asked for. */
function aboveLevel(falsePositives: TableSource): number[] {
  return rowsWhere(falsePositives, (row) => {
    const [low, alpha] = [row.low, row.alpha].map(parseNumber);
    return low !== undefined && alpha !== undefined && low > alpha;
  });
}
