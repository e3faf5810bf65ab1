// Does the packed command work where nobody has the workspace? `node scripts/pack-check.ts [NODE...]` packs apps/oinr,
// installs the tarball into an empty folder for every Node given (a path of the program; default: this one), runs the
// command there on made-up scans, and compiles and runs a small project that imports the library. Downloads what the command needs from npm, and leaves nothing behind.
import { type ExecFileException, execFile } from 'node:child_process';
import {
  cpSync,
  existsSync,
  globSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, dirname, join, resolve } from 'node:path';
import { type Grid, readVolume, resample, writeVolume } from 'oinr';

const root = resolve(import.meta.dirname, '..');
const sharpVersion: string = JSON.parse(readFileSync(join(root, 'libs/signals/package.json'), 'utf8'))
  .dependencies.sharp;
const folder = mkdtempSync(join(tmpdir(), 'oinr-pack-'));

interface Place {
  readonly node: string;
  readonly cwd: string;
}

/** Runs a program with a Node first in the path; gives what it says. @throws Error with that text when it fails. */
function call({ node, cwd }: Place, program: string, ...args: string[]): Promise<string> {
  // Set by npm around this script; inside the empty folder they would mean the workspace.
  const outer = Object.entries(process.env).filter(([name]) => !/^(npm_|INIT_CWD$)/i.test(name));
  const env = {
    ...Object.fromEntries(outer),
    PATH: `${dirname(node)}${delimiter}${process.env.PATH}`,
    ONNXRUNTIME_NODE_INSTALL: 'skip',
  };
  return new Promise((done, fail) => {
    execFile(program, args, { cwd, env }, (error: ExecFileException | null, out, err) => {
      if (error === null) done(out);
      else fail(new Error(`${program} ${args.join(' ')} ended with ${error.code}:\n${out}${err}`));
    });
  });
}

/** A smooth blob of 20 x 20 x 8 voxels, 1 mm in plane and 4 mm apart. */
function scan(brightness: number): Parameters<typeof writeVolume>[1] {
  const data = Float32Array.from({ length: 20 * 20 * 8 }, (_, index) => {
    const [x, y, z] = [index % 20, Math.floor(index / 20) % 20, Math.floor(index / 400)];
    const distance = Math.hypot(x - 9.5, y - 9.5, 2 * (z - 3.5));
    return brightness * Math.exp(-((distance / 7) ** 2)) + 0.1 * Math.sin(x + 2 * y + 3 * z);
  });
  return { grid: { shape: [20, 20, 8], affine: [1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 4, 0, 0, 0, 0, 1] }, data };
}

async function writeData(cwd: string): Promise<void> {
  await writeVolume(join(cwd, 'scan.nii.gz'), scan(100));
  mkdirSync(join(cwd, 'images'));
  const people = ['CN', 'CN', 'CN', 'AD', 'AD', 'AD'].map((group, index) => ({ id: `0${index + 1}`, group }));
  for (const [index, { id }] of people.entries())
    await writeVolume(join(cwd, 'images', `sub-${id}_T1w.nii.gz`), scan(100 + index ** 2));
  const mask = scan(100);
  await writeVolume(join(cwd, 'mask.nii.gz'), {
    ...mask,
    data: mask.data.map((value) => Number(value > 20)),
  });
  const rows = people.map(({ id, group }) => `sub-${id}\t${group}\n`);
  const table = `participant_id\tgroup\n${rows.join('')}`;
  writeFileSync(join(cwd, 'participants.tsv'), table);
  const description = '{"Name": "made up", "BIDSVersion": "1.9.0"}\n';
  for (const study of ['study', 'brains']) {
    mkdirSync(join(cwd, study));
    writeFileSync(join(cwd, study, 'dataset_description.json'), description);
  }
  writeFileSync(join(cwd, 'study', 'participants.tsv'), table);
  for (const [index, { id }] of people.entries())
    await writeVolume(bidsScan(join(cwd, 'study'), id), scan(100 + index ** 2), { space: 'mni' });
  // 12 mm further to the front than the template, which is the same brain.
  const colin = await readVolume(join(root, 'cohorts/phantom-base/colin27_brain_1mm.nii.gz'));
  const grid: Grid = {
    shape: [44, 52, 44],
    affine: [4, 0, 0, -88, 0, 4, 0, -126, 0, 0, 4, -82, 0, 0, 0, 1],
  };
  const seen = resample(colin, grid, 'linear');
  const moved = grid.affine.map((value, index) => (index === 7 ? value + 12 : value));
  await writeVolume(bidsScan(join(cwd, 'brains'), '01'), { ...seen, grid: { ...grid, affine: moved } });
}

function bidsScan(study: string, id: string): string {
  const anat = join(study, `sub-${id}`, 'anat');
  mkdirSync(anat, { recursive: true });
  return join(anat, `sub-${id}_T1w.nii.gz`);
}

/** What may be installed, in MB of 2^20 bytes: onnxruntime alone is 288. */
const mostMegabytes = 440;

function megabytesBelow(path: string): number {
  const files = globSync('**/*', { cwd: path, withFileTypes: true }).filter((entry) => entry.isFile());
  const bytes = files.reduce((sum, { parentPath, name }) => sum + statSync(join(parentPath, name)).size, 0);
  return Math.round(bytes / 2 ** 20);
}

function expectFile(cwd: string, pattern: string): string {
  const [found] = globSync(pattern, { cwd });
  if (found === undefined) throw new Error(`No ${pattern} was written.`);
  return found;
}

async function check(node: string, tarball: string): Promise<void> {
  const cwd = mkdtempSync(join(folder, 'empty-'));
  const place = { node, cwd };
  const oinr = (...args: string[]): Promise<string> =>
    call(place, join(cwd, 'node_modules/.bin/oinr'), ...args);
  console.log(`Node ${(await call(place, node, '--version')).trim()}`);
  cpSync(join(root, 'scripts/pack/project'), cwd, { recursive: true });
  const began = performance.now();
  await call(place, 'npm', 'install', '--no-audit', '--no-fund', tarball);
  for (const name of ['@oinr', 'danfojs-node', '@tensorflow/tfjs', 'typescript'])
    if (existsSync(join(cwd, 'node_modules', name)))
      throw new Error(`${name} was installed with the command.`);
  const { version } = JSON.parse(readFileSync(join(cwd, 'node_modules/oinr/package.json'), 'utf8'));
  if ((await oinr('--version')) !== `oinr ${version}\n`) throw new Error('--version says another version.');
  if (!/Commands[\s\S]*impute[\s\S]*ttest/.test(await oinr('--help')))
    throw new Error('--help lacks commands.');
  const megabytes = megabytesBelow(join(cwd, 'node_modules'));
  if (megabytes > mostMegabytes)
    throw new Error(`${megabytes} MB were installed, more than ${mostMegabytes}.`);
  console.log(
    `  installed, ${megabytes} MB in ${Math.round((performance.now() - began) / 1000)} s; --version and --help`,
  );

  await call(place, node, join(root, 'node_modules/typescript/bin/tsc'), '-p', cwd);
  console.log(`  library, a TypeScript project: ${(await call(place, node, 'built/study.js')).trim()}`);

  await writeData(cwd);
  await oinr('impute', 'scan.nii.gz', '--spacing', '1', '--profile', 'box', '--out', 'imputed');
  console.log(`  impute: ${expectFile(cwd, 'imputed/scan_desc-*.nii.gz')}`);
  const refused = await oinr('impute', 'scan.nii.gz', '--engine', 'tfjs', '--out', 'tfjs').catch(String);
  if (!/npm install @tensorflow\/tfjs@/.test(refused))
    throw new Error(`--engine tfjs does not say what to install:\n${refused}`);
  const people = ['--participants', 'participants.tsv', '--images', 'images', '--mask', 'mask.nii.gz'];
  await oinr('ttest', ...people, '--groups', 'CN', 'AD', '--out', 'tested');
  console.log(`  ttest: ${expectFile(cwd, 'tested/p_fwe_two.nii.gz')}`);

  await oinr(
    'simulate',
    '--root',
    'study',
    '--out',
    'simulated',
    '--k',
    '2',
    '--axis',
    'sagittal',
    '--method',
    'linear',
  );
  console.log(`  simulate: ${expectFile(cwd, 'simulated/bids/default/tables/mse.tsv')}`);
  const onePhotograph = [
    'paper',
    '--out',
    'paper',
    '--experiment',
    'images',
    '--case',
    'coffee',
    '--jobs',
    '1',
  ];
  const unread = await oinr(...onePhotograph).catch(String);
  if (!/npm install sharp@/.test(unread)) throw new Error(`paper does not say what to install:\n${unread}`);
  if (!(await oinr('completion')).includes('complete -o filenames -F _oinr oinr'))
    throw new Error('completion prints no script.');
  // What the sentences asked for.
  await call(place, 'npm', 'install', '--no-audit', '--no-fund', `sharp@${sharpVersion}`);
  await oinr(...onePhotograph, '--steps', '2');
  console.log(`  paper, with sharp: ${expectFile(cwd, 'paper/paper/default/paper.html')}`);
  const simulated = ['--k', '2', '--method', 'linear', 'oinr-prior', '--n-cpus', '1'];
  await oinr('./study', 'out', 'participant', '--spacing', '1', '--method', 'pchip', '--n-cpus', '1');
  console.log(`  BIDS App, participant: ${expectFile(cwd, 'out/sub-06/anat/sub-06_desc-*_T1w.nii.gz')}`);
  await oinr('./study', 'out', 'participant', '--axis', 'sagittal', ...simulated);
  await oinr('./study', 'out', 'group', '--permutations', '10');
  console.log(`  BIDS App, participant --k 2 and group: ${expectFile(cwd, 'out/bids/default/report.html')}`);
  const said = await oinr('prepare', '--root', 'brains', '--out', 'prepared', '--spacing', '4');
  const [, overlap] = /Overlap with the template's brain: mean (0\.\d+)/.exec(said) ?? [];
  if (Number(overlap) < 0.95) throw new Error(`prepare did not find the template again:\n${said}`);
  expectFile(cwd, 'prepared/bids/default/quality.html');
  console.log(
    `  prepare: ${expectFile(cwd, 'prepared/bids/default/derivatives/oinr/sub-01/anat/*_desc-preproc_T1w.nii.gz')}, overlap ${overlap}`,
  );
}

try {
  const here = { node: process.execPath, cwd: join(root, 'apps/oinr') };
  await call(here, 'npm', 'pack', '--pack-destination', folder);
  const tarball = join(folder, expectFile(folder, 'oinr-*.tgz'));
  for (const node of process.argv.length > 2 ? process.argv.slice(2) : [process.execPath])
    await check(resolve(node), tarball);
} finally {
  rmSync(folder, { recursive: true });
}
