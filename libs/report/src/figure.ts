import { type Html, html, trusted } from './html.ts';

export interface ReportFigure {
  readonly id: string;
  /** A full sentence or two: what is shown, and what to see in it. */
  readonly caption: string;
  /** SVG made by libs/figures. */
  readonly svg: string;
  /** The files that the figure was drawn from, relative to the run folder. */
  readonly sources: readonly string[];
}

/** An SVG drawing with its caption and the files it was drawn from. It keeps its white ground in the dark. */
export function figure({ id, caption, svg, sources }: ReportFigure): Html {
  return html`<figure class="drawing" id="${id}"><div tabindex="0" role="region" aria-label="${caption}">${trusted(svg)}</div><figcaption>${caption} <button type="button" class="save-figure" data-figure="${id}">Save as SVG</button> <span>Drawn from ${sources.map(
    (source, index) => html`${index > 0 ? ', ' : ''}<code>${source}</code>`,
  )}.</span></figcaption></figure>`;
}
