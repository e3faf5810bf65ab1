import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { findPackageJSON } from 'node:module';
import { availableParallelism, cpus, totalmem } from 'node:os';
import { sep } from 'node:path';

/** The machine a run was made on: enough to judge its times, nothing that names it or its user. */
export interface Machine {
  readonly cpu: string;
  readonly cores: number;
  readonly memoryGB: number;
  readonly platform: string;
  readonly node: string;
}

export function describeMachine(): Machine {
  return {
    cpu: cpus()[0]?.model.trim() ?? 'unknown',
    cores: availableParallelism(),
    memoryGB: Math.round(totalmem() / 2 ** 30),
    platform: `${process.platform}-${process.arch}`,
    node: process.versions.node,
  };
}

/** Installed versions of packages, as seen from the module at `from` (an `import.meta.url`); absent ones are left out. */
export function packageVersions(names: readonly string[], from: string): Record<string, string> {
  const versions: Record<string, string> = {};
  for (const name of names) {
    try {
      const file = findPackageJSON(name, from);
      if (file !== undefined) versions[name] = JSON.parse(readFileSync(file, 'utf8')).version;
    } catch {
      // An optional package that is not installed has no version to report.
    }
  }
  return versions;
}

/** The git commit of the code at `folder`, marked when files were changed since; undefined outside a repository. */
export function gitCommit(folder: string): string | undefined {
  // The repository around an installed package is somebody else's.
  if (folder.split(sep).includes('node_modules')) return undefined;
  const git = (...args: string[]) =>
    // Without a lock of its own: it only looks, and on a full disk it would leave the lock behind.
    execFileSync('git', ['--no-optional-locks', ...args], {
      cwd: folder,
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'ignore'],
      timeout: 10_000,
    });
  try {
    const commit = git('rev-parse', 'HEAD').trim();
    const changed = git('status', '--porcelain', '--untracked-files=no').trim() !== '';
    return changed ? `${commit} with uncommitted changes` : commit;
  } catch {
    return undefined;
  }
}
