import { parseTsv, tableOf } from '@oinr/tables';
import test from 'ava';
import fc from 'fast-check';
import {
  cite,
  type Format,
  findings,
  html,
  jsonForScript,
  renderPage,
  type Source,
  showCell,
  studyReport,
} from '../src/index.ts';
import { hostile, madeUpStudy } from './madeUpStudy.ts';

const study = await madeUpStudy(false);
const page = studyReport(study);

/** All sources of the study by the file they name. */
function sourcesOf(value: unknown): Map<string, Source> {
  const found = new Map<string, Source>();
  const visit = (one: unknown): void => {
    if (typeof one !== 'object' || one === null) return;
    if ('file' in one && 'table' in one) found.set((one as Source).file, one as Source);
    else for (const inner of Object.values(one)) visit(inner);
  };
  visit(value);
  return found;
}

const plainText = (text: string): string =>
  text
    .replace(/&lt;/g, '<')
    .replace(/&gt;/g, '>')
    .replace(/&quot;/g, '"')
    .replace(/&#39;/g, "'")
    .replace(/&amp;/g, '&');

test('every number of the page is the cell of the file, line and column that it names', (t) => {
  const sources = sourcesOf(study);
  const cited = [
    ...page.matchAll(
      /<data value="([^"]*)" data-source="([^"]*)" data-line="(\d+)" data-column="([^"]*)" data-format="(\w+)"[^>]*>([^<]*)<\/data>/g,
    ),
  ];
  t.true(cited.length > 150, `${cited.length} numbers cited`);
  t.is(cited.length, page.split('<data ').length - 1);
  for (const [, value, file, line, column, format, shown] of cited) {
    const cell = sources.get(file)?.table.rows[Number(line) - 2]?.[plainText(column)] ?? 'no such cell';
    t.is(plainText(value), cell, `${file} line ${line} ${column}`);
    t.is(plainText(shown), showCell(cell, format as Format));
  }
});

test('no digit stands among the results but in a cited cell or a figure', (t) => {
  // Methods name years and constants; commands and versions come from run.json.
  const sections = [...page.matchAll(/<section id="([^"]*)"[\s\S]*?<\/section>/g)].filter(
    ([, id]) => id !== 'methods' && id !== 'reproduce',
  );
  t.true(sections.length >= 9);
  for (const [text, id] of sections) {
    const rest = text
      .replace(/<(data|svg|code)\b[\s\S]*?<\/\1>/g, '')
      .replace(/, \d+ rows <button/g, '<button')
      .replace(/<[^>]*>/g, ' ')
      .replaceAll(html`${hostile}`.text, '')
      .replace(/type [12] error|Table 3|stored value \/ 255|mm\u00b3/g, '');
    t.false(/\d/.test(rest), `${id}: ${/.{0,80}\d.{0,40}/.exec(rest)?.[0]}`);
  }
});

test('the regret of auto is told per percentage, over whole slices where there is no mask', (t) => {
  const said = /<p>Regret of auto[\s\S]*?<\/p>/.exec(page)?.[0].replace(/<[^>]*>/g, '') ?? '';
  t.regex(
    said,
    /at 50 % missing 3\.200 \(worst subject 3\.400\); at 66 % missing 4\.100 \(worst subject 4\.300, whole slices\)/,
  );
  const others = tableOf(study.tables.summary.table.columns, study.tables.summary.table.rows.slice(0, 4));
  const without = { ...study.tables, summary: { ...study.tables.summary, table: others } };
  t.notRegex(studyReport({ ...study, tables: without }), /Regret of auto/);
});

test('the methods text claims measured, identical kept slices for thin slices alone', (t) => {
  t.regex(page, /Kept slices stay as measured/);
  t.regex(page, /identical by construction unless/);
  const thick = studyReport({ ...study, methods: { ...study.methods, averagedOver: 'a box of 5 mm' } });
  t.regex(thick, /averages over a box of 5 mm; the slices in their place were imputed/);
  t.notRegex(thick, /as measured|identical by construction/);
});

test('the order of work lists flagged and failed scans, and no others', (t) => {
  const section = /<section id="preparation"[\s\S]*?<\/section>/.exec(page)?.[0] ?? '';
  const scans = [...section.matchAll(/data-column="participant_id"[^>]*>([^<]*)<\/data>/g)];
  t.deepEqual(
    scans.map(([, scan]) => scan),
    ['sub-2', 'sub-3'],
  );
});

test('text from tables, groups, commands and captions never becomes markup', (t) => {
  t.true(page.includes('&lt;img src=x'));
  t.false(page.includes('<img'));
  t.false(page.includes('&amp;lt;'));
});

test('the page needs nothing from outside', (t) => {
  t.false(/<(?:link|script|img|iframe)[^>]*(?:src|href)="(?!data:)/.test(page));
  t.false(/@import|url\(/.test(page));
  t.true(page.includes('default-src &#39;none&#39;'));
});

test('escaping holds for any text between tags and in attributes', (t) => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), (text) => {
      const made = html`<p title="${text}">${text}</p>`.text;
      t.is(made.split('<').length - 1, 2);
      t.is(made.split('"').length - 1, 2);
      t.is(plainText(/<p title="([\s\S]*)">/.exec(made)?.[1] ?? ''), text);
    }),
  );
  const script = jsonForScript({ text: `</script><script>${hostile}` }).text;
  t.false(script.includes('<'));
  t.is(JSON.parse(script).text, `</script><script>${hostile}`);
});

test('cells are shown rounded, missing ones as a dash, and minus signs are minus signs', (t) => {
  t.is(showCell('0.123456', 'two'), '0.12');
  t.is(showCell('-0.04', 'one'), '0.0');
  t.is(showCell('-0.06', 'one'), '\u22120.1');
  t.is(showCell('-0.00012345', 'scientific'), '\u22121.23e\u22124');
  t.is(showCell('12345.6', 'integer'), '12,346');
  t.is(showCell('0.00009999', 'p'), '1.0e\u22124');
  t.is(showCell('0.0123', 'p'), '0.012');
  t.is(showCell('n/a', 'two'), '\u2013');
  t.is(showCell('Infinity', 'two'), 'infinite');
  t.is(showCell('0.875', 'percent'), '88 %');
});

test('a cell that a table lacks is an error that names file and column', (t) => {
  const source = { file: 'tables/x.tsv', table: parseTsv('a\n1\n', 'x.tsv') };
  t.throws(() => cite(source, 0, 'b', 'two'), { message: /tables\/x\.tsv .*column 'b'/ });
});

test('the verdict names the widest usable spacing and the best method of each percentage', (t) => {
  const { comparison } = study.tables;
  if (comparison === undefined) return t.fail();
  const text = findings(comparison).text.replace(/<[^>]*>/g, '');
  t.regex(text, /Yes, with oinr-internal, down to one slice in 3: 66 % missing, 6\.0 mm/);
  t.regex(text, /50 % missing \(4\.0 mm\): oinr-internal preserves the group difference best/);
  const rows = comparison.verdict.table.rows;
  const none = {
    ...comparison.verdict,
    table: { ...comparison.verdict.table, rows: rows.map((row) => ({ ...row, usable: 'no' })) },
  };
  t.regex(findings({ ...comparison, verdict: none }).text, /No:.*spacings tried\.<\/p>/);
  // Without smoothing the reader is told that smoothing is the usual thing to do.
  const [first] = comparison.datasets.table.rows;
  const table = { ...comparison.datasets.table, rows: [{ ...first, smoothing_fwhm_mm: '0' }] };
  const datasets = { ...comparison.datasets, table };
  t.regex(findings({ verdict: none, datasets }).text, /No:.*not smoothed here.*--smooth/);
  // 12,345 voxels: 12 are expected below 0.001 by chance, 13 are more.
  const found = (fwe: string, primary: string) => {
    const rows = [{ ...first, significant_fwe: fwe, significant_primary: primary }];
    return findings({ verdict: none, datasets: { ...datasets, table: { ...table, rows } } }).text;
  };
  t.regex(found('0', '12'), /No verdict:.*chance alone/);
  t.regex(found('0', '13'), /No:.*no method preserves/);
  t.regex(found('1', '12'), /No:.*no method preserves/);
  const empty = {
    ...none,
    table: { ...none.table, rows: rows.map((row) => ({ ...row, usable: 'n/a', rank: 'n/a' })) },
  };
  t.regex(findings({ ...comparison, verdict: empty }).text, /No verdict/);
});

test('images of single subjects are announced, and a run without comparison says so', (t) => {
  t.regex(page, /No image of a single subject/);
  const figures = { ...study.figures, subjects: study.figures.errors };
  t.regex(studyReport({ ...study, figures }), /check the terms of the data/);
  const { comparison: _, ...tables } = study.tables;
  t.regex(studyReport({ ...study, tables }), /Run the compare stage/);
});

test('the page is well formed enough for a strict reader: tags close, ids are unique', (t) => {
  const bare = page.replace(/<script>[\s\S]*?<\/script>/g, '').replace(/<style>[\s\S]*?<\/style>/g, '');
  const open: string[] = [];
  for (const [, close, name, rest] of bare.matchAll(/<(\/?)([a-z][a-z0-9]*)((?:"[^"]*"|[^">])*)>/g)) {
    if (['meta', 'link', 'input', 'br'].includes(name) || rest.endsWith('/')) continue;
    if (close === '') open.push(name);
    else t.is(open.pop(), name);
  }
  t.deepEqual(open, []);
  const ids = [...bare.matchAll(/ id="([^"]*)"/g)].map(([, id]) => id);
  t.is(new Set(ids).size, ids.length);
  t.is(renderPage({ title: 'a', subtitle: html``, sections: [], footer: html`` }).split('<h1>').length, 2);
});

test('the page says whether anybody was imputed by an operator that was learned from them', (t) => {
  const crossFit = (was: string): Source => ({
    file: 'tables/cross_fit.tsv',
    table: parseTsv(
      `participant_id\tgroup\tfold\toperator_sha256\tlearned_from\twas_learned_from\nsub-1\tCN\t1\tab\t3\tno\nsub-2\tAD\t2\tcd\t3\t${was}\n`,
      'cross_fit.tsv',
    ),
  });
  const pageWith = (was: string): string =>
    studyReport({ ...study, tables: { ...study.tables, crossFit: crossFit(was) } });
  t.regex(pageWith('no'), /No subject was imputed by an operator that was learned from it/);
  t.regex(
    pageWith('yes'),
    /learned from them, so that their errors are too small: <data value="sub-2"[^>]*>sub-2<\/data>\./,
  );
  t.notRegex(page, /id="cross-fitting"/);
});
