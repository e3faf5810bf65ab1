import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import type { ExecutionContext } from 'ava';
import { parseDescription } from '../src/description.ts';
import { type Cohort, openCohort } from '../src/index.ts';

/** A temporary folder with the given files (path -> contents), removed after the test. */
export async function tree(t: ExecutionContext, files: Readonly<Record<string, string>>): Promise<string> {
  const root = await mkdtemp(join(tmpdir(), 'cohort-'));
  t.teardown(() => rm(root, { recursive: true }));
  for (const [path, contents] of Object.entries(files)) {
    await mkdir(dirname(join(root, path)), { recursive: true });
    await writeFile(join(root, path), contents);
  }
  return root;
}

/** Opens a description given as YAML text on a folder. */
export function open(yaml: string, root: string, participantLabels?: readonly string[]): Promise<Cohort> {
  return openCohort(parseDescription(yaml, 'own.yaml'), { root, environment: {}, participantLabels });
}

/** `id group` of every subject, in order. */
export const people = (cohort: Cohort): string[] => cohort.subjects.map(({ id, group }) => `${id} ${group}`);

/** The one exclusion whose subject or image matches; fails the test when there is none. */
export function excluded(
  t: ExecutionContext,
  cohort: Cohort,
  what: RegExp,
): { reason: string; isProblem: boolean } {
  const found = cohort.excluded.filter((exclusion) => what.test(exclusion.what));
  t.is(found.length, 1, `${what} in ${JSON.stringify(cohort.excluded)}`);
  return found[0] ?? { reason: '', isProblem: false };
}

export const tsv = (...lines: string[]): string =>
  `${lines.map((line) => line.replaceAll(' ', '\t')).join('\n')}\n`;
