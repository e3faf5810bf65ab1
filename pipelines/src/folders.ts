import { join, resolve } from 'node:path';

/** The root of the workspace. */
export const workspaceRoot = resolve(import.meta.dirname, '../..');

/** Where runs are written unless --out says otherwise. */
export const defaultOut = resolve(workspaceRoot, 'reports');

/** The descriptions of cohorts that come with the program. */
export const cohortsFolder = join(workspaceRoot, 'cohorts');

/** Whether a cohort is named by the file of its description, and not by a name in cohorts/. */
export function isDescriptionFile(cohort: string): boolean {
  return /[\\/]|\.ya?ml$/i.test(cohort);
}

/**
 * A path as the user meant it: relative to the folder the command was typed in. npm and npx hand that folder on in
 * INIT_CWD, while Nx runs everything from the workspace's root.
 */
export function userPath(path: string): string {
  return resolve(process.env.INIT_CWD ?? process.cwd(), path);
}
