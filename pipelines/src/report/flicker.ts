import { renderPng, statisticOverlay } from '@oinr/figures';
import { readVolume } from '@oinr/nifti';
import type { BeforeAfterOptions } from '@oinr/report';
import { parseNumber } from '@oinr/tables';
import { reorientToRas } from '@oinr/volume';
import { cutPoint, displayRange } from '../figures/comparisonFigures.ts';
import { type ComparisonTables, readT } from '../figures/comparisonTables.ts';

/** T of the full data and of the best method at each percentage, drawn alike, to be laid over each other. */
export async function flickerOf(
  runFolder: string,
  { datasets, verdict, peaks }: ComparisonTables,
): Promise<BeforeAfterOptions> {
  const [fullRow] = datasets.rows;
  const full = await readT(runFolder, fullRow.id);
  const template = reorientToRas(await readVolume(`${runFolder}/group/desc-fullMean_T1w.nii.gz`));
  const bright = template.data.filter((value) => value > 0).sort();
  const draw = (name: string, note: string, volume: typeof full): Uint8Array =>
    renderPng(
      statisticOverlay({
        title: name,
        description: name,
        template,
        templateWhite: bright[Math.floor(0.98 * (bright.length - 1))] ?? 1,
        maps: [{ name, note, volume }],
        point: cutPoint(peaks, full),
        ...displayRange(full, parseNumber(fullRow.degrees_of_freedom) ?? 1),
        positive: `${fullRow.group_first} > ${fullRow.group_second}`,
        negative: `${fullRow.group_first} < ${fullRow.group_second}`,
      }),
      1.5,
    );
  const best = verdict.rows.filter((row) => row.rank === '1');
  const pairs = await Promise.all(
    best.map(async ({ method, k, missing_percent }) => {
      const row = datasets.rows.find((one) => one.method === method && one.k === k);
      if (row === undefined) return [];
      const note = missing_percent === 'n/a' ? '' : `${missing_percent} % missing`;
      return [
        {
          shows: `T maps, ${note}`,
          before: draw('full data', note, full),
          after: draw(method, note, await readT(runFolder, row.id)),
        },
      ];
    }),
  );
  return { before: 'Full data', after: 'Best method', pairs: pairs.flat() };
}
