import { UsageError } from '@oinr/errors';
import test from 'ava';
import { parseCommandLine } from '../src/config/commandLine.ts';
import { editDistance, nearest } from '../src/config/nearest.ts';
import { helpText } from '../src/help.ts';
import { runStage } from '../src/runStage.ts';
import { simulateConfig } from '../src/simulate/config.ts';
import { resolveWork } from '../src/simulate/resolveWork.ts';
import { contextOf } from '../src/stageContext.ts';
import { ttestConfig } from '../src/ttest/config.ts';

const read = (line: string) =>
  parseCommandLine(
    simulateConfig,
    line.split(' ').filter((word) => word !== ''),
  );
const refusal = (line: string): string => {
  try {
    read(line);
  } catch (error) {
    if (error instanceof UsageError) return error.message;
    throw error;
  }
  return 'accepted';
};

test('lists take words and commas, percentages become k, each once and in order', (t) => {
  const options = read('--missing 75 50,66 66% --participant-label 01 02 --method pchip linear --seed 7');
  t.deepEqual(options.k, [2, 3, 4]);
  t.deepEqual(options.participantLabel, ['01', '02']);
  t.deepEqual(options.method, ['pchip', 'linear']);
  t.is(options.seed, 7);
  t.deepEqual(read('--k 6 --k 2').k, [2, 6]);
  t.deepEqual(read('--missing=50 66').k, [2, 3]);
  t.deepEqual(read('--missing 50 66 75 80 82').k, [2, 3, 4, 5, 6]);
});

test('without options: six people of the phantom, k = 2, 3, 4, the methods that matter, volumes written', async (t) => {
  const options = resolveWork(read(''));
  t.is(options.cohort, 'phantom');
  t.is(options.axis, 'coronal');
  t.deepEqual(options.k, [2, 3, 4]);
  t.false(options.noVolumes);
  t.false(options.force);
  t.is(options.phantomPerGroup, 3);
  t.deepEqual(options.method.slice(0, 3), ['linear', 'pchip', 'cubic']);
  // All people and methods where they are asked for, and always of other cohorts.
  const whole = resolveWork(read('--whole'));
  t.is(whole.phantomPerGroup, undefined);
  t.true(['nearest', 'auto'].every((name) => whole.method.includes(name)));
  t.deepEqual(resolveWork(read('--cohort bids')).method, whole.method);
  t.deepEqual(resolveWork(read('--method pchip linear')).method, ['linear', 'pchip']);
});

test('mistakes are refused with a sentence and what was probably meant', (t) => {
  t.regex(refusal('--metod linear'), /Unknown option --metod\. Did you mean --method\?/);
  t.regex(refusal('--participant 01'), /Did you mean --participant-label\?/);
  t.regex(refusal('--method liner'), /"liner" does not exist; choose among .*Did you mean linear\?/);
  t.regex(refusal('--axis coronar'), /Did you mean coronal\?/);
  t.regex(refusal('--engine gpu'), /choose among auto/);
  t.regex(refusal('--missing 51'), /--missing 51: No pattern/);
  t.regex(refusal('--missing half'), /--missing needs a whole number above 0, but got "half"/);
  t.regex(refusal('--k 1'), /of at least 2, but got "1"/);
  t.regex(refusal('--k 2 --missing 50'), /give one of them/);
  t.regex(refusal('--offset 3 --k 2'), /offset/);
  t.regex(refusal('--offset any'), /--offset needs a whole number of at least 0, or random, but got "any"/);
  t.regex(refusal('--offset -1'), /at least 0, or random/);
  t.regex(refusal('--seed'), /--seed needs a value/);
  t.regex(refusal('--seed --force'), /--seed needs a value/);
  t.regex(refusal('--seed 1.5'), /whole number/);
  t.regex(refusal('--seed 1 --seed 2'), /given twice/);
  t.regex(refusal('--scale 0'), /above 0/);
  t.regex(refusal('--force yes'), /"yes" belongs to no option/);
  t.regex(refusal('--force=yes'), /takes no value/);
  t.regex(refusal('coronal'), /"coronal" belongs to no option/);
  t.regex(refusal('-k 2'), /Unknown option -k\. Did you mean --k\?/);
  t.regex(refusal('--verbose'), /option of Nx/);
  t.regex(refusal('--run ../x'), /cannot be a folder name/);
  t.regex(refusal('--run .hidden'), /cannot be a folder name/);
});

test('the nearest candidate, or none when nothing is near', (t) => {
  t.is(editDistance('kitten', 'sitting'), 3);
  t.is(nearest('pchp', ['linear', 'pchip']), 'pchip');
  t.is(nearest('oinr-int', ['oinr', 'oinr-internal']), 'oinr-internal');
  t.is(nearest('zzz', ['linear', 'pchip']), undefined);
});

test('the help names every option and stage, in lines that fit a terminal', async (t) => {
  const text = await helpText();
  for (const option of ['--cohort', '--participant-label', '--missing', '--no-volumes', 'pipeline:impute']) {
    t.true(text.includes(option), option);
  }
  t.true(text.split('\n').every((line) => line.length <= 100));
  const written: string[] = [];
  const stream = { write: (chunk: string) => written.push(chunk) };
  t.is(await runStage('impute', ['--help'], contextOf({ out: stream, error: stream })), 0);
  t.true(written.join('').includes('Options of impute'));
  await t.throwsAsync(runStage('imputee', [], contextOf({ out: stream, error: stream })), {
    message: /Did you mean impute\?/,
  });
});

test('options of ttest: lists end at the next option, values may be negative or joined by =', (t) => {
  const given = '--participants p.tsv --images . --mask m.nii --out o --groups CN AD --seed=-3 --tfce';
  const config = parseCommandLine(ttestConfig, given.split(' '));
  t.deepEqual(config.groups, ['CN', 'AD']);
  t.is(config.seed, -3);
  t.true(config.tfce);
  const read = (more: string) => parseCommandLine(ttestConfig, `${given} ${more}`.split(' '));
  t.throws(() => read('--alpha'), { message: /--alpha needs a value/ });
  t.throws(() => read('--alpha 0.1 0.2'), { message: /"0.2" belongs to no option/ });
});
