import { existsSync } from 'node:fs';
import type { Cohort, Subject } from '@oinr/cohort';
import { derivativePath, RunError } from '@oinr/run';
import { missingPercent } from '@oinr/slices';
import { parseNumber } from '@oinr/tables';
import type { Adjustments } from '@oinr/ttest';
import { prepareConfig } from '../prepare/config.ts';
import { type CommonSpace, preparedMaskPath, preparedPath, transformPath } from '../prepare/files.ts';
import { commonSpaceOf, recordedPreparation } from '../prepare/recorded.ts';
import { command, finishedStage, type RunResults, readRunTable, recordedConfig } from '../runResults.ts';
import { simulateConfig } from '../simulate/config.ts';
import { derivativesFolder, descLabel } from '../simulate/derivativeNames.ts';
import { thinScansOf } from '../thinScans.ts';
import { compareConfig } from './config.ts';
import type { DataSet, Study } from './dataSets.ts';
import { cohortDesign } from './design.ts';
import { chooseGroups } from './groups.ts';
import { resampledPattern, type SlicePattern, sharedPattern } from './slicePattern.ts';
import { unusableTruth } from './truth.ts';

/**
 * Who and what is compared. All data sets have the same subjects in the same order, so that the same relabelings
 * apply to all: a subject that lacks one imputed volume is left out of all, and named.
 *
 * @throws RunError where there is nothing to compare, with the stage to run first.
 */
export async function studyOfRun(
  results: RunResults,
  cohort: Cohort,
  wanted: Adjustments & { readonly groups?: readonly string[] },
): Promise<Study> {
  const { root } = cohort;
  finishedStage(results, simulateConfig);
  const space = commonSpaceOf(results);
  const groups = chooseGroups(cohort, wanted.groups, (two) =>
    command(compareConfig, results, { ...wanted, groups: two }),
  );
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
      `No volume was imputed in run '${results.run}'; run the stage impute first: ${command(simulateConfig, results)}`,
    );
  }
  const fewSlices = await thinSubjects(results, cohort, [...cells.values()], groups);
  remarks.push(...fewSlices.remarks);
  const unprepared = space === undefined ? new Set() : await failedToPrepare(results);
  const subjects = cohort.subjects.filter(({ id, group }) => {
    if (!groups.includes(group) || fewSlices.all.has(id)) return false;
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
  const origin = space === undefined ? { folder: root, name: 'bids:source:' } : undefined;
  const dataSets: DataSet[] = [
    { id: 'full', name: 'full data', method: 'full', every: 1, paths: scans, origin },
  ];
  const patterns = new Map<number, SlicePattern>();
  for (const { method, every } of cells.values()) {
    const desc = descLabel(method, every);
    const bases = subjects.map((subject) =>
      derivativePath(derivativesFolder(results.folder), { subject: subject.id, desc, suffix: 'T1w' }),
    );
    bases.forEach((base, index) => {
      if (existsSync(`${base}.nii.gz`)) return;
      throw new RunError(
        `The volume of ${subjects[index].id} imputed by ${method} at ${missingPercent(every)} % is not there (${base}.nii.gz): it was deleted, or impute was run with --no-volumes. Run the stage impute again, with volumes; it redoes only what is missing: ${command(simulateConfig, results)}`,
      );
    });
    const imputed = bases.map((base, index) => {
      const { id, image } = subjects[index];
      return { image, sidecar: `${base}.json`, transform: space && transformOf(results, space, id, desc) };
    });
    const pattern =
      patterns.get(every) ??
      (space === undefined ? await sharedPattern(imputed, every) : await resampledPattern(imputed, every));
    patterns.set(every, pattern);
    dataSets.push({
      id: desc,
      name: `${method}, ${missingPercent(every)} %`,
      method,
      every,
      paths: carried(desc) ?? bases.map((base) => `${base}.nii.gz`),
      pattern,
      scans: imputed,
    });
  }
  if (space === undefined && [...patterns.values()].some(({ slices }) => slices === undefined)) {
    remarks.push(
      'The kept slices are not the same in all subjects (--offset random), so no slice is missing in everybody, and agreement is not given for missing slices alone.',
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
  const { design, notes } = cohortDesign(cohort.name, subjects, groups, wanted);
  remarks.push(...notes);
  const joining = fewSlices.usable.filter(({ id }) => !unprepared.has(`sub-${id}`));
  if (joining.length > 0 && space === undefined)
    throw new RunError(
      `Scans with few slices lie on grids of their own, so they cannot be compared where nothing was registered (--register never). Run the stage prepare with --register auto: ${command(prepareConfig, results)}`,
    );
  return {
    cohort: cohort.name,
    groups,
    space,
    root: unusableTruth(root, space?.space) === undefined ? root : undefined,
    masks: subjects.map(({ id, mask }) =>
      space === undefined ? mask : `${preparedMaskPath(space, id)}.nii.gz`,
    ),
    subjects,
    design,
    folds: await foldsOf(results, subjects),
    thin:
      joining.length === 0 || space === undefined
        ? undefined
        : {
            subjects: joining,
            masks: joining.map(({ id }) => `${preparedMaskPath(space, id)}.nii.gz`),
            paths: new Map(
              dataSets
                .slice(1)
                .map(({ id: desc }) => [desc, joining.map(({ id }) => inSpace(results, space, id, desc))]),
            ),
            design: cohortDesign(cohort.name, [...subjects, ...joining], groups, wanted).design,
          },
    dataSets,
    advice:
      'A voxel-wise comparison needs all volumes in one space. The stage prepare registers the scans of a cohort to a template and takes what was imputed along; pipeline:study does so by itself.',
    remarks,
  };
}

/** Who has really few slices, and of whom all that is compared was imputed. */
async function thinSubjects(
  results: RunResults,
  { subjects }: Cohort,
  cells: readonly Cell[],
  groups: readonly string[],
): Promise<{
  readonly all: ReadonlySet<string>;
  readonly usable: readonly Subject[];
  readonly remarks: readonly string[];
}> {
  const { resolutionColumn, axis } = recordedConfig(results, simulateConfig);
  const thin =
    resolutionColumn === undefined ? undefined : await thinScansOf(subjects, resolutionColumn, axis);
  if (thin === undefined) return { all: new Set(), usable: [], remarks: [] };
  const { rows } = await readRunTable(results, 'filled');
  const finished = new Set(rows.map(({ participant_id, k, method }) => `${participant_id} ${k} ${method}`));
  const ofGroups = subjects.filter(({ id, group }) => thin.used[id] !== undefined && groups.includes(group));
  const lacks = ({ id }: Subject): Cell | undefined =>
    cells.find(({ every, method }) => !finished.has(`sub-${id} ${every} ${method}`));
  return {
    all: new Set(Object.keys(thin.used)),
    usable: ofGroups.filter((subject) => lacks(subject) === undefined),
    remarks: ofGroups.flatMap((subject) => {
      const cell = lacks(subject);
      return cell === undefined
        ? []
        : [
            `${subject.id} is left out of the comparison: ${cell.method} at ${missingPercent(cell.every)} % was not finished (see failures).`,
          ];
    }),
  };
}

/** Which fold's operator imputed each subject; undefined where all were imputed by one. */
async function foldsOf(results: RunResults, subjects: readonly Subject[]): Promise<Int32Array | undefined> {
  if (recordedConfig(results, simulateConfig).crossFit === undefined) return undefined;
  const { rows } = await readRunTable(results, 'cross_fit');
  const folds = new Map(rows.map(({ participant_id, fold }) => [participant_id, Number(fold)]));
  return Int32Array.from(subjects, ({ id }) => folds.get(`sub-${id}`) ?? -1);
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
    `${subject} has no volume '${desc}' in the common space (${path}): the stage prepare was not given this subject, or the file was deleted. Run it again; it redoes only what is missing: ${command(prepareConfig, results)}`,
  );
}

/** The transform that took an imputed volume to the common space: its own, or that of its full scan. */
function transformOf(results: RunResults, { space }: CommonSpace, subject: string, desc: string): string {
  const isOwn = recordedPreparation(results)?.registerFrom === 'imputed';
  return `${transformPath(results.folder, subject, space, isOwn ? desc : undefined)}.json`;
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
    `Run '${results.run}' has imputed volumes of ${first} subjects of ${groups[0]} and ${second} of ${groups[1]}; a comparison needs at least one in each group and three in all. Run the stage impute on more subjects first: ${command(simulateConfig, results)}`,
  );
}
