import { existsSync } from 'node:fs';
import { readdir, readFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { errorMessage } from '@oinr/errors';
import { decodeText, errorCode, explainFileError } from '@oinr/files';
import { firstOf } from '@oinr/tables';
import { parseDocument } from 'yaml';
import type { z } from 'zod';
import { CohortError } from './errors.ts';
import type { CohortDescription } from './layout.ts';
import { layouts } from './layouts/registry.ts';
import { loadLayout, ownSchema } from './ownLayout.ts';
import { descriptionSchema, layoutFileForm } from './schema.ts';

/** So many nodes aliases may stand for: a few lines of aliases of aliases stand for more than any memory holds. */
const mostAliases = 100;

type Issue = z.core.$ZodIssue;
type Unfiled = Omit<CohortDescription, 'file'>;

/** One complaint of zod as a sentence part that begins with the path of the field. */
function complain(issue: Issue): string {
  const where = issue.path.length === 0 ? 'the description' : issue.path.map(String).join('.');
  if (issue.code === 'unrecognized_keys') {
    return `${where} has the unknown key ${firstOf(issue.keys.map((key) => `'${key}'`))}`;
  }
  if (issue.code === 'invalid_union') {
    // The alternative that came closest says most: the one with the deepest first complaint.
    const nested = issue.errors.flat().sort((a, b) => b.path.length - a.path.length)[0];
    if (nested !== undefined) return complain({ ...nested, path: [...issue.path, ...nested.path] });
    if (issue.path.at(-1) === 'layout') {
      const names = layouts.map(({ name }) => name).join(', ');
      return `layout must be one of ${names}, or a file with a layout of your own, such as ./myLayout.ts`;
    }
  }
  if (issue.code === 'invalid_key') return `${where}: ${issue.issues[0]?.message ?? issue.message}`;
  return `${where}: ${issue.message.replace(/^Invalid input: /, '')}`;
}

/** What the text of a description says, unchecked. Throws CohortError for text that is not YAML. */
function parseYaml(text: string, file: string): unknown {
  let document: ReturnType<typeof parseDocument>;
  let written: unknown;
  try {
    document = parseDocument(text, { logLevel: 'error' });
    if (document.errors.length === 0) written = document.toJS({ maxAliasCount: mostAliases });
  } catch (error) {
    // The parser's own errors about what it will not resolve: aliases of aliases, aliases of nothing, depth.
    const why =
      error instanceof RangeError
        ? 'it is nested too deeply'
        : `its aliases (*name) cannot be resolved: ${errorMessage(error)}`;
    throw new CohortError(
      `${file} cannot be read as a description of a cohort: ${why}. Write out what they stand for.`,
      {
        cause: error,
      },
    );
  }
  if (document.errors.length > 0) {
    throw new CohortError(`${file} is not YAML: ${document.errors[0].message.trim().split('\n')[0]}`);
  }
  return written;
}

function check(
  written: unknown,
  schema: z.ZodType<Unfiled>,
  file: string,
  help = 'cohorts/cohort.schema.json',
): CohortDescription {
  const result = schema.safeParse(written);
  if (result.success) return { ...result.data, file };
  const complaints = result.error.issues.map(complain);
  throw new CohortError(
    `${file} does not describe a cohort: ${complaints.slice(0, 10).join('; ')}${complaints.length > 10 ? `; and ${complaints.length - 10} more` : ''}. See the comments in cohorts/*.yaml and ${help}.`,
  );
}

/**
 * Checks the text of a description with a layout that comes with the package. `file` is named in errors. Throws
 * CohortError.
 */
export function parseDescription(text: string, file: string): CohortDescription {
  return check(parseYaml(text, file), descriptionSchema, file);
}

/**
 * Reads a description: a name such as `adni` means `<cohortsFolder>/adni.yaml` (of the current folder, where left
 * out); anything with a slash or the suffix .yaml or .yml is a file. A layout of one's own that it names is loaded, which
 * runs that file. Throws CohortError with the path of each bad field.
 */
export async function readDescription(
  nameOrFile: string,
  cohortsFolder = process.cwd(),
): Promise<CohortDescription> {
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
  let bytes: Buffer;
  try {
    bytes = await readFile(file);
  } catch (error) {
    throw new CohortError(
      errorCode(error) === 'EISDIR'
        ? `${file} is a folder; a cohort description (.yaml) was expected.`
        : `${file} could not be read: ${explainFileError(error)}.`,
      { cause: error },
    );
  }
  const decoded = decodeText(bytes);
  if ('fault' in decoded) throw new CohortError(`${file} ${decoded.fault}.`);
  const written = parseYaml(decoded.text, file);
  const path = Object(written).layout;
  if (typeof path !== 'string' || !layoutFileForm.test(path)) return check(written, descriptionSchema, file);
  return check(
    written,
    ownSchema(await loadLayout(path, file), file),
    file,
    `the fields of the layout ${path}`,
  );
}
