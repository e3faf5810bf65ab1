import { missingPercent } from '@oinr/slices';
import { type CellValue, type Table, tableOf } from '@oinr/tables';
import type { MeasuredPlace } from './results.ts';
import { summaryOf } from './results.ts';

const columns = [
  ...['method', 'missing_percent', 'k', 'smooth_mm', 'size_mm', 'distance_mm', 'places', 'subjects'],
  ...['transfer', 'transfer_sd', 'sd_ratio', 'people_needed'],
];

/** Of all distances to the kept slices together. */
export const allDistances = 'all';

/**
 * tables/transfer.tsv: what comes through by method, k, smoothing, size of the implant and distance of its centre to the
 * nearest kept slice, and of all distances together. Means over people and places; people needed follow from the means.
 */
export function transferTable(places: readonly MeasuredPlace[]): Table {
  const cells = Map.groupBy(places, ({ method, every, smooth, size }) =>
    [method, every, smooth, size].join(),
  );
  return tableOf(
    columns,
    [...cells.values()].flatMap((members) => {
      const byDistance = Map.groupBy(members, distanceOf);
      const distances = [...byDistance.keys()].sort((a, b) => a - b);
      return [
        row(members, allDistances),
        ...distances.map((distance) => row(byDistance.get(distance) ?? [], distance)),
      ];
    }),
  );
}

function row(
  members: readonly MeasuredPlace[],
  distance: number | typeof allDistances,
): Record<string, CellValue> {
  const [{ method, every, smooth, size }] = members;
  return {
    ...{ method, missing_percent: missingPercent(every), k: every, smooth_mm: smooth, size_mm: size },
    ...{ distance_mm: distance, places: members.length, subjects: peopleOf(members) },
    ...numbersOf(members),
  };
}

/** tables/transfer_places.tsv: the same of every place; with a column of people where each has places of its own. */
export function placesTable(places: readonly MeasuredPlace[]): Table {
  const isOwn = places.some(({ subject }) => subject !== undefined);
  return tableOf(
    [
      ...(isOwn ? ['participant_id'] : []),
      ...['method', 'missing_percent', 'k', 'smooth_mm', 'size_mm', 'x', 'y', 'z', 'distance_mm', 'subjects'],
      ...columns.slice(-4),
    ],
    places.map((one) => {
      const { method, every, smooth, size, place, subject } = one;
      const [x, y, z] = place.position.map((mm) => Number(mm.toFixed(6)));
      return {
        ...(subject === undefined ? {} : { participant_id: `sub-${subject}` }),
        ...{ method, missing_percent: missingPercent(every), k: every, smooth_mm: smooth, size_mm: size },
        ...{ x, y, z, distance_mm: distanceOf(one), subjects: peopleOf([one]) },
        ...numbersOf([one]),
      };
    }),
  );
}

function numbersOf(places: readonly MeasuredPlace[]): Record<string, CellValue> {
  const { transfer, deviation, ratio, needed } = summaryOf(places);
  return { transfer, transfer_sd: deviation, sd_ratio: ratio, people_needed: needed };
}

/** Distances of all people to the same number of slices are one, whatever the last digits of their affines. */
function distanceOf({ place, every }: MeasuredPlace): number {
  return Number(place.distances[every].toFixed(3));
}

function peopleOf(places: readonly MeasuredPlace[]): number {
  const own = new Set(places.flatMap(({ subject }) => subject ?? []));
  return own.size > 0 ? own.size : Math.max(...places.map(({ transfers }) => transfers.length));
}

/** tables/transfer_failures.tsv: what could not be measured, and why. `all` stands for the whole subject. */
export function failuresTable(failures: readonly Failure[], hide: (text: string) => string): Table {
  return tableOf(
    ['participant_id', 'group', 'unit', 'reason'],
    failures.map(({ subject, group, unit, message }) => ({
      participant_id: `sub-${subject}`,
      group,
      unit: unit ?? 'all',
      reason: hide(message),
    })),
  );
}

export interface Failure {
  readonly subject: string;
  readonly group: string;
  /** Such as `linear-k3`. */
  readonly unit?: string;
  readonly message: string;
}
