import { basename, relative } from 'node:path';
import { filesBelow } from '@oinr/files';
import { firstOf } from '@oinr/tables';
import type { Candidate, Finding, LayoutResult } from '../candidate.ts';
import { CohortError } from '../errors.ts';
import { ignore, labels, text } from '../fields.ts';
import { compareNaturally, patternExpression } from '../folders.ts';
import type { Described, FieldsOf, Layout, Zod } from '../layout.ts';
import {
  type AdniTables,
  type CollectionImage,
  readAdniTables,
  visitCode,
  visitMonth,
} from './adniCollection.ts';

const fields = (z: Zod) => ({
  groups: z.strictObject({ labels, ignore }),
  diagnosis: z
    .enum(['collection', 'baseline', 'visit'])
    .default('collection')
    .describe(
      'Whose diagnosis decides the group: `collection` the Group of the image collection (as at enrolment), `baseline` DX_bl of ADNIMERGE, `visit` DX of ADNIMERGE at the visit of the image.',
    ),
  choose: z
    .strictObject({
      visit: text
        .default('baseline')
        .describe(
          '`baseline` (screening or baseline), `first` (the earliest there is), or a visit such as m12.',
        ),
      descriptions: z
        .array(z.string().min(1))
        .min(1)
        .default(['*'])
        .describe('Processing descriptions that may be used, best first; * stands for any characters.'),
    })
    .prefault({}),
});

type Fields = FieldsOf<typeof fields>;

/** An image of the collection whose file is there. */
interface FoundImage extends CollectionImage {
  readonly path: string;
}

const subjectForm = /^\d{3}_S_\d{4,}$/;

/** Folder names write `MPR__GradWarp__N3` for the collection's `MPR; GradWarp; N3`: both become words. */
const words = (text: string): string =>
  text
    .toLowerCase()
    .replace(/[^a-z0-9*?]+/g, ' ')
    .trim();

/** Image files by image number: the first of several copies, the others are findings. */
function indexFiles(
  files: readonly string[],
  root: string,
): { byId: Map<string, string>; findings: Finding[] } {
  const byId = new Map<string, string>();
  const findings: Finding[] = [];
  for (const path of files) {
    if (!/\.nii(\.gz)?$/i.test(path)) continue;
    const id = /_I0*(\d+)\.nii(\.gz)?$/i.exec(basename(path))?.[1];
    const what = relative(root, path);
    if (id === undefined) {
      findings.push({
        what,
        reason:
          'is not used: its name does not end in _I<image id>.nii, so the collection cannot tell whose it is.',
        isProblem: true,
      });
      continue;
    }
    const known = byId.get(id);
    if (known === undefined) byId.set(id, path);
    else {
      findings.push({
        what,
        reason: `is not used: it is a second copy of image I${id}; ${relative(root, known)} was taken.`,
        isProblem: false,
      });
    }
  }
  return { byId, findings };
}

/** Whose diagnosis decides, in words. */
const diagnoses = {
  collection: 'the Group of the image collection, as at enrolment',
  baseline: 'DX_bl of ADNIMERGE, the diagnosis at baseline',
  visit: 'DX of ADNIMERGE at the visit of the image',
} as const;

/** Whose word on the diagnosis counts, for one image; or why there is none. */
function diagnosisOf(
  image: CollectionImage,
  rule: Fields['diagnosis'],
  tables: AdniTables,
): Pick<Candidate, 'groupValue' | 'noGroup'> {
  const groupValue = recordedDiagnosis(image, rule, tables);
  if (groupValue !== undefined) return { groupValue };
  const when = rule === 'visit' ? ` (${image.visit || 'not stated'}): nobody assessed it then` : '';
  return { groupValue, noGroup: `is not used: it lacks ${diagnoses[rule]}${when}.` };
}

function recordedDiagnosis(
  image: CollectionImage,
  rule: Fields['diagnosis'],
  tables: AdniTables,
): string | undefined {
  if (rule === 'collection') return image.group === 'n/a' ? undefined : image.group;
  const visit = rule === 'baseline' ? 'bl' : image.visit;
  const row = tables.merge?.get(`${image.subject} ${visit}`);
  const value = row?.[rule === 'baseline' ? 'DX_bl' : 'DX'];
  return value === undefined || value === 'n/a' ? undefined : value;
}

/** Chooses one image of a subject by visit, processing description, date and number, in that order. */
function chooseImage(
  images: readonly FoundImage[],
  rule: Fields['choose'],
): { chosen?: FoundImage; dropped: { image: FoundImage; reason: string }[] } {
  const patterns = rule.descriptions.map((pattern) => patternExpression(words(pattern)));
  const rank = (image: FoundImage) => patterns.findIndex((pattern) => pattern.test(words(image.description)));
  const dropped: { image: FoundImage; reason: string }[] = [];
  const keep = (
    from: readonly FoundImage[],
    test: (image: FoundImage) => boolean,
    reason: (i: FoundImage) => string,
  ) =>
    from.filter((image) => {
      if (test(image)) return true;
      dropped.push({ image, reason: reason(image) });
      return false;
    });
  const described = keep(
    images,
    (image) => rank(image) >= 0,
    (image) => `its description '${image.description}' is not among choose.descriptions`,
  );
  const earliest = Math.min(...described.map((image) => visitMonth(image.visit)));
  const ofVisit = keep(
    described,
    (image) =>
      rule.visit === 'first'
        ? visitMonth(image.visit) === earliest
        : image.visit === (rule.visit === 'baseline' ? 'bl' : visitCode(rule.visit)),
    (image) => `its visit is ${image.visit || 'not stated'} and the description takes ${rule.visit}`,
  );
  const [chosen, ...others] = [...ofVisit].sort(
    (a, b) => rank(a) - rank(b) || compareNaturally(a.date, b.date) || Number(a.id) - Number(b.id),
  );
  for (const image of others) {
    const why =
      rank(image) !== rank(chosen)
        ? 'its processing is preferred'
        : image.date !== chosen.date
          ? 'it is earlier'
          : 'its number is smaller';
    dropped.push({ image, reason: `image I${chosen.id} was chosen, as ${why}` });
  }
  return chosen === undefined ? { dropped } : { chosen, dropped };
}

/**
 * The ADNI download: one or several unzipped folders in `root` with `.../<subject>/.../*_I<image>.nii`, the
 * image collection as CSV and, where the diagnosis of a visit is asked for, ADNIMERGE.csv. Each image without
 * a row, each row without an image and each image that is not used becomes a finding.
 */
async function read(description: Described<Fields>, root: string): Promise<LayoutResult> {
  const { files: unsorted, unread } = await filesBelow(root, { deepest: 16 });
  const files = unsorted.sort(compareNaturally);
  const zips = files.filter((file) => /\.zip$/i.test(file)).length;
  const tables = await readAdniTables(files, root);
  if (description.diagnosis !== 'collection' && tables.merge === undefined) {
    throw new CohortError(
      `The description takes the diagnosis from ADNIMERGE (diagnosis: ${description.diagnosis}), but there is no ADNIMERGE.csv in ${root}. Download it from LONI (Study Data, ADNIMERGE) into that folder, or set diagnosis: collection.`,
    );
  }
  const { byId, findings } = indexFiles(files, root);
  for (const { path, reason } of unread)
    findings.push({ what: relative(root, path), reason, isProblem: true });
  const isDicom = byId.size === 0 && files.some((file) => /\.dcm$/i.test(file));
  if (isDicom) {
    throw new CohortError(
      `${root} holds DICOM files (.dcm) and no NIfTI images. Download the collection as NIfTI, or convert it, for example with dcm2niix.`,
    );
  }

  const collections = firstOf(
    tables.collections.map((file) => relative(root, file)),
    5,
  );
  for (const [id, path] of byId) {
    if (tables.images.has(id)) continue;
    findings.push({
      what: relative(root, path),
      reason: `is not used: image I${id} is in none of the collections (${collections}). Download the collection's CSV again.`,
      isProblem: true,
    });
  }

  const bySubject = new Map<string, FoundImage[]>();
  for (const image of tables.images.values()) {
    const what = `image I${image.id} of ${image.subject}`;
    const leaveOut = (reason: string, isProblem: boolean, isWithoutImage?: true) =>
      findings.push({
        what,
        participant: image.subject,
        reason,
        isProblem,
        ...(isWithoutImage && { isWithoutImage }),
      });
    const path = byId.get(image.id);
    if (!subjectForm.test(image.subject)) {
      leaveOut(`is not used: '${image.subject}' is not an ADNI subject (such as 002_S_0295).`, true);
    } else if (image.modality !== 'n/a' && !/^MRI?$/i.test(image.modality)) {
      leaveOut(`is not used: its modality is ${image.modality}, not MRI.`, false);
    } else if (path === undefined && /dcm|dicom/i.test(image.columns.Format ?? '')) {
      leaveOut('is not used: the collection has it as DICOM. Download it as NIfTI if it is wanted.', false);
    } else if (path === undefined) {
      const unzip = zips === 0 ? '' : `Unzip the ${zips} zip file${zips === 1 ? '' : 's'} there, or `;
      leaveOut(
        `is in the collection but its file (*_I${image.id}.nii) is not below ${root}. ${unzip}${unzip === '' ? 'D' : 'd'}ownload it.`,
        true,
        true,
      );
    } else {
      const folders = relative(root, path).split(/[\\/]/);
      const owner = folders.find((name) => subjectForm.test(name));
      if (owner !== undefined && owner !== image.subject) {
        leaveOut(`is not used: its file lies in the folder of ${owner}. Download it again.`, true);
      } else {
        const known = bySubject.get(image.subject) ?? [];
        known.push({ ...image, path });
        bySubject.set(image.subject, known);
      }
    }
  }

  const candidates: Candidate[] = [];
  for (const subject of [...bySubject.keys()].sort(compareNaturally)) {
    const { chosen, dropped } = chooseImage(bySubject.get(subject) ?? [], description.choose);
    for (const { image, reason } of dropped) {
      findings.push({
        what: `image I${image.id} of ${subject}`,
        participant: subject,
        reason: `is not used: ${reason}.`,
        isProblem: false,
      });
    }
    if (chosen === undefined) {
      findings.push({
        what: subject,
        participant: subject,
        reason: 'has images, but none that the description chooses (see choose).',
        isProblem: false,
      });
      continue;
    }
    const merged = tables.merge?.get(`${subject} ${chosen.visit}`);
    candidates.push({
      participant: subject,
      image: chosen.path,
      label: `image I${chosen.id} of ${subject}`,
      ...diagnosisOf(chosen, description.diagnosis, tables),
      session: chosen.visit,
      columns: { ...merged, ...chosen.columns, 'Acq Date': chosen.date, Visit: chosen.visit },
    });
  }
  const { visit, descriptions } = description.choose;
  const notes = [
    `The group of a participant is ${diagnoses[description.diagnosis]}.`,
    `One image of each participant is used: visit ${visit}; by processing, best first, ${descriptions.map((one) => `\u201c${one}\u201d`).join(', ')}; then the earliest, then the smallest image number.`,
  ];
  return { candidates, findings, hasGroups: true, notes };
}

export const adniLayout: Layout<Fields> = { name: 'adni', fields, read };
