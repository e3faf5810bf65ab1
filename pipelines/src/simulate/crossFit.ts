import { readdir } from 'node:fs/promises';
import type { Subject } from '@oinr/cohort';
import { loadPriorModel } from '@oinr/imputation';
import { RunError, safeJoin } from '@oinr/run';
import { type Table, tableOf } from '@oinr/tables';
import { nxWord } from '../config/shell.ts';
import { foldRun, operatorFolder } from '../train/folds.ts';
import { usesOperator } from './methods.ts';
import type { FoldOperator, SimulatePlan } from './plan.ts';

/**
 * The operators of all folds that `pipeline:train --fold all --run RUN` has learned on this cohort. Every subject is
 * held out from exactly one of them and imputed by that one, which has never seen it.
 *
 * @throws RunError where there is none, where one was learned on another cohort, and where a subject is held out from
 * none or more than one of them.
 */
export async function crossFitOperators(
  out: string,
  cohort: string,
  run: string,
  subjects: readonly Subject[],
): Promise<FoldOperator[]> {
  const places = await foldFolders(out, cohort, run);
  if (places.length === 0) {
    throw new RunError(
      `No operators of the folds of ${cohort} were found under the name ${run}: run ` +
        `\`npx nx run pipeline:train --cohort ${nxWord(cohort)} --fold all --run ${nxWord(run)}\` first (with the same --out).`,
    );
  }
  const operators: FoldOperator[] = [];
  for (const place of places) operators.push(await readFold(place, cohort));
  for (const { id } of subjects) {
    const folds = operators.filter(({ heldOut }) => heldOut.includes(id));
    const saw = operators.filter(({ learnedFrom }) => learnedFrom.includes(id));
    if (folds.length === 1 && !saw.includes(folds[0])) continue;
    throw new RunError(
      `sub-${id} was held out from ${folds.length} of the ${operators.length} operators of ${run}, but exactly one must impute it: ` +
        'train all folds on the same people, with the same --folds, or leave the subject out by --participant-label.',
    );
  }
  return operators;
}

/** The operator that imputes a subject: the one that it was held out from; undefined without cross-fitting. */
export function operatorFor(
  { operators }: Pick<SimulatePlan, 'operators'>,
  method: string,
  subject: Subject,
): FoldOperator | undefined {
  if (!usesOperator(method) || operators.length === 0) return undefined;
  const found = operators.find(({ heldOut }) => heldOut.includes(subject.id));
  if (!found) throw new RunError(`No operator was trained without sub-${subject.id}.`);
  return found;
}

/** tables/cross_fit.tsv: which operator imputed whom, and that it was not learned from them. */
export function crossFitTable(operators: readonly FoldOperator[], subjects: readonly Subject[]): Table {
  const columns = ['participant_id', 'group', 'fold', 'operator_sha256', 'learned_from', 'was_learned_from'];
  return tableOf(
    columns,
    subjects.flatMap(({ id, group }) =>
      operators
        .filter(({ heldOut }) => heldOut.includes(id))
        .map(({ fold, checksum, learnedFrom }) => ({
          participant_id: `sub-${id}`,
          group,
          fold,
          operator_sha256: checksum,
          learned_from: learnedFrom.length,
          was_learned_from: learnedFrom.includes(id) ? 'yes' : 'no',
        })),
    ),
  );
}

/** Where the operator of a fold is. */
type FoldPlace = Pick<FoldOperator, 'folder' | 'fold'>;

/** By the names of the runs, which hold the numbers of the folds. */
async function foldFolders(out: string, cohort: string, run: string): Promise<FoldPlace[]> {
  const names = await readdir(safeJoin(out, cohort)).catch(() => []);
  const start = foldRun(run, '');
  return names
    .filter((name) => name.startsWith(start) && /^[1-9]\d*$/.test(name.slice(start.length)))
    .map((name) => ({
      folder: operatorFolder(safeJoin(out, cohort, name)),
      fold: Number(name.slice(start.length)),
    }))
    .sort((a, b) => a.fold - b.fold);
}

async function readFold({ folder, fold }: FoldPlace, cohort: string): Promise<FoldOperator> {
  const { checksum, training } = await loadPriorModel(folder);
  const { cohort: own, learnedFrom, heldOut } = training;
  const isList = (value: unknown): value is string[] =>
    Array.isArray(value) && value.every((item) => typeof item === 'string');
  if (own !== cohort)
    throw new RunError(
      `The operator in ${folder} was trained on the cohort ${String(own)}, but is asked for in ${cohort}; train anew.`,
    );
  if (!isList(learnedFrom) || !isList(heldOut))
    throw new RunError(
      `The operator in ${folder} does not say whom it was trained on and who was held out; train anew.`,
    );
  return { folder, checksum, fold, learnedFrom, heldOut };
}
