import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Subject } from '@oinr/cohort';
import { checksumFile, loadPriorModel, weightsFile } from '@oinr/imputation';
import { readVolume, writeVolume } from '@oinr/nifti';
import { crop } from '@oinr/volume';
import test from 'ava';
import { splitPeople } from '../src/train/people.ts';
import { train } from '../src/train/stage.ts';

const brain = await readVolume(
  join(import.meta.dirname, '../../cohorts/phantom-base/colin27_brain_1mm.nii.gz'),
);
const places = [
  [15, 30, 40],
  [15, 90, 40],
  [80, 90, 40],
  [80, 30, 90],
] as const;

/** A BIDS data set whose people are blocks of one brain, two in each group. */
async function study(): Promise<string> {
  const root = mkdtempSync(join(tmpdir(), 'oinr-train-'));
  const rows = places.map((_, n) => `sub-${n + 1}\t${n % 2 === 0 ? 'control' : 'patient'}`);
  writeFileSync(join(root, 'participants.tsv'), `participant_id\tgroup\n${rows.join('\n')}\n`);
  for (const [n, start] of places.entries()) {
    const folder = join(root, `sub-${n + 1}`, 'anat');
    mkdirSync(folder, { recursive: true });
    const block = crop(brain, { start, shape: [40, 44, 42] });
    await writeVolume(join(folder, `sub-${n + 1}_T1w.nii.gz`), block);
  }
  return root;
}

function terminal(): {
  out: { write(text: string): void };
  error: { write(text: string): void };
  text(): string;
} {
  let said = '';
  const out = {
    write: (text: string) => {
      said += text;
    },
  };
  return { out, error: out, text: () => said };
}

test('the stage trains, holds people out, and writes weights, checksum and card; the same command repeats it', async (t) => {
  const root = await study();
  try {
    const words = [
      '--cohort',
      'bids',
      '--root',
      root,
      '--out',
      join(root, 'out'),
      '--folds',
      '2',
      '--steps',
      '6',
    ];
    const first = terminal();
    t.is(await train(words, first), 0);
    const folder = join(root, 'out/bids/prior/operator');
    const model = await loadPriorModel(folder);
    const card = readFileSync(join(folder, 'MODEL_CARD.md'), 'utf8');
    t.true(card.includes(model.checksum));
    t.true(readFileSync(join(folder, checksumFile), 'utf8').startsWith(model.checksum));
    t.regex(card, /Learned from 2 people: 3, 4\. Held out: 1, 2 /);
    t.is(card.match(/^\| [12] \| coronal \|/gm)?.length, 10);
    t.regex(first.text(), /held-out people [\d.]+/);
    // Training, held-out people and seed are in the weights' own record too.
    t.deepEqual(model.training.heldOut, ['1', '2']);

    const again = terminal();
    t.is(await train(words, again), 0);
    t.regex(again.text(), /Going on from step 6/);
    const bytes = readFileSync(join(folder, weightsFile));
    const anew = join(root, 'other');
    t.is(await train([...words.slice(0, 5), anew, ...words.slice(6)], terminal()), 0);
    t.deepEqual(
      await loadPriorModel(join(anew, 'bids/prior/operator')).then(({ weights }) => weights),
      model.weights,
    );
    t.true(bytes.length < 2e6);
  } finally {
    rmSync(root, { recursive: true });
  }
});

const person = (id: string, group: string): Subject => ({ id, group, image: `${id}.nii.gz`, columns: {} });

test('folds are balanced by group, cover everybody once, and leave at least two to learn from', (t) => {
  const people = [...'abcdefgh'].map((id, n) => person(id, n < 4 ? 'control' : 'patient'));
  const folds = [1, 2, 3, 4].map((fold) => splitPeople(people, 4, fold).heldOut.map(({ id }) => id));
  t.deepEqual(folds, [
    ['a', 'e'],
    ['b', 'f'],
    ['c', 'g'],
    ['d', 'h'],
  ]);
  t.is(splitPeople(people, 1, 1).training.length, 8);
  t.throws(() => splitPeople(people.slice(0, 1), 1, 1), { message: /at least two/ });
});
