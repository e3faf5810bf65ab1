import { type Table, tableOf } from '@oinr/tables';
import test from 'ava';
import { judged, verdictsTable } from '../src/paper/claims/judge.ts';
import { claims } from '../src/paper/claims/registry.ts';
import { paperPage } from '../src/paper/paperPage.ts';

const images = tableOf(
  [
    ...['experiment', 'case', 'size', 'method', 'recipe', 'parameters', 'octaves', 'seed', 'step'],
    ...['cpu_seconds', 'metric', 'value', 'shape', 'learning_rate', 'engine'],
  ],
  ['oinr', 'siren', 'wire', 'mfn', 'bicubic'].flatMap((method, n) =>
    [150, 300].slice(method === 'bicubic' ? 1 : 0).map((step) => ({
      ...{ experiment: 'images', case: '<b>tea', size: 'quarter', method, shape: '100x150', engine: 'cpu' },
      ...(method === 'bicubic' ? {} : { step, recipe: n === 0 ? 'muon' : 'paper', cpu_seconds: step / 30 }),
      ...{
        parameters: 15_000 + n,
        seed: 0,
        metric: 'psnr_db',
        value: 20 + n + step / 100,
        learning_rate: 0.03,
      },
    })),
  ),
);
const empty = (...columns: string[]): Table => ({ columns, rows: [] });

const page = (): string => {
  const tables = new Map([['images' as const, images]]);
  const judgements = judged(claims, tables);
  return paperPage({
    ...{ run: 'r', tables, claims: judgements, verdicts: verdictsTable(judgements, tables) },
    pictures: empty('experiment', 'case', 'method', 'label', 'file'),
    pngs: new Map(),
    failures: tableOf(
      ['experiment', 'case', 'method', 'reason'],
      [{ experiment: 'images', case: 'x', reason: '<script>' }],
    ),
    remarks: empty('experiment', 'case', 'method', 'remark'),
    ...{
      command: 'npx nx run pipeline:paper',
      facts: [['engine', 'cpu']],
      clock: 'CPU seconds',
      version: '0',
    },
  });
};

test('every number of the page is the cell that it names: file, line and column', (t) => {
  const files: Record<string, Table> = { 'tables/images.tsv': images };
  const cells = [
    ...page().matchAll(
      /<data value="([^"]*)" data-source="([^"]*)" data-line="(\d+)" data-column="([^"]*)"/g,
    ),
  ];
  const cited = cells.filter(([, , file]) => file in files);
  t.true(cited.length > 40);
  for (const [, value, file, line, column] of cited)
    t.is(value.replace('&lt;', '<').replace('&gt;', '>'), files[file].rows[Number(line) - 2][column]);
  // The evidence of Table 1 is among them, at the last steps.
  t.true(cited.some(([, value, , line]) => value === '23' && line === '3'));
});

test('the page opens with the claims, and holds curves, methods and what failed', (t) => {
  const html = page();
  const headings = [...html.matchAll(/<h2[^>]*>([^<]*)</g)].map(([, heading]) => heading);
  t.deepEqual(headings, [
    'What holds',
    'Table 1, Figs 3 and 11: Representation of images',
    'What failed, and what to know',
    'Methods',
    'Reproduce',
  ]);
  t.true(html.includes('id="curves-images"'));
  t.false(html.includes('<script>,') || html.includes('<b>tea'));
  t.is([...html.matchAll(/class="verdict"/g)].length, claims.length);
  t.is(page(), html);
});
