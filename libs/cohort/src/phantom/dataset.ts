import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { lockFolder, writeFileAtomic, writeJson } from '@oinr/files';
import type { WriteOptions } from '@oinr/nifti';
import { writeVolume } from '@oinr/nifti';
import { tableOf, writeTsv } from '@oinr/tables';
import type { Volume } from '@oinr/volume';
import { phantomBaseFolder } from './brain.ts';
import { phantomFingerprint } from './fingerprint.ts';
import type { PhantomGroup, PhantomOptions } from './options.ts';
import { phantomOptions } from './options.ts';
import { personId } from './people.ts';
import { changingRegions, phantomRegions } from './regions.ts';
import type { PhantomAnatomy, PhantomModel, PhantomSubject } from './subject.ts';
import { makePhantomSubject, preparePhantom, regionNames } from './subject.ts';
import { phantomTruth } from './truth.ts';

/** How far the making of a cohort is. */
export interface PhantomProgress {
  readonly done: number;
  readonly total: number;
  /** What was just finished, such as sub-AD003. */
  readonly what: string;
}

export interface MaterialiseSettings {
  readonly onProgress?: (progress: PhantomProgress) => void;
  /** The anatomy, where the caller has it already (or another base brain); otherwise it is read when needed. */
  readonly anatomy?: PhantomAnatomy;
}

/** What is kept of a subject for the tables, beside its images. */
interface SubjectRecord {
  readonly fingerprint: string;
  readonly id: string;
  readonly group: PhantomGroup;
  readonly age: number;
  readonly sex: 'F' | 'M';
  readonly icv: number;
  readonly volumes: Readonly<Record<string, number>>;
  readonly fractions: Readonly<Record<string, number>>;
}

/** The file that says that a cohort is complete; it is written last. */
const FINISHED = 'phantom.json';

/**
 * Makes a phantom cohort as a BIDS data set in `folder` and returns the data set's own folder there, whose name holds
 * the fingerprint of the options: other options never disturb it, and the same ones find it again, complete, in no
 * time. Interrupted, it goes on where it stopped. Every file appears whole, by rename.
 *
 * ```
 * participants.tsv            participant_id, group, age, sex, icv (mm3), <region>_mm3 (true volume in the image)
 * sub-AD001/anat/sub-AD001_T1w.nii.gz                                int16, white matter near 1000, 0 outside the brain
 * derivatives/masks/sub-AD001/anat/sub-AD001_desc-brain_mask.nii.gz  uint8
 * derivatives/truth/          see its README: template, effect, volume change, regions, null mask and tables
 * ```
 * Throws an Error for options out of range, FolderLockedError where another process is making the same cohort there, and
 * FileWriteError where files cannot be written.
 */
export async function materialisePhantom(
  given: Readonly<Partial<PhantomOptions>>,
  folder: string,
  { onProgress, anatomy }: MaterialiseSettings = {},
): Promise<string> {
  const options = phantomOptions(given);
  const baseFolder = anatomy?.folder ?? phantomBaseFolder;
  const fingerprint = await phantomFingerprint('bids', options, {}, baseFolder);
  const root = join(folder, `phantom-${fingerprint}`);
  if (await isFinished(root, options)) return root;
  const lock = await lockFolder(root);
  try {
    await makeFiles({ root, options, fingerprint, baseFolder }, { onProgress, anatomy });
  } finally {
    await lock.release();
  }
  return root;
}

async function isFinished(root: string, options: PhantomOptions): Promise<boolean> {
  if ((await readJson(join(root, FINISHED))) === undefined) return false;
  return peopleOf(options).every(({ group, number }) => hasImages(root, personId(group, number)));
}

function hasImages(root: string, id: string): boolean {
  return subjectFiles(root, id).every((file) => existsSync(file));
}

interface Made {
  readonly root: string;
  readonly options: PhantomOptions;
  readonly fingerprint: string;
  readonly baseFolder: string;
}

/** Makes what is not there yet. */
async function makeFiles(
  { root, options, fingerprint, baseFolder }: Made,
  { onProgress, anatomy }: MaterialiseSettings,
): Promise<void> {
  const people = peopleOf(options);
  let prepared: PhantomModel | undefined;
  const model = async (): Promise<PhantomModel> => {
    prepared ??= await preparePhantom(options, anatomy);
    return prepared;
  };
  const records: SubjectRecord[] = [];
  for (const [index, { group, number }] of people.entries()) {
    const id = personId(group, number);
    const path = join(root, 'derivatives', 'truth', `sub-${id}.json`);
    let record = (await readJson(path)) as SubjectRecord | undefined;
    if (record?.fingerprint !== fingerprint || !hasImages(root, id)) {
      const subject = makePhantomSubject(await model(), group, number);
      await writeSubject(root, subject);
      record = recordOf(subject, fingerprint);
      await writeJson(path, record);
    }
    records.push(record);
    onProgress?.({ done: index + 1, total: people.length, what: `sub-${id}` });
  }
  await writeTruth(root, await model(), records);
  await writeDescriptions(root, options, records, baseFolder);
  await writeJson(join(root, FINISHED), { fingerprint, options });
}

/** Everybody in a cohort, in the order of its tables. */
export function peopleOf(options: PhantomOptions): { group: PhantomGroup; number: number }[] {
  return options.groups.flatMap((group) =>
    Array.from({ length: options.perGroup }, (_, index) => ({ group, number: index + 1 })),
  );
}

/** How the volumes of subjects are stored. */
export const imageStorage: WriteOptions = { datatype: 'int16', space: 'mni', description: 'O-INR phantom' };
const maskStorage: WriteOptions = { datatype: 'uint8', space: 'mni', description: 'O-INR phantom' };
const mapStorage: WriteOptions = { datatype: 'float32', space: 'mni', description: 'O-INR phantom' };

/** Paths of a subject's image and mask. */
function subjectFiles(root: string, id: string): [image: string, mask: string] {
  const name = `sub-${id}`;
  return [
    join(root, name, 'anat', `${name}_T1w.nii.gz`),
    join(root, 'derivatives', 'masks', name, 'anat', `${name}_desc-brain_mask.nii.gz`),
  ];
}

async function writeSubject(root: string, subject: PhantomSubject): Promise<void> {
  const [image, mask] = subjectFiles(root, subject.id);
  await writeVolume(image, subject.image, imageStorage);
  await writeVolume(mask, subject.mask, maskStorage);
}

function recordOf(subject: PhantomSubject, fingerprint: string): SubjectRecord {
  const { id, group, age, sex, icv } = subject;
  return {
    fingerprint,
    id,
    group,
    age,
    sex,
    icv,
    volumes: Object.fromEntries(
      regionNames.map((name, index) => [name, Math.round(subject.volumes[index] * 10) / 10]),
    ),
    fractions: Object.fromEntries(changingRegions.map(({ name }, index) => [name, subject.fractions[index]])),
  };
}

async function writeTruth(
  root: string,
  model: PhantomModel,
  records: readonly SubjectRecord[],
): Promise<void> {
  const truth = phantomTruth(model);
  const folder = join(root, 'derivatives', 'truth');
  const maps: readonly [string, Volume, WriteOptions][] = [
    ['template_T1w', truth.template, mapStorage],
    ['brain_mask', truth.mask, maskStorage],
    ['effect_T1w', truth.effect, mapStorage],
    ['volumechange_map', truth.volumeChange, mapStorage],
    ['regions_dseg', truth.regions, maskStorage],
    ['null_mask', truth.nullMask, maskStorage],
  ];
  for (const [name, volume, storage] of maps) {
    await writeVolume(join(folder, `desc-${name}.nii.gz`), volume, storage);
  }
  const { effectScale } = model.options;
  await writeTsv(
    join(folder, 'desc-regions_dseg.tsv'),
    tableOf(
      ['index', 'name', 'change_in_AD', 'spread'],
      phantomRegions.map(({ name, change, spread }, index) => ({
        index: index + 1,
        name,
        change_in_AD: change * effectScale,
        spread,
      })),
    ),
  );
  const changing = changingRegions.map(({ name }) => name);
  await writeTsv(
    join(folder, 'fractions.tsv'),
    tableOf(
      ['participant_id', 'group', ...changing],
      records.map(({ id, group, fractions }) => ({ participant_id: `sub-${id}`, group, ...fractions })),
    ),
  );
}

async function writeDescriptions(
  root: string,
  options: PhantomOptions,
  records: readonly SubjectRecord[],
  baseFolder: string,
): Promise<void> {
  const generated = { BIDSVersion: '1.9.0', GeneratedBy: [{ Name: 'O-INR phantom cohort' }] };
  const license = 'BSD-3-Clause (derived from Colin27, see COPYRIGHT)';
  await writeJson(join(root, 'dataset_description.json'), {
    Name: `Phantom cohort: ${options.perGroup} in each of ${options.groups.join(', ')}`,
    DatasetType: 'raw',
    License: license,
    ...generated,
  });
  for (const name of ['masks', 'truth']) {
    await writeJson(join(root, 'derivatives', name, 'dataset_description.json'), {
      Name: name === 'masks' ? 'Brain masks of the phantom cohort' : 'What is true of the phantom cohort',
      DatasetType: 'derivative',
      License: license,
      ...generated,
    });
  }
  await writeFileAtomic(join(root, 'COPYRIGHT'), await readFile(join(baseFolder, 'COPYRIGHT')));
  await writeFileAtomic(join(root, '.bidsignore'), `${FINISHED}\nCOPYRIGHT\n`);
  await writeFileAtomic(join(root, 'README'), README);
  await writeFileAtomic(join(root, 'derivatives', 'truth', 'README'), TRUTH_README);
  await writeTsv(
    join(root, 'participants.tsv'),
    tableOf(
      ['participant_id', 'group', 'age', 'sex', 'icv', ...regionNames.map((name) => `${name}_mm3`)],
      records.map(({ id, group, age, sex, icv, volumes }) => ({
        participant_id: `sub-${id}`,
        group,
        age,
        sex,
        icv,
        ...Object.fromEntries(regionNames.map((name) => [`${name}_mm3`, volumes[name]])),
      })),
    ),
  );
  await writeJson(join(root, 'participants.json'), {
    group: { Description: 'CN: control, MCI: half the effect, AD: the full effect.' },
    age: { Units: 'year' },
    sex: { Levels: { F: 'female', M: 'male' } },
    icv: { Units: 'mm3', Description: 'Intracranial volume before the head was brought to MNI space.' },
    ...Object.fromEntries(
      regionNames.map((name) => [
        `${name}_mm3`,
        { Units: 'mm3', Description: 'True volume of both sides together, in the image.' },
      ]),
    ),
  });
}

const README = `A phantom cohort: one real brain (Colin27), deformed differently for each subject, with a known disease.
The images are free of subject data; derivatives/truth says what is true of them. COPYRIGHT goes with them.
`;

const TRUTH_README = `What is true of this cohort, on the grid of its images.

desc-template_T1w     mean CN brain, noise-free, without any person's deformation
desc-brain_mask       its brain mask
desc-effect_T1w       mean AD brain minus mean CN brain, noise-free, in the unit of the images (white matter: 1000)
desc-volumechange_map local volume in the mean AD brain relative to the mean CN brain, minus 1
desc-regions_dseg     regions, with their names and mean changes of volume in the .tsv beside it
desc-null_mask        brain voxels that no atrophy of any subject reaches: a difference found there is false
fractions.tsv         each subject's volume of each region relative to the base brain, before its own deformation
sub-*.json            what participants.tsv and fractions.tsv are made from
`;

/** The JSON value in a file, undefined where there is no such file or it is not JSON. */
export async function readJson(path: string): Promise<unknown> {
  try {
    return JSON.parse(await readFile(path, 'utf8'));
  } catch {
    return undefined;
  }
}
