import { join } from 'node:path';
import test, { type ExecutionContext } from 'ava';
import { CohortError } from '../src/errors.ts';
import { openCohort, readDescription } from '../src/index.ts';
import { excluded, people, tree } from './trees.ts';

/** A layout as its author writes it: every file is a scan named group-name. */
const layout = `
import { readdirSync } from 'node:fs';
import { join } from 'node:path';

export const layout = {
  name: 'flat',
  fields: (z: any) => ({ ending: z.string().startsWith('.'), skip: z.array(z.number()).default([]) }),
  async read({ ending, skip }: { ending: string; skip: number[] }, root: string) {
    const names = readdirSync(root).filter((name) => name.endsWith(ending)).sort();
    const candidates = names.map((name) => {
      const [group, participant] = name.slice(0, -ending.length).split('-');
      return { participant, image: join(root, name), groupValue: group, columns: { skip: String(skip) } };
    });
    const ghost = { participant: 'ghost', image: join(root, 'ghost.nii'), groupValue: 'a', columns: {} };
    return { candidates: [...candidates, ghost], findings: [], hasGroups: true, notes: ['Flat.'] };
  },
};
`;
const yaml = 'layout: ./flat.ts\nname: own\ndescription: y\nroot: data\nending: .nii\n';
const scans = Object.fromEntries(
  ['a-1', 'a-2', 'b-3', 'c-4', 'x-5', 'q-6'].map((name) => [`data/${name}.nii`, '']),
);

async function openOwn(t: ExecutionContext, files: Readonly<Record<string, string>>) {
  const root = await tree(t, files);
  return openCohort(await readDescription(join(root, 'own.yaml')), { environment: {} });
}

test('groups, exclusions and masks of the description apply to a layout of one\u2019s own', async (t) => {
  const rules = `
groups: {labels: {second: [b, c], first: [a]}, ignore: [x]}
exclude: [{subject: 2, reason: it moved.}]
mask: 'masks/{stem}.nii'
`;
  const masks = { 'data/masks/a-1.nii': '', 'data/masks/b-3.nii': '' };
  const cohort = await openOwn(t, { ...scans, ...masks, 'flat.ts': layout, 'own.yaml': yaml + rules });
  t.deepEqual(cohort.groups, ['second', 'first']);
  t.deepEqual(people(cohort), ['1 first', '3 second']);
  t.true(cohort.subjects[0].mask?.endsWith(join('masks', 'a-1.nii')));
  t.deepEqual(cohort.notes, ['Flat.']);
  t.is(excluded(t, cohort, /^2$/).reason, 'is excluded by the description: it moved.');
  t.regex(excluded(t, cohort, /^4$/).reason, /has no mask/);
  t.false(excluded(t, cohort, /^5$/).isProblem);
  t.regex(excluded(t, cohort, /^6$/).reason, /has the group 'q', which the description does not know/);
});

test('an image that a layout names and that does not exist is reported', async (t) => {
  const cohort = await openOwn(t, { ...scans, 'flat.ts': layout, 'own.yaml': yaml });
  t.deepEqual(cohort.groups, ['a', 'b', 'c', 'q', 'x']);
  t.deepEqual(people(cohort), ['1 a', '2 a', '3 b', '4 c', '6 q', '5 x']);
  t.like(excluded(t, cohort, /^ghost$/), { isProblem: true });
  t.regex(excluded(t, cohort, /^ghost$/).reason, /there is no file .*ghost\.nii/);
});

test('fields of a layout of one\u2019s own are checked, completed, and named in errors', async (t) => {
  const good = await openOwn(t, { ...scans, 'flat.ts': layout, 'own.yaml': `${yaml}skip: [1, 2]\n` });
  t.is(good.subjects[0].columns.skip, '1,2');
  const cases: readonly (readonly [string, RegExp])[] = [
    [`${yaml}skip: [1, two]\n`, /own\.yaml does not describe a cohort: skip\.1: expected number/],
    [
      `${yaml}skap: [1]\n`,
      /the description has the unknown key 'skap'\. .*fields of the layout \.\/flat\.ts/,
    ],
    [yaml.replace('.nii', 'nii'), /ending: Invalid string: must start with "\."/],
    [`${yaml}groups: {labels: {1: [a]}}\n`, /groups\.labels\.1: the name of a group must begin/],
    [yaml.replace('name: own', 'name: ../own'), /name: must begin with a letter/],
  ];
  for (const [text, message] of cases) {
    await t.throwsAsync(openOwn(t, { ...scans, 'flat.ts': layout, 'own.yaml': text }), {
      instanceOf: CohortError,
      message,
    });
  }
});

test('a layout without fields takes none, and may be a default export in JavaScript', async (t) => {
  const plain = `export default {
  name: 'plain',
  read: async (_, root) => ({
    candidates: [{ participant: 'p', image: root + '/a-1.nii', groupValue: undefined, columns: {} }],
    findings: [], hasGroups: false,
  }),
};`;
  const own = yaml.replace('flat.ts', 'plain.mjs');
  const cohort = await openOwn(t, {
    ...scans,
    'plain.mjs': plain,
    'own.yaml': own.replace(/ending.*\n/, ''),
  });
  t.deepEqual(people(cohort), ['p all']);
  await t.throwsAsync(openOwn(t, { ...scans, 'plain.mjs': plain, 'own.yaml': own }), {
    instanceOf: CohortError,
    message: /unknown key 'ending'/,
  });
});

test('what is wrong with the file of a layout is said in a sentence', async (t) => {
  const fieldsOf = (fields: string) => `export const layout = { name: 'f', fields: ${fields}, read() {} };`;
  const cases: readonly (readonly [Readonly<Record<string, string>>, RegExp])[] = [
    [{}, /own\.yaml names the layout \.\/flat\.ts, but there is no file .*flat\.ts\. Correct the path/],
    [
      { 'flat.ts': 'export const layout = {' },
      /The layout .*flat\.ts, which .*own\.yaml names, does not load: /,
    ],
    [{ 'flat.ts': "import 'no-such-package-at-all';" }, /does not load: .*no-such-package-at-all/],
    [{ 'flat.ts': 'export const other = 1;' }, /has no layout\. An export named `layout` .* was expected/],
    [{ 'flat.ts': "export const layout = { name: 'f' };" }, /has no layout\. .*`read`/],
    [{ 'flat.ts': fieldsOf('(z) => ({ mask: z.string() })') }, /its field 'mask' is a field that every/],
    [{ 'flat.ts': fieldsOf("() => ({ ending: 'text' })") }, /its field 'ending' is not a schema of zod 4/],
  ];
  for (const [files, message] of cases) {
    await t.throwsAsync(openOwn(t, { ...files, 'own.yaml': yaml }), { instanceOf: CohortError, message });
  }
  const folder = await tree(t, { 'own.yaml': yaml.replace('./flat.ts', './flat.py') });
  await t.throwsAsync(readDescription(join(folder, 'own.yaml')), {
    instanceOf: CohortError,
    message:
      /layout must be one of adni, bids, table, phantom, inserted, or a file .* such as \.\/myLayout\.ts/,
  });
});
