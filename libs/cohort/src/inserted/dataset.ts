import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { stat } from 'node:fs/promises';
import { dirname, join, sep } from 'node:path';
import { UserError } from '@oinr/errors';
import { lockFolder, writeFileAtomic, writeJson } from '@oinr/files';
import { tableOf, writeTsv } from '@oinr/tables';
import { CohortError } from '../errors.ts';
import { compareNaturally } from '../folders.ts';
import { type PhantomProgress, readJson } from '../phantom/dataset.ts';
import { fingerprintOf } from '../phantom/fingerprint.ts';
import { changingRegions } from '../phantom/regions.ts';
import { readPhantomAnatomy } from '../phantom/subject.ts';
import type { Cohort, Subject } from '../subject.ts';
import { personFiles } from './files.ts';
import { drawHalves } from './halves.ts';
import { type InsertedGroup, type InsertedOptions, lossInWords, remainingFractions } from './options.ts';
import { type InsertedModel, type InsertedPerson, makePerson, prepareInserted } from './person.ts';
import { writeInsertedTruth } from './truth.ts';

/** Raise this whenever a change makes other volumes, tables or file names from the same scans and options. */
const INSERTED_VERSION = 2;

/** The file that says that a cohort is complete; it is written last. */
const FINISHED = 'inserted.json';

export interface InsertedRequest {
  /** The cohort that the scans are of, with all its people. */
  readonly base: Cohort;
  readonly options: InsertedOptions;
  /** Where the data set's folder is made. */
  readonly folder: string;
  readonly onProgress?: ((progress: PhantomProgress) => void) | undefined;
}

/** A data set that was made, or found made. */
export interface InsertedData {
  readonly root: string;
  readonly hasMasks: boolean;
  /** Whose scan could not be used, and why. */
  readonly failures: readonly Failure[];
  readonly counts: Readonly<Record<InsertedGroup, number>>;
}

interface Failure {
  readonly id: string;
  readonly reason: string;
}

/** A person of the base, and what is to be made. */
interface Person {
  readonly subject: Subject;
  readonly group: InsertedGroup;
}

/** What is kept of a person, or why there is nothing. */
type PersonRecord = { readonly fingerprint: string } & (InsertedPerson | { readonly failure: string });

/**
 * Makes a BIDS data set of real scans of which half have a loss, in `folder`, and returns the data set's own folder
 * there, whose name holds the fingerprint of scans (size and time of their files), groups and options: others never
 * disturb it, and the same ones find it again. Interrupted, it goes on where it stopped. Every file appears whole, by
 * rename. A scan that cannot be registered is left out and told of.
 *
 * ```
 * participants.tsv            participant_id, group (intact or loss), base_group, the other columns of the base
 * sub-01/anat/sub-01_T1w.nii.gz        on the scan's own grid
 * derivatives/masks/          the base's masks, moved along, where it has them
 * derivatives/truth/          see its README
 * ```
 * Throws CohortError where no scan can be used, FolderLockedError where another process is making the same cohort there,
 * and FileWriteError where files cannot be written.
 */
export async function materialiseInserted(request: InsertedRequest): Promise<InsertedData> {
  const { base, options, folder } = request;
  const halves = drawHalves(base.subjects, options);
  const people = base.subjects
    .map((subject): Person => ({ subject, group: halves.get(subject.id) ?? 'intact' }))
    .sort((a, b) => compareNaturally(a.subject.id, b.subject.id));
  const hasMasks = people.every(({ subject }) => subject.mask !== undefined);
  const fingerprint = await fingerprintOf({
    version: INSERTED_VERSION,
    layout: 'inserted',
    options,
    hasMasks,
    people: await Promise.all(
      people.map(async ({ subject: { id, image, mask }, group }) => [
        id,
        group,
        await stateOf(image),
        hasMasks && mask !== undefined ? await stateOf(mask) : null,
      ]),
    ),
  });
  const root = join(folder, `inserted-${fingerprint}`);
  const made: Made = { ...request, root, fingerprint, people, hasMasks, tables: tablesOf(people) };
  if (!(await isFinished(made))) {
    const lock = await lockFolder(root);
    try {
      await makeFiles(made);
    } finally {
      await lock.release();
    }
  }
  const records = await readRecords(made);
  const failures = records.flatMap(({ person, record }): Failure[] =>
    record !== undefined && 'failure' in record ? [{ id: person.subject.id, reason: record.failure }] : [],
  );
  const count = (group: InsertedGroup): number =>
    records.filter(
      ({ person, record }) => person.group === group && record !== undefined && 'white' in record,
    ).length;
  return { root, hasMasks, failures, counts: { intact: count('intact'), loss: count('loss') } };
}

interface Made extends InsertedRequest {
  readonly root: string;
  readonly fingerprint: string;
  readonly people: readonly Person[];
  readonly hasMasks: boolean;
  /** A hash of what goes into tables and into no image: changed, tables are written anew and nothing else. */
  readonly tables: string;
}

/** Size and time of a file: scans are large, and every stage of a study asks. */
async function stateOf(file: string): Promise<readonly number[]> {
  const { size, mtimeMs } = await stat(file);
  return [size, Math.round(mtimeMs)];
}

function tablesOf(people: readonly Person[]): string {
  const told = people.map(({ subject: { id, group, columns } }) => [id, group, columns]);
  return createHash('sha256').update(JSON.stringify(told)).digest('hex');
}

async function isFinished({ root, tables, people, fingerprint, hasMasks }: Made): Promise<boolean> {
  const finished = (await readJson(join(root, FINISHED))) as { tables?: unknown } | undefined;
  if (finished?.tables !== tables) return false;
  for (const person of people)
    if ((await doneBefore(root, person, fingerprint, hasMasks)) === undefined) return false;
  return true;
}

/** What an earlier run has kept of a person, where everything written then is still there. */
async function doneBefore(
  root: string,
  { subject, group }: Person,
  fingerprint: string,
  hasMasks: boolean,
): Promise<PersonRecord | undefined> {
  const files = personFiles(root, subject.id);
  const record = (await readJson(files.record)) as PersonRecord | undefined;
  if (record?.fingerprint !== fingerprint) return undefined;
  if ('failure' in record) return record;
  const needed = [
    files.image,
    files.carriedEffect,
    files.carriedIntact,
    ...(hasMasks ? [files.mask] : []),
    ...(group === 'loss' ? [files.effect] : []),
  ];
  return needed.every((file) => existsSync(file)) ? record : undefined;
}

function readRecords({ root, people, fingerprint, hasMasks }: Made) {
  return Promise.all(
    people.map(async (person) => ({ person, record: await doneBefore(root, person, fingerprint, hasMasks) })),
  );
}

/** Makes what is not there yet. */
async function makeFiles(made: Made): Promise<void> {
  const { root, people, fingerprint, hasMasks, options, base, onProgress } = made;
  let prepared: InsertedModel | undefined;
  const model = async (): Promise<InsertedModel> => {
    prepared ??= prepareInserted(await readPhantomAnatomy(), options);
    return prepared;
  };
  const hide = withoutFolders(base);
  for (const [index, person] of people.entries()) {
    const { subject, group } = person;
    if ((await doneBefore(root, person, fingerprint, hasMasks)) === undefined) {
      const files = personFiles(root, subject.id);
      const record: PersonRecord = await makePerson(
        await model(),
        hasMasks ? subject : { ...subject, mask: undefined },
        group,
        files,
      ).then(
        (kept) => ({ fingerprint, ...kept }),
        (error: unknown) => {
          // One bad scan must not stop the others; a full disk does.
          if (!(error instanceof UserError) || error.name === 'FileWriteError') throw error;
          return { fingerprint, failure: hide(error.message) };
        },
      );
      await writeJson(files.record, record);
    }
    onProgress?.({ done: index + 1, total: people.length, what: `sub-${subject.id}` });
  }
  const records = await readRecords(made);
  const usable = records.flatMap(({ person, record }) =>
    record !== undefined && 'white' in record ? [person] : [],
  );
  if (usable.length === 0) {
    const [first] = records.flatMap(({ record }) => (record && 'failure' in record ? [record.failure] : []));
    throw new CohortError(
      `The loss could be inserted into none of the ${people.length} scans of '${base.name}'. The first: ${first}`,
    );
  }
  await writeInsertedTruth(
    root,
    await model(),
    usable.map(({ subject }) => personFiles(root, subject.id)),
  );
  await writeDescriptions(made, usable);
  await writeJson(join(root, FINISHED), { fingerprint, options, tables: made.tables });
}

/** Where on the machine scans lie is told to nobody. */
function withoutFolders({ root, subjects }: Cohort): (text: string) => string {
  const folders = new Set(
    [root, ...subjects.map(({ image }) => dirname(image))].map((folder) => `${folder}${sep}`),
  );
  const longestFirst = [...folders].sort((a, b) => b.length - a.length);
  return (text) => longestFirst.reduce((hidden, folder) => hidden.replaceAll(folder, ''), text);
}

async function writeDescriptions(
  { root, base, options, hasMasks }: Made,
  people: readonly Person[],
): Promise<void> {
  const generated = { BIDSVersion: '1.9.0', GeneratedBy: [{ Name: 'O-INR inserted effect' }] };
  const name = `Scans of ${base.name} with an inserted loss`;
  await writeJson(join(root, 'dataset_description.json'), { Name: name, DatasetType: 'raw', ...generated });
  for (const part of hasMasks ? ['masks', 'truth'] : ['truth'])
    await writeJson(join(root, 'derivatives', part, 'dataset_description.json'), {
      Name: part === 'masks' ? `Brain masks of: ${name}` : `What is true of: ${name}`,
      DatasetType: 'derivative',
      ...generated,
    });
  await writeFileAtomic(join(root, '.bidsignore'), `${FINISHED}\n`);
  await writeFileAtomic(join(root, 'README'), readme(base, options));
  await writeFileAtomic(join(root, 'derivatives', 'truth', 'README'), TRUTH_README);
  const own = new Set(['participant_id', 'group', 'base_group']);
  const others = [...new Set(people.flatMap(({ subject }) => Object.keys(subject.columns)))].filter(
    (column) => !own.has(column),
  );
  await writeTsv(
    join(root, 'participants.tsv'),
    tableOf(
      ['participant_id', 'group', 'base_group', ...others],
      people.map(({ subject, group }) => ({
        ...Object.fromEntries(others.map((column) => [column, subject.columns[column]])),
        participant_id: `sub-${subject.id}`,
        group,
        base_group: subject.group,
      })),
    ),
  );
  const fractions = remainingFractions(options);
  await writeTsv(
    join(root, 'derivatives', 'truth', 'fractions.tsv'),
    tableOf(
      ['participant_id', 'group', ...changingRegions.map((region) => region.name)],
      people.map(({ subject, group }) => ({
        participant_id: `sub-${subject.id}`,
        group,
        ...Object.fromEntries(
          changingRegions.map((region, index) => [region.name, group === 'loss' ? fractions[index] : 1]),
        ),
      })),
    ),
  );
}

function readme({ name }: Cohort, options: InsertedOptions): string {
  return `Real scans of the cohort ${name}, each resampled once on its own grid through a small rigid motion. Half of the people,
drawn at random (group: loss), have lost tissue by a smooth deformation: ${lossInWords(options)}.
The scans are those people's still: what holds for passing on the originals holds for these.
derivatives/truth says what is true of them.
`;
}

const TRUTH_README = `What is true of this cohort, in the space of the Colin27 brain (MNI, 2 mm).

desc-template_T1w     mean of all scans without the loss, carried there by the affine of each; white matter near 1000
desc-brain_mask       the brain of the template
desc-effect_T1w       mean over everybody of what the loss does to their own scan (with minus without), whether they have it
                      or not: what the difference of the groups is an estimate of
desc-volumechange_map local volume with the loss relative to without, minus 1, in the template
desc-regions_dseg     regions, with their names and changes of volume in the .tsv beside it
desc-null_mask        voxels of the brain that the loss reaches in nobody: a difference found there is false
fractions.tsv         what is left of each region in each person
sub-*/                what the loss does to each scan: on its own grid for those who have it, and for everybody carried to
                      the template
sub-*.json            the registration of each scan, and how the new image lies in the old one
`;
