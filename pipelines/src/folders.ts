import { resolve } from 'node:path';

/** The root of the workspace. */
export const workspaceRoot = resolve(import.meta.dirname, '../..');

/** Where runs are written unless --out says otherwise. */
export const defaultOut = resolve(workspaceRoot, 'reports');

/**
 * A path as the user meant it: relative to the folder the command was typed in. npm and npx hand that folder on in
 * INIT_CWD, while Nx runs everything from the workspace's root.
 */
export function userPath(path: string): string {
  return resolve(process.env.INIT_CWD ?? process.cwd(), path);
}
