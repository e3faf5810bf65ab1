import { appendFileSync, existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Subject } from '@oinr/cohort';
import { checksumFile, loadPriorModel, priorTrainingDefaults, weightsFile } from '@oinr/imputation';
import test from 'ava';
import { runStage } from '../src/runStage.ts';
import { crossFitOperators } from '../src/simulate/crossFit.ts';
import { contextOf } from '../src/stageContext.ts';
import type { Terminal } from '../src/terminal.ts';
import { startOf, trainingMark } from '../src/train/learn.ts';
import { splitPeople } from '../src/train/people.ts';
import { blocksStudy } from './support/blocksStudy.ts';
import { recordedTerminal } from './support/recordedTerminal.ts';
import { startStage } from './support/study.ts';

/** A stage with the words of a command line; gives the exit status. */
const train = (words: readonly string[], terminal: Terminal): Promise<number> =>
  runStage('train', words, contextOf(terminal));

test('the stage trains, holds people out, and writes weights, checksum and card; the same command repeats it', async (t) => {
  const root = await blocksStudy();
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
    const first = recordedTerminal();
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

    const again = recordedTerminal();
    t.is(await train(words, again), 0);
    t.regex(again.text(), /Going on from step 6/);
    const bytes = readFileSync(join(folder, weightsFile));
    const anew = join(root, 'other');
    // Under the name that it has among all folds.
    const elsewhere = [...words.slice(0, 5), anew, ...words.slice(6), '--run', 'mine-fold1'];
    t.is(await train(elsewhere, recordedTerminal()), 0);
    const same = join(anew, 'bids/mine-fold1/operator');
    t.deepEqual(await loadPriorModel(same).then(({ experts }) => experts), model.experts);
    t.true(bytes.length < 5e6);
    t.deepEqual(readFileSync(join(same, weightsFile)), bytes);

    // So it imputes those whom it never saw, and nobody else.
    const called = (id: string): Subject => ({ id, group: 'control', image: `${id}.nii`, columns: {} });
    const folds = await crossFitOperators(anew, 'bids', 'mine', [called('1'), called('2')]);
    t.deepEqual(
      folds.map(({ fold, learnedFrom }) => [fold, learnedFrom]),
      [[1, ['3', '4']]],
    );
    await t.throwsAsync(crossFitOperators(anew, 'bids', 'mine', [called('3')]), {
      message: /sub-3 was held out from 0 of the 1 operators of mine/,
    });

    // More steps go on from there, and the card tells the time of all of them and both plans.
    const longer = [...words.slice(0, -1), '8'];
    t.is(await train(longer, recordedTerminal()), 0);
    t.regex(
      readFileSync(join(folder, 'MODEL_CARD.md'), 'utf8'),
      /8 steps, .* CPU hours\. The number of steps.*from step 0 as planned for 6, then from step 6 as planned for 8/,
    );
    // A wrong path is told before anything is learned.
    const wrong = recordedTerminal();
    const absent = join(root, 'absent.nii');
    await t.throwsAsync(train([...words.slice(0, -1), '10', '--elsewhere', absent], wrong), {
      message: /absent\.nii does not exist/,
    });
    t.notRegex(wrong.text(), /Going on/);
  } finally {
    rmSync(root, { recursive: true });
  }
});

test('a training is stopped while its people are measured too, and the same command measures them', async (t) => {
  const root = await blocksStudy();
  const out = join(root, 'out');
  const words = ['--cohort', 'bids', '--root', root, '--out', out, '--folds', '2', '--steps', '2'];
  const { child, finished } = startStage('train', words);
  let said = '';
  const look = (chunk: Buffer): void => {
    if (
      !said.includes('of the best interpolation') &&
      `${said}${chunk}`.includes('of the best interpolation')
    )
      child.kill('SIGINT');
    said += chunk;
  };
  child.stdout?.on('data', look);
  child.stderr?.on('data', look);
  const { code } = await finished;
  t.not(code, 0);
  t.true((said.match(/of the best interpolation/g) ?? []).length < 10, said);
  const card = join(out, 'bids/prior/operator/MODEL_CARD.md');
  t.false(existsSync(card));
  const again = recordedTerminal();
  t.is(await train(words, again), 0);
  t.regex(again.text(), /Going on from step 2/);
  t.is(readFileSync(card, 'utf8').match(/^\| [12] \| coronal \|/gm)?.length, 10);
  rmSync(root, { recursive: true });
});

test('a training begins with the networks of another operator, and the card says of which', async (t) => {
  const root = await blocksStudy();
  const words = (out: string, steps: number) => [
    ...['--cohort', 'bids', '--root', root, '--out', join(root, out), '--folds', '2', '--steps', `${steps}`],
    ...['--experts', '2,3', '--width', '16'],
  ];
  const folder = (out: string) => join(root, out, 'bids/prior/operator');
  t.is(await train(words('first', 3), recordedTerminal()), 0);
  const first = await loadPriorModel(folder('first'));
  // At a rate of next to nothing what comes out is what was begun with.
  const still = [...words('second', 1), '--learning-rate', '1e-12', '--start-from', folder('first')];
  t.is(await train(still, recordedTerminal()), 0);
  const second = await loadPriorModel(folder('second'));
  for (const [name, values] of Object.entries(first.experts[0].weights))
    values.forEach((value, n) => {
      t.true(Math.abs(second.experts[0].weights[name][n] - value) < 1e-6, name);
    });
  t.is(second.training.beganWith, first.checksum);
  const card = readFileSync(join(folder('second'), 'MODEL_CARD.md'), 'utf8');
  t.true(card.includes(`Began with the networks of the operator of SHA-256 \`${first.checksum}\``));
  // The one that is shipped has networks of another width.
  await t.throwsAsync(train([...words('third', 1), '--start-from', 'shipped'], recordedTerminal()), {
    message:
      /--start-from shipped has no network of 16 channels for gaps of 2, 3 slices; it has one of 96 channels/,
  });
  t.false(existsSync(join(root, 'third')));
  rmSync(root, { recursive: true });
});

test('a network of one axis is trained on slices of that axis, and answers for it alone', async (t) => {
  const root = await blocksStudy();
  const out = join(root, 'out');
  const words = ['--cohort', 'bids', '--root', root, '--out', out, '--folds', '2', '--steps', '2'];
  const terminal = recordedTerminal();
  t.is(await train([...words, '--width', '16', '--experts', 'coronal:2,3,3/2,3'], terminal), 0);
  t.regex(terminal.text(), /Network 1 of 2, for gaps of 2, 3 coronal slices\./);
  const { experts } = await loadPriorModel(join(out, 'bids/prior/operator'));
  t.deepEqual(
    experts.map(({ axis }) => axis),
    ['coronal', undefined],
  );
  const card = readFileSync(join(out, 'bids/prior/operator/MODEL_CARD.md'), 'utf8');
  t.regex(card, /Network for gaps of [\d.]+ to [\d.]+ pixels between coronal slices: /);
  for (const wrong of ['coronal', 'oblique:2', 'coronal:2:3', '2,9', 'coronal:'])
    await t.throwsAsync(train([...words, '--experts', wrong], recordedTerminal()), {
      message: /--experts needs for each network the gaps/,
    });
  rmSync(root, { recursive: true });
});

test('a network begins with the one of the other operator that was made for its gaps, its own axis first', (t) => {
  const network = priorTrainingDefaults.network;
  const range = { gap: [1, 9], pixel: [0.5, 2], gapInPixels: [1, 9] } as const;
  const made = (gaps: readonly [number, number], axis?: 'coronal') => ({
    network,
    gaps,
    range,
    weights: {},
    axis,
  });
  const [few, many, coronal] = [made([1.86, 3.46]), made([3.73, 9.22]), made([1.86, 3.46], 'coronal')];
  const model = { experts: [few, many, coronal] };
  t.is(startOf(model, { network, spacings: [2, 3] }), few);
  t.is(startOf(model, { network, spacings: [4, 5, 6, 8] }), many);
  t.is(startOf(model, { network, spacings: [2, 3], axis: 'coronal' }), coronal);
  t.is(startOf(model, { network, spacings: [6], axis: 'coronal' }), many);
  t.is(startOf(model, { network: { ...network, width: 8 }, spacings: [2] }), undefined);
});

test('a training goes on only under the code that it was begun with', (t) => {
  const settings = { ...priorTrainingDefaults, seed: 1, steps: 6, learningRate: [1e-3, 1e-4] as const };
  const about = {
    settings,
    engine: 'cpu' as const,
    images: { training: ['a', 'b'], heldOut: ['c'] },
    code: 'one',
  };
  const mark = trainingMark(about);
  t.is(trainingMark({ ...about, settings: { ...settings, steps: 7 } }), mark);
  t.not(trainingMark({ ...about, code: 'two' }), mark);
  t.not(trainingMark({ ...about, engine: 'tfjs' }), mark);
  t.not(trainingMark({ ...about, start: { checksum: 'other', experts: [], training: {} } }), mark);
  t.not(trainingMark({ ...about, images: { training: ['a'], heldOut: ['b', 'c'] } }), mark);
});

test('a person without an image is told and listed; a description beside the user is found by a relative path', async (t) => {
  const root = await blocksStudy();
  appendFileSync(join(root, 'participants.tsv'), 'sub-9\tcontrol\n');
  writeFileSync(
    join(root, 'mine.yaml'),
    readFileSync(join(import.meta.dirname, '../../cohorts/bids.yaml'), 'utf8')
      .replace(/^name: .*$/m, 'name: mine')
      .concat('\nroot: .\n'),
  );
  const out = join(root, 'out');
  const words = ['--cohort', 'mine.yaml', '--out', out, '--folds', '1', '--steps', '1'];
  const { finished } = startStage('train', words, { INIT_CWD: root });
  const { code, error } = await finished;
  // A row without an image is no failure: nobody with an image is lost.
  t.is(code, 0, error);
  t.regex(
    error,
    /Not usable in this cohort \(1; tables\/excluded\.tsv\)\n {2}sub-9: is in participants\.tsv but has no/,
  );
  const excluded = readFileSync(join(out, 'mine/prior/tables/excluded.tsv'), 'utf8');
  t.regex(excluded, /sub-9\t/);
  t.true(existsSync(join(out, 'mine/prior/operator', weightsFile)));
  rmSync(root, { recursive: true });
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
