import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { parseTsv } from '@oinr/tables';
import test from 'ava';
import { limitsOfPrediction } from '../../pipelines/src/scans/predictedInWords.ts';
import { documents, textsOfRecords } from '../records/documents.ts';
import { errorValues } from '../records/errorTable.ts';
import { partedFrom, placesIn, withTexts } from '../records/places.ts';
import { numberOf, readRecord } from '../records/record.ts';
import { recipes } from '../records/registry.ts';

const root = resolve(import.meta.dirname, '../..');

test('every number of a document that a record has is that of the record', (t) => {
  const texts = textsOfRecords(root);
  const parted = documents(root).flatMap(({ file, text }) => partedFrom(file, text, texts));
  t.deepEqual(parted, []);
});

test('a changed digit is told, with what stands there and what the record says', (t) => {
  const texts = textsOfRecords(root);
  const readme = readFileSync(join(root, 'README.md'), 'utf8');
  const places = placesIn(readme).filter(({ text }) => /\d/.test(text));
  t.true(places.length >= 5);
  for (const { record, name, text } of places) {
    const changed = text.replace(/\d(?=\D*$)/, (digit) => String((Number(digit) + 1) % 10));
    const [told, ...others] = partedFrom(
      'README.md',
      readme.replace(text, () => changed),
      texts,
    );
    t.deepEqual(others, []);
    t.regex(told ?? '', new RegExp(`^README\\.md, ${record} ${name}: says ".*", but by its record ".*"`));
  }
  t.is(withTexts(readme.replace(places[0].text, 'something else'), texts), readme);
});

test('a record says how, by which code and from which tables it was made', (t) => {
  const names = readdirSync(join(root, 'docs/records')).filter((file) => file.endsWith('.json'));
  const known = new Set(recipes.map(({ name }) => `${name}.json`));
  t.deepEqual(
    names.filter((name) => !known.has(name)),
    [],
  );
  for (const { name, command, tables } of recipes) {
    if (!names.includes(`${name}.json`)) continue;
    const record = readRecord(root, name);
    t.is(record.name, name);
    t.is(record.command, command, name);
    t.regex(record.commit, /^[0-9a-f]{40}$/);
    t.regex(record.date, /^\d{4}-\d\d-\d\d$/);
    if (record.enteredFrom === undefined) {
      t.deepEqual(Object.keys(record.tables), [...tables], name);
      for (const hash of Object.values(record.tables)) t.regex(hash, /^[0-9a-f]{64}$/);
      t.true((record.seconds?.cpu ?? 0) > 0 && record.machine !== undefined, name);
    } else {
      // Not measured again: the document that the numbers come from still has them.
      const text = readFileSync(join(root, record.enteredFrom), 'utf8');
      for (const value of Object.values(record.values)) {
        const ways = [String(value), Number(value).toFixed(3), `${Math.round(100 * Number(value))} %`];
        t.true(
          ways.some((way) => text.includes(way)),
          `${record.enteredFrom} has no ${value}`,
        );
      }
    }
    t.false(
      /\/(home|root|tmp|work|Users)\//.test(JSON.stringify(record)),
      `${name} names a place of a machine`,
    );
  }
});

test('what the quality page says of predicted errors is what was measured', (t) => {
  const record = readRecord(root, 'predicted-error');
  for (const key of ['predicted', 'true'])
    t.true(limitsOfPrediction.includes(numberOf(record, key).toExponential(2).replace('-', '\u2212')), key);
});

test('the best method is one that is told from every other; within noise there is none', (t) => {
  const header = 'participant_id\tmethod\tmissing_percent\tmse_missing_mask';
  const row = (id: number, method: string, error: number): string => `sub-${id}\t${method}\t50\t${error}`;
  const table = (b: (id: number) => number): ReturnType<typeof parseTsv> =>
    parseTsv(
      [header, ...[1, 2, 3, 4, 5, 6].flatMap((id) => [row(id, 'a', id), row(id, 'b', b(id))])].join('\n'),
      'mse.tsv',
    );
  // People differ much more than the methods; in pairs b is always a little smaller.
  t.is(errorValues(table((id) => id - 0.1 - 0.01 * (id % 2)))['50.best'], 'b');
  t.is(errorValues(table((id) => id - 0.1 + (id % 2 === 0 ? 0.5 : -0.5)))['50.best'], '');
});

test('the README is short, and what it links to is there', (t) => {
  const readme = readFileSync(join(root, 'README.md'), 'utf8');
  t.true(readme.split('\n').length <= 151);
  for (const [, path] of readme.matchAll(/\]\((?!https?:)([^)#]+)/g))
    t.true(existsSync(join(root, path)), path);
});
