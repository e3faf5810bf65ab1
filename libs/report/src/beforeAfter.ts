import { type Html, html } from './html.ts';
import { asset } from './page.ts';
import { pngUri } from './pngUri.ts';

/** Two pictures of one size of which the second is laid over the first. */
export interface PicturePair {
  /** What both show, for those who cannot see them. */
  readonly shows: string;
  /** Bytes of PNG files. */
  readonly before: Uint8Array;
  readonly after: Uint8Array;
}

/** What `beforeAfter` shows. */
export interface BeforeAfterOptions {
  readonly before: string;
  readonly after: string;
  readonly pairs: readonly PicturePair[];
}

/**
 * Pairs of pictures with one slider for all of them, left of which the first of each pair is seen, and a button that shows
 * them by turns; side by side in print. `beforeAfterScript` makes it live.
 */
export function beforeAfter({ before, after, pairs }: BeforeAfterOptions): Html {
  const image = (bytes: Uint8Array, which: 'before' | 'after', alt: string): Html =>
    html`<img class="${which}" alt="${alt}" src="${pngUri(bytes)}">`;
  return html`<div class="before-after">
<div class="controls"><label>${before} <input type="range" class="split" min="0" max="100" value="50" aria-label="${before} on the left, ${after} on the right"> ${after}</label>
<button type="button" class="flicker" aria-pressed="false">Flicker</button></div>
<div class="pairs">${pairs.map(
    (pair) =>
      html`<div class="pair">${image(pair.before, 'before', `${pair.shows}: ${before}`)}${image(pair.after, 'after', `${pair.shows}: ${after}`)}</div>`,
  )}</div></div>`;
}

/** The script of `beforeAfter`, to be inlined after the page. */
export function beforeAfterScript(): string {
  return asset('beforeAfter.js');
}
