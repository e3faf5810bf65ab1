import { type CellValue, parseNumber, type Table, tableOf } from '@oinr/tables';

/** Whether imputed scans may join the full ones. */
export type Joining = 'yes' | 'in both groups alike' | 'no' | 'nothing to find' | 'cannot be told';

/** More is found where it is at least this many times as much: a convention, since a few voxels are noise. */
const leastGain = 1.1;

/**
 * Where no valid test finds more than this many times what chance gives, there is nothing to find, and so nothing to be said
 * of joining: a convention. Neighbouring voxels are found together, so that chance alone often gives twice its mean.
 */
const timesChance = 3;

/** Unequal protocols are made equal unless full scans outnumber the thin ones by so much that equalising wastes more than it mends. */
const fullPerThin = 3;

type Row = Readonly<Record<string, string>>;

/**
 * tables/joining.tsv: of every mixture and imputed data set, what joining finds beside the full scans alone, and whether
 * the scans may join.
 * - `yes`: within kinds, which is valid, at least a tenth more is found than by the full scans alone;
 * - `in both groups alike`: not as the scans are, but where everybody is thinned and imputed alike;
 * - `no`: neither finds a tenth more than the full scans alone;
 * - `nothing to find`: all valid tests find about what chance gives, and nothing at the family-wise error, so that this says
 *   nothing of joining;
 * - `cannot be told`: the relabelings of some test are too few for the criterion.
 *
 * `test_to_use`: the valid test to report. `equalised`, where everybody is thinned and imputed alike, unless full scans
 * outnumber the thin ones by three and a test within kinds is possible: then `kinds`. The rule looks at numbers of scans
 * alone, so that nobody chooses by what is found.
 *
 * What is found is the share of the true effect where it is known, else a number of voxels; means over the draws.
 */
export function joiningTable(
  mixtures: Table,
  { level, isReached }: { readonly level: number; readonly isReached: boolean },
): Table {
  const byTruth = mixtures.rows.some(({ true_found }) => parseNumber(true_found) !== undefined);
  const measure = byTruth ? 'true_found' : 'voxels_found';
  const mixed = mixtures.rows.filter(({ model }) => model === 'kinds');
  const cells = new Map(mixed.map((row) => [`${row.design}\n${row.method}\n${row.missing_percent}`, row]));
  const records = [...cells.values()].map((one): Record<string, CellValue> => {
    const ofModel = (model: string, column: string = measure): number | undefined =>
      mean(
        mixtures.rows.filter((row) => row.design === one.design && isOfData(row, one) && row.model === model),
        column,
      );
    const rowsOfAlone = mixtures.rows.filter(({ design }) => design === `${one.design}, full scans alone`);
    const alone = mean(rowsOfAlone, measure);
    const [kinds, equalised] = [ofModel('kinds'), ofModel('equalised')];
    const found = [
      mean(rowsOfAlone, 'voxels_found'),
      ofModel('kinds', 'voxels_found'),
      ofModel('equalised', 'voxels_found'),
    ];
    const chance = level * (ofModel('equalised', 'voxels_tested') ?? 0);
    const familyWise = [
      mean(rowsOfAlone, 'significant_fwe'),
      ofModel('kinds', 'significant_fwe'),
      ofModel('equalised', 'significant_fwe'),
    ];
    const isEmpty =
      found.every((one) => (one ?? 0) <= timesChance * chance) && familyWise.every((one) => (one ?? 0) === 0);
    return {
      design: one.design,
      method: one.method,
      missing_percent: parseNumber(one.missing_percent),
      k: parseNumber(one.k),
      criterion: one.criterion,
      smooth_mm: parseNumber(one.smooth_mm),
      may_join: !isReached
        ? 'cannot be told'
        : isEmpty
          ? 'nothing to find'
          : mayJoin(alone, kinds, equalised),
      test_to_use: testToUse(
        ofModel('kinds', 'subjects_full'),
        ofModel('kinds', 'subjects_imputed'),
        kinds !== undefined,
        equalised !== undefined,
      ),
      measure,
      full_alone: alone,
      kinds,
      equalised,
      naive: ofModel('naive'),
      all_full: mean(
        mixtures.rows.filter(({ design }) => design === 'all full'),
        measure,
      ),
      chance_voxels: chance,
    };
  });
  return tableOf(
    [
      ...['design', 'method', 'missing_percent', 'k', 'criterion', 'smooth_mm', 'may_join'],
      'test_to_use',
      'measure',
      ...['full_alone', 'kinds', 'equalised', 'naive', 'all_full', 'chance_voxels'],
    ],
    records,
  );
}

function mayJoin(
  alone: number | undefined,
  kinds: number | undefined,
  equalised: number | undefined,
): Joining {
  if (kinds !== undefined && kinds > leastGain * (alone ?? 0)) return 'yes';
  if (equalised !== undefined && equalised > leastGain * (alone ?? 0)) return 'in both groups alike';
  return 'no';
}

function testToUse(
  full: number | undefined,
  thin: number | undefined,
  hasKinds: boolean,
  hasEqualised: boolean,
): 'kinds' | 'equalised' | undefined {
  if (hasKinds && (!hasEqualised || (full ?? 0) >= fullPerThin * (thin ?? 0))) return 'kinds';
  return hasEqualised ? 'equalised' : undefined;
}

function isOfData(row: Row, { method, missing_percent }: Row): boolean {
  return row.method === method && row.missing_percent === missing_percent;
}

/** Over the rows that were tested. */
function mean(rows: readonly Row[], column: string): number | undefined {
  const values = rows.flatMap((row) => parseNumber(row[column]) ?? []);
  return values.length === 0 ? undefined : values.reduce((sum, value) => sum + value, 0) / values.length;
}
