import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { packagesOfCommand } from './packages.ts';

/**
 * What an installed command can do without. danfojs-node needs the workspace's `overrides` (it asks for a native
 * TensorFlow and a package outside the registry), which npm takes from the installing project alone. TensorFlow.js is
 * 270 MB for an engine that is slower than the others; sharp reads images, for the paper's experiments alone.
 */
const withoutIt = new Set(['danfojs-node', '@tensorflow/tfjs', 'sharp']);

/** By what people look for it in the registry. */
const keywords = [
  ...['mri', 't1-weighted', 'neuroimaging', 'nifti', 'bids', 'bids-app', 'slice-imputation'],
  ...['super-resolution', 'implicit-neural-representation', 'permutation-test', 'voxel-based-morphometry'],
];

/** The package.json of the tarball: what comes from npm, pinned as in the libs, and nothing of the workspace. */
export function packedManifest(root: string): Record<string, unknown> {
  const read = (file: string) => JSON.parse(readFileSync(join(root, file), 'utf8'));
  const own = read('apps/oinr/package.json');
  const workspace = read('package.json');
  const dependencies = new Map<string, string>();
  const optional = new Map<string, string>();
  const add = (into: Map<string, string>, [name, version]: [string, string]): void => {
    const other = into.get(name);
    if (other !== undefined && other !== version)
      throw new Error(`${name} is pinned to ${other} in one lib and to ${version} in another; pin it once.`);
    into.set(name, version);
  };
  for (const one of packagesOfCommand(root)) {
    for (const entry of Object.entries(one.dependencies))
      add(withoutIt.has(entry[0]) ? optional : dependencies, entry);
    for (const entry of Object.entries(one.optional)) add(optional, entry);
  }
  const sorted = (entries: Map<string, string>): Record<string, string> =>
    Object.fromEntries([...entries].sort(([a], [b]) => (a < b ? -1 : 1)));
  return {
    name: own.name,
    version: own.version,
    description: workspace.description,
    keywords,
    license: own.license,
    type: own.type,
    engines: workspace.engines,
    bin: { oinr: './dist/apps/oinr/bin/oinr.mjs' },
    // For tools that do not know `exports`.
    main: './dist/apps/oinr/src/library.js',
    types: './dist/apps/oinr/src/library.d.ts',
    exports: {
      '.': { types: './dist/apps/oinr/src/library.d.ts', default: './dist/apps/oinr/src/library.js' },
      './package.json': './package.json',
    },
    files: ['dist'],
    dependencies: sorted(dependencies),
    // Used where somebody has installed them, and never installed by themselves.
    peerDependencies: sorted(optional),
    peerDependenciesMeta: Object.fromEntries([...optional.keys()].map((name) => [name, { optional: true }])),
  };
}
