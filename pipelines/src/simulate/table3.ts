import { missingPercent } from '@oinr/slices';
import { type Acquisition, acquisitionInWords } from './acquisition.ts';
import { keptInWords, type Offset } from './firstKept.ts';
import type { MeasuredVolume } from './outcome.ts';
import { sortUnits } from './tables.ts';

/**
 * The form of the paper's Table 3: one row per percentage missing, one column per method, mean squared error over
 * the missing slices and over subjects, the best of each row marked. The caption names scale, region and slice set,
 * without which such a number says nothing. Only subjects with all methods at a k count in its row.
 */
export function table3(
  units: readonly MeasuredVolume[],
  about: Acquisition & { readonly axis: string; readonly offset: Offset },
): string {
  const whole = grid(units, 'mse_missing');
  const masked = grid(units, 'mse_missing_mask');
  if (whole.length === 0) return 'No subject was imputed by all methods, so there is no table.';
  const caption =
    `Mean squared error over the missing ${about.axis} slices (kept: ${keptInWords(about.offset)}), mean over subjects.\n${
      about.profile === 'thin'
        ? ''
        : `Kept: ${acquisitionInWords(about)}; they are estimated too (mse_kept in mse.tsv).\n`
    }` + `Scale: ${inWords(units.map(({ scale }) => withoutNumber(scale)))}. * best of its row.`;
  const parts = [caption, `\nAll voxels of the missing slices\n${draw(whole)}`];
  if (masked.length > 0)
    parts.push(`\nBrain voxels only (${inWords(units.map(({ region }) => region))})\n${draw(masked)}`);
  return parts.join('\n');
}

/** The scale of one subject without that subject's own number, so that it holds for the table. */
function withoutNumber(description: string): string {
  return description.replace(/\s*\([^)]*\)\s*$/, '');
}

/** What holds for all subjects, or the different things that hold for some. */
function inWords(descriptions: readonly string[]): string {
  return [...new Set(descriptions)].sort().join('; for others: ');
}

interface Row {
  readonly every: number;
  readonly subjects: number;
  readonly means: readonly { readonly method: string; readonly mean: number }[];
}

function grid(units: readonly MeasuredVolume[], measure: 'mse_missing' | 'mse_missing_mask'): Row[] {
  const sorted = sortUnits(units);
  const methods = [
    ...new Set(
      sortUnits(units.map((unit) => ({ ...unit, subject: '', every: 0 }))).map(({ method }) => method),
    ),
  ];
  const everys = [...new Set(units.map(({ every }) => every))].sort((a, b) => a - b);
  return everys.flatMap((every) => {
    const bySubject = new Map<string, Map<string, number>>();
    for (const unit of sorted) {
      const value = unit[measure];
      if (unit.every !== every || value === null) continue;
      const { subject, method } = unit;
      const values = bySubject.get(subject) ?? new Map<string, number>();
      bySubject.set(subject, values.set(method, value));
    }
    const complete = [...bySubject.values()].filter(({ size }) => size === methods.length);
    if (complete.length === 0) return [];
    const means = methods.map((method) => {
      const total = complete.reduce((sum, values) => sum + (values.get(method) ?? 0), 0);
      return { method, mean: total / complete.length };
    });
    return [{ every, subjects: complete.length, means }];
  });
}

function draw(rows: readonly Row[]): string {
  const methods = rows[0]?.means.map(({ method }) => method) ?? [];
  const header = ['missing', 'k', 'n', ...methods.map((method) => `${method} `)];
  const body = rows.map(({ every, subjects, means }) => {
    const best = Math.min(...means.map(({ mean }) => mean));
    const cells = means.map(({ mean }) => `${mean.toExponential(2)}${mean === best ? '*' : ' '}`);
    return [`${missingPercent(every)} %`, String(every), String(subjects), ...cells];
  });
  const widths = header.map((head, column) =>
    Math.max(head.length, ...body.map((row) => row[column]?.length ?? 0)),
  );
  const line = (cells: readonly string[]) =>
    cells
      .map((cell, column) => cell.padStart(widths[column] ?? 0))
      .join('  ')
      .trimEnd();
  const rule = '-'.repeat(widths.reduce((sum, width) => sum + width + 2, -2));
  return [line(header), rule, ...body.map(line)].join('\n');
}
