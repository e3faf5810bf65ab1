import { parseTsv, tableOf } from '@oinr/tables';
import test from 'ava';
import fc from 'fast-check';
import { findings } from '../src/findings.ts';
import { type Format, showCell } from '../src/formats.ts';
import { jsonForScript } from '../src/html.ts';
import { html, renderPage, studyReport, type TableSource } from '../src/index.ts';
import { cite } from '../src/source.ts';
import { hostile, madeUpJoining, madeUpStudy } from './madeUpStudy.ts';

const study = await madeUpStudy(false);
const page = studyReport(study);
const mixedStudy = {
  ...study,
  tables: { ...study.tables, joining: madeUpJoining },
  methods: { ...study.methods, joining: madeUpJoining },
  question: 'npx nx run pipeline:compare --mix CN=0.5 AD=0.5',
};
const mixedPage = studyReport(mixedStudy);

/** All sources of the study by the file they name. */
function sourcesOf(value: unknown): Map<string, TableSource> {
  const found = new Map<string, TableSource>();
  const visit = (one: unknown): void => {
    if (typeof one !== 'object' || one === null) return;
    if ('file' in one && 'table' in one) found.set((one as TableSource).file, one as TableSource);
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
  const sources = sourcesOf(mixedStudy);
  const cited = [
    ...mixedPage.matchAll(
      /<data value="([^"]*)" data-source="([^"]*)" data-line="(\d+)" data-column="([^"]*)" data-format="(\w+)"[^>]*>([^<]*)<\/data>/g,
    ),
  ];
  t.true(cited.length > 150, `${cited.length} numbers cited`);
  t.is(cited.length, mixedPage.split('<data ').length - 1);
  for (const [, value, file, line, column, format, shown] of cited) {
    const cell = sources.get(file)?.table.rows[Number(line) - 2]?.[plainText(column)] ?? 'no such cell';
    t.is(plainText(value), cell, `${file} line ${line} ${column}`);
    t.is(plainText(shown), showCell(cell, format as Format));
  }
});

test('no digit stands among the results but in a cited cell or a figure', (t) => {
  // Methods name years and constants; commands and versions come from run.json.
  const sections = [...mixedPage.matchAll(/<section id="([^"]*)"[\s\S]*?<\/section>/g)].filter(
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
  const { errors } = study.tables;
  if (errors === undefined) return t.fail();
  const others = tableOf(errors.summary.table.columns, errors.summary.table.rows.slice(0, 4));
  const without = {
    ...study.tables,
    errors: { ...errors, summary: { ...errors.summary, table: others } },
  };
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
  // A row for the best method and one for linear interpolation, with its light.
  const lines = (one: Parameters<typeof findings>[0]): string[] =>
    (/<tbody>([\s\S]*?)<\/tbody>/.exec(findings(one).text)?.[1] ?? '').split('</tr>').map((line) =>
      line
        .replace(/<span class="light (\w+)"[^>]*>/g, '$1')
        .replace(/<\/td>/g, '|')
        .replace(/<[^>]*>/g, '')
        .trim(),
    );
  t.is(lines(comparison)[0], 'go usable: yes|50 % (4.0 mm)|oinr-internal|0.91|0.87|4 %|');
  t.is(lines(comparison)[1], 'stop usable: no|50 % (4.0 mm)|linear|0.91|0.87|4 %|');
  t.notRegex(text, /Plain linear interpolation passes/);
  const rows = comparison.verdict.table.rows;
  const both = {
    ...comparison.verdict,
    table: { ...comparison.verdict.table, rows: rows.map((row) => ({ ...row, usable: 'yes' })) },
  };
  t.regex(
    findings({ ...comparison, verdict: both }).text.replace(/<[^>]*>/g, ''),
    /Plain linear interpolation passes the rule too, at 50 %, 66 % missing/,
  );
  // Where the truth is known, the full data stand beside what was imputed.
  const truth = {
    file: 'tables/truth.tsv',
    table: tableOf(
      ['method', 'missing_percent', 'criterion', 'sensitivity', 'one_minus_precision'],
      [['full', 0, 0.1, 0.01] as const, ['linear', 66, 0.12, 0.02] as const].map(
        ([method, missing_percent, sensitivity, one_minus_precision]) => ({
          ...{ method, missing_percent, sensitivity, one_minus_precision },
          criterion: rows[0].criterion,
        }),
      ),
    ),
  };
  const known = lines({ ...comparison, truth });
  t.is(known[0], '\u2013|\u2013|full data|\u2013|\u2013|\u2013|10 %|1 %|');
  t.is(known[4], 'stop usable: no|66 % (6.0 mm)|linear|0.91|0.87|4 %|12 %|2 %|');
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
  const bare = mixedPage.replace(/<script>[\s\S]*?<\/script>/g, '').replace(/<style>[\s\S]*?<\/style>/g, '');
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
  const crossFit = (was: string): TableSource => ({
    file: 'tables/cross_fit.tsv',
    table: parseTsv(
      `participant_id\tgroup\tfold\toperator_sha256\tlearned_from\twas_learned_from\nsub-1\tCN\t1\tab\t3\tno\nsub-2\tAD\t2\tcd\t3\t${was}\n`,
      'cross_fit.tsv',
    ),
  });
  const pageWith = (was: string): string =>
    studyReport({ ...study, tables: { ...study.tables, crossFit: crossFit(was) } });
  t.regex(pageWith('no'), /No subject was imputed by an operator that was trained on it/);
  t.regex(
    pageWith('yes'),
    /trained on them, so that their errors are too small: <data value="sub-2"[^>]*>sub-2<\/data>\./,
  );
  t.notRegex(page, /id="cross-fitting"/);
});

/** The made-up study with other cells in its tables. */
function changed(
  change: (row: Readonly<Record<string, string>>) => Readonly<Record<string, string>>,
): NonNullable<typeof study.tables.comparison> {
  const { comparison } = study.tables;
  if (comparison === undefined) throw new TypeError('The made-up study was compared.');
  const entries = Object.entries(comparison).map(([name, one]: [string, TableSource]) => {
    const rows = one.table.rows.map((row) => change({ ...row, name }));
    const columns = [...new Set(rows.flatMap((row) => Object.keys(row)))].filter(
      (column) => column !== 'name',
    );
    return [name, { ...one, table: { columns, rows } }];
  });
  return Object.fromEntries(entries);
}

test('what was asked for beyond the plain test is told, and cited, and only then', (t) => {
  const adjusted = { covariates: 'age, sex', blocks: 'scanner' };
  const clusters = { cluster_threshold: 'p=0.01', connectivity: '26', significant_extent: '99' };
  const tfce = { tfce_step: 'exact', critical_tfce: '1234.5', max_tfce: '4000', significant_tfce: '77' };
  const comparison = changed((row) => ({
    ...row,
    ...(row.name === 'datasets' && { ...adjusted, ...clusters, ...tfce }),
    ...(row.name === 'peaks' && { full_region: 'left hippocampus', imputed_region: 'n/a' }),
  }));
  const told = studyReport({
    ...study,
    tables: { ...study.tables, comparison },
    methods: { ...study.methods, datasets: comparison.datasets },
  });
  const text = told.replace(/<[^>]*>/g, '');
  t.regex(
    text,
    /the same for every data set, adjusted for age, sex, exchanged within blocks of the same scanner\./,
  );
  t.regex(text, /Held constant: age, sex; residuals .*Freedman and Lane, 1983/);
  t.regex(text, /beyond p=0\.01 \(one-sided, parametric\) that are neighbours \(26 of each voxel\)/);
  t.regex(text, /Smith and Nichols, 2009.*steps: exact/);
  for (const column of [
    'significant_extent',
    'critical_tfce',
    'significant_tfce',
    'full_region',
    'covariates',
  ])
    t.regex(told, new RegExp(`data-column="${column}"`));
  t.regex(text, /left hippocampus/);
  t.notRegex(text, /Regions are approximate/);
  const byCentre = changed((row) => ({
    ...row,
    ...(row.name === 'peaks' && {
      ...{
        full_region: 'left hippocampus',
        full_region_mm: '6.4',
        imputed_region: 'n/a',
        imputed_region_mm: 'n/a',
      },
    }),
  }));
  const approximate = studyReport({ ...study, tables: { ...study.tables, comparison: byCentre } });
  t.regex(approximate, /Regions are approximate/);
  t.regex(approximate, /data-column="full_region_mm"/);
  t.notRegex(page, /adjusted for|Freedman|critical TFCE|>region</);
});

test('of maps made elsewhere the page claims nothing on slices, spacings or errors', (t) => {
  const { bias: _, ...comparison } = changed((row) => ({
    ...row,
    ...(row.missing_percent !== '0' && {
      missing_percent: 'n/a',
      k: 'n/a',
      spacing_mm: 'n/a',
      slices: 'all',
    }),
  }));
  const { errors: __, ...tables } = study.tables;
  const { preparation: ___, ...rest } = study;
  const maps = studyReport({
    ...rest,
    tables: { ...tables, comparison },
    methods: { ...study.methods, isPhantom: false, areMapsOfOthers: true, datasets: comparison.datasets },
  });
  const text = maps.replace(/<[^>]*>/g, '');
  t.regex(text, /Yes, with oinr-internal\./);
  t.regex(text, /which slices were missing is not known/);
  t.regex(text, /Images that were made elsewhere/);
  t.notRegex(text, /n\/a|Slices of each|% missing|identical by construction|Table 3|MSE/);
  for (const id of ['errors', 'bias']) t.notRegex(maps, new RegExp(`<section id="${id}"`));
});

const textOf = (markup: string): string => plainText(markup.replace(/<[^>]*>/g, ''));
const sectionOf = (whole: string, id: string): string =>
  new RegExp(`<section id="${id}"[\\s\\S]*?</section>`).exec(whole)?.[0] ?? '';

test('may they join stands first, and answers for every mixture in words and numbers', (t) => {
  const ids = [...mixedPage.matchAll(/<section id="([^"]*)"/g)].map(([, id]) => id);
  t.deepEqual(ids.slice(0, 3), ['joining', 'findings', 'mixtures']);
  const text = textOf(sectionOf(mixedPage, 'joining'));
  t.regex(
    text,
    /CN=0\.5 AD=0\.5Yes: within kinds, which is valid, joining finds 36 % \(linear, 66 % missing\) of the true effect; the full scans alone: 25 %; everybody with full scans: 37 %\./,
  );
  t.regex(
    text,
    /CN=0 AD=1Yes, in both groups alike: as the scans are, resolution and group cannot be told apart; with everybody thinned and imputed alike, joining finds 36 % \(linear, 66 % missing\) of the true effect/,
  );
  t.regex(
    text,
    /No: within kinds joining finds 20 % \(linear, 66 % missing\) of the true effect.*alike 24 %.*not a tenth more than without them/,
  );
  t.regex(
    text,
    /One scan with 66 % of its slices missing, imputed by linear, is worth 0\.90 \(0\.85 to 0\.96\) of a full one\./,
  );
  t.regex(text, /imputed by pchip, is worth cannot be said/);
  // The rule of the test to use is told where joining is of use.
  t.is(text.split('Test to use: equalised (everybody thinned and imputed alike').length, 3);
  t.notRegex(text, /Test to use: kinds/);
});

test('data sets with the same answer about a mixture are told in one sentence', (t) => {
  const { joining } = madeUpJoining;
  if (joining === undefined) return t.fail();
  const [row] = joining.table.rows;
  const rows = [row, { ...row, method: 'pchip', kinds: '0.35' }, { ...row, method: 'cubic', may_join: 'no' }];
  const tables = { ...study.tables, joining: { joining: { ...joining, table: { ...joining.table, rows } } } };
  const text = textOf(sectionOf(studyReport({ ...study, tables }), 'joining'));
  t.regex(
    text,
    /Yes: .* finds 36 % \(linear, 66 % missing\), 35 % \(pchip, 66 % missing\) of the true effect/,
  );
  t.regex(text, /No: within kinds joining finds 36 % \(cubic/);
  t.is(text.split('CN=0.5').length, 2);
});

test('what one is worth by the power curve is told, and where it lies outside of the interval', (t) => {
  const text = textOf(sectionOf(mixedPage, 'joining'));
  t.regex(
    text,
    /Read off the power curve: 0\.91 with 8 in each group \(imputed\), 0\.70 with 8 in each group \(mixed\)\./,
  );
  t.regex(
    text,
    /The two disagree: the power curve lies outside of the interval at 1\.40 with 5 in each group \(imputed\), 0\.70 with 8 in each group \(mixed\)\./,
  );
  const { power } = madeUpJoining;
  if (power === undefined) return t.fail();
  const rows = power.table.rows.filter((row) => row.worth_by_power === '0.91');
  const agreeing = { ...madeUpJoining, power: { ...power, table: { ...power.table, rows } } };
  const agreed = studyReport({ ...mixedStudy, tables: { ...study.tables, joining: agreeing } });
  t.notRegex(sectionOf(agreed, 'joining'), /disagree/);
});

test('a naive mixture that is not valid is flagged with its numbers, one that is about valid is not', (t) => {
  const warning = textOf(
    /<div class="problem" id="joining-warning">[\s\S]*?<\/div>/.exec(mixedPage)?.[0] ?? '',
  );
  t.regex(
    warning,
    /CN=0 AD=1, linear, 66 % missing: 46,178 voxels, where everybody with full scans shows 13,794; 61 % of them are no true effect; where no group differs, 98 % \(95 % to 100 %\) of such studies find something\./,
  );
  t.notRegex(warning, /10,669/);
  t.is(warning.split('98 %').length, 2);
  // 0.055 lies above the level, 0.036 does not.
  t.regex(warning, /80 % against 20 % imputed, linear, 66 % missing, covariate: 7 % \(6 % to 9 %\)/);
  t.notRegex(warning, /half of each group/);
});

test('a run that was not asked for mixtures keeps its verdict and names the command that asks', (t) => {
  const asked = { ...study, question: mixedStudy.question };
  const older = sectionOf(studyReport(asked), 'findings');
  t.regex(
    textOf(older),
    /Answer[\s\S]*Yes, with oinr-internal[\s\S]*was not asked of this run.*--mix CN=0\.5 AD=0\.5/,
  );
  t.notRegex(older, /slope/i);
  const { worth } = madeUpJoining;
  const withWorth = studyReport({ ...asked, tables: { ...study.tables, joining: { worth } } });
  const first = /<section id="[\s\S]*?<\/section>/.exec(withWorth)?.[0] ?? '';
  t.regex(textOf(first), /May they join\?[\s\S]*was not asked[\s\S]*is worth 0\.90/);
  t.notRegex(sectionOf(withWorth, 'findings'), /was not asked/);
});

test('where nothing is to be found, joining is not called bad', (t) => {
  const { joining } = madeUpJoining;
  if (joining === undefined) return t.fail();
  const rows = [{ ...joining.table.rows[2], may_join: 'nothing to find' }];
  const none = { joining: { ...joining, table: { ...joining.table, rows } } };
  const text = textOf(
    sectionOf(studyReport({ ...study, tables: { ...study.tables, joining: none } }), 'joining'),
  );
  t.regex(text, /Nothing to find.*no valid test finds more than three times what chance gives \(61 voxels/);
  t.notRegex(text, /No:/);
});

test('the methods text says how kinds are tested, what no model repairs, and cites what it uses', (t) => {
  const text = textOf(sectionOf(mixedPage, 'methods'));
  for (const said of [
    /permuted within kinds, and the mean of every kind is in the model/,
    /Winkler et al\., 2014/,
    /Freedman and Lane \(1983\), which is approximate/,
    /averaged over 50 random halvings/,
    /conditional on this cohort/,
    /Clopper and Pearson, 1934/,
    /T was never divided by anything\. No multiple imputation enters the test/,
    /Who gets few slices in a clinic is not chance/,
    /Site and scanner .* are kinds of their own/,
    /NeuroImage 92, 2014/,
    /Biometrika 26, 1934/,
  ])
    t.regex(text, said);
  t.notRegex(textOf(sectionOf(page, 'methods')), /kinds|Clopper|Winkler/);
});
