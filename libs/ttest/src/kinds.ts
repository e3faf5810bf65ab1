import { leastOfKind, type TwoGroupDesign } from '@oinr/statistics';
import { firstOf, isMissing } from '@oinr/tables';
import { type People, requireColumn } from './design.ts';
import { RequestError } from './errors.ts';

/** People of kinds that can be compared, with the number of each one's kind. */
export interface PeopleOfKinds {
  readonly people: People;
  readonly kinds: Int32Array;
  /** How many there are of every kind, and who was left out. */
  readonly notes: readonly string[];
}

/**
 * Tells subjects of different kinds apart by columns, such as the resolution of the scan and the site: every combination
 * of their values is a kind. Subjects are compared with their own kind only, so those of a kind that one group alone has
 * say nothing of the groups: they are left out and counted.
 *
 * @throws RequestError that names column and row where a value is missing, or where no kind holds both groups, or a kind
 * is too small for the variance of its own that is asked for.
 */
export function peopleOfKinds(
  people: People,
  columns: readonly string[],
  groups: readonly string[],
  variance: TwoGroupDesign['variance'] = 'pooled',
): PeopleOfKinds {
  for (const column of columns) requireColumn(people, column, '--kinds');
  const kindOf = people.rows.map((row, index) => {
    const missing = columns.find((column) => isMissing(row[column]));
    if (missing !== undefined)
      throw new RequestError(
        `${people.table} has no value in column ${missing} (--kinds) for ${people.names[index]}. Every row needs a kind; fill it in, or leave the row out.`,
      );
    return columns.map((column) => row[column].trim()).join(', ');
  });
  const sizes = new Map<string, [second: number, first: number]>();
  kindOf.forEach((kind, index) => {
    const size = sizes.get(kind) ?? [0, 0];
    size[people.labels[index]] += 1;
    sizes.set(kind, size);
  });
  const inWords = ([kind, [second, first]]: readonly [string, readonly [number, number]]): string =>
    `${kind}: ${first} ${groups[0]}, ${second} ${groups[1]}`;
  const both = [...sizes].filter(([, [second, first]]) => first > 0 && second > 0);
  const single = [...sizes].filter(([, [second, first]]) => first === 0 || second === 0);
  if (both.length === 0)
    throw new RequestError(
      `Every kind (${columns.join(', ')}; --kinds) holds subjects of one group only (${firstOf(single.map(inWords))}), so kinds and groups cannot be told apart. Make the images alike first, as by thinning and imputing all of them in the same way, or add subjects.`,
    );
  const small = both.find(([, [second, first]]) => second + first < leastOfKind);
  if (variance === 'by-kind' && both.length > 1 && small !== undefined)
    throw new RequestError(
      `--variance by-kind needs ${leastOfKind} subjects of every kind (${columns.join(', ')}; --kinds), but there are fewer of ${inWords(small)}. Leave its rows out, name fewer columns with --kinds, or use --variance pooled.`,
    );
  const kept = people.rows
    .map((_, index) => index)
    .filter((index) => both.some(([kind]) => kind === kindOf[index]));
  const number = new Map(both.map(([kind], index) => [kind, index]));
  return {
    people: {
      ...people,
      rows: kept.map((index) => people.rows[index]),
      names: kept.map((index) => people.names[index]),
      labels: Uint8Array.from(kept, (index) => people.labels[index]),
    },
    kinds: Int32Array.from(kept, (index) => number.get(kindOf[index]) ?? 0),
    notes: [
      `Labels are exchanged within ${both.length === 1 ? 'the only kind' : `${both.length} kinds, whose means are in the model`} (${firstOf(both.map(inWords))}).`,
      ...(single.length > 0
        ? [
            `${people.rows.length - kept.length} of the subjects are left out, since their kinds hold one group only (${firstOf(single.map(inWords))}).`,
          ]
        : []),
    ],
  };
}
