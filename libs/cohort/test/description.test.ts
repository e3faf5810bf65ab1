import { existsSync, readFileSync } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import test from 'ava';
import { parseDescription } from '../src/description.ts';
import { CohortError, CohortUnavailable } from '../src/errors.ts';
import { openCohort, readDescription } from '../src/index.ts';
import { cohortJsonSchema } from '../src/schema.ts';
import { tree } from './trees.ts';

const cohorts = join(import.meta.dirname, '../../../cohorts');

test('every description in cohorts/ is valid and named as its file', async (t) => {
  const files = (await readdir(cohorts)).filter((name) => name.endsWith('.yaml'));
  t.true(files.includes('adni.yaml') && files.includes('bids.yaml') && files.includes('table.yaml'));
  for (const file of files) {
    const description = await readDescription(file.slice(0, -5), cohorts);
    t.is(`${description.name}.yaml`, file);
  }
});

test('cohorts/cohort.schema.json is what the schema says now', (t) => {
  const kept = JSON.parse(readFileSync(join(cohorts, 'cohort.schema.json'), 'utf8'));
  t.deepEqual(
    kept,
    JSON.parse(JSON.stringify(cohortJsonSchema())),
    'run: node libs/cohort/src/writeSchema.ts',
  );
});

const good = 'layout: bids\nname: x\ndescription: y\n';

test('a bad field is named by its path', (t) => {
  const cases: readonly (readonly [string, RegExp])[] = [
    [`${good}grup: z\n`, /the description has the unknown key 'grup'/],
    [`${good}choose: {sesion: M000}\n`, /choose has the unknown key 'sesion'/],
    [`${good}groups: {column: g, labels: {CN: []}}\n`, /groups\.labels\.CN/],
    [
      `${good}groups: {column: g, labels: {1: [1], 0: [0]}}\n`,
      /groups\.labels\.0: the name of a group must begin/,
    ],
    [`${good}choose: {scan: third}\n`, /choose\.scan: .*"first"\|"refuse"/],
    ['layout: bids\ndescription: y\n', /name: /],
    ['layout: bdis\nname: x\ndescription: y\n', /layout must be one of adni, bids, table, phantom/],
    ['name: x\ndescription: y\n', /layout must be one of/],
    ['layout: bids\nname: ../x\ndescription: y\n', /name: must begin with a letter/],
    ['layout: adni\nname: x\ndescription: y\n', /groups: /],
    ['layout: bids\nlayout: bids\n', /is not YAML: .*unique/i],
    ['a: [1\n', /is not YAML/],
    [
      `${good}a: &a [x,x,x]\nb: &b [${'*a,'.repeat(50)}]\nc: [${'*b,'.repeat(50)}]\n`,
      /aliases \(\*name\) cannot be resolved/,
    ],
    [`${good}a: *gone\n`, /aliases \(\*name\) cannot be resolved|is not YAML/],
    [`a: ${'['.repeat(20_000)}\n`, /nested too deeply|is not YAML/],
    [`${good}${Array.from({ length: 30 }, (_, n) => `key${n}: 1\n`).join('')}`, /'key9' and 20 more/],
    ['- 1\n', /does not describe a cohort/],
    ['', /does not describe a cohort/],
  ];
  for (const [text, message] of cases) {
    const error = t.throws(() => parseDescription(text, 'own.yaml'), { instanceOf: CohortError, message });
    t.true(error?.message.startsWith('own.yaml '));
  }
});

test('numbers in YAML are labels as text', (t) => {
  const description = parseDescription(
    `${good}groups: {column: dx, labels: {low: 0, high: [1, 2]}}\n`,
    'own.yaml',
  );
  t.like(description, { groups: { column: ['dx'], labels: { low: ['0'], high: ['1', '2'] } } });
});

test('a name that is not there lists those that are', async (t) => {
  await t.throwsAsync(readDescription('adn', cohorts), {
    instanceOf: CohortError,
    message: /Known.*adni, bids/,
  });
  await t.throwsAsync(readDescription('/nowhere/x.yaml', cohorts), {
    instanceOf: CohortError,
    message: /does not exist/,
  });
  const root = await tree(t, { 'own.yaml': good });
  t.is((await readDescription(join(root, 'own.yaml'), cohorts)).name, 'x');
});

test('without data, adni says how to get them and what to set', async (t) => {
  const adni = await readDescription('adni', cohorts);
  const error = await t.throwsAsync(openCohort(adni, { environment: {} }), { instanceOf: CohortUnavailable });
  for (const words of [/adni\.loni\.usc\.edu/, /--root DIR/, /ADNI_ROOT/])
    t.regex(error?.message ?? '', words);
  t.true((error?.message.split('\n').length ?? 99) <= 8);
  await t.throwsAsync(openCohort(adni, { environment: { ADNI_ROOT: '/nowhere/adni' } }), {
    instanceOf: CohortUnavailable,
    message: /\/nowhere\/adni \(from the environment variable ADNI_ROOT\) is not a folder/,
  });
});

test('--root goes before the variable, the variable before the description', async (t) => {
  const root = await tree(t, {
    'own.yaml': `${good}root: a\nroot_variable: X_ROOT\n`,
    'a/sub-a/anat/sub-a_T1w.nii': '',
    'b/sub-b/anat/sub-b_T1w.nii': '',
    'c/sub-c/anat/sub-c_T1w.nii': '',
  });
  const description = await readDescription(join(root, 'own.yaml'), cohorts);
  const ids = async (options: Parameters<typeof openCohort>[1]) =>
    (await openCohort(description, options)).subjects.map(({ id }) => id);
  t.deepEqual(await ids({ environment: {} }), ['a']);
  t.deepEqual(await ids({ environment: { X_ROOT: join(root, 'b') } }), ['b']);
  t.deepEqual(await ids({ environment: { X_ROOT: join(root, 'b') }, root: join(root, 'c') }), ['c']);
  t.true(existsSync(root));
});
