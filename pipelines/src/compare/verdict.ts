import { type CellValue, type Table, tableOf } from '@oinr/tables';

/** What a method and percentage reached at the first criterion, over all voxels tested. */
export interface Reached {
  readonly method: string;
  /** Percentage of slices that are missing, and every how many one was kept, where that is known. */
  readonly missingPercent: number | undefined;
  readonly every: number | undefined;
  /** mm between kept slices, where it is known. */
  readonly spacing: number | undefined;
  readonly fullVoxels: number;
  readonly dice: number | undefined;
  readonly sensitivity: number | undefined;
  readonly oneMinusPrecision: number | undefined;
  readonly slope: number | undefined;
  readonly correlation: number | undefined;
}

/** When imputed data may stand for full data: a convention of this project, written beside every verdict. */
export const rule = { dice: 0.8, sensitivity: 0.8, oneMinusPrecision: 0.2 } as const;

/**
 * tables/verdict.tsv: per percentage the methods ranked by Dice, equal ones by how near the slope is to 1, and
 * whether they are usable by the rule. Where the full data show nothing, nobody is ranked: there is nothing to lose.
 */
export function verdictTable(reached: readonly Reached[], criterion: string): Table {
  const records = reached.map((one): Record<string, CellValue> => {
    const hasReference = one.fullVoxels > 0 && one.dice !== undefined;
    const rivals = reached.filter((other) => other.every === one.every);
    return {
      method: one.method,
      missing_percent: one.missingPercent,
      k: one.every,
      spacing_mm: one.spacing,
      criterion,
      dice: one.dice,
      sensitivity: one.sensitivity,
      one_minus_precision: one.oneMinusPrecision,
      slope: one.slope,
      correlation: one.correlation,
      rank: hasReference ? 1 + rivals.filter((other) => isBetter(other, one)).length : undefined,
      usable: hasReference ? (isUsable(one) ? 'yes' : 'no') : undefined,
      least_dice: rule.dice,
      least_sensitivity: rule.sensitivity,
      most_one_minus_precision: rule.oneMinusPrecision,
    };
  });
  return tableOf(
    [
      'method',
      'missing_percent',
      'k',
      'spacing_mm',
      'criterion',
      'dice',
      'sensitivity',
      'one_minus_precision',
      'slope',
      'correlation',
      'rank',
      'usable',
      'least_dice',
      'least_sensitivity',
      'most_one_minus_precision',
    ],
    records,
  );
}

function isUsable({ dice, sensitivity, oneMinusPrecision }: Reached): boolean {
  return (
    dice !== undefined &&
    dice >= rule.dice &&
    sensitivity !== undefined &&
    sensitivity >= rule.sensitivity &&
    oneMinusPrecision !== undefined &&
    oneMinusPrecision <= rule.oneMinusPrecision
  );
}

function isBetter(one: Reached, other: Reached): boolean {
  const dice = (one.dice ?? -1) - (other.dice ?? -1);
  if (dice !== 0) return dice > 0;
  return distanceToOne(one.slope) < distanceToOne(other.slope);
}

function distanceToOne(slope: number | undefined): number {
  return slope === undefined ? Number.POSITIVE_INFINITY : Math.abs(slope - 1);
}
