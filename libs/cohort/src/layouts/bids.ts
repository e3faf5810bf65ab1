import { existsSync, lstatSync } from 'node:fs';
import { basename, join, relative } from 'node:path';
import { brokenLinkReason } from '@oinr/files';
import { firstOf, isMissing, readTable, type Table, TableError } from '@oinr/tables';
import { type BidsScan, entity, findBidsScans } from '../bidsScans.ts';
import type { Candidate, Finding, LayoutResult } from '../candidate.ts';
import { CohortError } from '../errors.ts';
import { groups as groupsByColumn, text, texts } from '../fields.ts';
import { compareNaturally, isFile } from '../folders.ts';
import type { Described, FieldsOf, Layout, Zod } from '../layout.ts';
import { otherColumns, requireColumn } from './table.ts';

const fields = (z: Zod) => ({
  groups: z
    .union([
      groupsByColumn.extend({
        from: z
          .enum(['participants', 'sessions'])
          .default('participants')
          .describe('`sessions` takes the group of the scanned session from sub-X_sessions.tsv (clinica).'),
        required: z
          .boolean()
          .default(true)
          .describe('false: a data set without such a column is one group, `all`.'),
      }),
      z.literal('none'),
    ])
    .default('none')
    .describe('`none` puts everyone into one group, `all`.'),
  image: texts
    .prefault(['anat/*_T1w.nii.gz', 'anat/*_T1w.nii', 'ses-*/anat/*_T1w.nii.gz', 'ses-*/anat/*_T1w.nii'])
    .describe("Images inside a subject's folder; * stands for any characters but /."),
  choose: z
    .strictObject({
      session: text
        .default('first')
        .describe('`first` by name, `refuse` where there are several, or the label of a session.'),
      scan: z
        .enum(['first', 'refuse'])
        .default('first')
        .describe(
          'Of several images of that session: the first by run number and name, or none and a report.',
        ),
    })
    .prefault({}),
});

type Fields = FieldsOf<typeof fields>;

export type BidsDescription = Described<Fields>;

/** Scans without a run entity come first, then run-1, run-2, ..., run-10; then by name. */
function compareScans(a: BidsScan, b: BidsScan): number {
  const run = (scan: BidsScan) => Number(entity(basename(scan.path), 'run') ?? -1);
  return run(a) - run(b) || compareNaturally(a.path, b.path);
}

/** Chooses one scan by the rule of the description; the others, or the reason why there is none, are findings. */
function chooseScan(
  participant: string,
  scans: readonly BidsScan[],
  rule: Fields['choose'],
  root: string,
): { scan?: BidsScan; findings: Finding[] } {
  const name = (scan: BidsScan) => relative(root, scan.path);
  const refuse = (reason: string) => ({
    findings: [{ what: participant, participant, reason, isProblem: true }],
  });
  const sessions = [...new Set(scans.map((scan) => scan.session ?? ''))].sort(compareNaturally);
  if (rule.session === 'refuse' && sessions.length > 1) {
    return refuse(
      `has images of ${sessions.length} sessions (${firstOf(sessions)}) and the description chooses none. Name one under choose.session.`,
    );
  }
  const wanted =
    rule.session === 'first' || rule.session === 'refuse' ? sessions[0] : rule.session.replace(/^ses-/, '');
  const ofSession = scans.filter((scan) => (scan.session ?? '') === wanted).sort(compareScans);
  if (ofSession.length === 0) {
    return refuse(
      `has no image of session ${wanted}, only of ${firstOf(sessions.map((s) => s || '(none)'))}.`,
    );
  }
  if (rule.scan === 'refuse' && ofSession.length > 1) {
    return refuse(
      `has ${ofSession.length} images (${firstOf(ofSession.map(name), 5)}) and the description refuses to choose. Keep one, or set choose.scan to first.`,
    );
  }
  const scan = ofSession[0];
  const findings = scans
    .filter((other) => other !== scan)
    .map((other) => ({
      what: name(other),
      participant,
      reason: `is not used: ${name(scan)} was chosen (${other.session === scan.session ? 'the first image of the session' : `session ${wanted || '(none)'}`}).`,
      isProblem: false,
    }));
  return { scan, findings };
}

/** The row of a scanned session in sub-X_sessions.tsv and its group column, or the reason why there is none. */
async function sessionGroup(
  folder: string,
  participant: string,
  session: string | undefined,
  columns: readonly string[],
): Promise<{ row: Readonly<Record<string, string>>; column: string } | { reason: string }> {
  const file = join(folder, `${participant}_sessions.tsv`);
  try {
    const table = isFile(file) ? await readTable(file) : undefined;
    const row = table?.rows.find(
      (candidate) => (candidate.session_id ?? '').replace(/^ses-/, '') === (session ?? ''),
    );
    if (table === undefined || row === undefined) {
      return {
        reason: `has no row for session ${session ?? '(none)'} in ${file}, from which its group should come. Add it.`,
      };
    }
    return { row, column: requireColumn(table, columns, file, 'the groups') };
  } catch (error) {
    // One damaged table must not stop the other participants.
    if (error instanceof TableError || error instanceof CohortError) {
      return { reason: `is not used: ${error.message}` };
    }
    throw error;
  }
}

/** The table of participants; undefined where there is none. A broken link, or a folder of this name, is an error. */
async function readParticipants(file: string): Promise<Table | undefined> {
  if (lstatSync(file, { throwIfNoEntry: false }) === undefined) return undefined;
  if (existsSync(file)) return readTable(file);
  throw new CohortError(`${file} ${await brokenLinkReason(file)}`);
}

/**
 * A BIDS data set, raw or in clinica's form: participants.tsv, sub-X/anat or sub-X/ses-Y/anat, and for the
 * group of a session sub-X/sub-X_sessions.tsv. Nobody is left out without a finding: participants without a
 * folder or image, folders without a row, scans that were not chosen.
 */
async function read(description: BidsDescription, root: string): Promise<LayoutResult> {
  const found = await findBidsScans(root, description.image);
  if (found.folders.size === 0) {
    throw new CohortError(
      `${root} is not a BIDS data set: it holds no folder sub-<label>. Give the folder that holds participants.tsv and the sub- folders.${found.findings
        .slice(0, 3)
        .map(({ what, reason }) => ` ${what} ${reason}`)
        .join('')}`,
    );
  }
  const file = join(root, 'participants.tsv');
  const participants = await readParticipants(file);
  const id = participants && requireColumn(participants, ['participant_id'], file, 'the participants');
  const { groups } = description;

  let groupColumn: string | undefined;
  if (groups !== 'none' && groups.from === 'participants') {
    if (participants === undefined && groups.required) {
      throw new CohortError(
        `${root} has no participants.tsv, from which the groups should come. Add it, or set groups: none.`,
      );
    }
    groupColumn =
      groups.required && participants !== undefined
        ? requireColumn(participants, groups.column, file, 'the groups')
        : groups.column.find((name) => participants?.columns.includes(name));
  }

  const findings: Finding[] = [...found.findings];
  const problem = (participant: string, reason: string) =>
    findings.push({ what: participant, participant, reason, isProblem: true });
  const rows = new Map<string, Readonly<Record<string, string>>>();
  const repeated = new Set<string>();
  if (participants !== undefined && id !== undefined) {
    // One text for all: a table may name a million people who are not there.
    const noFolder = `is in participants.tsv but has no folder of that name in ${root}. Add the scan, or remove the row.`;
    const noId = 'has no participant_id. Fill it in, or remove the row.';
    for (const [index, row] of participants.rows.entries()) {
      const name = row[id].startsWith('sub-') ? row[id] : `sub-${row[id]}`;
      const isNamed = !isMissing(row[id]);
      if (!isNamed || !found.folders.has(name)) {
        const what = isNamed ? name : `row ${index + 1} of participants.tsv`;
        const reason = isNamed ? noFolder : noId;
        findings.push({ what, participant: name, reason, isProblem: true, isWithoutImage: true });
      } else if (rows.has(name)) repeated.add(name);
      else rows.set(name, row);
    }
  }

  const candidates: Candidate[] = [];
  for (const [participant, scans] of found.scans) {
    if (scans.length === 0) continue;
    const row = rows.get(participant);
    if (participants !== undefined && row === undefined) {
      problem(participant, 'has a folder but no row in participants.tsv. Add the row, or remove the folder.');
      continue;
    }
    if (repeated.has(participant)) {
      problem(participant, 'has several rows in participants.tsv. Keep one row for each participant.');
      continue;
    }
    const folder = join(root, participant);
    const chosen = chooseScan(participant, scans, description.choose, root);
    findings.push(...chosen.findings);
    if (chosen.scan === undefined) continue;
    const { path, session } = chosen.scan;
    let columns = row === undefined ? {} : otherColumns(row, [id]);
    let groupValue = groupColumn === undefined ? undefined : row?.[groupColumn];
    if (groups !== 'none' && groups.from === 'sessions') {
      const found = await sessionGroup(folder, participant, session, groups.column);
      if ('reason' in found) {
        problem(participant, found.reason);
        continue;
      }
      groupValue = found.row[found.column];
      columns = { ...columns, ...otherColumns(found.row, ['session_id']) };
    }
    candidates.push({
      participant,
      image: path,
      groupValue: isMissing(groupValue) ? undefined : groupValue,
      session,
      columns: session === undefined ? columns : { ...columns, session },
    });
  }
  return {
    candidates,
    findings,
    hasGroups: groups !== 'none' && (groups.from === 'sessions' || groupColumn !== undefined),
  };
}

export const bidsLayout: Layout<Fields> = { name: 'bids', fields, read };
