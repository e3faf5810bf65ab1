import { globSync, readFileSync } from 'node:fs';
import { dirname, join, sep } from 'node:path';

/** A package of the workspace that the command needs. */
export interface WorkspacePackage {
  readonly name: string;
  readonly version: string;
  /** From the root of the workspace, with slashes. */
  readonly folder: string;
  /** From npm, pinned; packages of the workspace left out. */
  readonly dependencies: Readonly<Record<string, string>>;
  readonly optional: Readonly<Record<string, string>>;
}

/** The command and every package of the workspace that it needs, directly or through another. */
export function packagesOfCommand(root: string): WorkspacePackage[] {
  const files = globSync(['libs/*/package.json', 'pipelines/package.json', 'apps/*/package.json'], {
    cwd: root,
  });
  const all = new Map(
    files.map((file) => {
      const json = JSON.parse(readFileSync(join(root, file), 'utf8'));
      return [json.name as string, { json, folder: dirname(file).split(sep).join('/') }] as const;
    }),
  );
  const found = new Map<string, WorkspacePackage>();
  const visit = (name: string): void => {
    const one = all.get(name);
    if (one === undefined || found.has(name)) return;
    const needed: [string, string][] = Object.entries(one.json.dependencies ?? {});
    found.set(name, {
      name,
      version: one.json.version,
      folder: one.folder,
      dependencies: Object.fromEntries(needed.filter(([other]) => !all.has(other))),
      optional: one.json.optionalDependencies ?? {},
    });
    for (const [other] of needed) visit(other);
  };
  visit('oinr');
  return [...found.values()];
}
