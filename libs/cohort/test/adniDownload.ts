import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { writeFileAtomic, writeJson } from '@oinr/files';
import { writeVolume } from '@oinr/nifti';
import { phantomBaseFolder } from '../src/phantom/brain.ts';
import type { MaterialiseSettings } from '../src/phantom/dataset.ts';
import { imageStorage, peopleOf, readJson } from '../src/phantom/dataset.ts';
import { phantomFingerprint } from '../src/phantom/fingerprint.ts';
import type { PhantomGroup, PhantomOptions } from '../src/phantom/options.ts';
import { phantomOptions } from '../src/phantom/options.ts';
import type { Person } from '../src/phantom/people.ts';
import { drawPerson } from '../src/phantom/people.ts';
import type { PhantomModel } from '../src/phantom/subject.ts';
import { makePhantomSubject, preparePhantom } from '../src/phantom/subject.ts';

export interface AdniDownloadSettings extends MaterialiseSettings {
  /**
   * true (the default) adds what real downloads have: last folders named after the series or the image, .nii and
   * .nii.gz mixed, image IDs with and without I, missing codes -1 and -4, a visit without a diagnosis, and, while
   * nothing in it is a fault: a second visit (m12) and a repeated scan (MPR-R, same day) of the first CN subject, a
   * second scaling (Scaled_2) of the first AD subject, and two MCI subjects.
   */
  readonly awkward?: boolean;
}

/** One image of the download. */
interface AdniImage {
  readonly person: Person;
  readonly number: number;
  /** Scan of that person, as in makePhantomSubject. */
  readonly scan: number;
  readonly subject: string;
  readonly visit: 'sc' | 'm12';
  readonly description: string;
  readonly date: Date;
  readonly image: number;
  readonly series: number;
  /** Path of the file below the root, in parts. */
  readonly path: readonly string[];
}

const FINISHED = 'phantom.json';
const SCALED = 'MPR; GradWarp; B1 Correction; N3; Scaled';
const DIAGNOSIS: Readonly<Record<PhantomGroup, { baseline: string; visit: string }>> = {
  CN: { baseline: 'CN', visit: 'CN' },
  MCI: { baseline: 'LMCI', visit: 'MCI' },
  AD: { baseline: 'AD', visit: 'Dementia' },
};

/**
 * Writes a phantom cohort as what one gets from ADNI's download page, into a folder below `folder` named after the
 * fingerprint of the options, and returns that folder: the tree ADNI/<subject>/<processing>/<date>/<series or image>/,
 * the image collection as CSV (columns and quotes as exported by LONI) and ADNIMERGE.csv. The subjects are those of
 * materialisePhantom with the same options. Resumes and reuses as it does, and throws the same errors.
 */
export async function writePhantomAsAdni(
  given: Readonly<Partial<PhantomOptions>>,
  folder: string,
  { onProgress, anatomy, awkward = true }: AdniDownloadSettings = {},
): Promise<string> {
  const options = phantomOptions(given);
  const baseFolder = anatomy?.folder ?? phantomBaseFolder;
  const fingerprint = await phantomFingerprint('adni', options, { awkward }, baseFolder);
  const root = join(folder, `phantom-adni-${fingerprint}`);
  const images = imagesOf(options, awkward);
  const isThere = ({ path }: AdniImage): boolean => existsSync(join(root, ...path));
  if ((await readJson(join(root, FINISHED))) !== undefined && images.every(isThere)) return root;

  let model: PhantomModel | undefined;
  for (const [index, image] of images.entries()) {
    // Files appear whole and their folder names the options, so a file that is there is the right one.
    if (!isThere(image)) {
      model ??= await preparePhantom(options, anatomy);
      const { image: volume } = makePhantomSubject(model, image.person.group, image.number, image.scan);
      await writeVolume(join(root, ...image.path), volume, imageStorage);
    }
    onProgress?.({ done: index + 1, total: images.length, what: image.subject });
  }
  await writeFileAtomic(join(root, 'ADNI_phantom_11_23_2026.csv'), collectionCsv(images, awkward));
  await writeFileAtomic(join(root, 'ADNIMERGE.csv'), mergeCsv(images, awkward));
  await writeFileAtomic(join(root, 'COPYRIGHT'), await readFile(join(baseFolder, 'COPYRIGHT')));
  await writeJson(join(root, FINISHED), { fingerprint, options, awkward });
  return root;
}

function imagesOf(options: PhantomOptions, awkward: boolean): AdniImage[] {
  const images: AdniImage[] = [];
  const add = (
    group: PhantomGroup,
    number: number,
    scan = 1,
    visit: AdniImage['visit'] = 'sc',
    description = SCALED,
  ) => images.push(adniImage(options, awkward, images.length, group, number, scan, visit, description));
  for (const { group, number } of peopleOf(options)) {
    add(group, number);
    if (!awkward || number !== 1) continue;
    if (group === 'CN') {
      add(group, number, 2, 'm12');
      add(group, number, 3, 'sc', SCALED.replace('MPR', 'MPR-R'));
    }
    if (group === 'AD') add(group, number, 2, 'sc', `${SCALED}_2`);
  }
  if (awkward && !options.groups.includes('MCI')) for (const number of [1, 2]) add('MCI', number);
  return images;
}

function adniImage(
  options: PhantomOptions,
  awkward: boolean,
  index: number,
  group: PhantomGroup,
  number: number,
  scan: number,
  visit: AdniImage['visit'],
  description: string,
): AdniImage {
  const person = drawPerson(options, group, number);
  // RID: 4 digits, the first one tells the group; the site is told by the number.
  const rid = { CN: 1000, MCI: 2000, AD: 3000 }[group] + number;
  const subject = `${String(2 + (number % 7) * 9).padStart(3, '0')}_S_${rid}`;
  const date = new Date(Date.UTC(2006, (number * 5) % 12, 1 + ((number * 11) % 28), 8, number % 60, 30));
  if (visit === 'm12') date.setUTCFullYear(2007);
  const image = 45000 + 10 * rid + scan;
  const series = 13000 + 10 * rid + scan;
  const processing = description.replace(/[; ]/g, '_');
  const day = date.toISOString().slice(0, 10);
  const time = date.toISOString().slice(11, 19).replaceAll(':', '_');
  const archived = `${day.replaceAll('-', '')}${String(113623975 + image)}`;
  const suffix = awkward && index % 3 === 1 ? '.nii.gz' : '.nii';
  const file = `ADNI_${subject}_MR_${processing}_Br_${archived}_S${series}_I${image}${suffix}`;
  const last = awkward && index % 2 === 1 ? `I${image}` : `S${series}`;
  return {
    person,
    number,
    scan,
    subject,
    visit,
    description,
    date,
    image,
    series,
    path: ['ADNI', subject, processing, `${day}_${time}.0`, last, file],
  };
}

/** The image collection: everything in quotes, dates as m/d/yyyy without padding. */
function collectionCsv(images: readonly AdniImage[], awkward: boolean): string {
  const rows = images.map(({ person, subject, visit, description, date, image }, index) => [
    `${awkward && index % 2 === 0 ? '' : 'I'}${image}`,
    subject,
    person.group,
    person.sex,
    String(Math.floor(person.age) + (visit === 'm12' ? 1 : 0)),
    visit,
    'MRI',
    description,
    'Processed',
    `${date.getUTCMonth() + 1}/${date.getUTCDate()}/${date.getUTCFullYear()}`,
    'NiFTI',
    '11/23/2026',
  ]);
  const header = [
    ...['Image Data ID', 'Subject', 'Group', 'Sex', 'Age', 'Visit', 'Modality', 'Description', 'Type'],
    ...['Acq Date', 'Format', 'Downloaded'],
  ];
  return csv([header, ...rows].map((cells) => cells.map(quoted)));
}

/** ADNIMERGE: one row per subject and visit; texts in quotes, numbers bare, as R writes them. */
function mergeCsv(images: readonly AdniImage[], awkward: boolean): string {
  const header = [
    ...['RID', 'PTID', 'VISCODE', 'SITE', 'COLPROT', 'EXAMDATE', 'DX_bl', 'AGE', 'PTGENDER', 'PTEDUCAT'],
    ...['ICV', 'DX'],
  ];
  const visits = images.filter((image) => image.scan === 1 || image.visit === 'm12');
  const rows = visits.map(({ person, subject, visit, date }, index) => {
    const { baseline, visit: diagnosis } = DIAGNOSIS[person.group];
    const [site, , rid] = subject.split('_');
    // What nobody measured: codes of ADNI's older tables and, for a visit without assessment, an empty DX.
    const lacksSize = awkward && index % 5 === 4;
    const lacksSchooling = awkward && index % 4 === 3;
    return [
      String(Number(rid)),
      quoted(subject),
      quoted(visit === 'sc' ? 'bl' : visit),
      String(Number(site)),
      quoted('ADNI1'),
      quoted(date.toISOString().slice(0, 10)),
      quoted(baseline),
      person.age.toFixed(1),
      quoted(person.sex === 'F' ? 'Female' : 'Male'),
      lacksSchooling ? '-4' : String(12 + (Number(rid) % 8)),
      lacksSize ? '-1' : String(person.icv),
      awkward && visit === 'm12' ? quoted('') : quoted(diagnosis),
    ];
  });
  return csv([header.map(quoted), ...rows]);
}

function quoted(cell: string): string {
  return `"${cell.replaceAll('"', '""')}"`;
}

function csv(lines: readonly (readonly string[])[]): string {
  return `${lines.map((cells) => cells.join(',')).join('\n')}\n`;
}
