import type { Covariate, TwoGroupDesign } from '@oinr/statistics';
import { firstOf, hasDecimalComma, isMissing, numberIn } from '@oinr/tables';
import { RequestError } from './errors.ts';

type Row = Readonly<Record<string, string>>;

/** Who is compared, as a table has it: one row per image. */
export interface People {
  /** The table, as sentences name it: `study.tsv`. */
  readonly table: string;
  readonly columns: readonly string[];
  readonly rows: readonly Row[];
  /** One name per row, for sentences. */
  readonly names: readonly string[];
  /** One per row; 1 = first group. */
  readonly labels: Uint8Array;
}

/** What is held constant, and within what labels are exchanged: names of columns. */
export interface Adjustments {
  readonly covariates: readonly string[];
  readonly blocks?: string;
}

/**
 * The design of a comparison. A covariate is a column of numbers, or a text with two values, such as sex, as 0 and 1;
 * then a note says which is which.
 *
 * @throws RequestError that names the column, the row and what is wrong: a missing column or value, text that is no number.
 */
export function designOf(
  people: People,
  { covariates, blocks }: Adjustments,
): { readonly design: TwoGroupDesign; readonly notes: readonly string[] } {
  const found = covariates.map((name) => covariateOf(people, name));
  const within = blocks === undefined ? undefined : blocksOf(people, blocks);
  if (within !== undefined && !isExchangeable(people.labels, within))
    throw new RequestError(
      `Within the blocks of column ${blocks} (--blocks) nothing can be exchanged: every block holds subjects of one group only. Name a column whose blocks hold both groups, such as the scanner.`,
    );
  return {
    design: {
      labels: people.labels,
      covariates: found.map(({ covariate }) => covariate),
      blocks: within,
    },
    notes: found.flatMap(({ note }) => note ?? []),
  };
}

/** Whether some block holds subjects of both groups. */
function isExchangeable(labels: Uint8Array, blocks: ArrayLike<number>): boolean {
  const seen = new Map<number, number>();
  return Array.from(labels).some((label, index) => {
    const block = blocks[index];
    const first = seen.get(block) ?? label;
    seen.set(block, first);
    return first !== label;
  });
}

/** @throws RequestError where the table lacks a column that an option names. */
export function requireColumn(
  { table, columns }: Pick<People, 'table' | 'columns'>,
  name: string,
  option: string,
): void {
  if (columns.includes(name)) return;
  throw new RequestError(`${table} has no column ${name} (${option}); it has ${firstOf(columns) || 'none'}.`);
}

function covariateOf(people: People, name: string): { covariate: Covariate; note?: string } {
  const { table, rows, names } = people;
  requireColumn(people, name, '--covariates');
  const cells = rows.map((row, index) => {
    if (isMissing(row[name])) {
      throw new RequestError(
        `${table} has no value in column ${name} for ${names[index]}. Fill it in, leave the row out, or leave the covariate out.`,
      );
    }
    if (hasDecimalComma(row[name])) {
      throw new RequestError(
        `${table} has '${row[name]}' in column ${name} for ${names[index]}: a number with a comma. Write decimals with a point, and thousands without a sign.`,
      );
    }
    return row[name].trim();
  });
  const numbers = cells.map((cell) => numberIn(cell) ?? Number.NaN);
  if (numbers.every(Number.isFinite)) return { covariate: { name, values: numbers } };
  const levels = [...new Set(cells)].sort();
  if (levels.length === 2 && numbers.every(Number.isNaN)) {
    return {
      covariate: { name, values: cells.map((cell) => levels.indexOf(cell)) },
      note: `Covariate ${name}: ${levels[0]} counts as 0 and ${levels[1]} as 1.`,
    };
  }
  const wrong = numbers.findIndex((number) => !Number.isFinite(number));
  throw new RequestError(
    `${table} has '${cells[wrong]}' in column ${name} for ${names[wrong]}: a covariate is a number, or a text with exactly two values (here ${levels.length}). Code it as numbers in columns of its own.`,
  );
}

/** One number per row; rows of one block have the same. */
function blocksOf(people: People, name: string): Int32Array {
  const { table, rows, names } = people;
  requireColumn(people, name, '--blocks');
  const numbers = new Map<string, number>();
  return Int32Array.from(rows, (row, index) => {
    if (isMissing(row[name])) {
      throw new RequestError(
        `${table} has no value in column ${name} for ${names[index]}. Every row needs an exchangeability block.`,
      );
    }
    const block = row[name].trim();
    const number = numbers.get(block) ?? numbers.size;
    numbers.set(block, number);
    return number;
  });
}
