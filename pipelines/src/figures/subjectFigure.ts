import { readFile } from 'node:fs/promises';
import { sliceComparison } from '@oinr/figures';
import { readVolume } from '@oinr/nifti';
import { derivativePath, RunError } from '@oinr/run';
import { parseNumber, type Table } from '@oinr/tables';
import { type AnatomicalAxis, anatomicalAxis, reorientToRas, type Volume } from '@oinr/volume';
import { inRasOrder } from '../inRasOrder.ts';
import { missingSliceNearMiddle } from '../missingSlice.ts';
import { type RunResults, recordedSelection } from '../runResults.ts';
import { derivativesFolder, descLabel } from '../simulate/derivativeNames.ts';
import { openSource } from '../source.ts';
import type { Terminal } from '../terminal.ts';
import type { ReadingConfig } from './config.ts';
import type { RunFigure } from './runFigure.ts';

/** Slices of the first subject, one figure per percentage: full, kept, imputed, error. Only with --show-subjects. */
export async function subjectFigures(
  results: RunResults,
  config: ReadingConfig,
  mse: Table,
  terminal: Terminal,
): Promise<RunFigure[]> {
  const { cohort } = await openSource({ ...config, ...recordedSelection(results) }, terminal);
  const ids = new Set(mse.rows.map((row) => row.participant_id));
  const subject = cohort.subjects.find(({ id }) => ids.has(`sub-${id}`));
  if (subject === undefined) {
    throw new RunError(
      `No subject of the cohort '${results.cohort}' was imputed in run '${results.run}'; run the stage impute first.`,
    );
  }
  const stored = await readVolume(subject.image);
  const full = reorientToRas(stored);
  const figures: RunFigure[] = [];
  const own = mse.rows.filter((row) => row.participant_id === `sub-${subject.id}`);
  for (const percent of [...new Set(own.map((row) => row.missing_percent))]) {
    const imputed: { name: string; volume: Volume }[] = [];
    const sources: string[] = [];
    let kept: readonly number[] = [];
    let axis: AnatomicalAxis = 'coronal';
    let scale = 1;
    for (const row of own.filter((one) => one.missing_percent === percent)) {
      const every = parseNumber(row.k) ?? 1;
      const name = { subject: subject.id, desc: descLabel(row.method, every), suffix: 'T1w' };
      const path = derivativePath(derivativesFolder(results.folder), name);
      const sidecar = JSON.parse(await readFile(`${path}.json`, 'utf8'));
      const stem = ['i', 'j', 'k'].indexOf(sidecar.SliceArrayAxis) as 0 | 1 | 2;
      axis = anatomicalAxis(stored.grid, stem);
      kept = inRasOrder(sidecar.KeptSlices, stored.grid, stem);
      scale = sidecar.IntensityScale.Value;
      imputed.push({
        name: row.method,
        volume: scaled(reorientToRas(await readVolume(`${path}.nii.gz`)), scale),
      });
      sources.push(`derivatives/oinr/sub-${subject.id}/anat/sub-${subject.id}_desc-${name.desc}_T1w.nii.gz`);
    }
    figures.push({
      id: `slices-${percent}`,
      part: 'subjects',
      caption: `Slices of ${subject.id} at ${percent} % missing slices: full, kept, imputed by every method, all in one window, and the signed error.`,
      svg: sliceComparison({
        title: `Slices of ${subject.id}, ${percent} % missing`,
        description: `Full, kept and imputed slices (${imputed.map(({ name }) => name).join(', ')}), and errors below them.`,
        full: scaled(full, scale),
        imputed,
        axis,
        kept,
        slice: missingSliceNearMiddle(full.grid, axis, kept),
        window: [0, 1],
        errorRange: 0.2,
        unit: '/ intensity scale',
      }),
      sources,
    });
  }
  return figures;
}

function scaled({ grid, data }: Volume, scale: number): Volume {
  return { grid, data: data.map((value) => value / scale) };
}
