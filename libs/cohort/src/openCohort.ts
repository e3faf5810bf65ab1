import { realpath } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import { firstOf } from '@oinr/tables';
import type { Candidate, Finding, LayoutResult } from './candidate.ts';
import { readDescription } from './description.ts';
import { CohortError, CohortUnavailable } from './errors.ts';
import { findLayout } from './findLayout.ts';
import { isFile, isFolder } from './folders.ts';
import { everyone, makeGrouping } from './grouping.ts';
import { safeIdentifier } from './identifier.ts';
import type { CohortDescription, Layout, MadeData, OtherCohorts } from './layout.ts';
import { findMask } from './mask.ts';
import type { OpenOptions } from './openOptions.ts';
import type { Cohort, Exclusion, Subject } from './subject.ts';

/** Where the data are, or CohortUnavailable with the description's own words on how to get them. */
function findRoot(description: CohortDescription, layout: Layout, options: OpenOptions): string {
  const variable = description.root_variable;
  const fromEnvironment = variable === undefined ? undefined : options.environment[variable];
  const [root, source] =
    options.root !== undefined
      ? [resolve(options.root), '--root']
      : fromEnvironment
        ? [resolve(fromEnvironment), `the environment variable ${variable}`]
        : description.root !== undefined
          ? [resolve(dirname(description.file), description.root), `root in ${description.file}`]
          : [undefined, ''];
  const help = [
    ...(description.how_to_get === undefined ? [] : [description.how_to_get.trim()]),
    `Then name the folder with --root DIR${variable === undefined ? '' : `, or set the environment variable ${variable}`}.`,
  ].join('\n');
  if (root === undefined) {
    throw new CohortUnavailable(`The data of cohort '${description.name}' were not named.\n${help}`);
  }
  if (!isFolder(root) && !(layout.rootMayBeFile && isFile(root))) {
    throw new CohortUnavailable(
      `The data of cohort '${description.name}' are not there: ${root} (from ${source}) is not a folder.\n${help}`,
    );
  }
  return root;
}

/** Candidates by safe identifier; names that cannot be made safe, and clashes, become findings. */
function identify(candidates: readonly Candidate[], findings: Finding[]): Map<string, Candidate> {
  // Compared without case: sub-A and sub-a would share files on some systems.
  const claims = new Map<string, { id: string; candidates: Candidate[] }>();
  for (const candidate of candidates) {
    const { participant } = candidate;
    const id = safeIdentifier(participant);
    if (id === undefined) {
      findings.push({
        what: JSON.stringify(participant),
        participant,
        reason:
          'is refused as the name of a participant: letters, digits, hyphens, underscores and dots are expected, never a path. Rename the participant.',
        isProblem: true,
      });
      continue;
    }
    const claim = claims.get(id.toLowerCase()) ?? { id, candidates: [] };
    claim.candidates.push(candidate);
    claims.set(id.toLowerCase(), claim);
  }
  const identified = new Map<string, Candidate>();
  for (const claim of claims.values()) {
    if (claim.candidates.length === 1) identified.set(claim.id, claim.candidates[0]);
    else {
      findings.push({
        what: claim.candidates.map((candidate) => candidate.participant).join(' and '),
        participant: claim.candidates[0].participant,
        reason: `are ${claim.candidates.length} scans of one participant, or names that become the same (${claim.id}); none is used. Keep one, or rename.`,
        isProblem: true,
      });
    }
  }
  return identified;
}

/** A subject that remembers how the data name it, so that --participant-label can select. */
interface Named extends Subject {
  readonly participant: string;
}

interface Assembled extends Cohort {
  readonly subjects: readonly Named[];
}

/** A cohort with all its subjects, also those that `participantLabels` leaves out. */
export interface OpenedCohort extends Cohort {
  readonly everyone: readonly Subject[];
}

/** Compares participants as descriptions may name them: with or without `sub-`, with or without separators. */
const labelKey = (name: string): string => (safeIdentifier(name) ?? name).toLowerCase();

/** Groups, masks and exclusions of the description, applied to what a layout found. */
async function assemble(
  description: CohortDescription,
  result: LayoutResult,
  root: string,
): Promise<Assembled> {
  const findings: Finding[] = [...result.findings];
  const identified = identify(result.candidates, findings);
  const leaveOut = (candidate: Candidate, reason: string, isProblem: boolean) =>
    findings.push({
      what: candidate.label ?? candidate.participant,
      participant: candidate.participant,
      reason,
      isProblem,
    });

  const reasons = new Map(description.exclude.map(({ subject, reason }) => [labelKey(subject), reason]));
  const { groups = 'none' } = description;
  const rule = groups === 'none' ? { ignore: [] } : groups;
  const values = [...identified]
    .filter(([id]) => !reasons.has(id.toLowerCase()))
    .flatMap(([, candidate]) => candidate.groupValue ?? []);
  const grouping = makeGrouping(rule, values, description.file);

  const spelt = new Set(reasons.keys());
  for (const one of spelt.size === 0 ? [] : [result.candidates, result.findings].flat())
    spelt.delete(labelKey(one.participant ?? ''));
  for (const { subject } of description.exclude) {
    if (!spelt.has(labelKey(subject))) continue;
    findings.push({
      what: subject,
      participant: subject,
      reason: 'is excluded by the description but is not in the data. Check the spelling.',
      isProblem: false,
    });
  }

  const imageOwners = new Map<string, string>();
  const subjects: Named[] = [];
  for (const [id, candidate] of identified) {
    const excluded = reasons.get(id.toLowerCase());
    if (excluded !== undefined) {
      leaveOut(candidate, `is excluded by the description: ${excluded}`, false);
      continue;
    }
    let group = everyone;
    if (result.hasGroups) {
      if (candidate.groupValue === undefined) {
        leaveOut(
          candidate,
          candidate.noGroup ??
            'has no group (n/a) and is not used. Fill it in, or exclude the participant in the description.',
          true,
        );
        continue;
      }
      const found = grouping.groupOf(candidate.groupValue);
      if (found === 'ignored') {
        leaveOut(
          candidate,
          `is in group '${candidate.groupValue}', which the description leaves out.`,
          false,
        );
        continue;
      }
      if (found === undefined) {
        leaveOut(
          candidate,
          `has the group '${candidate.groupValue}', which the description does not know (${firstOf(grouping.groups)}). Correct the table, or add the value under groups.labels or groups.ignore.`,
          true,
        );
        continue;
      }
      group = found.group;
    }
    // Two names may lead to one file.
    const file = await realpath(candidate.image).catch(() => candidate.image);
    const other = imageOwners.get(file);
    if (other !== undefined) {
      leaveOut(
        candidate,
        `names the same image as ${other} (${candidate.image}). Correct the table, or the links.`,
        true,
      );
      continue;
    }
    imageOwners.set(file, candidate.participant);
    let mask = candidate.mask;
    if (mask === undefined && description.mask !== undefined) {
      const found = await findMask(description.mask, candidate, isFile(root) ? dirname(root) : root);
      if ('reason' in found) {
        leaveOut(candidate, found.reason, true);
        continue;
      }
      mask = found.path;
    }
    const missing = [candidate.image, mask].find((path) => path !== undefined && !isFile(path));
    if (missing !== undefined) {
      leaveOut(candidate, `is not used: there is no file ${missing}, which its layout names.`, true);
      continue;
    }
    subjects.push({
      participant: candidate.participant,
      id,
      group,
      image: candidate.image,
      ...(mask === undefined ? {} : { mask }),
      columns: candidate.columns,
    });
  }
  return {
    name: description.name,
    description: description.description,
    root: isFile(root) ? dirname(root) : root,
    groups: result.hasGroups ? grouping.groups : [everyone],
    subjects,
    excluded: findings,
    notes: result.notes ?? [],
  };
}

/** Participants as --participant-label names them: exactly as in the data, with or without `sub-`. */
const labelOf = (name: string): string => name.replace(/^sub-/, '');

/**
 * Keeps the participants asked for. Whoever was asked for and is not used is a problem, whatever the reason. Throws
 * CohortError for a label that names nobody.
 */
function select(cohort: Assembled, labels: readonly string[]): Assembled {
  const wanted = new Set(labels.map(labelOf));
  const findings: readonly Finding[] = cohort.excluded;
  const isWanted = ({ participant, id }: { participant?: string; id?: string }): boolean =>
    (participant !== undefined && wanted.has(labelOf(participant))) || (id !== undefined && wanted.has(id));
  const subjects = cohort.subjects.filter(isWanted);
  const excluded = findings.filter(isWanted);
  const used = new Set(subjects.flatMap(({ participant, id }) => [labelOf(participant), id]));
  const known = new Set([...used, ...excluded.map(({ participant = '' }) => labelOf(participant))]);
  const unknown = labels.filter((label) => !known.has(labelOf(label)));
  if (unknown.length > 0) {
    throw new CohortError(
      `The cohort '${cohort.name}' has no participant ${firstOf(unknown.map((label) => `'${label}'`))}. Its participants begin with ${cohort.subjects
        .slice(0, 5)
        .map(({ participant }) => participant)
        .join(', ')}. Labels are taken exactly, with or without sub-.`,
    );
  }
  return {
    ...cohort,
    subjects,
    excluded: excluded.map(({ isWithoutImage, ...finding }) =>
      used.has(labelOf(finding.participant ?? ''))
        ? { ...finding, ...(isWithoutImage && { isWithoutImage }) }
        : { ...finding, isProblem: true },
    ),
  };
}

/** Finds the data of a description, or has them made, and reads them by its layout. */
async function gather(described: CohortDescription, options: OpenOptions): Promise<Assembled> {
  const found = await findLayout(described);
  const data: MadeData =
    'make' in found
      ? await found.make(described, options, otherCohorts)
      : { layout: found, description: described, root: findRoot(described, found, options) };
  const { layout, description, root, findings = [], notes = [] } = data;
  const result = await layout.read(description, root);
  return assemble(
    description,
    {
      ...result,
      findings: [...findings, ...result.findings],
      notes: [...notes, ...(result.notes ?? [])],
    },
    root,
  );
}

const otherCohorts: OtherCohorts = {
  describe: (nameOrFile, folder) =>
    readDescription(/[\\/]|\.ya?ml$/i.test(nameOrFile) ? resolve(folder, nameOrFile) : nameOrFile, folder),
  open: gather,
};

/**
 * Opens a cohort: finds its data, reads the layout, applies groups, masks and exclusions. Image files are
 * known to exist but are not read. Everyone who is not among the subjects is in `excluded`, with the reason.
 * Throws CohortUnavailable when the data are not on this machine, CohortError when they or the description
 * are not right as a whole, TableError for a table that cannot be read.
 */
export async function openCohort(
  description: CohortDescription,
  options: OpenOptions,
): Promise<OpenedCohort> {
  const cohort = await gather(description, options);
  const labels = options.participantLabels;
  const selected = labels === undefined || labels.length === 0 ? cohort : select(cohort, labels);
  const plain = ({ participant: _, ...subject }: Named): Subject => subject;
  const excluded = selected.excluded.map(
    ({ what, reason, isProblem, isWithoutImage }): Exclusion =>
      isWithoutImage === undefined
        ? { what, reason, isProblem }
        : { what, reason, isProblem, isWithoutImage },
  );
  return {
    ...selected,
    subjects: selected.subjects.map(plain),
    excluded,
    everyone: cohort.subjects.map(plain),
  };
}
