import { densityPlot, type NamedMap, nullHistogram, statisticOverlay, tableFigure } from '@oinr/figures';
import { readVolume } from '@oinr/nifti';
import { studentQuantile } from '@oinr/statistics';
import { isMissing, parseNumber, type Table } from '@oinr/tables';
import { applyAffine, reorientToRas, type Vector3, type Volume } from '@oinr/volume';
import { type ComparisonTables, readT } from './comparisonTables.ts';
import { projectionFigure } from './projectionFigure.ts';
import type { RunFigure } from './runFigure.ts';

type Row = Table['rows'][number];

/** Where the cuts go: the peak of the largest cluster of the full data, else its largest |T|. */
export function cutPoint(peaks: Table, full: Volume): Vector3 {
  let best: { size: number; position: Vector3 } | undefined;
  for (const row of peaks.rows) {
    const size = parseNumber(row.full_voxels);
    const [x, y, z] = [row.full_x, row.full_y, row.full_z].map((cell) => parseNumber(cell));
    if (size === undefined || x === undefined || y === undefined || z === undefined) continue;
    if (best === undefined || size > best.size) best = { size, position: [x, y, z] };
  }
  if (best !== undefined) return best.position;
  const size = (voxel: number): number => {
    const t = full.data[voxel];
    return Number.isNaN(t) ? -1 : Math.abs(t);
  };
  let largest = 0;
  for (let voxel = 1; voxel < full.data.length; voxel += 1) if (size(voxel) > size(largest)) largest = voxel;
  const [nx, ny] = full.grid.shape;
  const place = [largest % nx, Math.floor(largest / nx) % ny, Math.floor(largest / (nx * ny))] as const;
  return applyAffine(full.grid.affine, place);
}

/** Display range of T: drawn from the T of one-sided p = 0.001, brightest at the 99.9th percentile of the full |T|. */
export function displayRange(full: Volume, degreesOfFreedom: number): { threshold: number; highest: number } {
  const threshold = Math.round(10 * studentQuantile(0.001, degreesOfFreedom)) / 10;
  const sizes = full.data.filter(Number.isFinite).map(Math.abs).sort();
  const high = sizes.length === 0 ? 0 : sizes[Math.floor(0.999 * (sizes.length - 1))];
  return { threshold, highest: Math.max(Math.ceil(high), Math.ceil(threshold) + 2) };
}

/** The figures of the comparison: per percentage the maps, the clusters, the attenuation and the null distributions. */
export async function comparisonFigures(runFolder: string, tables: ComparisonTables): Promise<RunFigure[]> {
  const { datasets } = tables;
  const [fullRow] = datasets.rows;
  const full = await readT(runFolder, fullRow.id);
  const template = reorientToRas(await readVolume(`${runFolder}/group/desc-fullMean_T1w.nii.gz`));
  const bright = template.data.filter((value) => value > 0).sort();
  const templateWhite = bright[Math.floor(0.98 * (bright.length - 1))] ?? 1;
  const point = cutPoint(tables.peaks, full);
  const range = displayRange(full, parseNumber(fullRow.degrees_of_freedom) ?? 1);
  const names = {
    positive: `${fullRow.group_first} > ${fullRow.group_second}`,
    negative: `${fullRow.group_first} < ${fullRow.group_second}`,
  };
  const percents = [...new Set(datasets.rows.slice(1).map((row) => row.missing_percent))];
  const figures = [
    await projectionFigure(runFolder, tables, { full, template, templateWhite, range, names }),
  ];
  for (const percent of percents) {
    const rows = datasets.rows.slice(1).filter((row) => row.missing_percent === percent);
    const { id, title, caption, note } = wordsFor(percent);
    const maps: (NamedMap & { readonly row: Row })[] = [];
    for (const row of rows)
      maps.push({
        name: row.method,
        note,
        volume: await readT(runFolder, row.id),
        row,
      });
    figures.push({
      id: `statistic-maps${id}`,
      part: 'maps',
      caption: `Group comparison${caption}: T of the full data and after imputation by every method, over the mean of the full data; same cuts, threshold and colours. Neurological convention (left is left).`,
      svg: statisticOverlay({
        title: `Statistic maps${title}`,
        description: `T maps of ${names.positive} (warm) and ${names.negative} (cold): full data and ${rows.map((row) => row.method).join(', ')}.`,
        template,
        templateWhite,
        maps: [{ name: 'full data', volume: full }, ...maps],
        point,
        ...range,
        ...names,
      }),
      sources: [fullRow, ...rows].map((row) => `group/desc-${row.id}_stat-t_statmap.nii.gz`),
    });
    figures.push({
      id: `difference-maps${id}`,
      part: 'maps',
      caption: `T after imputation minus T of the full data${caption}, where they differ by at least ${leastDifference}: warm where T is higher after imputation, cold where it is lower. A map of the effect's shape means that imputation takes from it; speckle is noise.`,
      svg: statisticOverlay({
        title: `Difference of the statistic maps${title}`,
        description: `T after imputation by ${rows.map((row) => row.method).join(', ')} minus T of the full data.`,
        template,
        templateWhite,
        maps: maps.map(({ name, note, volume }) => ({ name, note, volume: minus(volume, full) })),
        point,
        threshold: leastDifference,
        highest: leastDifference + 2,
        positive: 'T higher, imputed',
        negative: 'T lower, imputed',
      }),
      sources: [fullRow, ...rows].map((row) => `group/desc-${row.id}_stat-t_statmap.nii.gz`),
    });
    figures.push(clusterFigure(tables, percent));
    figures.push({
      id: `attenuation${id}`,
      part: 'statistics',
      caption: `T after imputation against T of the full data${caption}, all voxels tested. The slope of the line is about how far the two maps correlate, also where nothing differs; it does not say how much of a difference is lost.`,
      svg: densityPlot({
        title: `T of imputed against T of full data${title}`,
        description: 'One panel per method; the solid line is the regression.',
        limit: range.highest + 2,
        panels: maps.map(({ name, volume, row }) =>
          densityPanel(tables.attenuation, name, row, full, volume),
        ),
      }),
      sources: ['tables/attenuation.tsv', ...rows.map((row) => `group/desc-${row.id}_stat-t_statmap.nii.gz`)],
    });
    figures.push({
      id: `null-distributions${id}`,
      part: 'statistics',
      caption: `Largest |T| over all voxels in every permutation${caption && `,${caption}`}: the null distribution from which family-wise p values come.`,
      svg: nullHistogram({
        title: `Null distributions of the largest |T|${title}`,
        description: 'Solid line: critical value. Dashed line: the observed labelling.',
        alpha: parseNumber(fullRow.alpha) ?? 0.05,
        panels: [fullRow, ...rows].map((row) => ({
          name: row === fullRow ? 'full data' : row.method,
          maxima: tables.maxNull.rows.map((line) => parseNumber(line[row.id]) ?? Number.NaN),
          critical: parseNumber(row.critical_t) ?? Number.NaN,
        })),
      }),
      sources: ['tables/max_null.tsv', 'tables/datasets.tsv'],
    });
  }
  return figures;
}

/** How a percentage stands in names of files, titles and captions: not at all, where it is not known. */
function wordsFor(percent: string) {
  if (isMissing(percent)) return { id: '', title: '', caption: '', percentage: '', note: undefined };
  return {
    id: `-${percent}`,
    title: `, ${percent} % missing`,
    caption: ` at ${percent} % missing slices`,
    percentage: `, ${percent} %`,
    note: `${percent} % missing`,
  };
}

function densityPanel(
  attenuation: Table,
  name: string,
  { method, missing_percent }: Row,
  full: Volume,
  imputed: Volume,
) {
  const line = attenuation.rows.find(
    (row) => row.method === method && row.missing_percent === missing_percent && row.slices === 'all',
  );
  const number = (column: string): number => parseNumber(line?.[column]) ?? Number.NaN;
  return {
    name,
    full: full.data,
    imputed: imputed.data,
    slope: number('slope'),
    intercept: number('intercept'),
    note: `slope ${number('slope').toFixed(2)}, r ${number('correlation').toFixed(2)}`,
  };
}

/** Beyond what voxels form clusters: datasets.tsv has the column where a threshold was given. */
function thresholdInWords({ rows: [row] }: Table): string {
  const [kind, value] = (row.cluster_threshold ?? 'p=0.001').split('=');
  return kind === 'T' ? `T = ${value}` : `T of one-sided p = ${value}`;
}

const shownPeaks = 12;

/** The paper's Fig. 18 for the best method of a percentage: clusters side by side, the first ones of the table. */
function clusterFigure({ datasets, verdict, peaks }: ComparisonTables, percent: string): RunFigure {
  const { id, title, caption, percentage } = wordsFor(percent);
  const own = verdict.rows.filter((row) => row.missing_percent === percent);
  const best = own.find((row) => row.rank === '1') ?? own[0];
  const rows = peaks.rows.filter((row) => row.missing_percent === percent && row.method === best.method);
  const number = (cell: string, digits: number): string => {
    const value = parseNumber(cell);
    return value === undefined ? '' : value.toFixed(digits).replace('-', '\u2212');
  };
  const p = (cell: string): string => {
    const value = parseNumber(cell);
    return value === undefined ? '' : String(Number(value.toPrecision(2)));
  };
  const side = (row: Row, name: string): string[] => [
    number(row[`${name}_voxels`], 0),
    number(row[`${name}_mm3`], 0),
    p(row[`${name}_p_extent`]),
    number(row[`${name}_t`], 2),
    p(row[`${name}_p_unc`]),
    p(row[`${name}_p_fwe`]),
    ['x', 'y', 'z']
      .map((axis) => number(row[`${name}_${axis}`], 0))
      .join(' ')
      .trim(),
  ];
  const columns = ['voxels', 'mm\u00b3', 'p FWE ext.', 'T', 'p unc.', 'p FWE', 'x y z, mm'].map((name) => ({
    name,
    align: 'right' as const,
  }));
  return {
    id: `clusters${id}`,
    part: 'maps',
    caption: `Clusters of the full data beside those after imputation by ${best.method}${caption}.`,
    svg: tableFigure({
      title: `Clusters: full data beside ${best.method}${title}`,
      description: 'Peaks of clusters, paired by distance; blank where the other data have none.',
      columns: [...columns, ...columns, { name: 'distance (mm)', align: 'right' }],
      groups: [
        { first: 0, count: columns.length, name: 'full data' },
        { first: columns.length, count: columns.length, name: `${best.method}${percentage}` },
      ],
      rows: rows
        .slice(0, shownPeaks)
        .map((row) => [...side(row, 'full'), ...side(row, 'imputed'), number(row.distance_mm, 1)]),
      notes: [
        `Up to three peaks of each cluster above ${thresholdInWords(datasets)}, more than 8 mm apart; permutation p, two-sided; p FWE ext. is of the cluster\u2019s extent. ${rows.length > shownPeaks ? `The first ${shownPeaks} of ${rows.length} lines; all are in tables/peaks.tsv.` : ''}`.trim(),
      ],
    }),
    sources: ['tables/peaks.tsv'],
    isTable: true,
  };
}

/** A difference of T that is shown. */
const leastDifference = 1;

/** NaN where one of the two was not tested. */
function minus({ grid, data }: Volume, other: Volume): Volume {
  return { grid, data: data.map((value, voxel) => value - other.data[voxel]) };
}
