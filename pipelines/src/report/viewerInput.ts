import { readVolume } from '@oinr/nifti';
import { type ViewerMap, type ViewerOptions, type ViewerPeak, viewerStep, viewerVolume } from '@oinr/report';
import { falseDiscoveryRate, studentQuantile, studentTail } from '@oinr/statistics';
import { parseNumber, type Table } from '@oinr/tables';
import { boundingBox, crop, reorientToRas, type Volume } from '@oinr/volume';
import { cutPoint, displayRange } from '../figures/comparisonFigures.ts';
import { type ComparisonTables, readT } from '../figures/comparisonTables.ts';

/** Bytes of base64 that the volumes of the viewer may take; the page as a whole stays below 15 MB. */
const budget = 8_000_000;
const shownPeaks = 6;

/** The volumes of the viewer: the full data first, then the methods by percentage and rank, as far as there is room. */
export async function viewerInput(
  runFolder: string,
  { datasets, verdict, peaks }: ComparisonTables,
): Promise<{ viewer: ViewerOptions; remarks: string[] }> {
  const [fullRow] = datasets.rows;
  const mean = reorientToRas(await readVolume(`${runFolder}/group/desc-fullMean_T1w.nii.gz`));
  const full = await readT(runFolder, fullRow.id);
  const box = boundingBox(mean, 2);
  const framed = (volume: Volume): Volume => (box === undefined ? volume : crop(volume, box));
  const brightest = mean.data.reduce((most, value) => Math.max(most, value), 0);
  const template = await viewerVolume(framed(mean), brightest / 250 || 1);
  const maps: ViewerMap[] = [];
  let bytes = template.length;
  let left = 0;
  for (const row of [fullRow, ...byRank(datasets, verdict)]) {
    const base64 = await viewerVolume(framed(row === fullRow ? full : await readT(runFolder, row.id)));
    bytes += base64.length;
    if (bytes > budget) left += 1;
    else maps.push({ id: row.id, name: row.dataset, base64 });
  }
  const range = displayRange(full, parseNumber(fullRow.degrees_of_freedom) ?? 1);
  const [x, y, z] = cutPoint(peaks, full);
  return {
    viewer: {
      template,
      maps,
      ...range,
      degreesOfFreedom: parseNumber(fullRow.degrees_of_freedom) ?? 1,
      thresholds: thresholdsOf(fullRow, full),
      limit: range.highest + 5,
      positive: `${fullRow.group_first} > ${fullRow.group_second}`,
      negative: `${fullRow.group_first} < ${fullRow.group_second}`,
      peaks: [{ name: 'Largest cluster', position: [x, y, z] }, ...peaksOfFull(peaks)],
      note: `T is rounded to ${viewerStep} here; the maps themselves are in the folder group.`,
    },
    remarks:
      left === 0
        ? []
        : [`${left} maps were left out of the viewer to keep this page small; they are in the folder group.`],
  };
}

/** From which |T| the full data are significant, by several rules; a rule that nothing passes is left out. */
function thresholdsOf(row: Table['rows'][number], full: Volume): ViewerOptions['thresholds'] {
  const degrees = parseNumber(row.degrees_of_freedom) ?? 1;
  const sizes = Float64Array.from(full.data.filter(Number.isFinite), Math.abs);
  const q = falseDiscoveryRate(sizes.map((size) => 2 * studentTail(size, degrees)));
  const discovered = sizes.filter((_, voxel) => q[voxel] <= 0.05);
  const least = discovered.reduce((smallest, size) => Math.min(smallest, size), Number.POSITIVE_INFINITY);
  return [
    { name: 'p < 0.01, uncorrected', t: studentQuantile(0.005, degrees) },
    { name: 'p < 0.001, uncorrected', t: studentQuantile(0.0005, degrees) },
    { name: 'false discovery rate 0.05, parametric', t: least },
    { name: `family-wise error ${row.alpha}`, t: parseNumber(row.critical_t) ?? Number.POSITIVE_INFINITY },
  ].filter(({ t }) => Number.isFinite(t));
}

/** The imputed data sets: least missing first, the best method of each percentage first. */
function byRank(datasets: Table, verdict: Table): Table['rows'][number][] {
  const rankOf = (row: Table['rows'][number]): number => {
    const found = verdict.rows.find((one) => one.method === row.method && one.k === row.k);
    return parseNumber(found?.rank) ?? Number.MAX_SAFE_INTEGER;
  };
  return datasets.rows
    .slice(1)
    .toSorted((a, b) => Number(a.missing_percent) - Number(b.missing_percent) || rankOf(a) - rankOf(b));
}

function peaksOfFull(peaks: Table): ViewerPeak[] {
  const found = new Map<string, ViewerPeak>();
  peaks.rows.forEach((row, index) => {
    const [t, x, y, z] = [row.full_t, row.full_x, row.full_y, row.full_z].map((cell) => parseNumber(cell));
    if (t === undefined || x === undefined || y === undefined || z === undefined) return;
    const name = `T ${t.toFixed(1)} at ${[x, y, z].map((one) => Math.round(one)).join(', ')}`.replaceAll(
      '-',
      '\u2212',
    );
    if (!found.has(name))
      found.set(name, { name, position: [x, y, z], source: { file: 'tables/peaks.tsv', line: index + 2 } });
  });
  return [...found.values()].slice(0, shownPeaks);
}
