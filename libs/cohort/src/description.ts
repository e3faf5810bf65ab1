import { existsSync } from 'node:fs';
import { readdir, readFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { errorCode, explainFileError } from '@oinr/files';
import { parseDocument } from 'yaml';
import type { z } from 'zod';
import { CohortError } from './errors.ts';
import { phantomOptions } from './phantom/options.ts';
import { type CohortDescription, descriptionSchema } from './schema.ts';

type Issue = z.core.$ZodIssue;

/** One complaint of zod as a sentence part that begins with the path of the field. */
function complain(issue: Issue): string {
  const where = issue.path.length === 0 ? 'the description' : issue.path.map(String).join('.');
  if (issue.code === 'unrecognized_keys') {
    return `${where} has the unknown key ${issue.keys.map((key) => `'${key}'`).join(', ')}`;
  }
  if (issue.code === 'invalid_union') {
    // The alternative that came closest says most: the one with the deepest first complaint.
    const nested = issue.errors.flat().sort((a, b) => b.path.length - a.path.length)[0];
    if (nested !== undefined) return complain({ ...nested, path: [...issue.path, ...nested.path] });
    if (issue.path.at(-1) === 'layout') return 'layout must be one of adni, bids, table, phantom';
  }
  if (issue.code === 'invalid_key') return `${where}: ${issue.issues[0]?.message ?? issue.message}`;
  return `${where}: ${issue.message.replace(/^Invalid input: /, '')}`;
}

/** Checks the text of a description. `file` is named in errors. Throws CohortError. */
export function parseDescription(text: string, file: string): CohortDescription {
  const document = parseDocument(text);
  if (document.errors.length > 0) {
    throw new CohortError(`${file} is not YAML: ${document.errors[0].message.trim().split('\n')[0]}`);
  }
  const result = descriptionSchema.safeParse(document.toJS());
  if (!result.success) {
    const complaints = result.error.issues.map(complain);
    throw new CohortError(
      `${file} does not describe a cohort: ${complaints.join('; ')}. See the comments in cohorts/*.yaml and cohorts/cohort.schema.json.`,
    );
  }
  if (result.data.layout === 'phantom') {
    try {
      phantomOptions(result.data.phantom);
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      throw new CohortError(`${file} does not describe a cohort: phantom: ${reason}`, { cause: error });
    }
  }
  return { ...result.data, file };
}

/**
 * Reads a description: a name such as `adni` means `<cohortsFolder>/adni.yaml`; anything with a slash or the
 * suffix .yaml or .yml is a file. Throws CohortError with the path of each bad field.
 */
export async function readDescription(nameOrFile: string, cohortsFolder: string): Promise<CohortDescription> {
  const isFile = /[\\/]|\.ya?ml$/i.test(nameOrFile);
  const file = isFile ? resolve(nameOrFile) : join(cohortsFolder, `${nameOrFile}.yaml`);
  if (!existsSync(file)) {
    if (isFile) throw new CohortError(`The cohort description ${file} does not exist. Check the path.`);
    const names = (await readdir(cohortsFolder).catch(() => []))
      .filter((name) => name.endsWith('.yaml'))
      .map((name) => name.slice(0, -5));
    throw new CohortError(
      `There is no cohort '${nameOrFile}'. Known in ${cohortsFolder}: ${names.sort().join(', ') || 'none'}. Name one of them, or give the path of a .yaml file.`,
    );
  }
  let text: string;
  try {
    text = await readFile(file, 'utf8');
  } catch (error) {
    throw new CohortError(
      errorCode(error) === 'EISDIR'
        ? `${file} is a folder; a cohort description (.yaml) was expected.`
        : `${file} could not be read: ${explainFileError(error)}.`,
      { cause: error },
    );
  }
  return parseDescription(text, file);
}
