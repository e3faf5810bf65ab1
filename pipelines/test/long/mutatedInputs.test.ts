// What people have on their disks and worse, through the command: it ends by itself, with a sentence and no stack, and
// where it ends well everybody has a result in the right place.
import { execFile } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { mapLimited } from '@oinr/files';
import { encodeNifti, readHeader } from '@oinr/nifti';
import { stream } from '@oinr/random';
import { applyAffine, type Grid } from '@oinr/volume';
import test from 'ava';
import { temporaryFolder, tinyHead } from '../support/study.ts';

const bin = join(import.meta.dirname, '../../../apps/oinr/bin/oinr.mjs');
const commands = 200;
const people = ['01', '02', '03', '04'];
const grid: Grid = { shape: [12, 13, 6], affine: [3, 0, 0, -18, 0, 3, 0, -19, 0, 0, 9, -24, 0, 0, 0, 1] };

interface Ended {
  readonly code: number;
  readonly out: string;
  readonly error: string;
}

function oinr(words: readonly string[]): Promise<Ended> {
  return new Promise((resolve) => {
    execFile(process.execPath, [bin, ...words], { timeout: 120_000 }, (failure, out, error) => {
      resolve({ code: failure ? Number(failure.code ?? -1) : 0, out, error });
    });
  });
}

const texts = [
  '',
  ' ',
  '\uFEFF',
  '\u00a0',
  '\t',
  '\n',
  '\r',
  '"',
  "'",
  ',',
  ';',
  'n/a',
  'NaN',
  '-0',
  '1e999',
  '../',
  '\u0000',
  '{',
  '}',
  ':',
];

/** Some bytes or words of a file are exchanged, taken out or put in. */
function mutated(
  bytes: Uint8Array,
  random: ReturnType<typeof stream>,
  within: number,
  isText: boolean,
): Uint8Array {
  const changed = [...bytes];
  const times = 1 + Math.floor(random.uniform() * 3);
  for (let time = 0; time < times; time += 1) {
    const at = Math.floor(random.uniform() * Math.min(within, changed.length));
    const kind = random.uniform();
    if (isText && kind < 0.6)
      changed.splice(
        at,
        Math.floor(random.uniform() * 3),
        ...Buffer.from(texts[Math.floor(random.uniform() * texts.length)]),
      );
    else if (kind < 0.9) changed[at] = Math.floor(random.uniform() * 256);
    else changed.length = at;
  }
  return Uint8Array.from(changed);
}

test(`${commands} commands on mutated headers, sidecars and tables end with a sentence or with results in the right place`, async (t) => {
  const folder = temporaryFolder();
  const volumes = await Promise.all(
    people.map((_, index) => encodeNifti({ grid, data: tinyHead(index + 1, [12, 13, 6]) }, 'scan.nii')),
  );
  const table = `participant_id\tgroup\tage\n${people.map((id, n) => `sub-${id}\t${n < 2 ? 'AD' : 'CN'}\t${60 + n}`).join('\n')}\n`;
  const ends: Record<string, number> = {};
  await mapLimited([...Array(commands).keys()], 2, async (number) => {
    const random = stream(number, 'mutated inputs');
    const root = join(folder, String(number));
    const what = (['header', 'sidecar', 'table'] as const)[number % 3];
    people.forEach((id, index) => {
      const anat = join(root, `sub-${id}`, 'anat');
      mkdirSync(anat, { recursive: true });
      const volume =
        what === 'header' && index === 1 ? mutated(volumes[index], random, 352, false) : volumes[index];
      writeFileSync(join(anat, `sub-${id}_T1w.nii`), volume);
    });
    const sidecar = Buffer.from('{"SliceThickness": 8, "SpacingBetweenSlices": 9, "EchoTime": 0.003}');
    writeFileSync(
      join(root, 'T1w.json'),
      what === 'sidecar' ? mutated(sidecar, random, 1000, true) : sidecar,
    );
    const rows = Buffer.from(table);
    writeFileSync(
      join(root, 'participants.tsv'),
      what === 'table' ? mutated(rows, random, 1000, true) : rows,
    );
    writeFileSync(join(root, 'dataset_description.json'), '{"Name": "x", "BIDSVersion": "1.9.0"}');
    const out = join(root, 'out');
    const isTest = what === 'table' || random.uniform() < 0.3;
    const words = isTest
      ? [
          'ttest',
          '--participants',
          join(root, 'participants.tsv'),
          '--images',
          root,
          '--mask',
          join(root, 'sub-01/anat/sub-01_T1w.nii'),
          '--groups',
          'AD',
          'CN',
          '--out',
          out,
        ]
      : ['impute', root, '--method', 'linear', '--out', out, '--jobs', '1'];
    const { code, error } = await oinr(words);
    const case_ = `case ${number} (${what}): ${words[0]}, exit status ${code}\n${error}`;
    ends[`${what}, ${words[0]}: ${code}`] = (ends[`${what}, ${words[0]}: ${code}`] ?? 0) + 1;
    t.true(code === 0 || code === 1, case_);
    t.notRegex(error, /^\s+at .*(file:|node:)/m, case_);
    if (code === 1) t.regex(error.trimEnd().split('\n').at(-1) ?? '', /[.!?)]$/, case_);
    if (isTest) {
      t.is(existsSync(join(out, 'T.nii.gz')), code === 0, case_);
      if (code === 0) {
        // Nobody is dropped: all are compared, or a warning says who is not.
        const { n, warnings } = JSON.parse(readFileSync(join(out, 'summary.json'), 'utf8'));
        t.true(n === people.length || warnings.length > 0, case_);
      }
    } else
      for (const id of people) {
        const source = join(root, `sub-${id}`, 'anat', `sub-${id}_T1w.nii`);
        const result = join(out, `sub-${id}`, 'anat', `sub-${id}_desc-linear_T1w.nii.gz`);
        if (!existsSync(result)) {
          t.is(code, 1, case_);
          t.true(error.includes(`sub-${id}`), case_);
          continue;
        }
        const [before, after] = [(await readHeader(source)).grid, (await readHeader(result)).grid];
        t.true(isWithin(after, before), `${case_}\n${JSON.stringify([before, after])}`);
      }
    rmSync(root, { recursive: true });
  });
  t.log(ends);
  rmSync(folder, { recursive: true });
});

/** Whether a finer grid has the middle of the coarse one for its own: nothing was turned, moved or stretched. */
function isWithin(finer: Grid, coarse: Grid): boolean {
  const middle = ({ shape, affine }: Grid) =>
    applyAffine(affine, [(shape[0] - 1) / 2, (shape[1] - 1) / 2, (shape[2] - 1) / 2]);
  const size = Math.hypot(
    ...coarse.affine.slice(0, 3),
    ...coarse.affine.slice(4, 7),
    ...coarse.affine.slice(8, 11),
  );
  const [a, b] = [middle(finer), middle(coarse)];
  return a.every((value, axis) => Math.abs(value - b[axis]) < 1e-3 * size);
}
