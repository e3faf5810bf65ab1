import { type Html, html, renderPage } from '@oinr/report';
import { purpose } from '@oinr/scan';
import { mostDeviations, robustZ } from '../../robustZ.ts';
import { toolVersion } from '../../toolVersion.ts';
import { errorBesideLinear, limitsOfPrediction } from '../predictedInWords.ts';
import type { ScanRow } from '../scanUnit.ts';

/** A scan in the index of a folder. */
export interface IndexedScan {
  /** Its path in the data set, without extension. */
  readonly name: string;
  readonly row: ScanRow;
  /** Path of its page, from the index; undefined where it could not be drawn. */
  readonly page?: string;
}

export interface IndexPageRequest {
  readonly scans: readonly IndexedScan[];
  /** What could not be imputed, and why. */
  readonly failed: readonly { readonly name: string; readonly why: string }[];
}

/** One line for each scan of a folder, those that need a look first. Pure. */
export function indexPage({ scans, failed }: IndexPageRequest): string {
  const ordered = withFlags(scans);
  const flagged = ordered.filter(({ flags }) => flags.length > 0).length;
  return renderPage({
    title: `Imputed scans (${scans.length})`,
    subtitle: html`<strong>${purpose}</strong> A line for each scan, those that need a look first; the page behind each name shows one person.`,
    sections: [
      ...(failed.length === 0
        ? []
        : [
            {
              id: 'failed',
              heading: `Not imputed (${failed.length})`,
              body: html`<ul>${failed.map(({ name, why }) => html`<li>${name}: ${why}</li>`)}</ul>`,
            },
          ]),
      {
        id: 'scans',
        heading: 'Scans',
        body: html`<p>${flagged === 0 ? 'No scan was flagged.' : `${flagged} of ${scans.length} scans were flagged.`} A scan is flagged where its predicted error, or that error beside linear interpolation, is unusually large among these scans (robust z above ${mostDeviations}; from six scans on), or where something was remarked on it that most others do not have.</p>
<figure class="table"><div class="scroll" tabindex="0" role="region" aria-label="Imputed scans"><table class="sortable"><thead><tr>${headings.map(
          ([heading, isNumber]) =>
            html`<th scope="col" aria-sort="none"${isNumber ? html` class="number"` : ''}><button type="button">${heading}</button></th>`,
        )}</tr></thead><tbody>${ordered.map(lineOf)}</tbody></table></div></figure>
<p class="quiet">Predicted errors: mean squared, intensity / 99.5th percentile. ${limitsOfPrediction}</p>`,
      },
    ],
    footer: html`Made by oinr ${toolVersion}. ${purpose}`,
  });
}

const headings: readonly (readonly [heading: string, isNumber: boolean])[] = [
  ['Scan', false],
  ['Flags', false],
  ['Method', false],
  ['Predicted error', true],
  ['Times that of linear', true],
  ['Slices', false],
  ['Remarks', true],
];

interface FlaggedScan extends IndexedScan {
  readonly flags: readonly string[];
}

function lineOf({ name, page, row, flags }: FlaggedScan): Html {
  const error = row.predicted[row.chosen];
  const beside = errorBesideLinear(row.predicted, row.chosen);
  return html`<tr><td>${page === undefined ? name : html`<a href="${page}">${name}</a>`}</td><td class="sentence">${flags.join('; ') || '\u2013'}</td><td>${row.chosen}</td><td class="number">${error === undefined ? '\u2013' : html`<data value="${error}">${error.toExponential(2).replace('e-', 'e\u2212')}</data>`}</td><td class="number">${beside?.toFixed(2) ?? '\u2013'}</td><td class="sentence">${row.what}</td><td class="number">${row.remarks.length}</td></tr>
`;
}

/** The scans with what is unusual about each, most flags first. */
function withFlags(scans: readonly IndexedScan[]): FlaggedScan[] {
  const errors = robustZ(scans.map(({ row }) => row.predicted[row.chosen] ?? 0));
  const ratios = robustZ(scans.map(({ row }) => errorBesideLinear(row.predicted, row.chosen) ?? 0));
  const having = new Map<string, number>();
  for (const { row } of scans)
    for (const kind of new Set(row.remarks.map(kindOf))) having.set(kind, (having.get(kind) ?? 0) + 1);
  const isUnusual = (z: number | undefined): z is number => z !== undefined && z > mostDeviations;
  return scans
    .map((scan, index) => ({
      ...scan,
      flags: [
        ...(isUnusual(errors[index]) ? [`large predicted error (robust z ${errors[index].toFixed(1)})`] : []),
        ...(isUnusual(ratios[index])
          ? [`little better than linear interpolation (robust z ${ratios[index].toFixed(1)})`]
          : []),
        ...(scan.page === undefined ? ['no page'] : []),
        ...scan.row.remarks.filter((remark) => 2 * (having.get(kindOf(remark)) ?? 0) <= scans.length),
      ],
    }))
    .toSorted((a, b) => b.flags.length - a.flags.length || a.name.localeCompare(b.name, 'en'));
}

/** A remark without its numbers, so that the same remark on two scans is one. */
function kindOf(remark: string): string {
  return remark.replace(/[\d.]+/g, '#');
}
