import { missingPercent } from '@oinr/slices';
import { type Acquisition, acquisitionInWords } from './acquisition.ts';
import { completeSubjects } from './completeSubjects.ts';
import { keptInWords, type Offset } from './firstKept.ts';
import type { MeasuredVolume } from './outcome.ts';
import { leastSubjects, type Ranked, rankMethods } from './ranking.ts';

/**
 * The form of the paper's Table 3: one row per percentage missing, one column per method, mean squared error over
 * the missing slices and over subjects, with a mark on the best of
 * each row, and on those that are within noise of it. The caption names scale, region and slice set,
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
    }` +
    `Scale: ${inWords(units.map(({ scale }) => withoutNumber(scale)))}. * best of its row, beyond noise; ~ best, or within noise of the best (paired bootstrap over subjects, 95 %; fewer than ${leastSubjects} tell nothing apart).`;
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
  readonly methods: readonly ({ readonly method: string } & Ranked)[];
}

function grid(units: readonly MeasuredVolume[], measure: 'mse_missing' | 'mse_missing_mask'): Row[] {
  const { methods, rows } = completeSubjects(units, measure);
  return rows.map(({ every, errors }) => ({
    every,
    subjects: errors.length,
    methods: rankMethods(errors).map((ranked, index) => ({ method: methods[index], ...ranked })),
  }));
}

/** One method within noise is the best alone. */
function markOf({ isWithinNoise }: Ranked, among: readonly Ranked[]): string {
  if (!isWithinNoise) return ' ';
  return among.filter((one) => one.isWithinNoise).length === 1 ? '*' : '~';
}

function draw(rows: readonly Row[]): string {
  const methods = rows[0]?.methods.map(({ method }) => method) ?? [];
  const header = ['missing', 'k', 'n', ...methods.map((method) => `${method} `)];
  const body = rows.map(({ every, subjects, methods: ranked }) => {
    const cells = ranked.map((one) => `${one.mean.toExponential(2)}${markOf(one, ranked)}`);
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
