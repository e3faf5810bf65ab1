import { type ProjectedMap, projections } from '@oinr/figures';
import { isMissing, parseNumber, type Table } from '@oinr/tables';
import type { Volume } from '@oinr/volume';
import { type ComparisonTables, readT } from './comparisonTables.ts';
import type { RunFigure } from './runFigure.ts';

type Row = Table['rows'][number];

/** What figures of one comparison share. */
export interface SharedDrawing {
  readonly full: Volume;
  readonly template: Volume;
  readonly templateWhite: number;
  readonly range: { readonly threshold: number; readonly highest: number };
  readonly names: { readonly positive: string; readonly negative: string };
}

/** More numbers than these hide the maps under them. */
const markedClusters = 5;

/** T of the full data and of the best method of each percentage, projected, with the clusters of the table of peaks. */
export async function projectionFigure(
  runFolder: string,
  { datasets, verdict, peaks }: ComparisonTables,
  { full, template, templateWhite, range, names }: SharedDrawing,
): Promise<RunFigure> {
  const [fullRow] = datasets.rows;
  const best = verdict.rows
    .filter(({ rank }) => rank === '1')
    .flatMap(({ method, k }) => datasets.rows.filter((row) => row.method === method && row.k === k));
  const maps: ProjectedMap[] = [
    { name: 'full data', volume: full, marks: marksOf(peaks.rows, 'full') },
    ...(await Promise.all(
      best.map(async (row) => ({
        name: isMissing(row.missing_percent) ? row.method : `${row.method}, ${row.missing_percent} % missing`,
        volume: await readT(runFolder, row.id),
        marks: marksOf(
          peaks.rows.filter(({ method, k }) => method === row.method && k === row.k),
          'imputed',
        ),
      })),
    )),
  ];
  return {
    id: 'projections',
    part: 'peaks',
    caption: `T beyond ±${range.threshold.toFixed(1)} seen through the brain: along each line the largest |T|, with its sign, of the full data and after imputation by the best method. Numbers are clusters of the table, the first ${markedClusters} of each map. Neurological convention (left is left).`,
    svg: projections({
      title: 'Maximum-intensity projections of T',
      description: `From the side, from behind and from above: ${names.positive} in red, ${names.negative} in blue; ${maps.map(({ name }) => name).join(', ')}.`,
      template,
      outside: templateWhite * 0.1,
      maps,
      ...range,
      ...names,
    }),
    sources: [
      ...[fullRow, ...best].map((row) => `group/desc-${row.id}_stat-t_statmap.nii.gz`),
      'tables/peaks.tsv',
    ],
  };
}

/** The first peak of each cluster: that of its largest |T|. Rows of several methods repeat those of the full data. */
function marksOf(rows: readonly Row[], side: 'full' | 'imputed'): ProjectedMap['marks'] {
  const firsts = new Map<number, { readonly size: number; readonly position: [number, number, number] }>();
  for (const row of rows) {
    const [cluster, t, x, y, z] = ['cluster', 't', 'x', 'y', 'z'].map((name) =>
      parseNumber(row[`${side}_${name}`]),
    );
    if (cluster === undefined || t === undefined || x === undefined || y === undefined || z === undefined)
      continue;
    const size = Math.abs(t);
    if (cluster <= markedClusters && size > (firsts.get(cluster)?.size ?? 0))
      firsts.set(cluster, { size, position: [x, y, z] });
  }
  return [...firsts].map(([cluster, { position }]) => ({ text: String(cluster), position }));
}
