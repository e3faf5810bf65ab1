import type { Covariate } from '@oinr/statistics';
import { isMissing, parseNumber, readTable, type Table } from '@oinr/tables';
import { RequestError, type TTestRequest } from './request.ts';

/** The rows of the table that take part, in the table's order. */
export interface Participants {
  /** participant_id, or the row's number where the table has no such column. */
  readonly names: readonly string[];
  readonly rows: readonly Readonly<Record<string, string>>[];
  /** 1 = first group. */
  readonly labels: Uint8Array;
  readonly covariates: readonly Covariate[];
  readonly blocks: Int32Array | undefined;
  /** Rows of other groups. */
  readonly leftOut: number;
  readonly notes: readonly string[];
}

/**
 * Reads the table and takes from it who is compared with whom. Throws a RequestError that names the column, the row
 * and what is wrong: a missing column, group or value, a group without rows.
 */
export async function readParticipants(request: TTestRequest): Promise<Participants> {
  const table = await readTable(request.participants);
  const [first, second] = checkedGroups(request.groups);
  const groupColumn = column(table, request, request.groupColumn, '--group-column');
  const hasNames = table.columns.includes('participant_id');
  const nameOf = (row: Readonly<Record<string, string>>, index: number) =>
    hasNames && !isMissing(row.participant_id) ? row.participant_id.trim() : `row ${index + 1}`;
  const rows: Readonly<Record<string, string>>[] = [];
  const names: string[] = [];
  const labels: number[] = [];
  const found = new Map<string, number>();
  table.rows.forEach((row, index) => {
    const group = row[groupColumn];
    if (isMissing(group)) {
      throw new RequestError(
        `${request.participants} has no value in column ${groupColumn} for ${nameOf(row, index)}. Fill it in, or remove the row.`,
      );
    }
    const name = group.trim();
    found.set(name, (found.get(name) ?? 0) + 1);
    if (name !== first && name !== second) return;
    rows.push(row);
    names.push(nameOf(row, index));
    labels.push(name === first ? 1 : 0);
  });
  for (const group of [first, second]) {
    if (!found.has(group)) {
      throw new RequestError(
        `${request.participants} has no row with ${groupColumn} = ${group}; it has ${[...found.keys()].slice(0, 10).join(', ') || 'no rows'}. Check --groups and --group-column.`,
      );
    }
  }
  const repeated = names.find((name, index) => names.indexOf(name) !== index);
  if (repeated !== undefined && request.imageColumn === undefined) {
    throw new RequestError(
      `${request.participants} names ${repeated} twice, so files cannot be matched by participant_id. Remove one row, or name the column of the images with --image-column.`,
    );
  }
  const notes: string[] = [];
  if (repeated !== undefined) {
    notes.push(
      `${repeated} and possibly others appear in several rows: repeated measures of one person are not exchangeable with those of another.`,
    );
  }
  const covariates = request.covariates.map((name) => covariateOf(table, request, name, rows, names, notes));
  return {
    names,
    rows,
    labels: Uint8Array.from(labels),
    covariates,
    blocks: request.blocks === undefined ? undefined : blocksOf(table, request, request.blocks, rows, names),
    leftOut: table.rows.length - rows.length,
    notes,
  };
}

function checkedGroups(groups: readonly string[]): [string, string] {
  if (groups.length !== 2) {
    throw new RequestError(
      `--groups takes two names, the first minus the second, but got ${groups.length}${groups.length ? ` (${groups.join(', ')})` : ''}.`,
    );
  }
  if (groups[0] === groups[1]) {
    throw new RequestError(`--groups names ${groups[0]} twice; two different groups are compared.`);
  }
  return [groups[0], groups[1]];
}

function column(table: Table, request: TTestRequest, name: string, option: string): string {
  if (!table.columns.includes(name)) {
    throw new RequestError(
      `${request.participants} has no column ${name} (${option}); it has ${table.columns.join(', ')}.`,
    );
  }
  return name;
}

/** Numbers as they are; a text column with two values, such as sex, as 0 and 1. */
function covariateOf(
  table: Table,
  request: TTestRequest,
  name: string,
  rows: readonly Readonly<Record<string, string>>[],
  names: readonly string[],
  notes: string[],
): Covariate {
  column(table, request, name, '--covariates');
  const cells = rows.map((row, index) => {
    if (isMissing(row[name]) || row[name].trim().toLowerCase() === 'nan') {
      throw new RequestError(
        `${request.participants} has no value in column ${name} for ${names[index]}. Fill it in, leave the row out, or leave the covariate out.`,
      );
    }
    return row[name].trim();
  });
  const numbers = cells.map((cell) => {
    try {
      return parseNumber(cell) ?? Number.NaN;
    } catch {
      return Number.NaN;
    }
  });
  if (numbers.every(Number.isFinite)) return { name, values: numbers };
  const levels = [...new Set(cells)].sort();
  if (levels.length === 2 && numbers.every(Number.isNaN)) {
    notes.push(`Covariate ${name}: ${levels[0]} counts as 0 and ${levels[1]} as 1.`);
    return { name, values: cells.map((cell) => levels.indexOf(cell)) };
  }
  const wrong = cells.findIndex((_, index) => !Number.isFinite(numbers[index]));
  throw new RequestError(
    `${request.participants} has '${cells[wrong]}' in column ${name} for ${names[wrong]}: a covariate is a number, or a text with exactly two values (here ${levels.length}). Code it as numbers in columns of its own.`,
  );
}

function blocksOf(
  table: Table,
  request: TTestRequest,
  name: string,
  rows: readonly Readonly<Record<string, string>>[],
  names: readonly string[],
): Int32Array {
  column(table, request, name, '--blocks');
  const numbers = new Map<string, number>();
  return Int32Array.from(rows, (row, index) => {
    if (isMissing(row[name])) {
      throw new RequestError(
        `${request.participants} has no value in column ${name} for ${names[index]}. Every row needs an exchangeability block.`,
      );
    }
    const block = row[name].trim();
    const number = numbers.get(block) ?? numbers.size;
    numbers.set(block, number);
    return number;
  });
}
