import { existsSync } from 'node:fs';
import type { Cohort, Subject } from '@oinr/cohort';
import { derivativePath, RunError } from '@oinr/run';
import { missingPercent } from '@oinr/slices';
import { parseNumber } from '@oinr/tables';
import { derivativesFolder, descLabel } from '../impute/derivative.ts';
import { type CommonSpace, preparedMaskPath, preparedPath } from '../prepare/files.ts';
import { commonSpaceOf } from '../prepare/recorded.ts';
import { command, finishedStage, type RunResults, readRunTable } from '../runResults.ts';
import { chooseGroups } from './groups.ts';
import { resampledPattern, type SlicePattern, sharedPattern } from './slicePattern.ts';

/** The volumes of one comparison: full resolution, or one method at one percentage. */
export interface DataSet {
  /** Letters and digits, for file names: `full`, `linear50`. */
  readonly id: string;
  /** For people: `full data`, `linear, 50 %`. */
  readonly name: string;
  /** `full` for the full data. */
  readonly method: string;
  /** Every k-th slice kept; 1 for the full data. */
  readonly every: number;
  /** One path per subject of the study, in its order. */
  readonly paths: readonly string[];
}

export interface Study {
  readonly groups: readonly [string, string];
  readonly subjects: readonly Subject[];
  /** 1 = first group. */
  readonly labels: Uint8Array;
  /** Where scans were registered after imputation: the space that all data sets lie in. */
  readonly space?: CommonSpace;
  /** The masks of the subjects, on the grid of the data sets; undefined for a subject without one. */
  readonly masks: readonly (string | undefined)[];
  /** The full data first. */
  readonly dataSets: readonly DataSet[];
  /** By k. */
  readonly patterns: ReadonlyMap<number, SlicePattern>;
  /** Sentences about who or what was left out. */
  readonly remarks: readonly string[];
}

/**
 * Who and what is compared. All data sets have the same subjects in the same order, so that the same relabelings
 * apply to all: a subject that lacks one imputed volume is left out of all, and named.
 *
 * @throws RunError where there is nothing to compare, with the stage to run first.
 */
export async function planStudy(
  results: RunResults,
  cohort: Cohort,
  wanted: readonly [string, string] | undefined,
): Promise<Study> {
  finishedStage(results, 'impute');
  const space = commonSpaceOf(results);
  const groups = chooseGroups(cohort, wanted);
  const mse = await readRunTable(results, 'mse');
  const cells = new Map<string, Cell & { readonly finished: Set<string> }>();
  for (const row of mse.rows) {
    const every = parseNumber(row.k);
    if (every === undefined)
      throw new RunError('tables/mse.tsv has a row without k; run the stage impute again.');
    const key = `${every} ${row.method}`;
    const cell = cells.get(key) ?? { method: row.method, every, finished: new Set<string>() };
    cells.set(key, cell);
    cell.finished.add(row.participant_id);
  }
  const remarks: string[] = [];
  leaveOutRareCells(
    cells,
    cohort.subjects.filter(({ group }) => groups.includes(group)),
    remarks,
  );
  if (cells.size === 0) {
    throw new RunError(
      `No volume was imputed in run '${results.run}'; run the stage impute first: ${command('impute', results)}`,
    );
  }
  const unprepared = space === undefined ? new Set() : await failedToPrepare(results);
  const subjects = cohort.subjects.filter(({ id, group }) => {
    if (!groups.includes(group)) return false;
    if (unprepared.has(`sub-${id}`)) {
      remarks.push(
        `${id} is left out of the comparison: the scan could not be brought to the common space (tables/prepare_failures.tsv).`,
      );
      return false;
    }
    const lacking = [...cells.values()].filter(({ finished }) => !finished.has(`sub-${id}`));
    if (lacking.length === 0) return true;
    const [first] = lacking;
    remarks.push(
      `${id} is left out of the comparison: ${first.method} at ${missingPercent(first.every)} % was not finished${lacking.length > 1 ? `, nor were ${lacking.length - 1} others` : ''} (see failures).`,
    );
    return false;
  });
  const others = cohort.subjects.filter(({ group }) => !groups.includes(group)).length;
  if (others > 0)
    remarks.push(`${others} subjects of other groups than ${groups.join(' and ')} are left out.`);
  checkGroupSizes(groups, subjects, results);

  const carried = (desc: string): string[] | undefined =>
    space === undefined ? undefined : subjects.map(({ id }) => inSpace(results, space, id, desc));
  const scans = carried('preproc') ?? subjects.map(({ image }) => image);
  const dataSets: DataSet[] = [{ id: 'full', name: 'full data', method: 'full', every: 1, paths: scans }];
  const patterns = new Map<number, SlicePattern>();
  for (const { method, every } of cells.values()) {
    const desc = descLabel(method, every);
    const bases = subjects.map((subject) =>
      derivativePath(derivativesFolder(results.folder), { subject: subject.id, desc, suffix: 'T1w' }),
    );
    bases.forEach((base, index) => {
      if (existsSync(`${base}.nii.gz`)) return;
      throw new RunError(
        `The volume of ${subjects[index].id} imputed by ${method} at ${missingPercent(every)} % is not there (${base}.nii.gz): it was deleted, or impute was run with --no-volumes. Run the stage impute again, with volumes; it redoes only what is missing: ${command('impute', results)}`,
      );
    });
    dataSets.push({
      id: desc,
      name: `${method}, ${missingPercent(every)} %`,
      method,
      every,
      paths: carried(desc) ?? bases.map((base) => `${base}.nii.gz`),
    });
    if (patterns.has(every)) continue;
    const imputed = bases.map((base, index) => ({ image: subjects[index].image, sidecar: `${base}.json` }));
    patterns.set(
      every,
      space === undefined ? await sharedPattern(imputed[0], every) : await resampledPattern(imputed, every),
    );
  }
  if (space !== undefined) {
    remarks.push(
      `All volumes were compared in the space ${space.space} at ${space.spacing} mm. Resampling mixes kept and missing slices in every voxel, so agreement is not given for missing slices alone; spacing is that of the kept slices on the scans' own grids.`,
    );
  }
  for (const [every, { spacing, spread }] of patterns) {
    if (spread === undefined) continue;
    const [low, high, middle] = [...spread, spacing].map((distance) => distance.toFixed(2));
    remarks.push(
      `Scans have slices at different distances: at ${missingPercent(every)} % the kept ones are ${low} to ${high} mm apart, so the same percentage is not the same resolution in everybody; where one distance is named, it is the middle one (${middle} mm).`,
    );
  }
  return {
    groups,
    space,
    masks: subjects.map(({ id, mask }) =>
      space === undefined ? mask : `${preparedMaskPath(space, id)}.nii.gz`,
    ),
    subjects,
    labels: Uint8Array.from(subjects, ({ group }) => (group === groups[0] ? 1 : 0)),
    dataSets,
    patterns,
    remarks,
  };
}

/** Whom the stage prepare could not bring to the common space, by participant_id. */
async function failedToPrepare(results: RunResults): Promise<Set<string>> {
  const { rows } = await readRunTable(results, 'prepare_failures');
  return new Set(rows.map(({ participant_id }) => participant_id));
}

/** The path of a volume in the common space, which has to be there. */
function inSpace(results: RunResults, space: CommonSpace, subject: string, desc: string): string {
  const path = `${preparedPath(space, subject, desc)}.nii.gz`;
  if (existsSync(path)) return path;
  throw new RunError(
    `${subject} has no volume '${desc}' in the common space (${path}): the stage prepare was not given this subject, or the file was deleted. Run it again; it redoes only what is missing: ${command('prepare', results)}`,
  );
}

interface Cell {
  readonly method: string;
  readonly every: number;
  /** participant_id of those whose volume was finished. */
  readonly finished: ReadonlySet<string>;
}

/** A data set that more than this share of subjects lacks is left out itself, instead of those subjects. */
const mostLacking = 0.1;

/** Takes out data sets that failed in many subjects, so that one broken method does not empty the whole study. */
function leaveOutRareCells(cells: Map<string, Cell>, subjects: readonly Subject[], remarks: string[]): void {
  // Subjects that nothing at all was finished of are no one method's fault.
  const known = subjects.filter(({ id }) =>
    [...cells.values()].some(({ finished }) => finished.has(`sub-${id}`)),
  );
  for (const [key, { method, every, finished }] of cells) {
    const lacking = known.filter(({ id }) => !finished.has(`sub-${id}`)).length;
    if (lacking <= mostLacking * known.length) continue;
    cells.delete(key);
    remarks.push(
      `${method} at ${missingPercent(every)} % is left out of the comparison: ${lacking} of ${known.length} subjects lack it (see failures).`,
    );
  }
}

function checkGroupSizes(
  groups: readonly [string, string],
  subjects: readonly Subject[],
  results: RunResults,
): void {
  const [first, second] = groups.map((name) => subjects.filter(({ group }) => group === name).length);
  if (first >= 1 && second >= 1 && first + second >= 3) return;
  throw new RunError(
    `Run '${results.run}' has imputed volumes of ${first} subjects of ${groups[0]} and ${second} of ${groups[1]}; a comparison needs at least one in each group and three in all. Run the stage impute on more subjects first: ${command('impute', results)}`,
  );
}
