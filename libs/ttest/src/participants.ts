import type { TwoGroupDesign } from '@oinr/statistics';
import {
  firstOf,
  groupingColumnInWords,
  groupingColumns,
  isMissing,
  readTable,
  type Table,
} from '@oinr/tables';
import { type Adjustments, designOf, type People, requireColumn } from './design.ts';
import { RequestError } from './errors.ts';
import { peopleOfKinds } from './kinds.ts';

/** Which rows of which table are compared. */
export interface ParticipantsRequest extends Adjustments {
  /** Table of participants, TSV or CSV. */
  readonly participants: string;
  readonly groups: readonly string[];
  readonly groupColumn: string;
  /** Where a column names the images, a person may have several rows. */
  readonly imageColumn?: string;
  /** Columns by which subjects are of different kinds, whose means are in the model; see peopleOfKinds. Default: none. */
  readonly kinds?: readonly string[];
  /** See TwoGroupDesign; `pooled` by default. */
  readonly variance?: TwoGroupDesign['variance'];
  /** See TwoGroupDesign; `student` by default. */
  readonly statistic?: TwoGroupDesign['statistic'];
}

/** The rows of the table that take part, in the table's order; a row without participant_id is named by its number. */
export interface Participants extends People {
  readonly design: TwoGroupDesign;
  /** Rows of other groups. */
  readonly leftOut: number;
  readonly notes: readonly string[];
}

/**
 * Reads the table and takes from it who is compared with whom. Throws a RequestError that names the column, the row
 * and what is wrong: a missing column, group or value, a group without rows.
 */
export async function readParticipants(
  request: ParticipantsRequest,
  signal?: AbortSignal,
): Promise<Participants> {
  const { participants, groupColumn, variance = 'pooled', statistic } = request;
  const [first, second] = checkedGroups(request.groups);
  const table = await readTable(participants, { signal });
  requireColumn({ table: participants, columns: table.columns }, groupColumn, '--group-column');
  const hasNames = table.columns.includes('participant_id');
  const nameOf = (row: Readonly<Record<string, string>>, index: number) =>
    hasNames && !isMissing(row.participant_id) ? row.participant_id : `row ${index + 1}`;
  if (request.imageColumn === undefined && !hasNames)
    throw new RequestError(
      `${participants} has no column participant_id, by which images are matched; it has ${firstOf(table.columns) || 'none'}. Rename the column of the participants, or name that of the images with --image-column.`,
    );
  const rows: Readonly<Record<string, string>>[] = [];
  const names: string[] = [];
  const labels: number[] = [];
  const found = new Map<string, number>();
  table.rows.forEach((row, index) => {
    const group = row[groupColumn];
    if (isMissing(group)) {
      throw new RequestError(
        `${participants} has no value in column ${groupColumn} for ${nameOf(row, index)}. Fill it in, or remove the row.`,
      );
    }
    found.set(group, (found.get(group) ?? 0) + 1);
    if (group !== first && group !== second) return;
    if (request.imageColumn === undefined && isMissing(row.participant_id))
      throw new RequestError(
        `${participants} has no participant_id in row ${index + 1}, by which its image is matched. Fill it in, or name the column of the images with --image-column.`,
      );
    rows.push(row);
    names.push(nameOf(row, index));
    labels.push(group === first ? 1 : 0);
  });
  for (const group of [first, second]) {
    if (!found.has(group)) {
      throw new RequestError(
        `${participants} has no row with ${groupColumn} = ${group}; it has ${firstOf([...found.keys()].map((name) => (/[\s,]/.test(name) ? JSON.stringify(name) : name))) || 'no rows'}. Check --groups and --group-column.${otherGroups(table, groupColumn)}`,
      );
    }
  }
  const repeated = firstRepeated(names);
  if (repeated !== undefined && request.imageColumn === undefined) {
    throw new RequestError(
      `${participants} names ${repeated} twice, so files cannot be matched by participant_id. Remove one row, or name the column of the images with --image-column.`,
    );
  }
  const notes: string[] = [];
  if (repeated !== undefined) {
    notes.push(
      `${repeated} and possibly others appear in several rows: repeated measures of one person are not exchangeable with those of another.`,
    );
  }
  const everybody: People = {
    table: participants,
    columns: table.columns,
    rows,
    names,
    labels: Uint8Array.from(labels),
  };
  const leftOut = table.rows.length - rows.length;
  if (request.kinds === undefined || request.kinds.length === 0) {
    const { design, notes: coding } = designOf(everybody, request);
    if (variance === 'by-kind')
      notes.push('Without --kinds all subjects are of one kind, and --variance by-kind changes nothing.');
    return { ...everybody, design: { ...design, statistic }, leftOut, notes: [...notes, ...coding] };
  }
  if (request.blocks !== undefined)
    throw new RequestError(
      `--kinds are blocks already, whose means are in the model too: name ${request.blocks} among the columns of --kinds instead of --blocks.`,
    );
  const { people, kinds, notes: told } = peopleOfKinds(everybody, request.kinds, [first, second], variance);
  if (statistic === 'welch' && new Set(kinds).size > 1)
    throw new RequestError(
      `--statistic welch compares subjects of one kind, but by --kinds ${request.kinds.join(' ')} there are ${new Set(kinds).size}. Use --statistic student, with --variance by-kind where the kinds vary differently.`,
    );
  const { design, notes: coding } = designOf(people, request);
  return {
    ...people,
    design: { ...design, kinds, variance, statistic },
    leftOut,
    notes: [...notes, ...told, ...coding],
  };
}

/** The first name that was there before. */
function firstRepeated(names: readonly string[]): string | undefined {
  const seen = new Set<string>();
  return names.find((name) => seen.size === seen.add(name).size);
}

/** Where no row could be of another group: columns that tell groups apart. */
function otherGroups(table: Table, groupColumn: string): string {
  const others = groupingColumns(table).filter(({ column }) => column !== groupColumn);
  if (others.length === 0) return '';
  return ` Columns that could be groups: ${firstOf(others.map(groupingColumnInWords))}.`;
}

function checkedGroups(groups: readonly string[]): [string, string] {
  if (groups.length !== 2) {
    throw new RequestError(
      `--groups takes two names, the first minus the second, but got ${groups.length}${groups.length ? ` (${groups.map((name) => JSON.stringify(name)).join(', ')}); write a comma within a name as \\,` : ''}.`,
    );
  }
  const missing = groups.find(isMissing);
  if (missing !== undefined) {
    throw new RequestError(
      `--groups names ${JSON.stringify(missing)}, which in a table says that a value is missing. Give that group another name in the table.`,
    );
  }
  if (groups[0] === groups[1]) {
    throw new RequestError(`--groups names ${groups[0]} twice; two different groups are compared.`);
  }
  return [groups[0], groups[1]];
}
