import { groupMean } from '@oinr/agreement';
import type { Subject } from '@oinr/cohort';
import type { TaskOutcome } from '@oinr/run';
import { deviationRatio, peopleNeeded } from '@oinr/transfer';
import { blobOrder, unpacked } from './blobs.ts';
import type { TransferConfig } from './config.ts';
import type { FullRow, ImputedRow, Place, TransferRow } from './plan.ts';

/** What came of one subject. */
export interface MeasuredSubject {
  readonly subject: Subject;
  readonly full: FullRow;
  readonly imputed: readonly ImputedRow[];
}

/** The units of a subject that are done; undefined where its full scan could not be used. */
export function measuredSubject(
  subject: Subject,
  { finished }: TaskOutcome<TransferRow>,
): MeasuredSubject | undefined {
  const rows = finished.map(({ row }) => row);
  const full = rows.find((row) => row.what === 'full');
  if (full === undefined) return undefined;
  return { subject, full, imputed: rows.filter((row) => row.what === 'imputed') };
}

/** One implant, imputed by one method at one k: over all people where they have a brain in common, else of one person. */
export interface MeasuredPlace {
  readonly method: string;
  readonly every: number;
  readonly smooth: number;
  readonly size: number;
  readonly place: Place;
  /** Of a person whose scan lies on a grid of its own. */
  readonly subject?: string;
  /** One per person. */
  readonly transfers: readonly number[];
  /** Standard deviation over people, imputed over full; undefined where it cannot be had. */
  readonly ratio: number | undefined;
}

/** All implants by all methods, in the order of methods, k, smoothings, sizes and places. */
export function measuredPlaces(
  measured: readonly MeasuredSubject[],
  { method: methods, k, smooth, sizes }: TransferConfig,
  hasCommonBrain: boolean,
): MeasuredPlace[] {
  const sets = hasCommonBrain ? [measured] : measured.map((one) => [one]);
  return methods.flatMap((method) =>
    k.flatMap((every) =>
      sets.flatMap((people) => {
        const found = people.flatMap((one) => {
          const row = one.imputed.find((unit) => unit.method === method && unit.every === every);
          return row === undefined ? [] : [{ ...one, row }];
        });
        if (found.length === 0) return [];
        const ratioAt = hasCommonBrain ? ratiosOf(found) : () => undefined;
        return blobOrder(smooth, sizes, (size) => placesOf(found[0].full, size)).map((blob, number) => {
          const transfers = found.flatMap(({ row }) => {
            const own = row.results.find(
              (result) => result.smooth === blob.smooth && result.size === blob.size,
            );
            return own?.transfers[blob.index] ?? [];
          });
          return {
            ...{ method, every, smooth: blob.smooth, size: blob.size, place: blob.centre, transfers },
            ...(hasCommonBrain ? {} : { subject: found[0].subject.id }),
            ratio: ratioAt(number),
          };
        });
      }),
    ),
  );
}

function placesOf({ places }: FullRow, size: number): readonly Place[] {
  return places.find((one) => one.size === size)?.places ?? [];
}

type Found = MeasuredSubject & { readonly row: ImputedRow };

/** The ratio of deviations at a blob by its number in blobOrder. */
function ratiosOf(found: readonly Found[]): (blob: number) => number | undefined {
  const groups = found.map(({ subject }) => subject.group);
  const unpack = (texts: readonly (string | undefined)[]) => texts.map((text) => unpacked(text ?? ''));
  const full = unpack(found.map(({ full: row }) => row.values));
  const effects = unpack(found.map(({ full: row }) => row.effects));
  const imputed = unpack(found.map(({ row }) => row.values));
  const ends: number[] = [];
  for (const size of found[0].full.sizes ?? []) ends.push((ends.at(-1) ?? 0) + size);
  return (blob) => {
    const part = (rows: readonly Float32Array[]) =>
      rows.map((row) => row.subarray(ends[blob - 1] ?? 0, ends[blob]));
    return deviationRatio({ groups, full: part(full), imputed: part(imputed), effects: part(effects) });
  };
}

/** What a row of the tables says of some implants together. */
export interface Summary {
  readonly transfer: number | undefined;
  readonly deviation: number | undefined;
  readonly ratio: number | undefined;
  readonly needed: number | undefined;
}

/**
 * Means over people and implants, of ratios the geometric one (see deviationRatio), and the deviation over them (n - 1);
 * people needed by these means.
 */
export function summaryOf(places: readonly Pick<MeasuredPlace, 'transfers' | 'ratio'>[]): Summary {
  const transfers = places.flatMap((one) => one.transfers);
  const { mean: transfer, standardDeviation: deviation } = groupMean(transfers);
  const { mean: logarithm } = groupMean(
    places.flatMap((one) => (one.ratio === undefined ? [] : Math.log(one.ratio))),
  );
  const ratio = logarithm === undefined ? undefined : Math.exp(logarithm);
  return { transfer, deviation, ratio, needed: peopleNeeded(ratio, transfer) };
}
