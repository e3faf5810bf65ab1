import { parseNumber } from '@oinr/tables';
import { type Html, html } from './html.ts';
import { cite, hasColumn, rowsWhere, type TableSource } from './source.ts';

export interface FindingsTables {
  /** One row per method and percentage; see the compare stage. */
  readonly verdict: TableSource;
  /** One row per data set that was compared; the first is the full data. */
  readonly datasets: TableSource;
  /** Only where the truth is known. */
  readonly truth?: TableSource;
  /** How far the full data agree with themselves where one of each group is left out. */
  readonly yardstick?: TableSource;
  /** Between what the ranks of methods lie in halves of the people. */
  readonly ranks?: TableSource;
}

type Row = Readonly<Record<string, string>>;

/** The answer in words and numbers: usable or not, with which method, down to which spacing. Every number is cited. */
export function findings({ verdict, datasets, truth, yardstick, ranks }: FindingsTables): Html {
  const usable = rowsWhere(verdict, (row) => row.usable === 'yes');
  const widest = usable.reduce<number | undefined>((best, row) => {
    if (best === undefined) return row;
    const spacing = (index: number): number => parseNumber(verdict.table.rows[index].spacing_mm) ?? 0;
    const rank = (index: number): number =>
      parseNumber(verdict.table.rows[index].rank) ?? Number.MAX_SAFE_INTEGER;
    return spacing(row) > spacing(best) || (spacing(row) === spacing(best) && rank(row) < rank(best))
      ? row
      : best;
  }, undefined);
  const full = 0;
  return html`<div class="answer" id="answer">
${design(datasets, full)}
${answer(verdict, widest, datasets.table.rows[full])}
${answerTable({ verdict, truth, ranks })}
${measuredBy(yardstick)}
${rule(verdict, ranks)}
</div>`;
}

function design(datasets: TableSource, full: number): Html {
  const c = (column: string, format: Parameters<typeof cite>[3]): Html =>
    cite(datasets, full, column, format);
  return html`<p>${c('group_first', 'text')} (${c('subjects_first', 'integer')} subjects) against ${c('group_second', 'text')} (${c('subjects_second', 'integer')}), ${c('permutations', 'integer')} permutations, the same for every data set${adjusted(datasets)}. In the full-resolution data ${c('significant_fwe', 'integer')} of ${c('voxels', 'integer')} voxels differ at a family-wise error of ${c('alpha', 'text')}, and ${c('significant_primary', 'integer')} at ${c('primary_criterion', 'text')}.</p>`;
}

/** What was held constant and within what labels were exchanged, where anything was. */
function adjusted(datasets: TableSource): Html {
  const covariates = hasColumn(datasets, 'covariates')
    ? html`, adjusted for ${cite(datasets, 0, 'covariates', 'text')}`
    : '';
  const blocks = hasColumn(datasets, 'blocks')
    ? html`, exchanged within blocks of the same ${cite(datasets, 0, 'blocks', 'text')}`
    : '';
  return html`${covariates}${blocks}`;
}

function answer(verdict: TableSource, widest: number | undefined, full: Row): Html {
  if (verdict.table.rows.length === 0) return html`<p>No imputed data set was compared.</p>`;
  if ((parseNumber(full.smallest_p) ?? 0) > (parseNumber(full.alpha) ?? 1)) {
    return html`<p><strong>No verdict:</strong> the smallest p that the permutations of these subjects can give is larger than the family-wise error asked for, so nothing could be significant. More subjects are needed, or blocks that leave more to exchange.</p>`;
  }
  if (verdict.table.rows.every((row) => row.usable === 'n/a')) {
    return html`<p><strong>No verdict:</strong> the full-resolution data show no difference at this criterion, so there is nothing that an imputation could preserve or lose. More subjects, or a cohort with a larger effect, are needed.</p>`;
  }
  if (isChance(full)) {
    return html`<p><strong>No verdict:</strong> the full-resolution data show no more differences than chance alone gives at this criterion, and none at the family-wise error. What agrees or disagrees below is mostly noise, and says nothing on how a real difference would be preserved.</p>`;
  }
  if (widest === undefined) {
    return html`<p><strong>No:</strong> by the rule below, no method preserves the group difference${isUnknown(verdict.table.rows[0].k) ? '' : ' at any of the spacings tried'}.${parseNumber(full.smoothing_fwhm_mm) === 0 ? hint : ''}</p>`;
  }
  if (isUnknown(verdict.table.rows[widest].k)) {
    return html`<p><strong>Yes,</strong> with <strong>${cite(verdict, widest, 'method', 'text')}</strong>.</p>`;
  }
  return html`<p><strong>Yes,</strong> with <strong>${cite(verdict, widest, 'method', 'text')}</strong>, down to one slice in ${cite(verdict, widest, 'k', 'integer')}: ${cite(verdict, widest, 'missing_percent', 'integer')} % missing, ${cite(verdict, widest, 'spacing_mm', 'one')} mm from slice to slice.</p>`;
}

/** Whether nothing passes the family-wise error, and no more voxels the primary criterion than its p times all. */
function isChance({ significant_fwe, significant_primary, voxels, primary_criterion }: Row): boolean {
  const p = parseNumber(/^p < (0\.\d+)/.exec(primary_criterion)?.[1] ?? 'n/a');
  const [familyWise, found, tested] = [significant_fwe, significant_primary, voxels].map(parseNumber);
  if (p === undefined || found === undefined || tested === undefined) return false;
  return familyWise === 0 && found <= p * tested;
}

const hint =
  ' Volumes were not smoothed here, so single voxels are compared with all their noise. Group studies mostly smooth: the compare stage does so with --smooth and a width in mm, full and imputed data alike, and the answer may then be another.';

/** The plainest method, beside which every other has to be worth its trouble. */
const plainest = 'linear';

/** Per percentage the best method and linear interpolation, with a light by the rule; where the truth is known, also against it. */
function answerTable({ verdict, truth, ranks }: Pick<FindingsTables, 'verdict' | 'truth' | 'ranks'>): Html {
  const { rows } = verdict.table;
  if (rows.length === 0) return html``;
  if (rows.every((row) => rankOf(row) === unranked))
    return html`<p>Methods are not ranked, since the full data show nothing to preserve.</p>`;
  const percents = [...new Set(rows.map((row) => row.missing_percent))].sort((a, b) => Number(a) - Number(b));
  const shown = percents.flatMap((percent) => {
    const own = rowsWhere(verdict, (row) => row.missing_percent === percent);
    const [best] = own.toSorted((a, b) => rankOf(rows[a]) - rankOf(rows[b]));
    const linear = own.find((row) => rows[row].method === plainest);
    return linear === undefined || linear === best ? [best] : [best, linear];
  });
  const ofFull = truth && truthRow(truth, 'full', undefined, rows[0].criterion);
  const against = (row: number | undefined): Html =>
    truth === undefined || row === undefined
      ? html``
      : html`<td class="number">${cite(truth, row, 'sensitivity', 'percent')}</td><td class="number">${cite(truth, row, 'one_minus_precision', 'percent')}</td>`;
  return html`<div class="scroll" tabindex="0" role="region" aria-label="The best method and linear interpolation per percentage"><table><thead><tr><th scope="col">By the rule</th><th scope="col">Missing</th><th scope="col">Method</th>${ranks === undefined ? '' : html`<th scope="col" class="number">Rank</th>`}<th scope="col" class="number">Dice</th><th scope="col" class="number">Sensitivity</th><th scope="col" class="number">Beyond full data</th>${ofFull === undefined ? '' : html`<th scope="col" class="number">True effect found</th><th scope="col" class="number">False among found</th>`}</tr></thead><tbody>${
    ofFull === undefined
      ? ''
      : html`<tr><td>\u2013</td><td>\u2013</td><td>full data</td>${ranks === undefined ? '' : html`<td class="number">\u2013</td>`}<td class="number">\u2013</td><td class="number">\u2013</td><td class="number">\u2013</td>${against(ofFull)}</tr>`
  }${shown.map((row) => {
    const { method, missing_percent, criterion } = rows[row];
    const place = isUnknown(missing_percent)
      ? '\u2013'
      : html`${cite(verdict, row, 'missing_percent', 'integer')} % (${cite(verdict, row, 'spacing_mm', 'one')} mm)`;
    return html`<tr><td>${light(verdict, row)}</td><td>${place}</td><td>${cite(verdict, row, 'method', 'text')}</td>${rankIn(verdict, row, ranks)}<td class="number">${cite(verdict, row, 'dice', 'two')}</td><td class="number">${cite(verdict, row, 'sensitivity', 'two')}</td><td class="number">${cite(verdict, row, 'one_minus_precision', 'percent')}</td>${ofFull === undefined || truth === undefined ? '' : against(truthRow(truth, method, missing_percent, criterion))}</tr>
`;
  })}</tbody></table></div>
${ofFull === undefined ? '' : html`<p class="quiet">The truth of this cohort is known; against it the full data miss much and err too, so a loss against the full data need not be a loss of truth.</p>`}
${linearIsEnough(verdict)}`;
}

/** The rank by Dice, and between what it lies in halves of the people. */
function rankIn(verdict: TableSource, row: number, ranks: TableSource | undefined): Html {
  if (ranks === undefined) return html``;
  const { method, missing_percent, rank } = verdict.table.rows[row];
  const [own] = rowsWhere(
    ranks,
    (one) => one.method === method && one.missing_percent === missing_percent && !isUnknown(one.rank_low),
  );
  const interval =
    own === undefined
      ? ''
      : html` (${cite(ranks, own, 'rank_low', 'integer')} to ${cite(ranks, own, 'rank_high', 'integer')})`;
  return html`<td class="number">${isUnknown(rank) ? '\u2013' : cite(verdict, row, 'rank', 'integer')}${interval}</td>`;
}

/** What Dice costs that nobody would mind: the full data against themselves. */
function measuredBy(yardstick: TableSource | undefined): Html {
  if (yardstick === undefined || yardstick.table.rows.length === 0) return html``;
  const c = (column: string): Html => cite(yardstick, 0, column, 'two');
  return html`<p>A yardstick: where one subject of each group is left out, the full data agree with themselves with a Dice of ${c('dice')} (${c('dice_low')} to ${c('dice_high')} over ${cite(yardstick, 0, 'pairs_left_out', 'integer')} pairs, ${cite(yardstick, 0, 'criterion', 'text')}).</p>`;
}

/** A light and its word: green for usable, red for not. */
function light(verdict: TableSource, row: number): Html {
  const isUsable = verdict.table.rows[row].usable === 'yes';
  return html`<span class="light ${isUsable ? 'go' : 'stop'}" aria-hidden="true"></span> <span class="quiet">usable:</span> ${cite(verdict, row, 'usable', 'text')}`;
}

function linearIsEnough(verdict: TableSource): Html {
  const usable = rowsWhere(verdict, (row) => row.method === plainest && row.usable === 'yes').toSorted(
    (a, b) => Number(verdict.table.rows[a].missing_percent) - Number(verdict.table.rows[b].missing_percent),
  );
  if (usable.length === 0) return html``;
  const places = usable.map(
    (row, n) => html`${n > 0 ? ', ' : ''}${cite(verdict, row, 'missing_percent', 'integer')} %`,
  );
  return isUnknown(verdict.table.rows[usable[0]].missing_percent)
    ? html`<p>Plain linear interpolation passes the rule too.</p>`
    : html`<p>Plain linear interpolation passes the rule too, at ${places} missing.</p>`;
}

/** The row of the truth table for a data set at a criterion; the full data have no percentage. */
function truthRow(
  truth: TableSource,
  method: string,
  percent: string | undefined,
  criterion: string,
): number | undefined {
  const [row] = rowsWhere(
    truth,
    (one) =>
      one.method === method &&
      one.criterion === criterion &&
      (percent === undefined || one.missing_percent === percent),
  );
  return row;
}

/** Of maps that were made elsewhere nobody knows what is missing. */
const isUnknown = (cell: string): boolean => cell === 'n/a';

function rule(verdict: TableSource, ranks: TableSource | undefined): Html {
  if (verdict.table.rows.length === 0) return html``;
  return html`<p class="quiet">The rule, a convention of this report: over all voxels tested, significance at ${cite(verdict, 0, 'criterion', 'text')} agrees with the full data with Dice and sensitivity of at least ${cite(verdict, 0, 'least_dice', 'two')} and ${cite(verdict, 0, 'least_sensitivity', 'two')}, and at most ${cite(verdict, 0, 'most_one_minus_precision', 'percent')} of what is found lies beyond the full data. Methods are ranked by Dice${ranks === undefined ? '' : '; in brackets the ranks that they have in random halves of the people (ranks.tsv)'}. Here everybody is full, or everybody imputed. The full data are the reference here; they contain noise of their own.</p>`;
}

function rankOf(row: Row): number {
  return parseNumber(row.rank) ?? unranked;
}

const unranked = Number.MAX_SAFE_INTEGER;
