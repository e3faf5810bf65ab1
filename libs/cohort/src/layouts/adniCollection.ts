import { basename, relative } from 'node:path';
import { firstOf, isMissing, readTable, type Table } from '@oinr/tables';
import { CohortError } from '../errors.ts';

/** One image of the collection that LONI's site exports as CSV. */
export interface CollectionImage {
  /** Image number without the leading I. */
  readonly id: string;
  readonly subject: string;
  readonly group: string;
  readonly visit: string;
  readonly modality: string;
  readonly description: string;
  /** Acquisition date as yyyy-mm-dd, or n/a. */
  readonly date: string;
  /** All columns as text, missing values as n/a. */
  readonly columns: Readonly<Record<string, string>>;
}

/** ADNI writes -1 and -4 where a value is missing; programs that read numbers write them back as -4.0. */
export function adniCell(cell: string): string {
  const trimmed = cell.trim();
  return isMissing(trimmed) || /^-[14](\.0*)?$/.test(trimmed) ? 'n/a' : trimmed;
}

/** m/d/yyyy without padding (LONI) or yyyy-mm-dd (ADNIMERGE) as yyyy-mm-dd; n/a for anything else. */
export function isoDate(text: string): string {
  const american = /^(\d{1,2})\/(\d{1,2})\/(\d{4})$/.exec(text.trim());
  if (american !== null) {
    const [, month, day, year] = american;
    return `${year}-${month.padStart(2, '0')}-${day.padStart(2, '0')}`;
  }
  return /^\d{4}-\d{2}-\d{2}$/.test(text.trim()) ? text.trim() : 'n/a';
}

/**
 * The code of a visit, as ADNIMERGE writes it (bl, m06, m12, ...), from LONI's many wordings: `sc`, `bl`,
 * `m12`, `ADNI Screening`, `ADNI1/GO Month 12`, `ADNI2 Year 1 Visit`. Screening is baseline: that is when the
 * baseline MRI of ADNI 1 was taken. Unknown wordings come back in lower case.
 */
export function visitCode(text: string): string {
  const visit = text.trim().toLowerCase();
  if (/^(sc|scmri|bl|init|v01|v02|v03|4_init|4_sc|4_bl)$/.test(visit)) return 'bl';
  if (/screening|baseline|initial visit/.test(visit)) return 'bl';
  const months = /^m0*(\d+)$/.exec(visit) ?? /month\s*0*(\d+)/.exec(visit);
  if (months !== null) return Number(months[1]) === 0 ? 'bl' : `m${months[1].padStart(2, '0')}`;
  const years = /year\s*0*(\d+)/.exec(visit) ?? /^y0*(\d+)$/.exec(visit);
  if (years !== null) return `m${String(12 * Number(years[1])).padStart(2, '0')}`;
  return visit;
}

/** Number of months since baseline of a visit code, to order visits without dates; unknown codes come last. */
export function visitMonth(code: string): number {
  return code === 'bl' ? 0 : Number(/^m(\d+)$/.exec(code)?.[1] ?? Infinity);
}

function imageOf(row: Readonly<Record<string, string>>, file: string, line: number): CollectionImage {
  const id = /^I?0*(\d+)$/i.exec(row['Image Data ID'].trim())?.[1];
  if (id === undefined) {
    throw new CohortError(
      `${file} has the image ID '${row['Image Data ID']}' in row ${line}; a number, with or without a leading I, was expected. Export the collection again.`,
    );
  }
  const columns = Object.fromEntries(Object.entries(row).map(([name, cell]) => [name, adniCell(cell)]));
  return {
    id,
    subject: row.Subject.trim(),
    group: columns.Group ?? 'n/a',
    visit: visitCode(row.Visit ?? ''),
    modality: columns.Modality ?? 'n/a',
    description: columns.Description ?? 'n/a',
    date: isoDate(row['Acq Date'] ?? ''),
    columns,
  };
}

/** The tables of an ADNI download: image collections joined into one, and ADNIMERGE where it is there. */
export interface AdniTables {
  /** By image number. */
  readonly images: ReadonlyMap<string, CollectionImage>;
  readonly collections: readonly string[];
  /** Rows of ADNIMERGE by `<PTID> <VISCODE>`; `undefined` when there is no such file. */
  readonly merge: ReadonlyMap<string, Readonly<Record<string, string>>> | undefined;
}

/**
 * Reads the CSV files of a download: every one with the columns `Image Data ID` and `Subject` is an image
 * collection, one named ADNIMERGE*.csv is the table of visits. Throws CohortError when there is no collection,
 * or when two tables contradict each
 * other about an image or a diagnosis.
 */
export async function readAdniTables(files: readonly string[], root: string): Promise<AdniTables> {
  const images = new Map<string, CollectionImage>();
  const collections: string[] = [];
  let merge: Map<string, Readonly<Record<string, string>>> | undefined;
  for (const file of files.filter((name) => name.toLowerCase().endsWith('.csv'))) {
    if (/^adnimerge/i.test(basename(file))) {
      merge = indexMerge(await readTable(file), file, merge);
      continue;
    }
    // Other tables of ADNI may lie beside; only a broken collection matters.
    const table = await readTable(file).catch((error: unknown) => {
      if (/image data id/i.test(String(error))) throw error;
      return undefined;
    });
    if (!table?.columns.includes('Image Data ID') || !table.columns.includes('Subject')) continue;
    collections.push(file);
    table.rows.forEach((row, index) => {
      const image = imageOf(row, file, index + 1);
      const known = images.get(image.id);
      if (known !== undefined && (known.subject !== image.subject || known.group !== image.group)) {
        throw new CohortError(
          `Two image collections contradict each other about image I${image.id}: ${known.subject} (${known.group}) and ${image.subject} (${image.group}, ${file}). Remove the outdated file.`,
        );
      }
      if (known === undefined) images.set(image.id, image);
    });
  }
  if (collections.length === 0) {
    throw new CohortError(
      `No image collection was found in ${root}: a CSV file with the columns "Image Data ID", "Subject", "Group", ... that LONI's download page offers beside the images. Put it into that folder. CSV files seen: ${
        firstOf(
          files.filter((name) => name.toLowerCase().endsWith('.csv')).map((name) => relative(root, name)),
        ) || 'none'
      }.`,
    );
  }
  return { images, collections, merge };
}

function indexMerge(
  table: Table,
  file: string,
  merge = new Map<string, Readonly<Record<string, string>>>(),
): Map<string, Readonly<Record<string, string>>> {
  for (const column of ['PTID', 'VISCODE', 'DX', 'DX_bl']) {
    if (!table.columns.includes(column)) {
      throw new CohortError(`${file} has no column '${column}'. Download ADNIMERGE.csv again.`);
    }
  }
  for (const row of table.rows) {
    const columns = Object.fromEntries(Object.entries(row).map(([name, cell]) => [name, adniCell(cell)]));
    const key = `${row.PTID.trim()} ${visitCode(row.VISCODE)}`;
    const known = merge.get(key);
    const differing = ['DX', 'DX_bl'].find((name) => known !== undefined && known[name] !== columns[name]);
    if (differing !== undefined) {
      throw new CohortError(
        `The ADNIMERGE tables contradict each other about ${key}: ${differing} is ${known?.[differing]} and ${columns[differing]} (${file}). Remove the outdated file.`,
      );
    }
    merge.set(key, columns);
  }
  return merge;
}
