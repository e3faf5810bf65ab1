import { type Interval, type PowerCurve, powerCurves, type WorthOfScan, worthIntervals } from '@oinr/figures';
import { parseNumber, type Table } from '@oinr/tables';
import { methodColors } from '../simulate/methods.ts';
import type { RunFigure } from './runFigure.ts';

/** What full and imputed scans find together: the power curve, or without one what a scan is worth; undefined without either. */
export function joiningFigure(power: Table | undefined, worth: Table | undefined): RunFigure | undefined {
  return (power && powerFigure(power)) ?? (worth && worthFigure(worth));
}

/** Sensitivity and 1 - precision against people per group; undefined where there was nothing to find. */
function powerFigure(table: Table): RunFigure | undefined {
  const full = curvesOf(table.rows.filter(({ scans }) => scans === 'full'));
  const others = table.rows.filter(({ scans }) => scans !== 'full');
  const percents = [...new Set(others.map((row) => row.missing_percent))];
  const panels = percents.map((percent) => ({
    name: parseNumber(percent) === undefined ? 'imputed scans' : `${percent} % of slices missing`,
    curves: [...full, ...curvesOf(others.filter((row) => row.missing_percent === percent))],
  }));
  const drawn = panels.length > 0 ? panels : [{ name: 'full scans', curves: full }];
  if (!drawn.some(({ curves }) => curves.some(({ points }) => points.some(({ sensitivity }) => sensitivity))))
    return undefined;
  const toFind = table.rows[0]?.to_find ?? 'effect';
  const methods = [...new Set(others.map(({ method }) => method))].join(', ');
  return {
    id: 'power',
    part: 'joining',
    caption: `Sensitivity (share of the ${toFind} that is found) and 1 − precision (share of what is found that is not of it) against the number of people in each group: full scans, scans imputed by each method, and half of each group imputed (dashed; the kinds in the model). ${table.rows[0]?.criterion ?? ''}. Points: means over samples of these people without replacement; bars: what 95 % of the samples lie between. Samples of one cohort overlap, so this is conditional on it.`,
    svg: powerCurves({
      title: 'Sensitivity against the number of people',
      description: `Curves of full scans and of ${methods || 'no imputed scans'}, imputed and half imputed${spokenEnds(panels.flatMap(({ curves }) => curves))}. False discoveries are below.`,
      panels: drawn,
      toFind,
      colors: methodColors,
    }),
    sources: ['tables/power.tsv'],
  };
}

function curvesOf(rows: Table['rows']): PowerCurve[] {
  const kinds = Map.groupBy(rows, ({ scans, method }) => `${scans}\n${method}`);
  return [...kinds.values()].map((own) => ({
    method: own[0].method,
    scans: own[0].scans as PowerCurve['scans'],
    points: own
      .map((row) => ({
        size: parseNumber(row.per_group) ?? Number.NaN,
        sensitivity: intervalOf(row, 'sensitivity'),
        oneMinusPrecision: intervalOf(row, 'one_minus_precision'),
      }))
      .toSorted((a, b) => a.size - b.size),
  }));
}

function intervalOf(row: Table['rows'][number], name: string): Interval | undefined {
  const [mean, low, high] = [name, `${name}_low`, `${name}_high`].map((column) => parseNumber(row[column]));
  return mean === undefined ? undefined : [mean, low ?? mean, high ?? mean];
}

/** The right ends of the curves, for those who cannot see them. */
function spokenEnds(curves: readonly PowerCurve[]): string {
  const ends = curves.flatMap(({ method, scans, points }) => {
    const last = points.at(-1);
    if (last?.sensitivity === undefined) return [];
    const name =
      scans === 'full' ? 'full' : scans === 'mixed' ? `half full, half ${method}` : `imputed by ${method}`;
    return [`${name} ${Math.round(100 * last.sensitivity[0])} %`];
  });
  return ends.length === 0 ? '' : `; at the largest groups: ${[...new Set(ends)].join(', ')}`;
}

function worthFigure(table: Table): RunFigure | undefined {
  const rows = table.rows.flatMap((row): WorthOfScan[] => {
    const [worth, low, high] = ['worth', 'worth_low', 'worth_high'].map((name) => parseNumber(row[name]));
    if (worth === undefined) return [];
    return [
      {
        method: row.method,
        missingPercent: parseNumber(row.missing_percent),
        worth,
        interval: low === undefined || high === undefined ? undefined : [low, high],
      },
    ];
  });
  if (rows.length === 0) return undefined;
  const spoken = rows.map(({ method, missingPercent, worth }) => {
    const missing = missingPercent === undefined ? '' : ` at ${missingPercent} %`;
    return `${method}${missing} ${worth.toFixed(2)}`;
  });
  return {
    id: 'worth',
    part: 'joining',
    caption:
      'What one imputed scan is worth: the number of full scans that it replaces, with its interval of 95 % by a bootstrap over people. One, the dashed line, is a full scan.',
    svg: worthIntervals({
      title: 'What one imputed scan is worth',
      description: `Worth by method and share of missing slices: ${spoken.join(', ')}.`,
      rows,
      colors: methodColors,
    }),
    sources: ['tables/worth.tsv'],
  };
}
