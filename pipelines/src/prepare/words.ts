import { resamplingInWords } from './scan/writePrepared.ts';

/** What is recorded of the stage in run.json, beside its options. */
export interface PreparationRecord {
  /** `registered`, or `as they are` where the images lay on one grid already. */
  readonly images: 'registered' | 'as they are';
  readonly space?: string;
  readonly spacing?: number;
  readonly isNonlinear?: boolean;
  readonly heads?: number;
  readonly intensity?: string;
  /** `imputed`: every imputed volume was registered by itself. */
  readonly registerFrom?: 'full' | 'imputed';
  readonly flagged?: readonly string[];
}

/** How scans got to the common space and when, for the terminal, the pages and a paper. */
export function preparationInWords(record: PreparationRecord): string {
  if (record.images === 'as they are')
    return 'All volumes lay on one grid already, so nothing was registered or resampled: slices were dropped, imputed and compared on that grid.';
  const heads =
    (record.heads ?? 0) > 0
      ? ` For ${record.heads} scans of whole heads the brain mask is the template's, carried back through the registration: it has the shape of the template's brain.`
      : '';
  const intensity =
    record.intensity === 'none'
      ? 'Intensities were left as stored.'
      : `Intensities of every volume were divided by ${record.intensity === 'white-matter' ? 'the white-matter peak of its own histogram' : 'its own 99.5th percentile'} inside the brain mask, full and imputed alike.`;
  return `Each scan was registered to the template ${record.space} (affine of 12 parameters${record.isNonlinear ? ', then a B-spline' : ''}, mutual information, elastix). Slices are dropped and imputed on the scan's own grid; only then ${record.registerFrom === 'imputed' ? 'each imputed volume is registered by itself, as a scan with few slices has to be, and the full scan and every imputed volume are taken to the common space through their own transforms' : 'the full scan and every imputed volume are taken to the common space through the same transform'}, ${resamplingInWords} (${record.spacing} mm). ${intensity}${heads}`;
}
