import { cutPicture, renderPng, sliceBrightness } from '@oinr/figures';
import {
  beforeAfter,
  beforeAfterScript,
  figure,
  type Html,
  html,
  type PicturePair,
  pngUri,
  renderPage,
  type Section,
} from '@oinr/report';
import { purpose } from '@oinr/scan';
import type { AnatomicalAxis, Volume } from '@oinr/volume';
import { missingSliceNearMiddle } from '../../missingSlice.ts';
import { toolVersion } from '../../toolVersion.ts';
import { errorBesideLinear, limitsOfPrediction } from '../predictedInWords.ts';
import type { ImputedSidecar } from './imputedSidecar.ts';
import type { SeenScan, ShownScan } from './shownScan.ts';

export interface ScanPageRequest {
  /** The scan's file without folder and extension. */
  readonly name: string;
  readonly sidecar: ImputedSidecar;
  readonly seen: SeenScan;
  /** The names of the scan's file and of the imputed volume, for captions. */
  readonly files: { readonly scan: string; readonly imputed: string; readonly halfWidth?: string };
}

/** The page to judge an imputed scan by: before and after, predicted errors, remarks. Pure. */
export function scanPage(request: ScanPageRequest): string {
  const { name, sidecar } = request;
  return renderPage({
    title: `Imputed scan ${name}`,
    subtitle: html`<strong>${purpose}</strong> This page shows one person's scan: it is for whoever works with these data, and not to be passed on against their terms.`,
    sections: [
      { id: 'summary', heading: 'Summary', body: summary(sidecar) },
      picturesSection(request),
      errorsSection(sidecar),
      ...errorMapSection(request),
      ...brightnessSection(request),
      {
        id: 'remarks',
        heading: 'Remarks',
        body:
          sidecar.Remarks.length === 0
            ? html`<p>None.</p>`
            : html`<ul>${sidecar.Remarks.map((remark) => html`<li>${remark}</li>`)}</ul>`,
      },
    ],
    scripts: [beforeAfterScript()],
    footer: html`Made by oinr ${toolVersion}. ${purpose}`,
  });
}

function summary(sidecar: ImputedSidecar): Html {
  const { Method, MethodChosen, SliceProfile, AcquiredSpacingMillimetres: gap } = sidecar;
  const beside = errorBesideLinear(sidecar.PredictedErrors, MethodChosen ?? Method);
  const isGapless = SliceProfile.Kind !== 'thin' && (SliceProfile.ThicknessMillimetres ?? 0) >= 0.99 * gap;
  return html`<div class="answer">
<p>${sidecar.Description}</p>
<p>Imputed by <strong>${MethodChosen ?? Method}</strong>${MethodChosen === undefined ? '' : html`, which <code>auto</code> chose: its predicted error is the smallest`}. ${beside === undefined ? '' : html`Its predicted error is ${beside.toFixed(2)} times that of linear interpolation.`}</p>
<p><strong>What imputation cannot do:</strong> ${
    isGapless
      ? `slices were averaged over ${SliceProfile.ThicknessMillimetres} mm, so whatever is thinner was measured only as its share of that mean.`
      : 'nothing that lies wholly between two acquired slices was measured, and nothing of it can be recovered.'
  } Where a lesion ends between two slices the program draws a likely end, which may be wrong by up to the slice distance (${gap} mm), and a small lesion there is missed. Look at the acquired slices for anything that matters to a patient.</p></div>`;
}

const axes: readonly AnatomicalAxis[] = ['sagittal', 'coronal', 'axial'];

function picturesSection({ seen, files }: ScanPageRequest): Section {
  const { shown, region } = seen;
  const [id, heading] = ['pictures', 'Before and after'];
  if (shown === undefined)
    return {
      id,
      heading,
      body: html`<p class="problem">No picture: the scan shows a whole head, and its brain could not be told from the rest with certainty, so a picture might show the face. <code>--show-faces</code> draws the whole head.</p>`,
    };
  return {
    id,
    heading,
    body: html`<p>Left of the slider: the scan as acquired, each slice drawn as thick as slices are apart. Right of it: the imputed volume. The orange marks at the edges are acquired ${shown.axis} slices. ${regionInWords[region]}</p>
${beforeAfter({ before: 'Acquired', after: 'Imputed', pairs: axes.map((axis) => pairOf(shown, axis)) })}
<p class="quiet">Drawn from <code>${files.scan}</code> and <code>${files.imputed}</code>, both in one window (black: 0, white: the 99.5th percentile), one grey per voxel. Neurological convention (left is left).</p>`,
  };
}

const regionInWords: Readonly<Record<SeenScan['region'], string>> = {
  brain: '',
  'brain of a head':
    'The scan shows a whole head; the pictures show the brain alone (the template\u2019s brain, registered to the scan), so that the face cannot be recognised. The volume itself still holds the face.',
  'whole head': 'Faces can be recognised in these pictures (--show-faces): do not pass this page on.',
};

function pairOf(shown: ShownScan, axis: AnatomicalAxis): PicturePair {
  const { before, after, white } = shown;
  const of = (volume: Volume, name: Name) => cutOf(shown, axis, { volume, white, name });
  const { title, png } = of(before, { text: 'acquired', side: 'left' });
  return { shows: title, before: png, after: of(after, { text: 'imputed', side: 'right' }).png };
}

type Name = Parameters<typeof cutPicture>[0]['name'];

/** The cut along an axis: across the slices near the middle, in their plane where slices are missing. */
function cutOf(
  { after, axis: along, acquired }: ShownScan,
  axis: AnatomicalAxis,
  drawn: { readonly volume: Volume; readonly white: number; readonly name: Name },
): { readonly title: string; readonly png: Uint8Array } {
  const { shape } = after.grid;
  // A little beside the midline, where a sagittal cut shows more than the gap between the hemispheres.
  const middle = { sagittal: 0.44, coronal: 0.5, axial: 0.5 }[axis];
  const length = shape[{ sagittal: 0, coronal: 1, axial: 2 }[axis]];
  const isInPlane = axis === along;
  const index =
    isInPlane && acquired.length > 0
      ? missingSliceNearMiddle(after.grid, axis, acquired)
      : Math.floor(middle * length);
  const title = `${axis} cut${isInPlane ? ' between acquired slices' : ''}`;
  const picture = cutPicture({
    title,
    description: title,
    ...{ ...drawn, axis, index },
    marked: { axis: along, slices: acquired },
    note: purpose,
  });
  return { title, png: renderPng(picture, 1.5) };
}

function errorsSection({ PredictedErrors, Method, MethodChosen }: ImputedSidecar): Section {
  const rows = Object.entries(PredictedErrors).sort(([, a], [, b]) => a - b);
  const used = MethodChosen ?? Method;
  return {
    id: 'errors',
    heading: 'Predicted errors',
    body:
      rows.length === 0
        ? html`<p>None: the methods <code>auto</code> and <code>oinr-internal</code> predict errors.</p>`
        : html`<figure class="table"><figcaption><span>Mean squared error, cross-validated on the acquired slices; intensity / 99.5th percentile</span></figcaption>
<div class="scroll" tabindex="0" role="region" aria-label="Predicted errors"><table><thead><tr><th scope="col">Method</th><th scope="col" class="number">Predicted error</th><th scope="col" class="number">Times that of linear</th></tr></thead><tbody>${rows.map(
            ([method, error]) =>
              html`<tr${method === used ? html` class="best"` : ''}><td>${method}${method === used ? ' (used)' : ''}</td><td class="number">${error.toExponential(2).replace('e-', 'e\u2212')}</td><td class="number">${errorBesideLinear(PredictedErrors, method)?.toFixed(2) ?? '\u2013'}</td></tr>`,
          )}</tbody></table></div></figure>
<p>${limitsOfPrediction} Use them to compare methods on this scan, not as error bars.</p>`,
  };
}

/** The half width that is drawn white, as a share of the intensity that the pictures of the scan have white. */
const whiteHalfWidth = 0.1;

function errorMapSection({ seen: { shown }, files, sidecar }: ScanPageRequest): Section[] {
  const volume = shown?.halfWidth;
  if (shown === undefined || volume === undefined) return [];
  const white = whiteHalfWidth * shown.white;
  return [
    {
      id: 'error-map',
      heading: 'How far off an imputed voxel may be',
      body: html`<p>So far from the imputed value the truth is expected in 68 of 100 voxels: black 0, white ${100 * whiteHalfWidth} % of what is white above, or more.${sidecar.SliceProfile.Kind === 'thin' ? ' Slices that were measured are black.' : ''}</p>
<div class="pairs">${axes.map((axis) => {
        const { title, png } = cutOf(shown, axis, { volume, white, name: { text: '68 %', side: 'right' } });
        return html`<img alt="${title}: half width of 68 %" src="${pngUri(png)}">`;
      })}</div>
<p class="quiet">Drawn from <code>${files.halfWidth}</code>. It follows from the predicted error and from what acquired slices differ by, and says nothing of what no slice has seen: a lesion between two slices lies outside of it.</p>`,
    },
  ];
}

function brightnessSection({ seen: { brightness }, files }: ScanPageRequest): Section[] {
  if (brightness.factors.every((factor) => factor === 1)) return [];
  return [
    {
      id: 'brightness',
      heading: 'Brightness of slices',
      body: figure({
        id: 'slice-brightness',
        caption:
          'How much brighter or darker every acquired slice is than its neighbours have it; see Remarks.',
        svg: sliceBrightness({
          title: 'Brightness of slices',
          description: 'Per cent by which every acquired slice is brighter or darker than its neighbours.',
          factors: brightness.factors,
        }),
        sources: [files.scan],
      }),
    },
  ];
}
