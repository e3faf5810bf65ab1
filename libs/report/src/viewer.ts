import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type Html, html, jsonForScript } from './html.ts';
import { asset } from './page.ts';

export interface ViewerMap {
  /** Letters, digits and hyphens. */
  readonly id: string;
  readonly name: string;
  /** A gzipped NIfTI file in base64. */
  readonly base64: string;
}

export interface ViewerPeak {
  readonly name: string;
  readonly position: readonly [number, number, number];
  /** The row of a table that the name's numbers come from. */
  readonly source?: { readonly file: string; readonly line: number };
}

export interface ViewerOptions {
  /** A gzipped NIfTI file in base64, drawn grey under the maps. */
  readonly template: string;
  /** The full data first; the second is shown on the right at first. */
  readonly maps: readonly ViewerMap[];
  /** Of T, for p at the cursor. */
  readonly degreesOfFreedom: number;
  /** |T| from which a voxel of the full data is significant, by what that means: `p < 0.001, uncorrected`. */
  readonly thresholds: readonly { readonly name: string; readonly t: number }[];
  /** First positions of the sliders, in T. */
  readonly threshold: number;
  readonly highest: number;
  /** Right end of the sliders. */
  readonly limit: number;
  /** What T above and below zero mean, such as `CN > AD`. */
  readonly positive: string;
  readonly negative: string;
  /** RAS+ mm of the first view and of the buttons. */
  readonly peaks: readonly ViewerPeak[];
  /** A sentence about what the viewer does not hold or how its values are rounded. */
  readonly note: string;
}

// The colours of the figures (libs/figures), as stops of 0 .. 255.
// Below the threshold NiiVue uses the first stop, so that one is transparent.
const ramp = { A: [0, 255, 255, 255], I: [0, 1, 128, 255] };
const warm = { R: [165, 165, 245, 255], G: [15, 15, 120, 245], B: [21, 21, 20, 140], ...ramp };
const cold = { R: [10, 10, 35, 175], G: [50, 50, 140, 245], B: [160, 160, 215, 255], ...ramp };

/** The controls and canvases of the viewer; `viewerScripts` makes them live. Without WebGL 2 a sentence says so. */
export function viewer(options: ViewerOptions): Html {
  const select = (side: 'left' | 'right', chosen: number): Html =>
    html`<div><label for="viewer-${side}-map">${side === 'left' ? 'Left' : 'Right'} view</label>
<select id="viewer-${side}-map">${options.maps.map(
      (map, index) =>
        html`<option value="${map.id}"${index === chosen ? html` selected` : ''}>${map.name}</option>`,
    )}</select>
<div class="canvas"><canvas id="viewer-${side}" tabindex="0" role="img" aria-label="Statistic map over the template, ${side} view: coronal, sagittal and axial cuts"></canvas></div></div>`;
  const slider = (id: string, name: string, value: number): Html =>
    html`<label for="${id}">${name} <input type="range" id="${id}" min="0" max="${options.limit}" step="0.1" value="${value}"> <output id="${id}-value" for="${id}">${value.toFixed(1)}</output></label>`;
  const start = options.peaks[0]?.position ?? [0, 0, 0];
  return html`<div class="interactive">
<p class="quiet">T of the group comparison over the template, both views linked: ${options.positive} in warm, ${options.negative} in cold colours. Click or drag in a view, type a position, or jump to a peak. Neurological convention (left is left). ${options.note}</p>
<div class="controls"><label for="viewer-level">Significant in the full data at <select id="viewer-level"><option value="">any |T|</option>${options.thresholds.map(
    ({ name, t }) => html`<option value="${t}">${name} (|T| ${t.toFixed(2)})</option>`,
  )}</select></label>
${slider('viewer-threshold', 'Threshold |T|', options.threshold)}${slider('viewer-highest', 'Colour maximum', options.highest)}
${(['x', 'y', 'z'] as const).map(
  (axis, index) =>
    html`<label for="viewer-${axis}">${axis}, mm <input type="number" id="viewer-${axis}" step="1" value="${Math.round(start[index])}"></label>`,
)}</div>
<div class="controls" role="group" aria-label="Peaks of the full data">${options.peaks.map(
    (peak) =>
      html`<button type="button" data-peak="${JSON.stringify(peak.position)}"${
        peak.source === undefined
          ? ''
          : html` data-source="${peak.source.file}" data-line="${peak.source.line}" title="${peak.source.file}, line ${peak.source.line}"`
      }>${peak.name}</button>`,
  )}</div>
<p id="viewer-location" role="status" aria-live="polite"></p>
<p id="viewer-status" class="problem" role="alert"></p>
<div class="viewers">${select('left', 0)}${select('right', Math.min(1, options.maps.length - 1))}</div>
</div>
<script type="application/json" id="viewer-data">${jsonForScript({
    template: options.template,
    maps: options.maps,
    degreesOfFreedom: options.degreesOfFreedom,
    warm,
    cold,
    start,
  })}</script>`;
}

/** NiiVue (BSD-2-Clause) and the script that drives it, to be inlined after the page. */
export function viewerScripts(): string[] {
  const entry = fileURLToPath(import.meta.resolve('@niivue/niivue'));
  const bundle = join(dirname(entry), '../../dist/niivue.umd.js');
  return [
    `/*! NiiVue, Copyright (c) 2021 NiiVue contributors, BSD-2-Clause: redistribution and use in source and binary forms, with or without modification, are permitted provided that this notice and the following disclaimer are retained. THIS SOFTWARE IS PROVIDED BY THE COPYRIGHT HOLDERS AND CONTRIBUTORS "AS IS" WITHOUT WARRANTY OF ANY KIND. */\n${readFileSync(bundle, 'utf8')}`,
    asset('viewer.js'),
  ];
}
