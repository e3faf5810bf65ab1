import { execFile } from 'node:child_process';
import { mkdtempSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import test from 'ava';

const folder = join(import.meta.dirname, '..');

async function run(example: string, ...args: string[]): Promise<string> {
  return (await promisify(execFile)(process.execPath, [join(folder, example), ...args])).stdout;
}

/** The numbers that stand behind a word in what an example prints. */
function numbersAfter(printed: string, word: string): number[] {
  return [...printed.matchAll(new RegExp(`${word} ([-\\d.e]+)`, 'g'))].map(([, number]) => Number(number));
}

test('an array is imputed, and PCHIP comes closest to a soft edge', async (t) => {
  const printed = await run('imputeAnArray.ts');
  const errors = numbersAfter(printed, 'mean squared error');
  t.is(errors.length, 4);
  const [nearest, linear, pchip, cubic] = errors;
  t.true(nearest > linear && linear > pchip && cubic > pchip && pchip > 0, printed);
});

test('a method of one\u2019s own runs beside the others and keeps the kept slices', async (t) => {
  const printed = await run('ownMethod.ts');
  const [own, linear] = numbersAfter(printed, 'mean squared error');
  t.true(own > linear && linear > 0, printed);
  t.is(printed.match(/slices, 0 in kept ones/g)?.length, 2);
});

test('the t-test finds the voxels in which the groups differ', async (t) => {
  const printed = await run('tTestOnArrays.ts');
  const [found] = numbersAfter(printed, 'family-wise:');
  t.true(found >= 8 && found <= 11, printed);
  t.true(numbersAfter(printed, 'corrected p')[0] <= 0.05, printed);
});

test('a figure is one SVG element with its title', async (t) => {
  const file = join(mkdtempSync(join(tmpdir(), 'oinr-example-')), 'slices.svg');
  await run('drawAFigure.ts', file);
  const svg = readFileSync(file, 'utf8');
  t.regex(svg, /^<svg [\s\S]*<title>Every third coronal slice kept<\/title>[\s\S]*<\/svg>\s*$/);
});

test('a study with a layout of one\u2019s own opens, and its description decides on groups and exclusions', async (t) => {
  t.deepEqual((await run('ownCohort.ts')).trim().split('\n'), [
    'anna: control',
    'emma: patient',
    'hans: patient',
    'otto is excluded by the description: moved during the scan.',
    "test is in group 'pilot', which the description leaves out.",
  ]);
});
