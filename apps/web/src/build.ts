// Makes the page: a folder of static files that any web server can show. `node apps/web/src/build.ts [FOLDER]`.
import { createHash } from 'node:crypto';
import { existsSync, globSync, readFileSync } from 'node:fs';
import { dirname, join, relative, resolve, sep } from 'node:path';
import { fileURLToPath } from 'node:url';
import { phantomBaseFolder } from '@oinr/cohort';
import { makeFolder, removeOwn, writeFileAtomic } from '@oinr/files';
import { encodeNifti } from '@oinr/nifti';
import { contentSecurityPolicy } from '@oinr/serve';
import { type BuildOptions, build } from 'esbuild';
import { example, exampleScan } from './example.ts';

/** Where the page is built to unless another folder is named. */
export const builtPage = join(import.meta.dirname, '../build');

const pageFolder = join(import.meta.dirname, 'page');
const root = join(import.meta.dirname, '../../..');

const options: BuildOptions = {
  bundle: true,
  format: 'esm',
  platform: 'browser',
  target: 'es2023',
  minify: true,
  write: false,
  metafile: true,
  legalComments: 'none',
  logLevel: 'silent',
  // onnxruntime-web with its WebAssembly as files of their own, which its threads load too.
  conditions: ['onnxruntime-web-use-extern-wasm'],
};

/** A script for the tests or the page, bundled as the page's are; the modules that it loads later become files too. */
export async function bundle(
  entryPoints: readonly string[],
  more: BuildOptions = {},
): Promise<{ readonly files: ReadonlyMap<string, Uint8Array>; readonly inputs: readonly string[] }> {
  const outdir = join(root, 'bundle');
  const built = await build({
    ...options,
    entryPoints: [...entryPoints],
    outdir,
    absWorkingDir: root,
    ...more,
  });
  return {
    files: new Map(
      (built.outputFiles ?? []).map(({ path, contents }) => [
        relative(outdir, path).split(sep).join('/'),
        contents,
      ]),
    ),
    inputs: Object.keys(built.metafile?.inputs ?? {}),
  };
}

/** The engine for GPUs, and what the viewer has for other formats: kept once they were used, and not before. */
const isSeldomNeeded = (file: string): boolean => /asyncify|ort\.webgpu|^(blosc|lz4|zstd)-/.test(file);

/** Builds the page into a folder, which holds nothing else afterwards. Returns the bytes of each file by its name. */
export async function buildPage(folder: string): Promise<ReadonlyMap<string, number>> {
  const { files: scripts, inputs } = await bundle(
    ['main.ts', 'worker.ts'].map((file) => join(pageFolder, file)),
    { splitting: true, chunkNames: '[name]-[hash]' },
  );
  const files = new Map<string, Uint8Array | string>(scripts);
  const read = (file: string): Uint8Array => readFileSync(file);
  const text = (file: string): string => readFileSync(join(pageFolder, file), 'utf8');
  files.set('index.html', text('index.html').replace('__POLICY__', contentSecurityPolicy));
  files.set('style.css', text('style.css'));
  for (const file of globSync('ort-wasm-simd-threaded{,.asyncify}.{mjs,wasm}', { cwd: onnxruntime() }))
    files.set(`engine/${file}`, read(join(onnxruntime(), file)));
  // The converter's own worker loads its WebAssembly from beside it.
  const dcm2niix = dirname(fileURLToPath(import.meta.resolve('@niivue/dcm2niix')));
  for (const file of ['worker.jpeg.js', 'dcm2niix.jpeg.js', 'dcm2niix.jpeg.wasm'])
    files.set(file, read(join(dcm2niix, file)));
  const weights = 'oinr-prior.safetensors';
  files.set(`weights/${weights}`, read(join(root, 'libs/imputation/weights', weights)));
  files.set(
    'example/colin27-6mm.nii.gz',
    await encodeNifti(await exampleScan(), 'x.nii.gz', { datatype: 'uint8', space: 'mni' }),
  );
  files.set(
    'example/colin27-6mm.json',
    `${JSON.stringify({ SliceThickness: example.slice, SkullStripped: true }, null, 2)}\n`,
  );
  files.set('example/COPYRIGHT.txt', read(join(phantomBaseFolder, 'COPYRIGHT')));
  files.set(
    'licences.txt',
    licences([...inputs, ...['onnxruntime-web', '@niivue/dcm2niix'].map((name) => `node_modules/${name}/x`)]),
  );
  const kept = [...files.keys()].filter((file) => !isSeldomNeeded(file));
  const hash = createHash('sha256');
  for (const [name, contents] of files) hash.update(name).update(contents);
  const worker = await bundle([join(pageFolder, 'serviceWorker.ts')], {
    format: 'iife',
    define: {
      // The page itself is kept by the address that people have of it.
      __FILES__: JSON.stringify(['./', ...kept]),
      __BUILD__: JSON.stringify(hash.digest('hex').slice(0, 16)),
    },
  });
  for (const [name, contents] of worker.files) files.set(name, contents);
  await removeOwn(folder);
  for (const [name, contents] of files) {
    await makeFolder(dirname(join(folder, name)));
    await writeFileAtomic(join(folder, name), contents);
  }
  return new Map([...files].map(([name, contents]) => [name, Buffer.byteLength(contents)]));
}

function onnxruntime(): string {
  return dirname(fileURLToPath(import.meta.resolve('onnxruntime-web/ort-wasm-simd-threaded.wasm')));
}

/** The licences of the packages that files come from, each once. */
function licences(inputs: readonly string[]): string {
  const names = new Set(
    inputs.flatMap((path) => /.*node_modules\/((?:@[^/]+\/)?[^/]+)\//.exec(path)?.[1] ?? []),
  );
  const parts = [...names].sort().map((name) => {
    const folder = join(root, 'node_modules', name);
    const { version, license } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'));
    const [file] = globSync('{LICENSE,LICENCE,license}*', { cwd: folder });
    const words = file === undefined ? '' : `\n${readFileSync(join(folder, file), 'utf8').trim()}\n`;
    return `${name} ${version} (${license})\n${words}`;
  });
  const own = readFileSync(join(root, 'LICENSE'), 'utf8').trim();
  return [`oinr\n\n${own}\n`, ...parts].join(`\n${'-'.repeat(80)}\n\n`);
}

if (import.meta.main ?? process.argv[1] === import.meta.filename) {
  const folder = resolve(process.argv[2] ?? builtPage);
  if (process.argv[2] !== undefined && existsSync(folder) && !existsSync(join(folder, 'serviceWorker.js'))) {
    process.stderr.write(
      `${folder} is there and is no page that was built here; name a folder that is free.\n`,
    );
    process.exitCode = 1;
  } else {
    const sizes = await buildPage(folder);
    const bytes = [...sizes.values()].reduce((sum, size) => sum + size, 0);
    process.stdout.write(
      `${sizes.size} files, ${(bytes / 1e6).toFixed(1)} MB, in ${folder}. Any web server can show it.\n`,
    );
  }
}
