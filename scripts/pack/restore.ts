import { renameSync } from 'node:fs';
import { join } from 'node:path';

/** Where the workspace's package.json of an app waits while npm packs. */
export function keptManifest(app: string): string {
  return join(app, 'package.workspace.json');
}

/** Puts the workspace's package.json back. */
export function restoreManifest(app: string): void {
  renameSync(keptManifest(app), join(app, 'package.json'));
}
